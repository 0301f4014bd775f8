//! What has to be asked of a disk besides reading and writing: room, and that it keeps.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Makes the entries of a directory (files made, renamed or removed in it) durable.
///
/// # Errors
/// Those of opening and syncing it.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Makes `directory`, readable by its owner only, and its entry in its parent durable.
///
/// # Errors
/// Those of making and syncing it.
pub fn make_directory(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(directory)?;
    sync_directory(directory)?;
    match directory
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        Some(parent) => sync_directory(parent),
        None => Ok(()),
    }
}

/// Writes a file that must not exist yet, readable by its owner only, whole or not at all, and
/// durable with its directory entry once this returns.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] where it exists, and those of writing.
pub fn create_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = path.with_extension("draft");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    // Unlike a rename, a link never replaces what somebody else made meanwhile.
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    linked?;
    match path.parent() {
        Some(parent) => sync_directory(parent),
        None => Ok(()),
    }
}

/// Gives the room of `size` bytes at `offset` back to the disk; they read as zeros then. Does
/// nothing where the file system cannot do that.
///
/// # Errors
/// Those of the disk.
pub fn punch_hole(file: &File, offset: u64, size: u64) -> io::Result<()> {
    use rustix::fs::{fallocate, FallocateFlags};
    let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    match fallocate(file, flags, offset, size) {
        Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => Ok(()),
        other => other.map_err(io::Error::from),
    }
}

/// What is to be written. The less it takes up and the more depends on it, the longer there is
/// room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A part of an attachment.
    Part,
    /// An envelope: a report, an answer, or junk; nobody can tell.
    Envelope,
    /// What the server needs to be of use to those who read and answer: opening the database,
    /// prekeys, rosters.
    Upkeep,
}

/// The room a disk must keep free, so that the store never meets a full one: sled was seen to
/// hang on it.
///
/// As the disk fills, parts are refused first, then envelopes, then upkeep. What only gives room
/// back or ends an epoch is never refused here: deletions, and the closings that forget days.
#[derive(Debug, Clone)]
pub struct Watermark {
    directory: PathBuf,
    bytes: u64,
}

impl Watermark {
    /// 256 MiB: more than all bodies in flight, the segments sled opens ahead and an epoch's end.
    pub const DEFAULT_BYTES: u64 = 256 * 1024 * 1024;

    /// Keeps `bytes` free on the disk of `directory`: twice as much from parts, and a quarter
    /// from upkeep.
    pub fn new(directory: &Path, bytes: u64) -> Self {
        Self {
            directory: directory.to_owned(),
            bytes,
        }
    }

    /// Whether there is room to write that. A disk that cannot be asked counts as full.
    pub fn has_room(&self, purpose: Purpose) -> bool {
        self.free()
            .is_some_and(|free| free >= self.kept_from(purpose))
    }

    /// Whether the room for envelopes gets scarce: parts are refused already, or three quarters of
    /// what fits are `stored`. A disk that cannot be asked counts as scarce.
    pub fn is_scarce(&self, stored: u64) -> bool {
        !self.free().is_some_and(|free| self.is_ample(free, stored))
    }

    fn is_ample(&self, free: u64, stored: u64) -> bool {
        let room = free.saturating_sub(self.bytes);
        free >= self.kept_from(Purpose::Part) && room >= stored / 3
    }

    fn kept_from(&self, purpose: Purpose) -> u64 {
        match purpose {
            Purpose::Part => self.bytes.saturating_mul(2),
            Purpose::Envelope => self.bytes,
            Purpose::Upkeep => self.bytes / 4,
        }
    }

    fn free(&self) -> Option<u64> {
        fs2::available_space(&self.directory).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_gets_scarce_with_what_is_stored_and_where_parts_are_refused() {
        let watermark = Watermark::new(Path::new("."), 100);
        // Nothing stored: only the parts' line counts.
        assert!(watermark.is_ample(200, 0));
        assert!(!watermark.is_ample(199, 0));
        // 900 stored and 300 left above what is kept: three quarters are taken.
        assert!(watermark.is_ample(400, 900));
        assert!(!watermark.is_ample(399, 900));
        let endless = Watermark::new(Path::new("."), u64::MAX);
        assert!(!endless.is_ample(u64::MAX - 1, 0));
    }
}
