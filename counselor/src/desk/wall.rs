//! Which slots of the wall were tried already: so nothing is tried twice, and what the public
//! index lists and a sync does not bring is noticed.

use crate::vault::{Vault, VaultError};
use beistand_protocol::bytes::Slot;
use beistand_protocol::index::Index;
use beistand_protocol::time::Day;
use std::collections::{BTreeMap, BTreeSet};

const PREFIX: &str = "wall/";

/// The slots tried, by day.
pub(super) struct Wall {
    days: BTreeMap<Day, BTreeSet<Slot>>,
    changed: BTreeSet<Day>,
}

impl Wall {
    /// What was tried since `from`; older days are forgotten.
    pub(super) fn load(vault: &Vault, from: Day) -> Result<Self, VaultError> {
        let mut days = BTreeMap::new();
        for name in vault.names(PREFIX)? {
            let day = name
                .strip_prefix(PREFIX)
                .and_then(|day| day.parse().ok())
                .map(Day);
            let day = day.ok_or(VaultError::Damaged)?;
            if day < from {
                vault.remove(&name)?;
                continue;
            }
            let bytes = vault.read(&name)?.ok_or(VaultError::Damaged)?;
            let (slots, rest) = bytes.as_chunks::<{ Slot::LENGTH }>();
            if !rest.is_empty() {
                return Err(VaultError::Damaged);
            }
            days.insert(day, slots.iter().copied().map(Slot).collect());
        }
        Ok(Self {
            days,
            changed: BTreeSet::new(),
        })
    }

    /// Whether a slot was tried.
    pub(super) fn has(&self, day: Day, slot: &Slot) -> bool {
        self.days
            .get(&day)
            .is_some_and(|slots| slots.contains(slot))
    }

    /// Remembers a slot that was tried.
    pub(super) fn add(&mut self, day: Day, slot: Slot) {
        if self.days.entry(day).or_default().insert(slot) {
            self.changed.insert(day);
        }
    }

    /// How many slots of `index` were never brought. The oldest day may expire between the index
    /// and the sync, and is left out.
    pub(super) fn missing_from(&self, index: &Index, from: Day) -> usize {
        index
            .slots()
            .filter(|(day, slot)| *day > from && !self.has(*day, slot))
            .count()
    }

    /// Writes what has changed.
    pub(super) fn save(&mut self, vault: &Vault) -> Result<(), VaultError> {
        for day in std::mem::take(&mut self.changed) {
            let slots = self.days.get(&day).into_iter().flatten();
            let bytes: Vec<u8> = slots.flat_map(|slot| slot.0).collect();
            vault.write(&format!("{PREFIX}{day}"), &bytes)?;
        }
        Ok(())
    }
}
