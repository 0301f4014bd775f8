//! The stamp of a first report, looked for while somebody still types: its slot is known before
//! there is anything to say (section 9).

use beistand_protocol::bytes::{Digest, Slot};
use beistand_protocol::stamp::{self, StampUse};

/// A search that goes on in slices.
pub struct EarlyStamp {
    challenge: Digest,
    slot: Slot,
    /// The first number that was not tried.
    next: u64,
    found: Option<u64>,
}

impl EarlyStamp {
    /// A search that has not begun.
    pub fn new(challenge: Digest, slot: Slot) -> Self {
        Self {
            challenge,
            slot,
            next: 0,
            found: None,
        }
    }

    /// Whether it is for this slot, on the day of this challenge.
    pub fn is_for(&self, challenge: &Digest, slot: &Slot) -> bool {
        self.challenge == *challenge && self.slot == *slot
    }

    /// The stamp, where one worth `needed` bits was found.
    pub fn stamp(&self, needed: u8) -> Option<u64> {
        self.found.filter(|stamp| {
            stamp::bits(StampUse::Envelope, &self.challenge, &self.slot, *stamp) >= needed
        })
    }

    /// Tries up to `tries` more numbers; true once there is a stamp worth `needed` bits.
    pub fn search(&mut self, needed: u8, tries: u64) -> bool {
        if self.stamp(needed).is_none() {
            self.found = stamp::search(
                StampUse::Envelope,
                &self.challenge,
                &self.slot,
                needed,
                self.next,
                tries,
            );
            self.next = self.next.wrapping_add(tries);
        }
        self.found.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: Digest = Digest([1; 32]);
    const SLOT: Slot = Slot([2; Slot::LENGTH]);

    #[test]
    fn slices_find_what_one_search_finds() {
        let whole = stamp::search(StampUse::Envelope, &CHALLENGE, &SLOT, 10, 0, 1 << 20);
        let mut early = EarlyStamp::new(CHALLENGE, SLOT);
        while !early.search(10, 7) {}
        assert_eq!(early.stamp(10), whole);
    }

    #[test]
    fn where_more_is_demanded_meanwhile_the_search_goes_on() {
        let mut early = EarlyStamp::new(CHALLENGE, SLOT);
        while !early.search(4, 1) {}
        while !early.search(12, 64) {}
        assert!(early.stamp(12).is_some());
    }

    #[test]
    fn it_holds_for_one_slot_and_one_day_only() {
        let early = EarlyStamp::new(CHALLENGE, SLOT);
        assert!(early.is_for(&CHALLENGE, &SLOT));
        assert!(!early.is_for(&Digest([3; 32]), &SLOT));
        assert!(!early.is_for(&CHALLENGE, &Slot([3; Slot::LENGTH])));
        assert_eq!(early.stamp(0), None);
    }
}
