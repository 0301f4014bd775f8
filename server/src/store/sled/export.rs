//! Taking everything out of a store while it works.
//!
//! An export is one moment of the store: what is short is taken by the committer at once, the
//! rest is read afterwards, and what was deleted meanwhile is exported as deleted. It holds no
//! key, so it is opened by the key files of the store it came from, and is forgotten with them.

use super::blob_files::BlobFiles;
use super::key_files::KeyFiles;
use super::layout::{self, Record};
use super::queue::Queue;
use super::reading::{self, failed};
use super::sealing;
use super::stream::{Kind, StreamWriter};
use crate::store::StoreError;
use beistand_protocol::bytes::{InstanceId, Slot};
use std::io::Write;
use std::sync::Arc;

/// What it takes to export.
#[derive(Debug, Clone)]
pub struct Source {
    /// Whose store it is.
    pub instance: InstanceId,
    /// The database.
    pub database: sled::Db,
    /// The keys, which are not exported.
    pub keys: Arc<KeyFiles>,
    /// The blobs.
    pub blobs: Arc<BlobFiles>,
    /// The way to the committer.
    pub queue: Queue,
}

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exported {
    /// Envelopes and parts, deleted ones among them.
    pub items: u64,
    /// Leaves of the log.
    pub leaves: u64,
}

/// One moment of everything that is short.
struct Moment {
    values: Vec<(sled::IVec, sled::IVec)>,
    records: Vec<(Slot, Record)>,
    leaves: u64,
}

impl Source {
    /// Writes an export.
    ///
    /// # Errors
    /// [`StoreError::Failed`] with the words of whom it is written to, and those of the store.
    pub fn export(&self, out: &mut dyn Write) -> Result<Exported, StoreError> {
        let moment = self.queue.commit(None, true, 0, |staged| {
            let database = &staged.database;
            Ok(Moment {
                values: values(database)?,
                records: records(database)?,
                leaves: tree_size(database)?,
            })
        })?;
        let mut exported = Exported::default();
        let stream = StreamWriter::begin(out, layout::SCHEMA, &self.instance);
        let mut stream = stream.map_err(failed)?;
        for (key, value) in &moment.values {
            stream.add(Kind::Value, key, value).map_err(failed)?;
        }
        for (slot, record) in &moment.records {
            exported.items += u64::from(self.export_item(&mut stream, slot, record)?);
        }
        for index in 0..moment.leaves {
            let key = layout::key(layout::LEAF, &[&index.to_be_bytes()]);
            let leaf = self.database.get(&key).map_err(failed)?;
            let leaf = leaf.ok_or_else(|| StoreError::Damaged("a leaf is missing".to_owned()))?;
            stream.add(Kind::Value, &key, &leaf).map_err(failed)?;
            exported.leaves += 1;
        }
        stream.end().map_err(failed)?;
        Ok(exported)
    }

    /// Exports an item as it was at the moment, or as deleted where it was deleted since. Answers
    /// whether it is still there: its day may have died.
    fn export_item(
        &self,
        stream: &mut StreamWriter<'_>,
        slot: &Slot,
        then: &Record,
    ) -> Result<bool, StoreError> {
        let now = reading::item(&self.database, &self.keys, &self.blobs, slot)?;
        let Some((now, day)) = now.zip(self.keys.day(then.day)) else {
            return Ok(false);
        };
        let key = layout::item_key(slot);
        let mut record = sealing::open_record(day.day_key(), slot, then)?;
        let Some(blob) = now.blob else {
            record.deleted = now.record.deleted;
            let sealed = sealing::seal_record(day.day_key(), then.places(), &record)?;
            stream
                .add(Kind::Value, &key, &sealed.encode())
                .map_err(failed)?;
            return Ok(true);
        };
        // Its key may be destroyed between the two: then it was deleted in this very moment, and
        // the next look says so.
        let Some(item_key) = day.read(then.key_place).map_err(failed)? else {
            return self.export_item(stream, slot, then);
        };
        let sealed = sealing::seal_blob(&item_key, &record, blob)?;
        stream
            .add(Kind::Value, &key, &then.encode())
            .map_err(failed)?;
        stream.add(Kind::Blob, &[], &sealed).map_err(failed)?;
        Ok(true)
    }
}

/// Everything but items, leaves and notes of what is still to be done.
fn values(database: &sled::Db) -> Result<Vec<(sled::IVec, sled::IVec)>, StoreError> {
    let kinds = [
        layout::META,
        layout::ROSTER,
        layout::PREKEY,
        layout::REPLACED,
        layout::FIRST_CHECKPOINT,
    ];
    let entries = kinds.iter().flat_map(|kind| database.scan_prefix([*kind]));
    entries.map(|entry| entry.map_err(failed)).collect()
}

fn records(database: &sled::Db) -> Result<Vec<(Slot, Record)>, StoreError> {
    let malformed = || StoreError::Damaged("a record is malformed".to_owned());
    let entries = database.scan_prefix([layout::ITEM]).map(|entry| {
        let (key, value) = entry.map_err(failed)?;
        let slot = key.get(1..).and_then(|slot| slot.try_into().ok());
        let record = Record::parse(&value);
        let (slot, record) = slot.map(Slot).zip(record).ok_or_else(malformed)?;
        Ok((slot, record))
    });
    entries.collect()
}

fn tree_size(database: &sled::Db) -> Result<u64, StoreError> {
    let key = layout::key(layout::META, &[layout::meta::TREE]);
    let tree = database.get(key).map_err(failed)?;
    tree.map_or(Ok(0), |tree| {
        let tree = layout::parse_tree(&tree);
        tree.map(|tree| tree.size())
            .ok_or_else(|| StoreError::Damaged("the log's tree is malformed".to_owned()))
    })
}
