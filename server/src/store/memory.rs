//! A store that forgets everything when it is dropped: for tests, and able to fail on demand.

use super::*;
use beistand_protocol::bytes::{DeleteKey, Digest, Slot};
use beistand_protocol::hash::{delete_hash, sha256};
use beistand_protocol::roster::Writer;
use beistand_protocol::time::{Day, Epoch};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How the next call that writes fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done.
    BeforePersisting,
    /// Everything is done, and nobody is told.
    AfterPersisting,
    /// Nothing is done for want of room.
    Full,
}

/// See the module.
#[derive(Debug, Default)]
pub struct MemoryStore {
    inner: Mutex<Inner>,
    fault: Mutex<Option<Fault>>,
}

#[derive(Debug, Default)]
struct Inner {
    items: BTreeMap<Slot, StoredItem>,
    ended: Option<Epoch>,
    leaves: Vec<String>,
    prekeys: BTreeMap<(Writer, Day), String>,
    replaced: HashSet<(Writer, Day, Digest)>,
    contents: Contents,
    state: String,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the next call that writes fail.
    pub fn fail_next(&self, fault: Fault) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }

    /// The body of `GET /v1/state` as it was last stored.
    pub fn state(&self) -> String {
        self.lock().state.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(
        &self,
        change: impl FnOnce(&mut Inner) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let fault = self
            .fault
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let failed = || StoreError::Failed("a failure that was asked for".to_owned());
        match fault {
            Some(Fault::BeforePersisting) => Err(failed()),
            Some(Fault::Full) => Err(StoreError::Full),
            Some(Fault::AfterPersisting) => {
                change(&mut self.lock())?;
                Err(failed())
            }
            None => change(&mut self.lock()),
        }
    }
}

impl Store for MemoryStore {
    fn put(&self, item: NewItem, epoch: Epoch) -> Result<PutOutcome, StoreError> {
        self.write(|inner| {
            let promised = inner
                .ended
                .map_or(epoch, |ended| epoch.max(Epoch(ended.0 + 1)));
            let record = item.record(promised);
            if let Some(there) = inner.items.get(&item.slot) {
                let there = there.record.clone();
                return Ok(match there.is_same_put(&record) {
                    true => PutOutcome::Same(there),
                    false => PutOutcome::Occupied(there),
                });
            }
            let blob = Some(item.blob.into_bytes());
            inner.items.insert(
                item.slot,
                StoredItem {
                    record: record.clone(),
                    blob,
                },
            );
            Ok(PutOutcome::Stored(record))
        })
    }

    fn delete(&self, slot: &Slot, key: &DeleteKey) -> Result<DeleteOutcome, StoreError> {
        self.write(|inner| match inner.items.get_mut(slot) {
            Some(item) if item.record.delete_hash == delete_hash(key) => {
                item.record.deleted = Some(*key);
                item.blob = None;
                Ok(DeleteOutcome::Deleted)
            }
            _ => Ok(DeleteOutcome::Refused),
        })
    }

    fn read(&self, slot: &Slot) -> Result<Option<StoredItem>, StoreError> {
        Ok(self.lock().items.get(slot).cloned())
    }

    fn accept_roster(&self, roster: StoredRoster) -> Result<(), StoreError> {
        self.write(|inner| {
            let rosters = &mut inner.contents.rosters;
            let newest = rosters.last();
            if newest.is_some_and(|newest| {
                newest.version == roster.version && newest.note == roster.note
            }) {
                return Ok(());
            }
            if roster.version != newest.map_or(0, |newest| newest.version) + 1 {
                return Err(StoreError::Conflict);
            }
            rosters.push(roster);
            Ok(())
        })
    }

    fn accept_prekey(&self, prekey: StoredPrekey) -> Result<(), StoreError> {
        self.write(|inner| {
            let place = (prekey.device, prekey.day);
            let digest = sha256(prekey.note.as_bytes());
            let replaced = inner
                .replaced
                .iter()
                .filter(|(device, day, _)| (*device, *day) == place)
                .count();
            match inner.prekeys.get(&place) {
                Some(there) if *there == prekey.note => return Ok(()),
                Some(_) if replaced >= MOST_REPLACED_PREKEYS => return Err(StoreError::Conflict),
                _ if inner.replaced.contains(&(place.0, place.1, digest)) => {
                    return Err(StoreError::Conflict)
                }
                Some(there) => {
                    let before = sha256(there.as_bytes());
                    inner.replaced.insert((place.0, place.1, before));
                }
                None => {}
            }
            inner.prekeys.insert(place, prekey.note);
            Ok(())
        })
    }

    fn end_epoch(&self, epoch: Epoch) -> Result<Vec<ItemRecord>, StoreError> {
        let mut inner = self.lock();
        inner.ended = inner.ended.max(Some(epoch));
        let waiting = inner.items.values().map(|item| &item.record);
        let waiting = waiting.filter(|record| record.visible.is_none() && record.promised <= epoch);
        Ok(waiting.cloned().collect())
    }

    fn close_epoch(&self, closing: Closing) -> Result<(), StoreError> {
        self.write(|inner| {
            if inner.contents.tree.size() != closing.first_leaf {
                return Err(StoreError::Conflict);
            }
            for logged in &closing.items {
                if let Some(item) = inner.items.get_mut(&logged.slot) {
                    item.record.visible = Some(Visible {
                        epoch: closing.epoch,
                        leaf: logged.leaf,
                    });
                }
            }
            inner
                .items
                .retain(|_, item| !closing.gone.contains(&item.record.day));
            for place in &closing.dropped_prekeys {
                inner.prekeys.remove(place);
                inner
                    .replaced
                    .retain(|(device, day, _)| (*device, *day) != *place);
            }
            inner.leaves.extend(closing.leaves);
            inner.ended = inner.ended.max(Some(closing.epoch));
            inner.state = closing.state;
            let contents = &mut inner.contents;
            contents.tree = closing.tree;
            contents.closed = Some(closing.epoch);
            contents.logged_roster = closing.logged_roster;
            if let Some((day, note)) = closing.first_checkpoint {
                contents
                    .first_checkpoints
                    .retain(|(older, _)| older.0 + 1 >= day.0);
                contents.first_checkpoints.push((day, note));
            }
            Ok(())
        })
    }

    fn oldest_pending(&self) -> Result<Option<Epoch>, StoreError> {
        let inner = self.lock();
        let waiting = inner
            .items
            .values()
            .filter(|item| item.record.visible.is_none());
        Ok(waiting.map(|item| item.record.promised).min())
    }

    fn contents(&self) -> Result<Contents, StoreError> {
        let inner = self.lock();
        let prekeys = inner
            .prekeys
            .iter()
            .map(|((device, day), note)| StoredPrekey {
                device: *device,
                day: *day,
                note: note.clone(),
            })
            .collect();
        Ok(Contents {
            prekeys,
            ..inner.contents.clone()
        })
    }

    fn visit_records(&self, visit: &mut dyn FnMut(ItemRecord)) -> Result<(), StoreError> {
        for item in self.lock().items.values() {
            visit(item.record.clone());
        }
        Ok(())
    }

    fn leaf(&self, index: u64) -> Result<Option<String>, StoreError> {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        Ok(self.lock().leaves.get(index).cloned())
    }
}
