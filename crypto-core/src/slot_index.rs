//! Looking slots up in the public index: some thousand times a visit, so sorted once.

use crate::conversation_key::ConversationKey;
use crate::place::{Place, LAST_NUMBER, LOOK_AHEAD};
use beistand_protocol::bytes::Slot;
use beistand_protocol::index::Index;
use beistand_protocol::roster::Writer;
use beistand_protocol::time::Day;

/// Every indexed slot and its day, sorted by slot.
pub(crate) struct SlotIndex(Vec<(Slot, Day)>);

impl SlotIndex {
    pub(crate) fn new(index: &Index) -> Self {
        let mut slots: Vec<_> = index.slots().map(|(day, slot)| (slot, day)).collect();
        slots.sort_unstable();
        Self(slots)
    }

    /// The day under which a slot stands.
    pub(crate) fn day_of(&self, slot: &Slot) -> Option<Day> {
        let found = self.0.binary_search_by(|(other, _)| other.cmp(slot)).ok()?;
        Some(self.0[found].1)
    }

    /// The indexed places of one writer's day, each with slot and index day. Looks on until two
    /// places after the last one found are free.
    pub(crate) fn places_of(
        &self,
        key: &ConversationKey,
        day: Day,
        writers: &[Writer],
    ) -> Vec<(Place, Slot, Day)> {
        let day_key = key.day_key(day);
        let mut found = Vec::new();
        for &writer in writers {
            let mut end = LOOK_AHEAD;
            let mut number = 0;
            while number < end && number <= LAST_NUMBER {
                let slot = day_key.slot(writer, number);
                if let Some(index_day) = self.day_of(&slot) {
                    found.push((
                        Place {
                            day,
                            writer,
                            number,
                        },
                        slot,
                        index_day,
                    ));
                    end = number + 1 + LOOK_AHEAD;
                }
                number += 1;
            }
        }
        found
    }
}
