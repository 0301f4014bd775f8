//! Accepting rosters: the root keys' signatures are the permission (section 3).

use super::{Refusal, Wall};
use crate::store::{StoreError, StoredRoster};
use beistand_protocol::instance::Instance;
use beistand_protocol::roster_chain::{RosterChain, RosterError, SignedRoster};
use beistand_protocol::time::Day;
use std::sync::PoisonError;

impl Wall {
    /// Accepts the first roster, or the one that follows, and publishes it at once. The current
    /// one again changes nothing.
    ///
    /// # Errors
    /// [`Refusal::Roster`], [`Refusal::RosterLogKey`], [`Refusal::RosterEpochs`],
    /// [`Refusal::StorageFull`], [`Refusal::Store`].
    pub fn accept_roster(&self, note: &[u8]) -> Result<(), Refusal> {
        let note = std::str::from_utf8(note).map_err(|_| Refusal::Malformed)?;
        let now = self.now();
        {
            let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
            self.refresh(&mut ledger)?;
            let signed = match &ledger.chain {
                None => Some(RosterChain::first(&self.instance, note, now)?),
                Some(chain) if chain.current().note == note => None,
                Some(chain) => {
                    let signed = chain.next(&self.instance, note, now)?;
                    if signed.roster.epoch_seconds > chain.current().roster.epoch_seconds {
                        return Err(Refusal::RosterEpochs);
                    }
                    Some(signed)
                }
            };
            if let Some(signed) = signed {
                self.store_roster(&signed, now.day())?;
                ledger.unsure = true;
            }
        }
        self.close_epoch()
    }

    fn store_roster(&self, signed: &SignedRoster, today: Day) -> Result<(), Refusal> {
        if signed.roster.log != *self.log_key.verifier() {
            return Err(Refusal::RosterLogKey);
        }
        let stored = StoredRoster {
            version: signed.roster.version,
            accepted: today,
            note: signed.note.clone(),
        };
        self.store
            .accept_roster(stored)
            .map_err(|error| match error {
                StoreError::Conflict => Refusal::Roster(RosterError::Chain),
                other => other.into(),
            })
    }
}

/// The rosters to serve: those in force within the last `ttl_days`, and as many before them as
/// it takes to begin with one that the pinned roots have signed.
pub(super) fn served<'a>(
    instance: &Instance,
    all: &'a [SignedRoster],
    accepted: &[Day],
    today: Day,
) -> &'a [SignedRoster] {
    let ttl = all.last().map_or(0, |current| current.roster.ttl_days);
    let oldest = today.back(ttl);
    // The last one that was in force already when that time began.
    let since = accepted.iter().rposition(|day| *day <= oldest).unwrap_or(0);
    let signed_by_pinned = |index: usize| match index.checked_sub(1).and_then(|i| all.get(i)) {
        None => true,
        Some(before) => {
            before.roster.roots == instance.roots && before.roster.threshold == instance.threshold
        }
    };
    let start = (0..=since)
        .rev()
        .find(|index| signed_by_pinned(*index))
        .unwrap_or(0);
    all.get(start..).unwrap_or(all)
}
