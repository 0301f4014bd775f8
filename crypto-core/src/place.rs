//! The place of a message: who wrote it, on which day, as which of that day (section 6). No
//! place is used twice, even by a reporter who keeps nothing but words.

use beistand_protocol::roster::Writer;
use beistand_protocol::time::Day;

/// The last number a writer can give on one day.
pub const LAST_NUMBER: u8 = 63;
/// How far past the last indexed place a writer goes before stopping: places in between may be
/// taken by envelopes whose epoch has not closed.
pub const LOOK_AHEAD: u8 = 2;

/// Where a message stands in its conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Days since 1970-01-01 UTC.
    pub day: Day,
    /// Who wrote it.
    pub writer: Writer,
    /// Counts from 0 within the writer's day, up to [`LAST_NUMBER`].
    pub number: u8,
}

impl Place {
    /// Whether writer and number are in their ranges.
    pub fn is_valid(&self) -> bool {
        self.writer <= Writer::LAST && self.number <= LAST_NUMBER
    }
}
