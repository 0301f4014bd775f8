//! What a group is about to write.

use super::blob_files::{BlobFile, BlobFiles, FileKey, WrittenBlob};
use super::key_files::{DayKeys, KeyFiles};
use super::layout::{self, Record};
use super::sealing::{self, Places, ShreddingKey};
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
    /// The blobs.
    pub blobs: Arc<BlobFiles>,
    /// Epochs that are over and items that wait.
    pub ending: Arc<Ending>,
    /// Files that got new keys.
    pub new_keys: BTreeMap<Day, Arc<DayKeys>>,
    /// Files that got new blobs.
    pub new_blobs: BTreeMap<FileKey, Arc<BlobFile>>,
    /// Records of the items to destroy once the batch is durable.
    pub destroyed: Vec<Record>,
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
    pub fn new(
        database: sled::Db,
        keys: Arc<KeyFiles>,
        blobs: Arc<BlobFiles>,
        ending: Arc<Ending>,
    ) -> Self {
        Self {
            database,
            keys,
            blobs,
            ending,
            new_keys: BTreeMap::new(),
            new_blobs: BTreeMap::new(),
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
    /// key and a blob it added stay until the next start destroys them.
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

    /// Adds an item, whose sealed blob was written, with the key that opens it.
    pub fn insert_item(
        &mut self,
        record: &ItemRecord,
        written: io::Result<WrittenBlob>,
        key: &ShreddingKey,
    ) -> Result<(), StoreError> {
        let (day, class) = (record.day, record.class);
        let written = self.keep(|_| written)?;
        let keys = self.keep(|staged| staged.keys.day_or_new(day))?;
        let (blobs, blob) = written.keep();
        let file = self.blobs.file(day, class);
        if !file.is_some_and(|file| Arc::ptr_eq(&file, &blobs)) {
            return Err(StoreError::Failed("its day ended meanwhile".to_owned()));
        }
        let places = Places {
            key: self.keep(|_| keys.add(key))?,
            blob,
        };
        self.new_keys.insert(day, keys);
        self.new_blobs.insert((day, class.wire()), blobs);
        self.insert_record(places, record)?;
        self.insert(layout::day_key(day, &record.slot), Vec::new());
        self.waiting.push((record.slot, record.promised));
        Ok(())
    }

    /// Adds or replaces a record.
    pub fn insert_record(&mut self, places: Places, record: &ItemRecord) -> Result<(), StoreError> {
        let keys = self.keys.day(record.day);
        let keys = keys.ok_or_else(|| StoreError::Damaged("a key file is missing".to_owned()))?;
        let stored = sealing::seal_record(keys.day_key(), places, record)?;
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
