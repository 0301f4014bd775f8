//! Points in time, as values that are passed in: nothing in this crate reads a clock.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Seconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixTime(pub u64);

/// Days since 1970-01-01 UTC: the finest time that stands beside an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub u32);

/// The number of a span of `epoch_seconds`; what is put within one epoch appears together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub u64);

impl UnixTime {
    /// Seconds in a day.
    pub const DAY_SECONDS: u64 = 86_400;

    /// The day this moment lies in.
    pub fn day(self) -> Day {
        Day(u32::try_from(self.0 / Self::DAY_SECONDS).unwrap_or(u32::MAX))
    }

    /// The epoch this moment lies in, for epochs of `epoch_seconds` (0 counts as 1).
    pub fn epoch(self, epoch_seconds: u32) -> Epoch {
        Epoch(self.0 / u64::from(epoch_seconds.max(1)))
    }
}

impl Day {
    /// Distance in days, either way.
    pub fn distance(self, other: Day) -> u32 {
        self.0.abs_diff(other.0)
    }

    /// The day `days` earlier, or day 0.
    pub fn back(self, days: u32) -> Day {
        Day(self.0.saturating_sub(days))
    }

    /// The day `days` later.
    pub fn forward(self, days: u32) -> Day {
        Day(self.0.saturating_add(days))
    }

    /// Midnight at which the day begins.
    pub fn start(self) -> UnixTime {
        UnixTime(u64::from(self.0) * UnixTime::DAY_SECONDS)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
