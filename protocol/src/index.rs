//! The index: the public list of the slots of all envelopes, by day (section 6).
//!
//! ```text
//! day[4] ‖ count[4] ‖ slot[16] × count     for each day that has any, in ascending order
//! ```

use crate::bytes::{Digest, Slot};
use crate::hash::sha256;
use crate::reading::Reader;
use crate::time::Day;

/// The bytes are not an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the index is malformed")]
pub struct IndexError;

/// The slots of one day, in the order in which they became visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexDay {
    /// The day the envelopes say they are of.
    pub day: Day,
    /// Their slots: epoch after epoch, sorted within each.
    pub slots: Vec<Slot>,
}

impl IndexDay {
    /// The section of this day, as it is served and hashed.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + self.slots.len() * Slot::LENGTH);
        bytes.extend_from_slice(&self.day.0.to_be_bytes());
        let count = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&count.to_be_bytes());
        for slot in &self.slots {
            bytes.extend_from_slice(&slot.0);
        }
        bytes
    }

    /// SHA-256 of the section, which stands in the state leaf.
    pub fn digest(&self) -> Digest {
        sha256(&self.encode())
    }
}

/// The index from some day on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Index {
    /// The days that have envelopes, ascending.
    pub days: Vec<IndexDay>,
}

impl Index {
    /// Reads the body of `GET /v1/index`.
    ///
    /// # Errors
    /// [`IndexError`] for anything but whole, non-empty sections of ascending days.
    pub fn parse(bytes: &[u8]) -> Result<Self, IndexError> {
        let mut reader = Reader(bytes);
        let mut days: Vec<IndexDay> = Vec::new();
        while !reader.is_empty() {
            let day = Day(reader.u32().ok_or(IndexError)?);
            let count = reader.u32().ok_or(IndexError)? as usize;
            if count == 0 || days.last().is_some_and(|before| before.day >= day) {
                return Err(IndexError);
            }
            let slots = reader.take(count.checked_mul(Slot::LENGTH).ok_or(IndexError)?);
            let slots = slots
                .ok_or(IndexError)?
                .chunks_exact(Slot::LENGTH)
                .map(|chunk| {
                    let mut slot = [0; Slot::LENGTH];
                    slot.copy_from_slice(chunk);
                    Slot(slot)
                })
                .collect();
            days.push(IndexDay { day, slots });
        }
        Ok(Self { days })
    }

    /// The bytes that are served.
    pub fn encode(&self) -> Vec<u8> {
        self.days.iter().flat_map(IndexDay::encode).collect()
    }

    /// The number of envelopes.
    pub fn len(&self) -> usize {
        self.days.iter().map(|day| day.slots.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// All slots with their days.
    pub fn slots(&self) -> impl Iterator<Item = (Day, Slot)> + '_ {
        self.days
            .iter()
            .flat_map(|day| day.slots.iter().map(move |slot| (day.day, *slot)))
    }
}
