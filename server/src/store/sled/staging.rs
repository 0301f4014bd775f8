//! What a group is about to write.

use super::key_files::{DayKeys, KeyFiles};
use super::layout::{self, Record};
use super::sealing::{self, SealedChunk, ShreddingKey};
use super::Ending;
use crate::store::{ItemRecord, StoreError};
use beistand_protocol::bytes::Slot;
use beistand_protocol::time::{Day, Epoch};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// A batch, and what happens to keys around it.
pub struct Staged {
    /// The database, to read what a decision needs.
    pub database: sled::Db,
    /// The keys.
    pub keys: Arc<KeyFiles>,
    /// Epochs that are over and items that wait.
    pub ending: Arc<Ending>,
    /// Files that got new keys.
    pub added: BTreeMap<Day, Arc<DayKeys>>,
    /// Keys to destroy once the batch is durable.
    pub destroyed: Vec<(Day, u32)>,
    /// Days to destroy once the batch is durable.
    pub gone: Vec<Day>,
    writes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    waiting: Vec<(Slot, Epoch)>,
    no_longer_waiting: Vec<Slot>,
    failure: Option<io::Error>,
}

/// A place in what is staged.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    writes: usize,
    destroyed: usize,
    gone: usize,
    waiting: usize,
    no_longer_waiting: usize,
}

impl Staged {
    /// Nothing yet.
    pub fn new(database: sled::Db, keys: Arc<KeyFiles>, ending: Arc<Ending>) -> Self {
        Self {
            database,
            keys,
            ending,
            added: BTreeMap::new(),
            destroyed: Vec::new(),
            gone: Vec::new(),
            writes: Vec::new(),
            waiting: Vec::new(),
            no_longer_waiting: Vec::new(),
            failure: None,
        }
    }

    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// The batch.
    pub fn take_batch(&mut self) -> sled::Batch {
        let mut batch = sled::Batch::default();
        for (key, value) in self.writes.drain(..) {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        batch
    }

    /// Where the next job begins.
    pub fn mark(&self) -> Mark {
        Mark {
            writes: self.writes.len(),
            destroyed: self.destroyed.len(),
            gone: self.gone.len(),
            waiting: self.waiting.len(),
            no_longer_waiting: self.no_longer_waiting.len(),
        }
    }

    /// Takes back everything staged since `mark`: a job that failed half-way writes nothing. A
    /// key it added stays until the next start destroys it.
    pub fn roll_back(&mut self, mark: &Mark) {
        self.writes.truncate(mark.writes);
        self.destroyed.truncate(mark.destroyed);
        self.gone.truncate(mark.gone);
        self.waiting.truncate(mark.waiting);
        self.no_longer_waiting.truncate(mark.no_longer_waiting);
    }

    /// A failure after which nothing of the group may be written.
    pub fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    /// Adds a value.
    pub fn insert(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.writes.push((key, Some(value)));
    }

    /// Removes a value.
    pub fn remove(&mut self, key: Vec<u8>) {
        self.writes.push((key, None));
    }

    /// The stored and the open record of a slot.
    pub fn record(&self, slot: &Slot) -> Result<Option<(Record, ItemRecord)>, StoreError> {
        super::reading::record(&self.database, &self.keys, slot)
    }

    /// Adds an item with its sealed chunks and the key that opens them.
    pub fn insert_item(
        &mut self,
        record: &ItemRecord,
        chunks: Vec<SealedChunk>,
        key: &ShreddingKey,
    ) -> Result<(), StoreError> {
        let keys = self.keep(|staged| staged.keys.day_or_new(record.day))?;
        let place = self.keep(|_| keys.add(key))?;
        self.added.insert(record.day, keys);
        self.insert_record(place, record)?;
        self.insert(layout::day_key(record.day, &record.slot), Vec::new());
        for chunk in chunks {
            self.insert(chunk.key, chunk.sealed);
        }
        self.waiting.push((record.slot, record.promised));
        Ok(())
    }

    /// Adds or replaces a record whose key stands in `place`.
    pub fn insert_record(&mut self, place: u32, record: &ItemRecord) -> Result<(), StoreError> {
        let keys = self.keys.day(record.day);
        let keys = keys.ok_or_else(|| StoreError::Damaged("a key file is missing".to_owned()))?;
        let stored = sealing::seal_record(keys.day_key(), place, record)?;
        self.insert(layout::item_key(&record.slot), stored.encode());
        Ok(())
    }

    /// Notes that an item waits no more.
    pub fn stops_waiting(&mut self, slot: Slot) {
        self.no_longer_waiting.push(slot);
    }

    /// Passes on what became durable to those who count what waits.
    pub fn settle(&mut self) {
        self.ending.settle(&self.waiting, &self.no_longer_waiting);
    }

    /// Runs what touches the disk; a failure there is the group's.
    fn keep<T>(&mut self, work: impl FnOnce(&Self) -> io::Result<T>) -> Result<T, StoreError> {
        work(self).map_err(|error| {
            self.failure = Some(error);
            StoreError::Stopped
        })
    }
}
