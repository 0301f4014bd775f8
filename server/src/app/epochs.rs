//! Closing an epoch: what was put in it is logged and shown, and the state of the wall is signed
//! (section 7).
//!
//! A closing may come at any time, also in the middle of an epoch: after a roster or prekey, at
//! the start, when a day begins, and often enough for the state to stay fresh. It always closes
//! the last epoch that is *over*, so a state leaf of epoch E says: everything promised for E or
//! before is in the log before me, and nothing of a later epoch.

use super::ledger::{entry, Ledger, ListedDay};
use super::published::{Entry, Published};
use super::{prekeys, rosters, OpenError, Refusal, Wall};
use crate::store::{Closing, Contents, ItemRecord, LoggedItem, StoreError};
use beistand_protocol::checkpoint::{self, TreeHead};
use beistand_protocol::hash::sha256;
use beistand_protocol::json;
use beistand_protocol::leaf::Leaf;
use beistand_protocol::merkle::leaf_hash;
use beistand_protocol::prekey::PrekeysFile;
use beistand_protocol::roster::Roster;
use beistand_protocol::roster_chain::{RosterChain, RostersFile, SignedRoster};
use beistand_protocol::state::{StateDay, StateLeaf, StateResponse};
use beistand_protocol::time::{Day, Epoch, UnixTime};
use beistand_protocol::trust::Verified;
use rand::rngs::OsRng;
use rand::seq::SliceRandom as _;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

/// The oldest a state may get while nothing happens, in seconds.
pub const OLDEST_STATE: u64 = 30 * 60;

/// The log as it grows during one closing.
struct Growing {
    tree: beistand_protocol::merkle::CompactRange,
    leaves: Vec<String>,
}

impl Growing {
    fn append(&mut self, leaf: &Leaf) -> u64 {
        let text = leaf.encode();
        let index = self.tree.append(leaf_hash(text.as_bytes()));
        self.leaves.push(text);
        index
    }
}

