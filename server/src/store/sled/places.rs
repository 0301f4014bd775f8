//! Which places of a file of equal pieces are free.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// See the module.
#[derive(Debug, Default)]
pub struct Places(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    next: u32,
    free: Vec<u32>,
}

impl Places {
    /// `count` places, none of them free.
    pub fn new(count: u32) -> Self {
        let free = Vec::new();
        Self(Mutex::new(State { next: count, free }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a free place, or a new one at the end.
    pub fn take(&self) -> u32 {
        let mut state = self.lock();
        state.free.pop().unwrap_or_else(|| {
            state.next += 1;
            state.next - 1
        })
    }

    /// Lets `place` be taken again.
    pub fn give_back(&self, place: u32) {
        self.lock().free.push(place);
    }

    /// Frees all places but those in `live`, and answers them.
    pub fn keep_only(&self, live: &BTreeSet<u32>) -> Vec<u32> {
        let mut state = self.lock();
        state.free = (0..state.next)
            .filter(|place| !live.contains(place))
            .collect();
        state.free.clone()
    }
}
