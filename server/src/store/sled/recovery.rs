//! What a start does before anything else: check that the data is ours, finish what a crash
//! interrupted, and destroy the keys it left over.

use super::key_files::KeyFiles;
use super::layout::{self, meta, Record};
use super::reading::failed;
use super::Ending;
use crate::store::StoreError;
use beistand_protocol::bytes::{InstanceId, Slot};
use beistand_protocol::time::Day;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// Chunks removed in one batch.
const SWEEP_BATCH: usize = 1_000;

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

/// Finds what waits to be logged, and destroys every key that no item uses.
///
/// # Errors
/// [`StoreError::Damaged`] where an item has no key.
pub fn reconcile(database: &sled::Db, keys: &KeyFiles, ending: &Ending) -> Result<(), StoreError> {
    for entry in database.scan_prefix([layout::SWEEP]) {
        let (key, _) = entry.map_err(failed)?;
        let day = key
            .get(1..)
            .and_then(|day| day.try_into().ok())
            .map(u32::from_be_bytes);
        let day = Day(day.ok_or_else(|| damaged("a note of a gone day is malformed"))?);
        keys.destroy_day(day).map_err(failed)?;
        sweep(database, day).map_err(failed)?;
    }
    let mut live: BTreeMap<Day, BTreeSet<u32>> = BTreeMap::new();
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
        let places = live.entry(stored.day).or_default();
        if record.deleted.is_none() {
            if day.read(stored.place).map_err(failed)?.is_none() {
                return Err(damaged("the key of an item is missing"));
            }
            if !places.insert(stored.place) {
                return Err(damaged("two items share a key"));
            }
        }
    }
    ending.settle(&waiting, &[]);
    keys.keep_only(&live).map_err(failed)
}

/// Removes the chunks of a gone day, whose keys are destroyed already, a few at a time.
///
/// # Errors
/// sled's. Nothing is lost by trying again.
pub fn sweep(database: &sled::Db, day: Day) -> io::Result<()> {
    let prefix = layout::key(layout::CHUNK, &[&day.0.to_be_bytes()]);
    loop {
        let mut batch = sled::Batch::default();
        let mut removed = 0;
        for key in database.scan_prefix(&prefix).keys().take(SWEEP_BATCH) {
            batch.remove(key.map_err(io::Error::other)?);
            removed += 1;
        }
        if removed == 0 {
            break;
        }
        database.apply_batch(batch).map_err(io::Error::other)?;
    }
    let note = layout::key(layout::SWEEP, &[&day.0.to_be_bytes()]);
    database.remove(note).map_err(io::Error::other)?;
    Ok(())
}
