//! A folder as it lies on the disk: the hash of every file in it, a copy of it elsewhere, and
//! whether somebody is at work in it.

use beistand_protocol::bytes::Digest;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

const BLOCK: usize = 64 * 1024;

/// One file of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Its length in bytes.
    pub size: u64,
}

/// Every file below a folder, by its path from there. Equal exactly where every file is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// The files; names of folders are part of the paths.
    pub files: BTreeMap<PathBuf, Fingerprint>,
    /// What is neither file nor folder (a link, a socket): never followed, never copied.
    pub others: Vec<PathBuf>,
}

impl Contents {
    /// Reads every file below `folder`.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn of(folder: &Path) -> io::Result<Self> {
        let mut contents = Self::default();
        walk(folder, Path::new(""), &mut |path, kind| {
            if kind.is_file() {
                let fingerprint = read(&folder.join(path), &mut io::sink())?;
                contents.files.insert(path.to_owned(), fingerprint);
            } else {
                contents.others.push(path.to_owned());
            }
            Ok(())
        })?;
        Ok(contents)
    }

    /// Bytes of all files together.
    pub fn size(&self) -> u64 {
        self.files.values().map(|file| file.size).sum()
    }
}

/// Copies every file below `from` to below `to` and answers what was copied.
///
/// # Errors
/// What the operating system says.
pub fn copy(from: &Path, to: &Path) -> io::Result<Contents> {
    let mut contents = Contents::default();
    walk(from, Path::new(""), &mut |path, kind| {
        if !kind.is_file() {
            contents.others.push(path.to_owned());
            return Ok(());
        }
        let target = to.join(path);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        let fingerprint = read(&from.join(path), &mut File::create(target)?)?;
        contents.files.insert(path.to_owned(), fingerprint);
        Ok(())
    })?;
    Ok(contents)
}

/// Whether another process holds a lock on this file. A file that is not there is not locked.
///
/// # Errors
/// What the operating system says.
pub fn is_locked(path: &Path) -> io::Result<bool> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn walk(
    root: &Path,
    below: &Path,
    found: &mut impl FnMut(&Path, fs::FileType) -> io::Result<()>,
) -> io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(root, &path, found)?;
        } else {
            found(&path, kind)?;
        }
    }
    Ok(())
}

fn read(path: &Path, to: &mut impl Write) -> io::Result<Fingerprint> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut size = 0;
    let mut block = vec![0; BLOCK];
    loop {
        let length = file.read(&mut block)?;
        if length == 0 {
            break;
        }
        hasher.update(&block[..length]);
        to.write_all(&block[..length])?;
        size += length as u64;
    }
    Ok(Fingerprint {
        digest: Digest(hasher.finalize().into()),
        size,
    })
}
