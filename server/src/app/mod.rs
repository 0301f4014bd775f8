//! What the server does, without HTTP: every verb of the wall is one method of [`Wall`], and
//! everything it decides by stands in the arguments, the store, the clock or what is published.

mod closer;
mod delete;
mod demand;
mod epochs;
mod fetch;
mod ledger;
mod prekeys;
mod published;
mod put;
mod refusal;
mod rosters;
mod stamps;
mod sync;
mod used_stamps;
mod vitals;

pub use closer::Closer;
pub use demand::Quotas;
pub use fetch::FetchPlan;
pub use published::{Entry, Published, PublishedDay};
pub use put::Counter;
pub use refusal::Refusal;
pub use sync::SyncPlan;
pub use vitals::Vitals;

use self::demand::Demand;
use self::ledger::Ledger;
use self::used_stamps::UsedStamps;
use self::vitals::DeskSeen;
use crate::clock::Clock;
use crate::disk::{Purpose, Watermark};
use crate::log_key::LogKey;
use crate::store::{Store, StoreError};
use beistand_protocol::instance::Instance;
use beistand_protocol::state::StateLeaf;
use beistand_protocol::time::{Day, Epoch, UnixTime};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The wall of sealed envelopes.
///
/// Readers see one [`Published`] world at a time, the old or the new one, never parts of both.
pub struct Wall {
    instance: Instance,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    log_key: LogKey,
    watermark: Watermark,
    ledger: Mutex<Ledger>,
    published: RwLock<Option<Arc<Published>>>,
    demand: Demand,
    used_stamps: UsedStamps,
    desk_seen: DeskSeen,
}

/// A state older than this was not renewed when it should have been: nobody closes epochs, or the
/// store refuses. Visitors believe it for a day; who watches should know before.
const LATE_STATE: u64 = 2 * epochs::OLDEST_STATE;

impl std::fmt::Debug for Wall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wall({})", self.instance.instance)
    }
}

/// Why a wall cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored rosters are not those of this instance.
    #[error("the stored rosters do not fit the instance file: {0}")]
    Rosters(#[from] beistand_protocol::roster_chain::RosterError),
    /// The current roster names another log key.
    #[error("the roster names another log key than the one in the data directory")]
    LogKey,
    /// The clock shows a time before what the store has recorded.
    #[error("the clock of this machine is behind what the store has recorded")]
    Clock,
    /// The first closing failed.
    #[error("the log cannot go on: {0}")]
    Closing(Refusal),
}

impl Wall {
    /// Takes up what `store` holds and, where there is a roster, publishes a fresh state.
    ///
    /// # Errors
    /// One [`OpenError`] a way it can go wrong.
    pub fn open(
        instance: Instance,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        log_key: LogKey,
        watermark: Watermark,
        quotas: Quotas,
    ) -> Result<Self, OpenError> {
        let ledger = Ledger::load(&instance, store.as_ref())?;
        if let Some(chain) = &ledger.chain {
            let roster = &chain.current().roster;
            if roster.log != *log_key.verifier() {
                return Err(OpenError::LogKey);
            }
            // A small step back is what time services do; this is more.
            let behind = clock.now().0.saturating_add(UnixTime::DAY_SECONDS);
            let recorded = ledger.closed.map_or(0, |closed| closed.0);
            if recorded.saturating_mul(u64::from(roster.epoch_seconds)) > behind {
                return Err(OpenError::Clock);
            }
        }
        let (epoch, raise) = last_price(&ledger, store.as_ref())?;
        let desk_seen = DeskSeen::from_store(store.as_ref())?;
        let wall = Self {
            instance,
            store,
            clock,
            log_key,
            watermark,
            ledger: Mutex::new(ledger),
            published: RwLock::new(None),
            demand: Demand::new(quotas, epoch, raise),
            used_stamps: UsedStamps::default(),
            desk_seen,
        };
        wall.close_epoch().map_err(OpenError::Closing)?;
        Ok(wall)
    }

    /// The pinned instance.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// What everybody sees.
    ///
    /// # Errors
    /// [`Refusal::NotReady`] before there is a roster.
    pub fn published(&self) -> Result<Arc<Published>, Refusal> {
        let published = self
            .published
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        published.clone().ok_or(Refusal::NotReady)
    }

    /// Whether a visitor would succeed: a roster in force, room on the disk, a fresh state.
    pub fn is_ready(&self) -> bool {
        let now = self.now();
        self.published().is_ok_and(|published| {
            published.rosters.current_at(now).is_ok()
                && now.0.abs_diff(published.closed_at.0) <= LATE_STATE
        }) && self.watermark.has_room(Purpose::Envelope)
    }

    fn now(&self) -> UnixTime {
        self.clock.now()
    }

    fn today(&self) -> Day {
        self.now().day()
    }
}

/// Bits that the last state asked for on top of the least, and the epoch it was for: a restart is
/// no relief.
fn last_price(ledger: &Ledger, store: &dyn Store) -> Result<(Epoch, u8), StoreError> {
    let (Some(chain), Some(last)) = (&ledger.chain, ledger.tree.size().checked_sub(1)) else {
        return Ok((Epoch(0), 0));
    };
    let leaf = store.leaf(last)?;
    let state = leaf.and_then(|leaf| StateLeaf::parse(&leaf));
    let least = chain.current().roster.stamps.envelope_min;
    Ok(state.map_or((Epoch(0), 0), |state| {
        let raise = state.stamp_bits.saturating_sub(least);
        (Epoch(state.epoch.0.saturating_add(1)), raise)
    }))
}
