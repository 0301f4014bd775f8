//! One consistent, verified view of what a server shows: the only way from served bytes to a
//! roster one may seal to (section 7). Rosters, prekeys and index count only if they hash to the
//! state leaf, and that leaf is the last of a checkpoint signed by the log the roster names.

use crate::bytes::{Digest, Slot};
use crate::checkpoint::TreeHead;
use crate::class::BlobClass;
use crate::hash::sha256;
use crate::index::{Index, IndexError};
use crate::instance::Instance;
use crate::prekey::{PrekeyError, Prekeys};
use crate::roster::Roster;
use crate::roster_chain::{RosterChain, RosterError, SeenRoster, SignedRoster};
use crate::stamp::StampUse;
use crate::state::{State, StateError};
use crate::time::{Day, UnixTime};
use crate::trust::Verified;
use serde::{Deserialize, Serialize};

/// The oldest state that is believed, in seconds.
pub const OLDEST_STATE: u64 = UnixTime::DAY_SECONDS;

/// The bytes a visit loads.
#[derive(Debug, Clone, Copy)]
pub struct Served<'a> {
    /// Body of `GET /v1/state`.
    pub state: &'a [u8],
    /// Body of `GET /v1/rosters`.
    pub rosters: &'a [u8],
    /// Body of `GET /v1/prekeys`.
    pub prekeys: &'a [u8],
    /// Body of `GET /v1/index?from=…`, from `index_from` on.
    pub index: &'a [u8],
    /// The `from` of that request.
    pub index_from: Day,
}

/// What a client that keeps anything remembers of the last snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The newest roster.
    pub roster: SeenRoster,
    /// The newest tree head.
    pub head: TreeHead,
}

/// Why what a server shows is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// The rosters.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The state.
    #[error(transparent)]
    State(#[from] StateError),
    /// The prekeys.
    #[error(transparent)]
    Prekeys(#[from] PrekeyError),
    /// The index.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// Rosters, prekeys or index are not those the state leaf names. Between two requests the
    /// epoch may have closed: load again once before believing in malice.
    #[error("the server's files do not belong to its signed state")]
    Mismatch,
    /// The state is more than a day old or ahead.
    #[error("the server's state is stale, or the clock of this machine is wrong")]
    Stale,
    /// The log is smaller than one seen before, or another of the same size.
    #[error("the server's log was rolled back or forked")]
    Rollback,
}

/// Everything a client may rely on during one visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    instance: Instance,
    chain: RosterChain,
    state: State,
    prekeys: Prekeys,
    index: Index,
}

impl Snapshot {
    /// Verifies what a server served. `now` is the visitor's own clock.
    ///
    /// # Errors
    /// One [`SnapshotError`] a way it can be wrong.
    pub fn verify(
        instance: &Instance,
        served: &Served<'_>,
        now: UnixTime,
        seen: Option<&Seen>,
    ) -> Result<Verified<Self>, SnapshotError> {
        let chain = RosterChain::verify(instance, served.rosters, seen.map(|seen| &seen.roster))?;
        let roster = &chain.current_at(now)?.roster;
        let state = State::verify(&instance.instance, &roster.log, served.state)?;
        check_fresh(&state, roster, now)?;
        check_log(&state, seen)?;
        let leaf = &state.leaf;
        if sha256(served.rosters) != leaf.rosters || sha256(served.prekeys) != leaf.prekeys {
            return Err(SnapshotError::Mismatch);
        }
        let index = Index::parse(served.index)?;
        check_index(&index, &state, served.index_from)?;
        let prekeys =
            Prekeys::verify(&instance.instance, roster, served.prekeys, leaf.day)?.into_inner();
        Ok(Verified::vouch(Self {
            instance: instance.clone(),
            chain: chain.into_inner(),
            state: state.into_inner(),
            prekeys,
            index,
        }))
    }

    /// The pinned instance.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// All verified rosters.
    pub fn rosters(&self) -> &RosterChain {
        &self.chain
    }

    /// The roster in force.
    pub fn signed_roster(&self) -> &SignedRoster {
        self.chain.current()
    }

    /// The roster in force.
    pub fn roster(&self) -> &Roster {
        &self.chain.current().roster
    }

    /// The prekeys in force.
    pub fn prekeys(&self) -> &Prekeys {
        &self.prekeys
    }

    /// The index from the day asked for.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The day to write into messages: the state's, so that a clock that is off by hours does
    /// not mark its owner.
    pub fn today(&self) -> Day {
        self.state.leaf.day
    }

    /// What stamps are found against.
    pub fn challenge(&self) -> &Digest {
        &self.state.challenge
    }

    /// Bits a stamp needs now.
    pub fn stamp_bits(&self, purpose: StampUse) -> u8 {
        let current = self.state.leaf.stamp_bits;
        self.roster().stamps.needed(purpose, current)
    }

    /// The class of envelopes under the roster in force.
    pub fn envelope_class(&self) -> BlobClass {
        self.roster().envelope_class()
    }

    /// Whether the index holds a slot on a day within one of `day`.
    pub fn index_holds(&self, slot: &Slot, day: Day) -> bool {
        self.index
            .days
            .iter()
            .filter(|listed| listed.day.distance(day) <= 1)
            .any(|listed| listed.slots.contains(slot))
    }

    /// What to remember, to notice a rollback next time.
    pub fn seen(&self) -> Seen {
        Seen {
            roster: self.chain.seen(),
            head: self.state.checkpoint.head,
        }
    }
}

fn check_fresh(state: &State, roster: &Roster, now: UnixTime) -> Result<(), SnapshotError> {
    let closed = state
        .leaf
        .epoch
        .0
        .saturating_mul(u64::from(roster.epoch_seconds));
    let fresh = closed.abs_diff(now.0) <= OLDEST_STATE + u64::from(roster.epoch_seconds)
        && state.leaf.day.distance(now.day()) <= 1
        && state.leaf.stamp_bits <= roster.stamps.envelope_max;
    if fresh {
        Ok(())
    } else {
        Err(SnapshotError::Stale)
    }
}

fn check_log(state: &State, seen: Option<&Seen>) -> Result<(), SnapshotError> {
    let head = &state.checkpoint.head;
    let continues = seen.is_none_or(|seen| {
        head.size > seen.head.size || (head.size == seen.head.size && head.root == seen.head.root)
    });
    if continues {
        Ok(())
    } else {
        Err(SnapshotError::Rollback)
    }
}

fn check_index(index: &Index, state: &State, from: Day) -> Result<(), SnapshotError> {
    let listed = state.leaf.index.iter().filter(|day| day.day >= from);
    let same = index.days.iter().map(|day| (day.day, day.digest()));
    if listed.map(|day| (day.day, day.digest)).eq(same) {
        Ok(())
    } else {
        Err(SnapshotError::Mismatch)
    }
}
