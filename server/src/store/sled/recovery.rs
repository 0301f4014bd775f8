//! What a start does before anything else: check that the data is ours, finish what a crash
//! interrupted, and destroy the keys it left over.

use super::blob_files::{BlobFiles, FileKey};
use super::key_files::KeyFiles;
use super::layout::{self, meta, Record};
use super::reading::failed;
use super::Ending;
use crate::store::StoreError;
use beistand_protocol::bytes::{InstanceId, Slot};
use beistand_protocol::time::Day;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

/// Checks schema and instance, or writes them where the database is new.
///
/// # Errors
/// [`StoreError::Schema`], [`StoreError::Instance`], [`StoreError::Damaged`].
pub fn identify(database: &sled::Db, instance: &InstanceId) -> Result<(), StoreError> {
    let schema_key = layout::key(layout::META, &[meta::SCHEMA]);
    let instance_key = layout::key(layout::META, &[meta::INSTANCE]);
    let Some(schema) = database.get(&schema_key).map_err(failed)? else {
        // Schema and instance are written in one batch before anything else.
        if !database.is_empty() {
            return Err(damaged("it has no schema version"));
        }
        let mut batch = sled::Batch::default();
        batch.insert(schema_key, &layout::SCHEMA.to_be_bytes());
        batch.insert(instance_key, &instance.0);
        return database.apply_batch(batch).map_err(failed);
    };
    let found = schema
        .as_ref()
        .try_into()
        .map(u32::from_be_bytes)
        .unwrap_or(u32::MAX);
    if found != layout::SCHEMA {
        return Err(StoreError::Schema {
            found,
            known: layout::SCHEMA,
        });
    }
    let same = database.get(instance_key).map_err(failed)?;
    if same.as_deref() != Some(&instance.0[..]) {
        return Err(StoreError::Instance);
    }
    Ok(())
}

/// Finds what waits to be logged, and destroys every key and blob that no item uses.
///
/// # Errors
/// [`StoreError::Damaged`] where an item has no key.
pub fn reconcile(
    database: &sled::Db,
    keys: &KeyFiles,
    blobs: &BlobFiles,
    ending: &Ending,
) -> Result<(), StoreError> {
    for entry in database.scan_prefix([layout::GONE]) {
        let (key, _) = entry.map_err(failed)?;
        let day = key
            .get(1..)
            .and_then(|day| day.try_into().ok())
            .map(u32::from_be_bytes);
        let day = Day(day.ok_or_else(|| damaged("a note of a gone day is malformed"))?);
        finish_day(database, keys, blobs, day).map_err(failed)?;
    }
    let mut live_keys: BTreeMap<Day, BTreeSet<u32>> = BTreeMap::new();
    let mut live_blobs: BTreeMap<FileKey, BTreeSet<u32>> = BTreeMap::new();
    let mut waiting = Vec::new();
    for entry in database.scan_prefix([layout::ITEM]) {
        let (key, value) = entry.map_err(failed)?;
        let slot = key.get(1..).and_then(|slot| slot.try_into().ok()).map(Slot);
        let slot = slot.ok_or_else(|| damaged("the key of a record is malformed"))?;
        let stored = Record::parse(&value).ok_or_else(|| damaged("a record is malformed"))?;
        let day = keys
            .day(stored.day)
            .ok_or_else(|| damaged("a key file is missing"))?;
        if stored.visible.is_none() {
            waiting.push((slot, stored.promised));
        }
        let record = super::sealing::open_record(day.day_key(), &slot, &stored)?;
        let key_places = live_keys.entry(stored.day).or_default();
        if record.deleted.is_none() {
            if day.read(stored.key_place).map_err(failed)?.is_none() {
                return Err(damaged("the key of an item is missing"));
            }
            let file = (stored.day, stored.class.wire());
            let blob_places = live_blobs.entry(file).or_default();
            if !key_places.insert(stored.key_place) || !blob_places.insert(stored.blob_place) {
                return Err(damaged("two items share a key or a place"));
            }
        }
    }
    ending.settle(&waiting, &[]);
    keys.keep_only(&live_keys).map_err(failed)?;
    for day in blobs.days() {
        if !live_keys.contains_key(&day) {
            blobs.remove_day(day).map_err(failed)?;
        }
    }
    blobs.keep_only(&live_blobs).map_err(failed)
}

/// Destroys the keys of a day that is gone, then removes its blobs, then the note that says that
/// this is still to be done.
///
/// # Errors
/// Those of the files, and sled's. Nothing is lost by trying again.
pub fn finish_day(
    database: &sled::Db,
    keys: &KeyFiles,
    blobs: &BlobFiles,
    day: Day,
) -> io::Result<()> {
    keys.destroy_day(day)?;
    blobs.remove_day(day)?;
    let note = layout::key(layout::GONE, &[&day.0.to_be_bytes()]);
    database.remove(note).map_err(io::Error::other)?;
    Ok(())
}
