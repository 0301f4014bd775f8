//! Reading records and blobs.

use super::blob_files::BlobFiles;
use super::key_files::KeyFiles;
use super::layout::{self, Record};
use super::sealing;
use crate::store::{ItemRecord, StoreError, StoredItem};
use beistand_protocol::bytes::Slot;
use std::io;

pub(super) fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::Failed(error.to_string())
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

/// The record of a slot, as stored and opened.
pub fn record(
    database: &sled::Db,
    keys: &KeyFiles,
    slot: &Slot,
) -> Result<Option<(Record, ItemRecord)>, StoreError> {
    match database.get(layout::item_key(slot)).map_err(failed)? {
        None => Ok(None),
        Some(value) => {
            let stored = Record::parse(&value).ok_or_else(|| damaged("a record is malformed"))?;
            match keys.day(stored.day) {
                Some(day) => {
                    let record = sealing::open_record(day.day_key(), slot, &stored)?;
                    Ok(Some((stored, record)))
                }
                // Its day died between the two look-ups.
                None if !database
                    .contains_key(layout::item_key(slot))
                    .map_err(failed)? =>
                {
                    Ok(None)
                }
                None => Err(damaged("a key file is missing")),
            }
        }
    }
}

/// The item in a slot.
pub fn item(
    database: &sled::Db,
    keys: &KeyFiles,
    blobs: &BlobFiles,
    slot: &Slot,
) -> Result<Option<StoredItem>, StoreError> {
    loop {
        let Some((stored, record)) = record(database, keys, slot)? else {
            return Ok(None);
        };
        if record.deleted.is_some() {
            return Ok(Some(StoredItem { record, blob: None }));
        }
        match blob(keys, blobs, &stored, &record) {
            Ok(blob) => {
                return Ok(Some(StoredItem {
                    record,
                    blob: Some(blob),
                }))
            }
            Err(error) => {
                // Deleted while it was read: look again. Unchanged: damaged.
                let now = database.get(layout::item_key(slot)).map_err(failed)?;
                if now.is_some_and(|value| Record::parse(&value) == Some(stored)) {
                    return Err(error);
                }
            }
        }
    }
}

fn blob(
    keys: &KeyFiles,
    blobs: &BlobFiles,
    stored: &Record,
    record: &ItemRecord,
) -> Result<Vec<u8>, StoreError> {
    let key = match keys.day(stored.day) {
        Some(day) => day.read(stored.key_place).map_err(failed)?,
        None => None,
    };
    let key = key.ok_or_else(|| damaged("the key of an item is missing"))?;
    let file = blobs.file(stored.day, stored.class);
    let file = file.ok_or_else(|| damaged("a file of blobs is missing"))?;
    let sealed = file
        .read(stored.blob_place)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => damaged("a blob is missing"),
            _ => failed(error),
        })?;
    sealing::open_blob(&key, record, sealed)
}
