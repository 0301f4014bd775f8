//! Accepting prekeys: the device's signature is the permission (section 3).

use super::{Refusal, Wall};
use crate::store::{StoreError, StoredPrekey};
use beistand_protocol::instance::Instance;
use beistand_protocol::prekey;
use beistand_protocol::roster::Roster;
use beistand_protocol::time::Day;

impl Wall {
    /// Accepts a device's prekey and publishes it at once. The same one again changes nothing.
    ///
    /// # Errors
    /// [`Refusal::NotReady`], [`Refusal::Prekey`], [`Refusal::PrekeyReplaced`],
    /// [`Refusal::StorageFull`], [`Refusal::Store`].
    pub fn accept_prekey(&self, note: &[u8]) -> Result<(), Refusal> {
        let published = self.published()?;
        let today = self.today();
        let prekey = prekey::verify(&self.instance.instance, published.roster(), note, today)?;
        let note = std::str::from_utf8(note).map_err(|_| Refusal::Malformed)?;
        let stored = StoredPrekey {
            device: prekey.device,
            day: prekey.day,
            note: note.to_owned(),
        };
        self.store
            .accept_prekey(stored)
            .map_err(|error| match error {
                StoreError::Conflict => Refusal::PrekeyReplaced,
                other => other.into(),
            })?;
        self.desk_seen.note(today);
        self.close_epoch()
    }
}

/// Those that may still be sealed to under `roster`, and those to drop.
pub(super) fn sort_out(
    instance: &Instance,
    roster: &Roster,
    prekeys: Vec<StoredPrekey>,
    today: Day,
) -> (Vec<StoredPrekey>, Vec<StoredPrekey>) {
    // Verified again and not only counted by days: a prekey of a device that left the roster
    // could make clients refuse the whole file.
    prekeys.into_iter().partition(|stored| {
        prekey::verify(&instance.instance, roster, stored.note.as_bytes(), today).is_ok()
    })
}
