//! Fetching a file and saving it where nothing else is.

use crate::name::{numbered, safe_name};
use crate::patience::Patience;
use crate::progress::Step;
use beistand_client::{fetch_stamped, Client, ClientError};
use beistand_crypto_core::attachment::{Attachment, AttachmentError, AttachmentOpener};
use beistand_protocol::class::BlobClass;
use beistand_protocol::snapshot::Snapshot;
use rand::rngs::OsRng;
use rand::RngCore as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// More files of one name than anybody has.
const MOST_NAMES: usize = 10_000;
const UNFINISHED: &str = ".unfinished";

/// Why a file was not saved. Nothing of it is left in the folder.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The file on the server is not, or not any more, what the message speaks of.
    #[error(transparent)]
    Attachment(#[from] AttachmentError),
    /// The server.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The folder.
    #[error("the file cannot be written: {0}")]
    Disk(io::ErrorKind),
}

impl SaveError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Attachment(AttachmentError::Deleted) => {
                "ask whoever sent it, if it is still needed"
            }
            Self::Attachment(AttachmentError::Part { .. } | AttachmentError::OtherContent) => {
                "nothing was saved; if its day is over, the server has forgotten it; if not, tell \
                 whoever runs the server, and ask for it again"
            }
            Self::Attachment(_) => "nothing was saved; try again",
            Self::Client(error) => error.hint(),
            Self::Disk(_) => "nothing was saved; check the folder, and whether the disk is full",
        }
    }
}

impl From<io::Error> for SaveError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error.kind())
    }
}

/// Fetches all parts of a file, one a request, and saves it in `folder` under a safe form of its
/// name, next to whatever has that name already. Answers where. Only its owner can read it, and it
/// has its name only once all of it is there and is what the message speaks of.
///
/// # Errors
/// [`SaveError`].
pub fn save(
    client: &Client,
    snapshot: &Snapshot,
    attachment: &Attachment,
    folder: &Path,
    patience: Patience,
    progress: &mut dyn FnMut(Step),
) -> Result<PathBuf, SaveError> {
    let name = safe_name(&attachment.name);
    let (mut file, unfinished) = create(folder, &format!("{name}{UNFINISHED}"))?;
    let outcome = fetch(client, snapshot, attachment, &mut file, patience, progress)
        .and_then(|()| Ok(file.sync_all()?))
        .and_then(|()| {
            // An empty file of ours holds the name until the whole one takes its place.
            let (_, path) = create(folder, &name)?;
            fs::rename(&unfinished, &path).inspect_err(|_| drop(fs::remove_file(&path)))?;
            Ok(path)
        });
    if outcome.is_err() {
        // It may not be there any more; the error that counts is the other one.
        let _ = fs::remove_file(&unfinished);
    }
    outcome
}

fn fetch(
    client: &Client,
    snapshot: &Snapshot,
    attachment: &Attachment,
    file: &mut File,
    patience: Patience,
    progress: &mut dyn FnMut(Step),
) -> Result<(), SaveError> {
    let mut opener = AttachmentOpener::new(attachment);
    while let Some(slot) = opener.wants() {
        let records = patience.attempt(
            || fetch_stamped(client, snapshot, BlobClass::Part, &[slot], OsRng.next_u64()),
            |error| Some(error),
            || progress(Step::Lost),
        )?;
        // The client takes no answer of another number of records.
        let record = records.first().ok_or(AttachmentError::Incomplete)?;
        file.write_all(&opener.open(record)?)?;
        progress(Step::Done {
            bytes: opener.opened(),
            of: attachment.size,
        });
    }
    Ok(opener.finish()?)
}

/// A new file of that name, or of the first one with a number that is free.
fn create(folder: &Path, name: &str) -> io::Result<(File, PathBuf)> {
    for number in 1..MOST_NAMES {
        let path = folder.join(numbered(name, number));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            outcome => return outcome.map(|file| (file, path)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
