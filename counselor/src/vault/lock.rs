//! One program at a time: two would each undo what the other writes.

use super::{files, VaultError};
use std::fs::{File, TryLockError};
use std::path::Path;

/// Held for as long as the value lives; the system lets go of it even if the program is killed.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn take(path: &Path) -> Result<Self, VaultError> {
        let file = files::owner_only()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(VaultError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}
