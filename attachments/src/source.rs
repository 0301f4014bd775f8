//! A file on this machine that is to be sent.

use crate::media_type;
use beistand_crypto_core::attachment::{check_sizes, largest_file, About, AttachmentError};
use beistand_image_clean::{clean, CleanError, Cleaned, Format};
use beistand_protocol::roster::Limits;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Enough to see what kind of file it is.
const HEAD: usize = 16;

/// What to do with what a picture says beside the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metadata {
    /// Take it out of pictures that are understood.
    Remove,
    /// Send every file as it is, as evidence.
    Keep,
}

/// A file, ready to be read slice by slice.
pub struct Source {
    about: About,
    size: u64,
    content: Content,
}

enum Content {
    /// As it lies on the disk.
    File(File),
    /// A cleaned picture.
    Memory(Zeroizing<Vec<u8>>),
}

/// Why a file cannot be sent. Files are told apart by their number; names stay out of it.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It cannot be read.
    #[error("file {number} cannot be read: {reason}")]
    Unreadable {
        /// Which of the files given, from 1.
        number: usize,
        /// Why, in words.
        reason: String,
    },
    /// A folder, or something else that has no length.
    #[error("file {number} is not a file")]
    NotAFile {
        /// Which of the files given, from 1.
        number: usize,
    },
    /// A picture that cannot be cleaned.
    #[error("file {number} is a picture that is damaged, so nothing can be taken out of it")]
    DamagedPicture {
        /// Which of the files given, from 1.
        number: usize,
    },
    /// Too large.
    #[error("file {number} cannot be sent: {error}")]
    Limit {
        /// Which of the files given, from 1.
        number: usize,
        /// What it exceeds.
        error: AttachmentError,
    },
}

impl SourceError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "nothing was sent; check the name and who may read the file",
            Self::NotAFile { .. } => "nothing was sent; give files, or pack a folder into one",
            Self::DamagedPicture { .. } => {
                "nothing was sent; open and save it anew, or send it as it is with --keep-metadata"
            }
            Self::Limit {
                error: AttachmentError::MessageTooLarge { .. },
                ..
            } => "nothing was sent; send some of the files with a second message",
            Self::Limit { .. } => "nothing was sent; make it smaller, or cut it into several files",
        }
    }
}

/// Opens all files that are to go with one message, and checks them against what the roster
/// allows before anything is sent.
///
/// # Errors
/// [`SourceError`].
pub fn open_all(
    paths: &[PathBuf],
    metadata: Metadata,
    limits: &Limits,
) -> Result<Vec<Source>, SourceError> {
    let mut sources: Vec<Source> = Vec::new();
    for (position, path) in paths.iter().enumerate() {
        let number = position + 1;
        sources.push(Source::open(path, number, metadata, limits)?);
        let sizes = sources.iter().map(Source::size);
        check_sizes(limits, sizes).map_err(|error| SourceError::Limit { number, error })?;
    }
    Ok(sources)
}

impl Source {
    fn open(
        path: &Path,
        number: usize,
        metadata: Metadata,
        limits: &Limits,
    ) -> Result<Self, SourceError> {
        let unreadable = |error: io::Error| SourceError::Unreadable {
            number,
            reason: match error.kind() {
                io::ErrorKind::NotFound => "there is no such file".to_owned(),
                io::ErrorKind::PermissionDenied => "it is not permitted".to_owned(),
                kind => kind.to_string(),
            },
        };
        // Opening a pipe would wait for somebody to write to it.
        let facts = std::fs::metadata(path).map_err(unreadable)?;
        if !facts.is_file() {
            return Err(SourceError::NotAFile { number });
        }
        let mut file = File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        let limit = largest_file(limits);
        if size > limit {
            let error = AttachmentError::FileTooLarge { limit };
            return Err(SourceError::Limit { number, error });
        }
        let name = path.file_name().unwrap_or_default();
        let mut about = About {
            name: name.to_string_lossy().into_owned(),
            kept_original: true,
            ..About::default()
        };
        about.media_type = media_type::of_name(&about.name).to_owned();
        let mut head = Vec::with_capacity(HEAD);
        (&mut file)
            .take(HEAD as u64)
            .read_to_end(&mut head)
            .map_err(unreadable)?;
        let picture = Format::of(&head);
        if let Some(format) = picture {
            about.media_type = format.media_type().to_owned();
        }
        if picture.is_none() || metadata == Metadata::Keep {
            return Ok(Self {
                about,
                size,
                content: Content::File(file),
            });
        }
        // A picture is cleaned as a whole; how large it may be the roster has said.
        file.rewind().map_err(unreadable)?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size).unwrap_or(0)));
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let Cleaned { bytes, removed, .. } = clean(&bytes).map_err(|error| match error {
            CleanError::Damaged => SourceError::DamagedPicture { number },
            CleanError::NotAnImage => SourceError::NotAFile { number },
        })?;
        about.kept_original = false;
        about.removed_metadata = removed.iter().map(|what| what.code().to_owned()).collect();
        Ok(Self {
            about,
            size: bytes.len() as u64,
            content: Content::Memory(Zeroizing::new(bytes)),
        })
    }

    /// Bytes that will be sent.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What the message will say about it.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// A sentence about what is sent of it.
    pub fn says(&self) -> String {
        match (
            self.about.kept_original,
            self.about.removed_metadata.as_slice(),
        ) {
            (true, _) => "sent as it was: it may say who made it, where and when".to_owned(),
            (false, []) => "a picture, in which nothing else was".to_owned(),
            (false, removed) => format!("taken out: {}", removed.join(", ")),
        }
    }

    /// The bytes of a range.
    ///
    /// # Errors
    /// [`AttachmentError::Changed`] where they are not there any more.
    pub(crate) fn read(
        &mut self,
        range: Range<u64>,
    ) -> Result<Zeroizing<Vec<u8>>, AttachmentError> {
        let length = usize::try_from(range.end - range.start).unwrap_or(0);
        let mut slice = Zeroizing::new(vec![0; length]);
        match &mut self.content {
            Content::File(file) => file
                .seek(SeekFrom::Start(range.start))
                .and_then(|_| file.read_exact(&mut slice))
                .map_err(|_| AttachmentError::Changed)?,
            Content::Memory(bytes) => {
                let start = usize::try_from(range.start).unwrap_or(usize::MAX);
                let part = bytes.get(start..).and_then(|rest| rest.get(..length));
                slice.copy_from_slice(part.ok_or(AttachmentError::Changed)?);
            }
        }
        Ok(slice)
    }
}
