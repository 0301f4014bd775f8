//! What the one who closes epochs has in hand: the log's tree and the order of the wall. It is a
//! reading of the store and can be made anew from it at any time.

use crate::app::published::Entry;
use crate::app::OpenError;
use crate::store::{Contents, ItemRecord, Store};
use beistand_protocol::bytes::{Digest, Slot};
use beistand_protocol::hash::sha256;
use beistand_protocol::index::IndexDay;
use beistand_protocol::instance::Instance;
use beistand_protocol::json;
use beistand_protocol::merkle::CompactRange;
use beistand_protocol::roster_chain::{RosterChain, RosterError, RostersFile};
use beistand_protocol::time::{Day, Epoch};
use beistand_protocol::trust::Verified;
use std::collections::BTreeMap;
use std::sync::Arc;

/// See the module.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// The log's tree.
    pub tree: CompactRange,
    /// The last closed epoch.
    pub closed: Option<Epoch>,
    /// The newest roster with a leaf in the log.
    pub logged_roster: u64,
    /// All rosters, verified; `None` before the first.
    pub chain: Option<Arc<Verified<RosterChain>>>,
    /// The wall, by day.
    pub days: BTreeMap<Day, Arc<ListedDay>>,
    /// The first checkpoints of today and yesterday.
    pub first_checkpoints: Vec<(Day, String)>,
    /// Set while a closing is under way: where it still is afterwards, the store may have moved on
    /// and the ledger is made anew.
    pub unsure: bool,
}

/// One day of the wall, in the order in which it became visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDay {
    /// Envelopes and parts: epoch after epoch, sorted by slot within each.
    pub entries: Vec<Entry>,
    /// The section of the index; empty where there are only parts.
    pub section: Arc<[u8]>,
    /// How many envelopes there are.
    pub count: u32,
    /// SHA-256 of the section.
    pub digest: Digest,
}

impl ListedDay {
    /// Lists `entries` of `day`, which are in order.
    pub fn new(day: Day, entries: Vec<Entry>) -> Self {
        let envelopes = entries.iter().filter(|entry| entry.class.is_envelope());
        let slots: Vec<Slot> = envelopes.map(|entry| entry.slot).collect();
        let count = u32::try_from(slots.len()).unwrap_or(u32::MAX);
        let section = match count {
            0 => Vec::new(),
            _ => IndexDay { day, slots }.encode(),
        };
        let digest = sha256(&section);
        Self {
            entries,
            section: section.into(),
            count,
            digest,
        }
    }
}

impl Ledger {
    /// Reads everything from the store.
    ///
    /// # Errors
    /// [`OpenError::Store`], [`OpenError::Rosters`].
    pub fn load(instance: &Instance, store: &dyn Store) -> Result<Self, OpenError> {
        let contents = store.contents()?;
        let chain = chain(instance, &contents)?;
        let mut days: BTreeMap<Day, Vec<Entry>> = BTreeMap::new();
        store.visit_records(&mut |record| {
            if let Some(visible) = record.visible {
                days.entry(record.day)
                    .or_default()
                    .push(entry(&record, visible.epoch));
            }
        })?;
        let days = days
            .into_iter()
            .map(|(day, mut entries)| {
                entries.sort_unstable();
                (day, Arc::new(ListedDay::new(day, entries)))
            })
            .collect();
        Ok(Self {
            tree: contents.tree,
            closed: contents.closed,
            logged_roster: contents.logged_roster,
            chain,
            days,
            first_checkpoints: contents.first_checkpoints,
            unsure: false,
        })
    }

    /// The day with what becomes visible now behind what is there.
    pub fn extended(&self, day: Day, mut new: Vec<Entry>) -> ListedDay {
        new.sort_unstable();
        let mut entries = self
            .days
            .get(&day)
            .map_or_else(Vec::new, |old| old.entries.clone());
        entries.append(&mut new);
        ListedDay::new(day, entries)
    }
}

/// The place of a record on the wall.
pub fn entry(record: &ItemRecord, epoch: Epoch) -> Entry {
    Entry {
        epoch,
        slot: record.slot,
        class: record.class,
    }
}

fn chain(
    instance: &Instance,
    contents: &Contents,
) -> Result<Option<Arc<Verified<RosterChain>>>, RosterError> {
    if contents.rosters.is_empty() {
        return Ok(None);
    }
    let rosters = contents
        .rosters
        .iter()
        .map(|roster| roster.note.clone())
        .collect();
    let file = json::encode(&RostersFile { v: 1, rosters }).map_err(|_| RosterError::File)?;
    RosterChain::verify(instance, file.as_bytes(), None).map(|chain| Some(Arc::new(chain)))
}
