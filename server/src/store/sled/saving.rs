//! Saving an export to a file, from a server that runs or one that is stopped.

use super::control;
use super::export::Exported;
use super::layout;
use super::reading::failed;
use super::stream::{Kind, StreamReader};
use super::SledStore;
use crate::disk::{sync_directory, Watermark};
use crate::store::StoreError;
use beistand_protocol::bytes::InstanceId;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a running server may take between two pieces of an export.
const PATIENCE: Duration = Duration::from_secs(60);

/// Exports the store in `directory` to the new file `to`, which is there only once it is whole,
/// was read again, and is durable.
///
/// # Errors
/// [`StoreError::Failed`] where the file cannot be written or is there already, or the running
/// server gives none; those of opening the store where no server runs.
pub fn save_export(
    directory: &Path,
    instance: &InstanceId,
    watermark: Watermark,
    to: &Path,
) -> Result<Exported, StoreError> {
    if to.exists() {
        let sentence = "there is a file of that name already";
        return Err(StoreError::Failed(sentence.to_owned()));
    }
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(".draft");
    let draft = to.with_file_name(name);
    let exported = write_draft(directory, instance, watermark, &draft).and_then(|()| {
        let exported = check(&draft, instance)?;
        fs::rename(&draft, to).map_err(failed)?;
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        sync_directory(folder.unwrap_or(Path::new("."))).map_err(failed)?;
        Ok(exported)
    });
    if exported.is_err() {
        // Half an export is of no use to anybody.
        let _ = fs::remove_file(&draft);
    }
    exported
}

fn write_draft(
    directory: &Path,
    instance: &InstanceId,
    watermark: Watermark,
    draft: &Path,
) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let file = options.open(draft).map_err(failed)?;
    let mut out = BufWriter::new(file);
    let fatal = Arc::new(|_: &str| ());
    match SledStore::open(directory, instance, watermark, fatal) {
        Ok(store) => store.export(&mut out).map(|_| ()),
        Err(StoreError::Locked) => from_running_server(directory, &mut out).map_err(|error| {
            let hint = "the running server gives no export (stop it, then try again)";
            StoreError::Failed(format!("{hint}: {error}"))
        }),
        Err(error) => Err(error),
    }?;
    out.flush().map_err(failed)?;
    out.get_ref().sync_all().map_err(failed)
}

fn from_running_server(directory: &Path, out: &mut BufWriter<File>) -> io::Result<()> {
    let mut stream = UnixStream::connect(directory.join(control::FILE))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    io::copy(&mut stream, out).map(|_| ())
}

/// Reads an export to its end.
fn check(path: &Path, instance: &InstanceId) -> Result<Exported, StoreError> {
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let mut stream = StreamReader::begin(&mut file).map_err(failed)?;
    if stream.instance != *instance {
        return Err(StoreError::Instance);
    }
    let mut exported = Exported::default();
    while let Some(entry) = stream.next_entry().map_err(failed)? {
        match (entry.kind, entry.key.first()) {
            (Kind::Value, Some(&layout::ITEM)) => exported.items += 1,
            (Kind::Value, Some(&layout::LEAF)) => exported.leaves += 1,
            _ => {}
        }
    }
    Ok(exported)
}
