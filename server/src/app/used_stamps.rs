//! Fetch stamps work once. A put needs no such memory: its slot is taken by the first.

use beistand_protocol::bytes::Slot;
use std::collections::hash_map::RandomState;
use std::collections::HashSet;
use std::hash::BuildHasher as _;
use std::sync::{Mutex, PoisonError};

/// How many are remembered at least, so that memory is bounded: a stamp works again only when
/// as many others were found after it, at full price.
const REMEMBERED: usize = 1 << 18;

/// See the module.
#[derive(Debug)]
pub(super) struct UsedStamps {
    generations: Mutex<Generations>,
    /// With a key nobody knows, so that nobody can make another's stamp count as used.
    hasher: RandomState,
    remembered: usize,
}

#[derive(Debug, Default)]
struct Generations {
    new: HashSet<u64>,
    old: HashSet<u64>,
}

impl Default for UsedStamps {
    fn default() -> Self {
        Self::remembering(REMEMBERED)
    }
}

impl UsedStamps {
    fn remembering(remembered: usize) -> Self {
        Self {
            generations: Mutex::default(),
            hasher: RandomState::new(),
            remembered,
        }
    }

    /// Notes a stamp; false where it was used before.
    pub fn note(&self, slot: &Slot, stamp: u64) -> bool {
        let print = self.hasher.hash_one((slot.0, stamp));
        let mut generations = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if generations.old.contains(&print) || !generations.new.insert(print) {
            return false;
        }
        if generations.new.len() >= self.remembered {
            generations.old = std::mem::take(&mut generations.new);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_counts_once_until_many_others_came() {
        let used = UsedStamps::remembering(10);
        let (one, other) = (Slot([1; 16]), Slot([2; 16]));
        assert!(used.note(&one, 7));
        assert!(!used.note(&one, 7));
        assert!(used.note(&one, 8) && used.note(&other, 7));
        for stamp in 100..110 {
            assert!(used.note(&one, stamp));
            assert!(!used.note(&one, 7), "{stamp}");
        }
        for stamp in 200..220 {
            assert!(used.note(&one, stamp));
        }
        assert!(used.note(&one, 7));
        let generations = used.generations.lock().unwrap();
        assert!(generations.new.len() + generations.old.len() <= 20);
    }
}
