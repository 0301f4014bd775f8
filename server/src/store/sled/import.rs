//! Making a store from an export and the key files of the store it came from.
//!
//! What was deleted since, and the days that are gone since, have no keys any more: they are left
//! out, so that an old export brings nothing back.

use super::blob_files::{BlobFiles, FileKey};
use super::durable::DurableDatabase;
use super::key_files::KeyFiles;
use super::layout::{self, meta, Record};
use super::reading::failed;
use super::sealing;
use super::stream::{malformed, Entry, Kind, StreamReader};
use crate::disk::{create_durably, make_directory};
use crate::log_key;
use crate::store::StoreError;
use beistand_protocol::bytes::Slot;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// Places that a file may have: more than any server could fill.
const MOST_PLACES: u32 = 1 << 22;
/// Values of one batch.
const BATCH: usize = 1_000;

/// What was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Envelopes and parts, deleted ones among them.
    pub items: u64,
    /// Those that have no key any more.
    pub forgotten: u64,
}

/// Makes a store in `directory`, which must not be there or be empty, from an export and the
/// `keys/` and `log.key` in `keys_from`. After an error nothing is left in it.
///
/// # Errors
/// [`StoreError::Schema`], [`StoreError::Failed`]: the directory is not empty, the export is
/// damaged, or what the disk says.
pub fn import(
    directory: &Path,
    keys_from: &Path,
    from: &mut dyn Read,
) -> Result<Imported, StoreError> {
    make_directory(directory).map_err(failed)?;
    if fs::read_dir(directory).map_err(failed)?.next().is_some() {
        let sentence = "the directory to import into is not empty";
        return Err(StoreError::Failed(sentence.to_owned()));
    }
    let _lock = super::lock(directory)?;
    let outcome = fill(directory, keys_from, from);
    if outcome.is_err() {
        // Best effort: without a schema it is no store in any case.
        for name in ["wall", "blobs", "keys"] {
            let _ = fs::remove_dir_all(directory.join(name));
        }
        for name in [log_key::FILE, "lock"] {
            let _ = fs::remove_file(directory.join(name));
        }
    }
    outcome
}

fn fill(directory: &Path, keys_from: &Path, from: &mut dyn Read) -> Result<Imported, StoreError> {
    let mut stream = StreamReader::begin(from).map_err(failed)?;
    if stream.schema != layout::SCHEMA {
        return Err(StoreError::Schema {
            found: stream.schema,
            known: layout::SCHEMA,
        });
    }
    copy_keys(keys_from, directory)
        .map_err(|error| StoreError::Failed(format!("the keys cannot be copied: {error}")))?;
    let durable = DurableDatabase::open(&directory.join("wall"), &directory.join("aside"));
    let mut target = Target {
        durable: durable.map_err(failed)?,
        keys: KeyFiles::open(&directory.join("keys")).map_err(failed)?,
        blobs: BlobFiles::open(&directory.join("blobs")).map_err(failed)?,
        files: BTreeSet::new(),
        batch: Vec::new(),
        imported: Imported::default(),
    };
    let mut waiting = None;
    while let Some(entry) = stream.next_entry().map_err(failed)? {
        match (entry.kind, waiting.take()) {
            (Kind::Blob, Some((slot, record))) => {
                target.insert_item(slot, record, Some(entry.value))?;
                continue;
            }
            (Kind::Blob, None) => return Err(failed(malformed())),
            (_, Some((slot, record))) => target.insert_item(slot, record, None)?,
            (_, None) => {}
        }
        waiting = target.take(entry)?;
    }
    if let Some((slot, record)) = waiting {
        target.insert_item(slot, record, None)?;
    }
    target.finish(&stream.instance.0)
}

struct Target {
    durable: DurableDatabase,
    keys: KeyFiles,
    blobs: BlobFiles,
    files: BTreeSet<FileKey>,
    batch: Vec<(Vec<u8>, Vec<u8>)>,
    imported: Imported,
}

