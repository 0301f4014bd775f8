//! What a reporter holds after a message was taken: the server's promise, and the way to see it
//! kept.

use crate::error::ReporterError;
use beistand_client::{load_snapshot, Client, Delivered};
use beistand_protocol::bytes::Slot;
use beistand_protocol::roster::Serial;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::{Day, UnixTime};
use beistand_protocol::trust::Verified;

/// A message the server has promised to log.
pub struct Said<'a> {
    pub(crate) client: &'a Client,
    pub(crate) snapshot: Verified<Snapshot>,
    /// The verified promise, and the note to keep.
    pub delivered: Delivered,
    /// The day it says.
    pub day: Day,
    /// Its slot.
    pub slot: Slot,
    /// Who may read it.
    pub readers: Vec<Serial>,
}

impl Said<'_> {
    /// What the server showed at this visit.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The last day on which it lies on the wall.
    pub fn readable_until(&self) -> Day {
        self.day.forward(self.snapshot.roster().ttl_days)
    }

    /// Whether the log shows the message: `true` once its epoch is closed and the signed index
    /// has its slot, `false` while the epoch is open. Loads what the server shows anew.
    ///
    /// # Errors
    /// [`ReporterError::NotRecorded`] where its epoch is closed and the message is not in it: the
    /// promise was broken. [`ReporterError::Load`].
    pub fn is_recorded(&self, now: UnixTime) -> Result<bool, ReporterError> {
        let seen = self.snapshot.seen();
        let snapshot = load_snapshot(self.client, self.snapshot.instance(), now, Some(&seen))?;
        if snapshot.index_holds(&self.slot, self.day) {
            return Ok(true);
        }
        if snapshot.state().leaf.epoch >= self.delivered.promise.epoch {
            return Err(ReporterError::NotRecorded);
        }
        Ok(false)
    }
}
