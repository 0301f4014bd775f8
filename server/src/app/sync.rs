//! Giving a desk everything on the wall (section 6), one record at a time.

use super::fetch::record_of;
use super::{Entry, Published, Refusal, Wall};
use crate::store::StoreError;
use beistand_protocol::sync::{SyncError, SyncRecord, SyncRequest, HEADER_SIZE};
use beistand_protocol::time::{Day, Epoch};
use std::sync::Arc;

/// What a sync will answer: decided once, from one published world.
#[derive(Debug, Clone)]
pub struct SyncPlan {
    published: Arc<Published>,
    after: Epoch,
    day: Day,
    next: usize,
    /// Records in the answer.
    pub count: u64,
    /// Bytes of all records.
    pub size: u64,
}

impl Wall {
    /// Checks who asks and plans the answer: every envelope and part from the day asked for, in
    /// the order of the index, that became visible after the epoch asked for.
    ///
    /// # Errors
    /// [`Refusal::NotReady`], [`Refusal::Malformed`], [`Refusal::Sync`].
    pub fn plan_sync(&self, note: &[u8]) -> Result<SyncPlan, Refusal> {
        let published = self.published()?;
        let instance = &self.instance.instance;
        let request = SyncRequest::verify(instance, published.roster(), note, self.today())
            .map_err(|error| match error {
                SyncError::Form => Refusal::Malformed,
                other => Refusal::Sync(other),
            })?
            .into_inner();
        self.desk_seen.note(self.today());
        let mut plan = SyncPlan {
            published: Arc::clone(&published),
            after: request.after,
            day: request.from,
            next: 0,
            count: 0,
            size: 0,
        };
        let live = published
            .days
            .range(request.from..)
            .flat_map(|(_, day)| &day.entries);
        for entry in live {
            if plan.wants(entry) {
                plan.count += 1;
                plan.size += (HEADER_SIZE + entry.class.size()) as u64;
            }
        }
        Ok(plan)
    }

    /// The next record of the answer, or `None` after the last.
    ///
    /// # Errors
    /// [`Refusal::Store`]; also where the day died meanwhile: the desk syncs again.
    pub fn next_record(&self, plan: &mut SyncPlan) -> Result<Option<Vec<u8>>, Refusal> {
        let Some((day, entry)) = plan.advance() else {
            return Ok(None);
        };
        let item = self.visible_item(&plan.published, &entry.slot)?;
        let item = item.ok_or(Refusal::Store(StoreError::Conflict))?;
        let record = SyncRecord {
            class: entry.class,
            day,
            slot: entry.slot,
            epoch: entry.epoch,
            record: record_of(item),
        };
        let mut bytes = Vec::with_capacity(HEADER_SIZE + entry.class.size());
        record.encode_into(&mut bytes);
        Ok(Some(bytes))
    }
}

impl SyncPlan {
    fn wants(&self, entry: &Entry) -> bool {
        self.after == Epoch(0) || entry.epoch > self.after
    }

    fn advance(&mut self) -> Option<(Day, Entry)> {
        loop {
            let (&day, listed) = self.published.days.range(self.day..).next()?;
            if day > self.day {
                (self.day, self.next) = (day, 0);
            }
            match listed.entries.get(self.next) {
                Some(entry) => {
                    self.next += 1;
                    if self.wants(entry) {
                        return Some((day, *entry));
                    }
                }
                None => (self.day, self.next) = (Day(day.0.checked_add(1)?), 0),
            }
        }
    }
}
