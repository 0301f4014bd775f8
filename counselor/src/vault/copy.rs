//! A copy of a vault under the same passphrase, record by record.

use super::{files, Lock, Vault, VaultError, HEADER_FILE};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A copy that is being made. Until it is finished it has no header, and nothing opens it.
pub struct VaultCopy<'a> {
    from: &'a Vault,
    folder: PathBuf,
    records: PathBuf,
    _lock: Lock,
}

impl Vault {
    /// Begins a copy in `folder`, which is created or must be empty.
    ///
    /// # Errors
    /// [`VaultError::Exists`], [`VaultError::InUse`], [`VaultError::Disk`].
    pub fn begin_copy(&self, folder: &Path) -> Result<VaultCopy<'_>, VaultError> {
        let (lock, records) = super::occupy(folder)?;
        Ok(VaultCopy {
            from: self,
            folder: folder.to_owned(),
            records,
            _lock: lock,
        })
    }
}

impl VaultCopy<'_> {
    /// Takes over a record. It is opened on the way: a damaged one is noticed now.
    ///
    /// # Errors
    /// [`VaultError::Damaged`], [`VaultError::Disk`].
    pub fn take(&self, name: &str) -> Result<(), VaultError> {
        match self.from.read(name)? {
            Some(content) => self.write(name, &content),
            None => Ok(()),
        }
    }

    /// Writes a record that the original does not have.
    ///
    /// # Errors
    /// [`VaultError::Disk`].
    pub fn write_json<T: Serialize>(&self, name: &str, content: &T) -> Result<(), VaultError> {
        let json = serde_json::to_vec(content).map_err(|_| VaultError::Damaged)?;
        self.write(name, &json)
    }

    /// Makes a vault of it.
    ///
    /// # Errors
    /// [`VaultError::Disk`].
    pub fn finish(self) -> Result<(), VaultError> {
        let header = files::read(&self.from.folder.join(HEADER_FILE))?;
        let header = header.ok_or(VaultError::Missing)?;
        Ok(files::write_whole(&self.folder.join(HEADER_FILE), &header)?)
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<(), VaultError> {
        let keys = &self.from.keys;
        let path = self.records.join(keys.file_name(name));
        Ok(files::write_whole(&path, &keys.seal(name, content))?)
    }
}
