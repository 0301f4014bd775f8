//! Backups: a copy of a desk to read from when its machine is lost. It has the cases, but no
//! prekey: a thief who finds it opens nothing on the server that was sealed to one (section 3).
//!
//! A backup cannot be worked with. It does not know what its desk wrote after it was made, and
//! would write in the same places again; who lost a machine joins with a new desk.

use super::{prekeys, Desk, DeskError};
use crate::vault::Vault;
use beistand_protocol::time::Day;
use serde::{Deserialize, Serialize};
use std::path::Path;

const RECORD: &str = "backup";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    made: Day,
}

impl Desk {
    /// Copies everything but the secrets of prekeys into `folder`, a vault of its own under the
    /// same passphrase. The folder is there whole afterwards, or is no vault.
    ///
    /// # Errors
    /// [`DeskError::Backup`] where this is one; [`DeskError::Vault`].
    pub fn back_up(&self, folder: &Path, today: Day) -> Result<(), DeskError> {
        self.check_no_backup()?;
        let copy = self.vault.begin_copy(folder)?;
        for name in self.vault.names("")? {
            if !prekeys::is_record(&name) {
                copy.take(&name)?;
            }
        }
        copy.write_json(RECORD, &Stored { made: today })?;
        Ok(copy.finish()?)
    }

    /// The day on which this backup was made; none for a desk to work with.
    pub fn backup_of(&self) -> Option<Day> {
        self.backup
    }

    /// That this is a desk to work with.
    pub(super) fn check_no_backup(&self) -> Result<(), DeskError> {
        match self.backup {
            Some(made) => Err(DeskError::Backup { made }),
            None => Ok(()),
        }
    }
}

pub(super) fn load(vault: &Vault) -> Result<Option<Day>, DeskError> {
    let stored: Option<Stored> = vault.read_json(RECORD)?;
    Ok(stored.map(|stored| stored.made))
}
