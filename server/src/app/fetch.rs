//! Looking a few slots up (section 6). The answer has one size, whatever was asked for.

use super::{Published, Refusal, Wall};
use crate::store::StoredItem;
use beistand_protocol::bytes::{CommitmentNonce, DeleteHash, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::fetch::{FetchRecord, FetchRequest, RECORD_HEADER_SIZE};
use beistand_protocol::tombstone::Tombstone;
use rand::{Rng as _, RngCore as _};
use std::sync::Arc;

/// What a fetch will answer: decided once, from one published world.
#[derive(Debug, Clone)]
pub struct FetchPlan {
    published: Arc<Published>,
    class: BlobClass,
    slots: std::vec::IntoIter<Slot>,
    /// Bytes of all records.
    pub size: u64,
}

impl FetchPlan {
    /// Bytes of each record.
    pub fn record_size(&self) -> usize {
        RECORD_HEADER_SIZE + self.class.size()
    }
}

impl Wall {
    /// Checks a fetch and plans its answer: a record a slot, random bytes where there is none.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::NotReady`], [`Refusal::Stamp`],
    /// [`Refusal::StampUsed`].
    pub fn plan_fetch(&self, frame: &[u8]) -> Result<FetchPlan, Refusal> {
        let published = self.published()?;
        let request = FetchRequest::parse(frame, published.roster().fetch_count)
            .map_err(|_| Refusal::Malformed)?;
        let first = request.slots.first().ok_or(Refusal::Malformed)?;
        self.admit_fetch(&published, first, request.stamp)?;
        let mut plan = FetchPlan {
            published,
            class: request.class,
            slots: request.slots.into_iter(),
            size: 0,
        };
        plan.size = plan.slots.len() as u64 * plan.record_size() as u64;
        Ok(plan)
    }

    /// The next record of the answer, or `None` after the last.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn next_fetched(&self, plan: &mut FetchPlan) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(slot) = plan.slots.next() else {
            return Ok(None);
        };
        let item = self.visible_item(&plan.published, &slot)?;
        let item = item.filter(|item| item.record.class == plan.class);
        let record = match item {
            Some(item) => record_of(item),
            None => nothing(&plan.published, plan.class),
        };
        let mut bytes = Vec::with_capacity(plan.record_size());
        record.encode_into(&mut bytes);
        Ok(Some(bytes))
    }

    /// What lies in a slot, if it is part of the published world.
    pub(super) fn visible_item(
        &self,
        published: &Published,
        slot: &Slot,
    ) -> Result<Option<StoredItem>, Refusal> {
        let item = self.store.read(slot)?;
        Ok(item.filter(|item| {
            item.record
                .visible
                .is_some_and(|visible| visible.leaf < published.tree_size)
        }))
    }
}

/// The record of an item: its blob, or the tombstone of one that was deleted.
pub(super) fn record_of(item: StoredItem) -> FetchRecord {
    let record = item.record;
    let blob = match (item.blob, record.deleted) {
        (Some(blob), _) => blob,
        (None, Some(key)) => Tombstone {
            key,
            blob: record.blob,
        }
        .encode(record.class),
        // The store gives one or the other; zeros are neither.
        (None, None) => vec![0; record.class.size()],
    };
    FetchRecord {
        r: record.r,
        leaf: record.visible.map_or(0, |visible| visible.leaf),
        delete_hash: record.delete_hash,
        blob,
    }
}

/// A record of a slot in which nothing lies: only who tries to open it can tell.
fn nothing(published: &Published, class: BlobClass) -> FetchRecord {
    // Seeded by the system; a megabyte from the system itself would be slow.
    let mut random = rand::thread_rng();
    let mut record = FetchRecord {
        r: CommitmentNonce([0; 32]),
        leaf: random.gen_range(0..published.tree_size.max(1)),
        delete_hash: DeleteHash([0; 16]),
        blob: vec![0; class.size()],
    };
    random.fill_bytes(&mut record.r.0);
    random.fill_bytes(&mut record.delete_hash.0);
    random.fill_bytes(&mut record.blob);
    record
}
