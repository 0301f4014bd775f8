//! How the wall is, for those who watch over it: nothing about anybody, nothing finer than a day
//! or an epoch.

use super::Wall;
use crate::disk::Purpose;
use crate::store::{Store, StoreError};
use beistand_protocol::time::{Day, UnixTime};
use std::sync::atomic::{AtomicU32, Ordering};

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vitals {
    /// Whether a visitor would succeed.
    pub ready: bool,
    /// Whole days until the roster in force is over; 0 where there is none.
    pub roster_days_left: u64,
    /// Days since a desk synced or handed in a prekey; `None` where none is known.
    pub days_since_desk: Option<u32>,
    /// Bits an envelope's stamp needs.
    pub stamp_bits: u8,
    /// Bits it needs where nothing presses.
    pub stamp_bits_least: u8,
    /// Quarters of the fullest quota that the last epoch used, 0 to 4.
    pub quota_quarters: u8,
    /// Whether envelopes are taken for as far as the disk goes.
    pub disk_has_room: bool,
    /// Whether parts are; they are refused first.
    pub disk_has_room_for_parts: bool,
}

/// The last day on which a desk showed that it is there.
#[derive(Debug, Default)]
pub(super) struct DeskSeen(AtomicU32);

impl DeskSeen {
    /// What the store can tell: a desk hands in a prekey each day it syncs.
    pub fn from_store(store: &dyn Store) -> Result<Self, StoreError> {
        let prekeys = store.contents()?.prekeys;
        let newest = prekeys.iter().map(|prekey| prekey.day.0).max();
        Ok(Self(AtomicU32::new(newest.unwrap_or(0))))
    }

    /// A desk is there.
    pub fn note(&self, today: Day) {
        self.0.fetch_max(today.0, Ordering::SeqCst);
    }

    fn days_until(&self, today: Day) -> Option<u32> {
        let seen = self.0.load(Ordering::SeqCst);
        (seen != 0).then(|| today.0.saturating_sub(seen))
    }
}

impl Wall {
    /// How the wall is.
    pub fn vitals(&self) -> Vitals {
        let now = self.now();
        let published = self.published().ok();
        let roster = published.as_ref().map(|published| published.roster());
        let left = roster.map_or(0, |roster| roster.not_after.0.saturating_sub(now.0));
        Vitals {
            ready: self.is_ready(),
            roster_days_left: left / UnixTime::DAY_SECONDS,
            days_since_desk: self.desk_seen.days_until(now.day()),
            stamp_bits: published.as_ref().map_or(0, |p| p.stamp_bits),
            stamp_bits_least: roster.map_or(0, |roster| roster.stamps.envelope_min),
            quota_quarters: self.demand.before(),
            disk_has_room: self.watermark.has_room(Purpose::Envelope),
            disk_has_room_for_parts: self.watermark.has_room(Purpose::Part),
        }
    }
}
