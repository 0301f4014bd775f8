//! The vault: one folder that keeps everything of a desk or a root key, sealed under a
//! passphrase.
//!
//! ```text
//! DIR/vault.json      how the passphrase becomes a key, and the vault key sealed under it
//! DIR/records/NAME    one record a file; NAME is a keyed hash and says nothing
//! DIR/lock            held while a program has the vault open
//! ```
//!
//! A record is there whole or not at all, whenever the machine stops. Swapping, cutting or
//! changing files is noticed; putting back an older copy of a file, or taking one away, is not.

mod copy;
mod files;
mod header;
mod lock;
mod record;

pub use copy::VaultCopy;
pub use header::KeyDerivation;

use crate::passphrase::{Passphrase, TooShort};
use header::Header;
use lock::Lock;
use record::RecordKeys;
use serde::de::DeserializeOwned;
use serde::Serialize;
use std::io;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const HEADER_FILE: &str = "vault.json";
const RECORDS: &str = "records";
const LOCK_FILE: &str = "lock";

/// Why a vault does not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// There is none in that folder.
    #[error("there is no vault in this folder")]
    Missing,
    /// A vault, or something else, is there already.
    #[error("this folder has something in it already")]
    Exists,
    /// The passphrase does not open it.
    #[error("this passphrase does not open the vault")]
    WrongPassphrase,
    /// A new passphrase that protects nothing.
    #[error(transparent)]
    TooShort(#[from] TooShort),
    /// Another program has it open.
    #[error("another program has this vault open")]
    InUse,
    /// Made by a later version.
    #[error("the vault is of a version this program does not know")]
    Version,
    /// A file was changed, cut off, or swapped with another.
    #[error("a file of the vault is damaged or was exchanged")]
    Damaged,
    /// The disk.
    #[error("the vault cannot be read or written: {0}")]
    Disk(#[from] io::Error),
}

impl VaultError {
    /// What the one who sees it can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Missing => "Check --vault; a vault is made by `root new` or by `join`.",
            Self::Exists => "Choose a new or empty folder.",
            Self::WrongPassphrase => "Nothing was changed; try again.",
            Self::TooShort(_) => "Take at least four words that do not belong together.",
            Self::InUse => "Wait for the other program to end, or close it.",
            Self::Version => "Use the newest version of this program.",
            Self::Damaged => {
                "Nothing was changed now. Read on in a backup, and join with a new desk."
            }
            Self::Disk(_) => "Check the disk and who may write to the folder.",
        }
    }
}

/// An open vault. Only one program at a time has it.
pub struct Vault {
    folder: PathBuf,
    records: PathBuf,
    keys: RecordKeys,
    _lock: Lock,
}

impl Vault {
    /// Makes a vault in `folder`, which is created or must be empty.
    ///
    /// # Errors
    /// [`VaultError::Exists`], [`VaultError::TooShort`], [`VaultError::InUse`],
    /// [`VaultError::Disk`].
    pub fn create(
        folder: &Path,
        passphrase: &Passphrase,
        derivation: KeyDerivation,
    ) -> Result<Self, VaultError> {
        passphrase.check_new()?;
        let (lock, records) = occupy(folder)?;
        let (header, vault_key) = Header::create(passphrase, derivation);
        files::write_whole(&folder.join(HEADER_FILE), header.encode().as_bytes())?;
        Ok(Self {
            folder: folder.to_owned(),
            records,
            keys: RecordKeys::new(&vault_key),
            _lock: lock,
        })
    }

    /// Opens the vault in `folder`.
    ///
    /// # Errors
    /// [`VaultError`], most often [`VaultError::WrongPassphrase`].
    pub fn open(folder: &Path, passphrase: &Passphrase) -> Result<Self, VaultError> {
        let header = match files::read(&folder.join(HEADER_FILE))? {
            Some(header) => Header::parse(&header)?,
            None => return Err(VaultError::Missing),
        };
        let lock = Lock::take(&folder.join(LOCK_FILE))?;
        let vault_key = header.open(passphrase)?;
        let records = folder.join(RECORDS);
        files::remove_unfinished(&records)?;
        Ok(Self {
            folder: folder.to_owned(),
            records,
            keys: RecordKeys::new(&vault_key),
            _lock: lock,
        })
    }

    /// The record of that name, or none.
    ///
    /// # Errors
    /// [`VaultError::Damaged`], [`VaultError::Disk`].
    pub fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        match files::read(&self.path(name))? {
            Some(bytes) => self.keys.open(name, &bytes).map(Some),
            None => Ok(None),
        }
    }

    /// Writes a record, or replaces it. When this returns it is on the disk.
    ///
    /// # Errors
    /// [`VaultError::Disk`]; the record is then as it was before.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<(), VaultError> {
        let sealed = self.keys.seal(name, content);
        Ok(files::write_whole(&self.path(name), &sealed)?)
    }

    /// Removes a record and writes over where it lay. (What a disk keeps behind its own back is
    /// out of reach.) Removing what is not there is no error.
    ///
    /// # Errors
    /// [`VaultError::Disk`].
    pub fn remove(&self, name: &str) -> Result<(), VaultError> {
        Ok(files::erase(&self.path(name))?)
    }

    /// The names of all records that begin with `prefix`, sorted.
    ///
    /// # Errors
    /// [`VaultError::Damaged`], [`VaultError::Disk`].
    pub fn names(&self, prefix: &str) -> Result<Vec<String>, VaultError> {
        let mut names = Vec::new();
        for file_name in files::list(&self.records)? {
            if !record::is_file_name(&file_name) {
                // What a system leaves in folders by itself.
                continue;
            }
            let head = files::read_start(&self.records.join(&file_name), record::HEAD_SIZE)?;
            let name = self.keys.open_name(&file_name, &head)?;
            if name.starts_with(prefix) {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// The record of that name, read as JSON.
    ///
    /// # Errors
    /// [`VaultError::Damaged`], also where it is not of the expected form; [`VaultError::Disk`].
    pub fn read_json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, VaultError> {
        let Some(bytes) = self.read(name)? else {
            return Ok(None);
        };
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|_| VaultError::Damaged)
    }

    /// Writes a record as JSON.
    ///
    /// # Errors
    /// [`VaultError::Disk`].
    pub fn write_json<T: Serialize>(&self, name: &str, content: &T) -> Result<(), VaultError> {
        let json = serde_json::to_vec(content).map_err(|_| VaultError::Damaged)?;
        self.write(name, &Zeroizing::new(json))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.records.join(self.keys.file_name(name))
    }
}

/// A new folder for a vault, locked and without records. It has no header yet.
fn occupy(folder: &Path) -> Result<(Lock, PathBuf), VaultError> {
    files::create_folder(folder)?;
    ensure_unused(folder)?;
    let lock = Lock::take(&folder.join(LOCK_FILE))?;
    let records = folder.join(RECORDS);
    files::create_folder(&records)?;
    // What a creation that was cut off left behind; without a header nothing opens it.
    files::remove_all(&records)?;
    Ok((lock, records))
}

/// Whether nothing is in the folder but what an unfinished creation leaves.
fn ensure_unused(folder: &Path) -> Result<(), VaultError> {
    let ours =
        |name: &str| name == RECORDS || name == LOCK_FILE || name == files::unfinished(HEADER_FILE);
    if files::list(folder)?.iter().all(|name| ours(name)) {
        Ok(())
    } else {
        Err(VaultError::Exists)
    }
}