impl Target {
    /// Takes a value; answers a record, whose blob may follow.
    fn take(&mut self, entry: Entry) -> Result<Option<(Slot, Record)>, StoreError> {
        let Some((kind, rest)) = entry.key.split_first() else {
            return Err(failed(malformed()));
        };
        if *kind == layout::ITEM {
            let slot = rest.try_into().ok().map(Slot);
            let record = slot.zip(Record::parse(&entry.value));
            return record.map(Some).ok_or_else(|| failed(malformed()));
        }
        // Schema and instance come last, for what has none is no store.
        let is_identity = *kind == layout::META && [meta::SCHEMA, meta::INSTANCE].contains(&rest);
        if !is_identity {
            self.insert(entry.key, entry.value)?;
        }
        Ok(None)
    }

    fn insert_item(
        &mut self,
        slot: Slot,
        record: Record,
        sealed: Option<Vec<u8>>,
    ) -> Result<(), StoreError> {
        match self.is_alive(&slot, &record, sealed.as_deref())? {
            false => self.imported.forgotten += 1,
            true => {
                self.imported.items += 1;
                if let Some(sealed) = sealed {
                    let file = self.blobs.file_or_new(record.day, record.class);
                    let file = file.map_err(failed)?;
                    file.put_at(record.blob_place, &sealed).map_err(failed)?;
                    self.files.insert((record.day, record.class.wire()));
                }
                self.insert(layout::day_key(record.day, &slot), Vec::new())?;
                self.insert(layout::item_key(&slot), record.encode())?;
            }
        }
        Ok(())
    }

    /// Whether the keys that are left open the record and, where there is one, its blob.
    fn is_alive(
        &self,
        slot: &Slot,
        record: &Record,
        sealed: Option<&[u8]>,
    ) -> Result<bool, StoreError> {
        let Some(day) = self.keys.day(record.day) else {
            return Ok(false);
        };
        let Ok(opened) = sealing::open_record(day.day_key(), slot, record) else {
            return Ok(false);
        };
        match (opened.deleted, sealed) {
            (Some(_), None) => Ok(true),
            (None, Some(sealed)) if record.blob_place < MOST_PLACES => {
                let key = day.read(record.key_place).map_err(failed)?;
                Ok(key
                    .is_some_and(|key| sealing::open_blob(&key, &opened, sealed.to_vec()).is_ok()))
            }
            _ => Err(failed(malformed())),
        }
    }

    fn insert(&mut self, key: Vec<u8>, value: Vec<u8>) -> Result<(), StoreError> {
        self.batch.push((key, value));
        match self.batch.len() < BATCH {
            true => Ok(()),
            false => self.write(),
        }
    }

    fn write(&mut self) -> Result<(), StoreError> {
        let mut batch = sled::Batch::default();
        for (key, value) in self.batch.drain(..) {
            batch.insert(key, value);
        }
        self.durable.database().apply_batch(batch).map_err(failed)
    }

    fn finish(mut self, instance: &[u8; 16]) -> Result<Imported, StoreError> {
        for (day, class) in &self.files {
            let class = beistand_protocol::class::BlobClass::from_wire(*class);
            if let Some(file) = class.and_then(|class| self.blobs.file(*day, class)) {
                file.sync().map_err(failed)?;
            }
        }
        self.write()?;
        self.durable.sync().map_err(failed)?;
        let schema = layout::SCHEMA.to_be_bytes().to_vec();
        self.batch
            .push((layout::key(layout::META, &[meta::SCHEMA]), schema));
        self.batch.push((
            layout::key(layout::META, &[meta::INSTANCE]),
            instance.to_vec(),
        ));
        self.write()?;
        self.durable.sync().map_err(failed)?;
        Ok(self.imported)
    }
}

/// Copies `keys/` and `log.key`.
fn copy_keys(from: &Path, to: &Path) -> io::Result<()> {
    let key = fs::read(from.join(log_key::FILE))?;
    create_durably(&to.join(log_key::FILE), &key)?;
    let folder = to.join("keys");
    make_directory(&folder)?;
    for entry in fs::read_dir(from.join("keys"))? {
        let entry = entry?;
        if entry.path().extension().is_none() {
            let bytes = zeroize::Zeroizing::new(fs::read(entry.path())?);
            create_durably(&folder.join(entry.file_name()), &bytes)?;
        }
    }
    Ok(())
}
