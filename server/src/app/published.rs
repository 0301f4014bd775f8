//! The one world everybody sees: made when an epoch closes, never changed, replaced as a whole.

use crate::app::ledger::ListedDay;
use beistand_protocol::bytes::{Digest, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::roster::Roster;
use beistand_protocol::roster_chain::RosterChain;
use beistand_protocol::time::{Day, Epoch, UnixTime};
use beistand_protocol::trust::Verified;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is served until the next closing.
#[derive(Debug, Clone)]
pub struct Published {
    /// The last closed epoch: everything promised for it or before is visible.
    pub epoch: Epoch,
    /// When it was closed.
    pub closed_at: UnixTime,
    /// Bits an envelope's stamp needs, outside the reserve.
    pub stamp_bits: u8,
    /// Body of `GET /v1/state`.
    pub state: Arc<[u8]>,
    /// Body of `GET /v1/rosters`.
    pub rosters_file: Arc<[u8]>,
    /// Body of `GET /v1/prekeys`.
    pub prekeys_file: Arc<[u8]>,
    /// Leaves in the log.
    pub tree_size: u64,
    /// The rosters, verified.
    pub rosters: Arc<Verified<RosterChain>>,
    /// Stamp challenges of today and yesterday, with the day each was made on.
    pub challenges: Vec<(Day, Digest)>,
    /// The live days, ascending.
    pub days: BTreeMap<Day, Arc<PublishedDay>>,
}

/// Something visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Since when.
    pub epoch: Epoch,
    /// Where it lies.
    pub slot: Slot,
    /// Its class.
    pub class: BlobClass,
}

/// One day of the wall.
pub type PublishedDay = ListedDay;

impl Published {
    /// The roster in force, or the last one that was.
    pub fn roster(&self) -> &Roster {
        &self.rosters.current().roster
    }

    /// The sections of the index from a day on, as they are served.
    pub fn index_from(&self, from: Day) -> Vec<Arc<[u8]>> {
        let days = self
            .days
            .range(from..)
            .map(|(_, day)| Arc::clone(&day.section));
        days.filter(|section| !section.is_empty()).collect()
    }
}
