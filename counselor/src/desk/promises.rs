//! The server's promises about this desk's own puts, kept until they are seen fulfilled.

use crate::vault::{Vault, VaultError};
use beistand_client::Delivered;
use beistand_protocol::bytes::Slot;
use beistand_protocol::leaf::Leaf;
use beistand_protocol::promise::{Promise, Putting};
use beistand_protocol::sync::SyncRecord;
use beistand_protocol::time::{Day, Epoch};
use beistand_protocol::tombstone::Tombstone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const PREFIX: &str = "promise/";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    day: Day,
    promise: Promise,
    note: String,
}

/// Promises not seen fulfilled yet.
pub(super) struct Promises(BTreeMap<Slot, Stored>);

/// Keeps what the server promised about a put.
pub(super) fn keep(
    vault: &Vault,
    day: Day,
    slot: &Slot,
    delivered: &Delivered,
) -> Result<(), VaultError> {
    let stored = Stored {
        day,
        promise: delivered.promise,
        note: delivered.note.clone(),
    };
    vault.write_json(&record(slot), &stored)
}

impl Promises {
    /// Those about days since `from`; older ones cannot be checked any more.
    pub(super) fn load(vault: &Vault, from: Day) -> Result<Self, VaultError> {
        let mut promises = BTreeMap::new();
        for name in vault.names(PREFIX)? {
            let slot = name.strip_prefix(PREFIX).and_then(|slot| slot.parse().ok());
            let stored: Option<Stored> = vault.read_json(&name)?;
            let (Some(slot), Some(stored)) = (slot, stored) else {
                return Err(VaultError::Damaged);
            };
            if stored.day < from {
                vault.remove(&name)?;
            } else {
                promises.insert(slot, stored);
            }
        }
        Ok(Self(promises))
    }

    /// Takes note of something on the wall. A promise it fulfils is forgotten.
    pub(super) fn see(&mut self, vault: &Vault, record: &SyncRecord) -> Result<(), VaultError> {
        let Some(stored) = self.0.get(&record.slot) else {
            return Ok(());
        };
        if leaf(record).is_some_and(|leaf| leaf.hash() == stored.promise.leaf) {
            self.0.remove(&record.slot);
            vault.remove(&self::record(&record.slot))?;
        }
        Ok(())
    }

    /// How many should have been fulfilled by the end of `epoch` and were not.
    pub(super) fn broken(&self, epoch: Epoch) -> usize {
        self.0
            .values()
            .filter(|stored| stored.promise.epoch <= epoch)
            .count()
    }
}

/// The leaf that must have logged a record, if it is honest.
fn leaf(record: &SyncRecord) -> Option<Leaf> {
    let SyncRecord {
        class,
        day,
        slot,
        record,
        ..
    } = record;
    match Tombstone::parse(&record.blob) {
        Some(tombstone) => {
            let commitment = tombstone.commitment(&record.r, slot, &record.delete_hash)?;
            Some(Leaf::Put {
                class: *class,
                day: *day,
                commitment,
            })
        }
        None => {
            let putting = Putting::of(*class, *day, *slot, record.delete_hash, &record.blob);
            Some(putting.leaf(&record.r))
        }
    }
}

fn record(slot: &Slot) -> String {
    format!("{PREFIX}{slot}")
}