impl Wall {
    /// Closes if something waits for an epoch that is over, if a day began, or if the state gets
    /// old. Answers whether it did.
    ///
    /// # Errors
    /// [`Refusal::Store`].
    pub fn close_epoch_if_due(&self) -> Result<bool, Refusal> {
        let Ok(published) = self.published() else {
            return Ok(false);
        };
        let now = self.now();
        let over = Epoch(
            now.epoch(published.roster().epoch_seconds)
                .0
                .saturating_sub(1),
        );
        let waits = self
            .store
            .oldest_pending()?
            .is_some_and(|oldest| oldest <= over);
        let closed_at = published.closed_at;
        // Epochs longer than that end with the day they began in.
        let aged = now.0.saturating_sub(closed_at.0) >= OLDEST_STATE;
        if waits || aged || now.day() > closed_at.day() {
            self.close_epoch()?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Closes the last epoch that is over and publishes the new world. Does nothing before there
    /// is a roster.
    ///
    /// # Errors
    /// [`Refusal::Store`], after which the old world stays published and the next closing starts
    /// from what the store holds then.
    pub fn close_epoch(&self) -> Result<(), Refusal> {
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        self.refresh(&mut ledger)?;
        let Some(chain) = ledger.chain.clone() else {
            return Ok(());
        };
        ledger.unsure = true;
        let (next, published) = self.close(&ledger, &chain)?;
        *ledger = next;
        let mut slot = self
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Arc::new(published));
        Ok(())
    }

    /// Reads the store again where it is not certain what it holds.
    pub(super) fn refresh(&self, ledger: &mut Ledger) -> Result<(), Refusal> {
        if ledger.unsure {
            *ledger =
                Ledger::load(&self.instance, self.store.as_ref()).map_err(|error| match error {
                    OpenError::Store(error) => error.into(),
                    _ => Refusal::Store(StoreError::Damaged("the stored rosters".to_owned())),
                })?;
        }
        Ok(())
    }

    fn close(
        &self,
        ledger: &Ledger,
        chain: &Arc<Verified<RosterChain>>,
    ) -> Result<(Ledger, Published), Refusal> {
        let now = self.now();
        let today = now.day();
        let roster = &chain.current().roster;
        let over = Epoch(now.epoch(roster.epoch_seconds).0.saturating_sub(1));
        let epoch = ledger.closed.map_or(over, |closed| closed.max(over));
        let mut waiting = self.store.end_epoch(epoch)?;
        waiting.shuffle(&mut OsRng);

        let mut log = Growing {
            tree: ledger.tree.clone(),
            leaves: Vec::new(),
        };
        let items = append_puts(&mut log, &waiting);
        for signed in chain
            .all()
            .iter()
            .filter(|s| s.roster.version > ledger.logged_roster)
        {
            log.append(&Leaf::Roster {
                digest: signed.digest,
            });
        }
        let mut days = extend_days(ledger, epoch, &waiting);
        let gone = split_gone(&mut days, today.back(roster.ttl_days));
        for (day, listed) in &gone {
            let count = u64::try_from(listed.entries.len()).unwrap_or(u64::MAX);
            log.append(&Leaf::Gone { day: *day, count });
        }

        let contents = self.store.contents()?;
        let rosters_file = self.rosters_file(chain.all(), &contents, today)?;
        let (kept, dropped) = prekeys::sort_out(&self.instance, roster, contents.prekeys, today);
        let notes = kept.into_iter().map(|prekey| prekey.note).collect();
        let prekeys_file = encode(&PrekeysFile {
            v: 1,
            prekeys: notes,
        })?;

        let stamp_bits = self.stamp_bits(roster, &days, now);
        let leaf = StateLeaf {
            epoch,
            day: today,
            stamp_bits,
            rosters: sha256(rosters_file.as_bytes()),
            prekeys: sha256(prekeys_file.as_bytes()),
            index: state_days(&days),
        };
        let proof = log.tree.proof_of_next();
        let leaf = Leaf::State(leaf);
        log.append(&leaf);
        let head = TreeHead {
            size: log.tree.size(),
            root: log.tree.root(),
        };
        let checkpoint = self.log_key.checkpoint(&self.instance.instance, &head);

        let mut first_checkpoints = ledger.first_checkpoints.clone();
        let is_first = first_checkpoints.iter().all(|(day, _)| *day != today);
        if is_first {
            first_checkpoints.retain(|(day, _)| day.0 + 1 >= today.0);
            first_checkpoints.push((today, checkpoint.clone()));
        }
        let challenge = first_checkpoints.iter().find(|(day, _)| *day == today);
        let challenge = challenge.map_or_else(|| checkpoint.clone(), |(_, note)| note.clone());
        let state = encode(&StateResponse {
            leaf: leaf.encode(),
            proof,
            checkpoint: checkpoint.clone(),
            challenge,
        })?;

        self.store.close_epoch(Closing {
            epoch,
            first_leaf: ledger.tree.size(),
            leaves: log.leaves,
            tree: log.tree.clone(),
            items,
            gone: gone.into_iter().map(|(day, _)| day).collect(),
            logged_roster: roster.version,
            dropped_prekeys: dropped
                .iter()
                .map(|prekey| (prekey.device, prekey.day))
                .collect(),
            first_checkpoint: is_first.then_some((today, checkpoint)),
            state: state.clone(),
        })?;

        let next = Ledger {
            tree: log.tree,
            closed: Some(epoch),
            logged_roster: roster.version,
            chain: Some(Arc::clone(chain)),
            days,
            first_checkpoints,
            unsure: false,
        };
        let published = publish(
            &next,
            chain,
            now,
            (epoch, stamp_bits),
            [state, rosters_file, prekeys_file],
        );
        Ok((next, published))
    }

    /// What an envelope's stamp needs from now on: what the last epochs asked for, and the most
    /// where the disk gets scarce.
    fn stamp_bits(
        &self,
        roster: &Roster,
        days: &BTreeMap<Day, Arc<ListedDay>>,
        now: UnixTime,
    ) -> u8 {
        let entries = days.values().flat_map(|listed| &listed.entries);
        let stored = entries.map(|entry| entry.class.size() as u64).sum();
        match self.watermark.is_scarce(stored) {
            true => roster.stamps.envelope_max,
            false => self
                .demand
                .price(now.epoch(roster.epoch_seconds), &roster.stamps),
        }
    }

    fn rosters_file(
        &self,
        all: &[SignedRoster],
        contents: &Contents,
        today: Day,
    ) -> Result<String, Refusal> {
        let accepted: Vec<Day> = contents
            .rosters
            .iter()
            .map(|roster| roster.accepted)
            .collect();
        let served = rosters::served(&self.instance, all, &accepted, today);
        let rosters = served.iter().map(|signed| signed.note.clone()).collect();
        encode(&RostersFile { v: 1, rosters })
    }
}

fn encode<T: serde::Serialize>(value: &T) -> Result<String, Refusal> {
    let failed = |_| Refusal::Store(StoreError::Failed("JSON could not be written".to_owned()));
    json::encode(value).map_err(failed)
}

fn append_puts(log: &mut Growing, waiting: &[ItemRecord]) -> Vec<LoggedItem> {
    let logged = waiting.iter().map(|record| LoggedItem {
        slot: record.slot,
        leaf: log.append(&record.putting().leaf(&record.r)),
    });
    logged.collect()
}

fn extend_days(
    ledger: &Ledger,
    epoch: Epoch,
    waiting: &[ItemRecord],
) -> BTreeMap<Day, Arc<ListedDay>> {
    let mut new: BTreeMap<Day, Vec<Entry>> = BTreeMap::new();
    for record in waiting {
        new.entry(record.day)
            .or_default()
            .push(entry(record, epoch));
    }
    let mut days = ledger.days.clone();
    for (day, entries) in new {
        days.insert(day, Arc::new(ledger.extended(day, entries)));
    }
    days
}

/// Takes the days before `oldest` out of `days`.
fn split_gone(days: &mut BTreeMap<Day, Arc<ListedDay>>, oldest: Day) -> Vec<(Day, Arc<ListedDay>)> {
    let live = days.split_off(&oldest);
    std::mem::replace(days, live).into_iter().collect()
}

fn state_days(days: &BTreeMap<Day, Arc<ListedDay>>) -> Vec<StateDay> {
    let with_envelopes = days.iter().filter(|(_, listed)| listed.count > 0);
    with_envelopes
        .map(|(day, listed)| StateDay {
            day: *day,
            count: listed.count,
            digest: listed.digest,
        })
        .collect()
}

fn publish(
    ledger: &Ledger,
    chain: &Arc<Verified<RosterChain>>,
    now: UnixTime,
    (epoch, stamp_bits): (Epoch, u8),
    [state, rosters_file, prekeys_file]: [String; 3],
) -> Published {
    let challenge = |note: &String| {
        // The challenge is the hash of the checkpoint's text, which its signatures follow.
        let text = note
            .rfind("\n\n")
            .and_then(|end| note.get(..=end))
            .unwrap_or(note);
        checkpoint::challenge(text)
    };
    Published {
        epoch,
        closed_at: now,
        stamp_bits,
        state: state.into_bytes().into(),
        rosters_file: rosters_file.into_bytes().into(),
        prekeys_file: prekeys_file.into_bytes().into(),
        tree_size: ledger.tree.size(),
        rosters: Arc::clone(chain),
        challenges: ledger
            .first_checkpoints
            .iter()
            .map(|(day, note)| (*day, challenge(note)))
            .collect(),
        days: ledger.days.clone(),
    }
}
