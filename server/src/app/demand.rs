//! How much an epoch takes, and what a stamp therefore costs (section 9). Nobody is told apart:
//! quotas are for all, and the last quarter of each is kept for those who pay the highest price.

use super::Refusal;
use beistand_protocol::roster::StampBits;
use beistand_protocol::stamp::StampUse;
use beistand_protocol::time::Epoch;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bits by which stamps get dearer after an epoch that came to the reserve.
const STEEP: u8 = 4;
/// Bits by which they get dearer after an epoch that took more than half.
const GENTLE: u8 = 1;
/// Bits by which they get cheaper after an epoch that took less than a quarter.
const RELIEF: u8 = 2;

/// What all visitors together may do in an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Envelopes stored.
    pub envelopes: u32,
    /// Parts stored.
    pub parts: u32,
    /// Fetches. More are answered too, at the highest price.
    pub fetches: u32,
}

impl Default for Quotas {
    /// Far above what an organisation of volunteers sees, far below what fills a disk in a day.
    fn default() -> Self {
        Self {
            envelopes: 4_096,
            parts: 1_024,
            fetches: 16_384,
        }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Demand {
    quotas: Quotas,
    counts: Mutex<Counts>,
}

#[derive(Debug)]
struct Counts {
    epoch: Epoch,
    used: Used,
    /// Quarters of the fullest quota that the last epoch used.
    before: u8,
    /// Bits that are asked for on top of the least.
    raise: u8,
}

/// How much was done in an epoch.
#[derive(Debug, Default)]
struct Used {
    envelopes: u32,
    parts: u32,
    fetches: u32,
}

impl Used {
    fn of(&mut self, purpose: StampUse) -> &mut u32 {
        match purpose {
            StampUse::Envelope => &mut self.envelopes,
            StampUse::Part => &mut self.parts,
            StampUse::Fetch => &mut self.fetches,
        }
    }
}

/// A place in an epoch, given back when dropped unless it is kept.
#[derive(Debug)]
pub(super) struct Place<'a> {
    demand: &'a Demand,
    epoch: Epoch,
    purpose: StampUse,
    kept: bool,
}

impl Demand {
    /// Begins in `epoch`, with so many bits on top of the least.
    pub fn new(quotas: Quotas, epoch: Epoch, raise: u8) -> Self {
        let counts = Counts {
            epoch,
            used: Used::default(),
            before: 0,
            raise,
        };
        Self {
            quotas,
            counts: Mutex::new(counts),
        }
    }

    /// A place for something whose stamp is worth `worth` bits, in an epoch for which the state
    /// says `published`.
    ///
    /// # Errors
    /// [`Refusal::Stamp`], [`Refusal::Quota`].
    pub fn admit(
        &self,
        now: Epoch,
        stamps: &StampBits,
        published: u8,
        purpose: StampUse,
        worth: u8,
    ) -> Result<Place<'_>, Refusal> {
        let mut counts = self.counts_of(now, stamps);
        let quota = self.quotas.of(purpose);
        let used = counts.used.of(purpose);
        let current = match is_reserve(*used, quota) {
            true => stamps.envelope_max,
            false => published,
        };
        let needed = stamps.needed(purpose, current);
        if worth < needed {
            return Err(Refusal::Stamp { needed });
        }
        if *used >= quota && purpose != StampUse::Fetch {
            return Err(Refusal::Quota);
        }
        *used = used.saturating_add(1);
        Ok(Place {
            demand: self,
            epoch: counts.epoch,
            purpose,
            kept: false,
        })
    }

    /// Bits an envelope needs from the state on that is published now.
    pub fn price(&self, now: Epoch, stamps: &StampBits) -> u8 {
        let raised = self.counts_of(now, stamps).raise;
        let price = stamps.envelope_min.saturating_add(raised);
        // A roster may have lowered the most meanwhile.
        price.min(stamps.envelope_max)
    }

    /// Quarters of the fullest quota that the last epoch used, 0 to 4.
    pub fn before(&self) -> u8 {
        self.lock().before
    }

    fn counts_of(&self, now: Epoch, stamps: &StampBits) -> MutexGuard<'_, Counts> {
        let mut counts = self.lock();
        if now > counts.epoch {
            let passed = now.0 - counts.epoch.0;
            let full = stamps.envelope_max.saturating_sub(stamps.envelope_min);
            counts.end(&self.quotas, passed, full);
            counts.epoch = now;
        }
        counts
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// Ends the epoch and `passed - 1` more in which nothing happened.
    fn end(&mut self, quotas: &Quotas, passed: u64, full: u8) {
        let uses = [StampUse::Envelope, StampUse::Part, StampUse::Fetch];
        let quarters = uses.map(|purpose| {
            let used = u64::from(*self.used.of(purpose));
            used * 4 / u64::from(quotas.of(purpose)).max(1)
        });
        let fullest = quarters.into_iter().max().unwrap_or(0);
        let fullest = u8::try_from(fullest).unwrap_or(u8::MAX).min(4);
        self.raise = match fullest {
            0 => self.raise.saturating_sub(RELIEF),
            1 => self.raise,
            2 => self.raise.saturating_add(GENTLE),
            _ => self.raise.saturating_add(STEEP),
        };
        let idle = u8::try_from(passed - 1).unwrap_or(u8::MAX);
        let relief = idle.saturating_mul(RELIEF);
        self.raise = self.raise.min(full).saturating_sub(relief);
        self.used = Used::default();
        self.before = if idle == 0 { fullest } else { 0 };
    }
}

impl Quotas {
    fn of(&self, purpose: StampUse) -> u32 {
        match purpose {
            StampUse::Envelope => self.envelopes,
            StampUse::Part => self.parts,
            StampUse::Fetch => self.fetches,
        }
    }
}

impl Place<'_> {
    /// What it was for has happened.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut counts = self.demand.lock();
        if !self.kept && counts.epoch == self.epoch {
            let used = counts.used.of(self.purpose);
            *used = used.saturating_sub(1);
        }
    }
}

fn is_reserve(used: u32, quota: u32) -> bool {
    u64::from(used) * 4 >= u64::from(quota) * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMPS: StampBits = StampBits {
        envelope_min: 10,
        envelope_max: 16,
        part: 4,
        fetch: 2,
    };
    const QUOTAS: Quotas = Quotas {
        envelopes: 8,
        parts: 4,
        fetches: 4,
    };

    fn put(demand: &Demand, epoch: u64, worth: u8) -> Result<(), Refusal> {
        let price = demand.price(Epoch(epoch), &STAMPS);
        let place = demand.admit(Epoch(epoch), &STAMPS, price, StampUse::Envelope, worth)?;
        place.keep();
        Ok(())
    }

    #[test]
    fn the_last_quarter_is_for_the_dearest_stamps_and_then_it_is_over() {
        let demand = Demand::new(QUOTAS, Epoch(1), 0);
        assert_eq!(put(&demand, 1, 9), Err(Refusal::Stamp { needed: 10 }));
        for _ in 0..6 {
            assert_eq!(put(&demand, 1, 10), Ok(()));
        }
        assert_eq!(put(&demand, 1, 15), Err(Refusal::Stamp { needed: 16 }));
        assert_eq!(put(&demand, 1, 16), Ok(()));
        assert_eq!(put(&demand, 1, 16), Ok(()));
        assert_eq!(put(&demand, 1, 30), Err(Refusal::Quota));
    }

    #[test]
    fn a_place_that_was_not_needed_comes_back() {
        let demand = Demand::new(QUOTAS, Epoch(1), 0);
        for _ in 0..100 {
            let place = demand.admit(Epoch(1), &STAMPS, 10, StampUse::Part, 4);
            drop(place.unwrap());
        }
        let late = demand.admit(Epoch(1), &STAMPS, 10, StampUse::Part, 4);
        let late = late.unwrap();
        // One of an epoch that is over frees nothing in the next.
        for _ in 0..3 {
            let place = demand.admit(Epoch(2), &STAMPS, 10, StampUse::Part, 4);
            place.unwrap().keep();
        }
        drop(late);
        let dear = demand.admit(Epoch(2), &STAMPS, 10, StampUse::Part, 9);
        assert_eq!(dear.err(), Some(Refusal::Stamp { needed: 10 }));
    }

    #[test]
    fn the_price_goes_up_under_load_never_above_the_most_and_down_again() {
        let demand = Demand::new(QUOTAS, Epoch(1), 0);
        let mut prices = Vec::new();
        for epoch in 1..=3 {
            for _ in 0..6 {
                put(&demand, epoch, 16).unwrap();
            }
            prices.push(demand.price(Epoch(epoch + 1), &STAMPS));
        }
        assert_eq!(prices, [14, 16, 16]);
        // More than half; more than a quarter; less; nothing for three epochs.
        for (epoch, puts, price) in [(4, 4, 16), (5, 3, 16), (6, 1, 14), (7, 0, 12)] {
            for _ in 0..puts {
                put(&demand, epoch, 16).unwrap();
            }
            assert_eq!(demand.price(Epoch(epoch + 1), &STAMPS), price, "{epoch}");
        }
        assert_eq!(demand.price(Epoch(11), &STAMPS), 10);
        // A clock that went back changes nothing.
        assert_eq!(demand.price(Epoch(3), &STAMPS), 10);
    }

    #[test]
    fn fetches_get_dear_but_are_never_refused_for_their_number() {
        let demand = Demand::new(QUOTAS, Epoch(0), 3);
        let fetch = |worth| demand.admit(Epoch(0), &STAMPS, 13, StampUse::Fetch, worth);
        assert_eq!(fetch(4).err(), Some(Refusal::Stamp { needed: 5 }));
        for _ in 0..3 {
            fetch(5).unwrap().keep();
        }
        assert_eq!(fetch(7).err(), Some(Refusal::Stamp { needed: 8 }));
        for _ in 0..100 {
            fetch(8).unwrap().keep();
        }
    }

    #[test]
    fn a_server_that_starts_again_asks_what_it_asked_before() {
        let demand = Demand::new(QUOTAS, Epoch(100), 5);
        assert_eq!(demand.price(Epoch(100), &STAMPS), 15);
        // Unless it was away for long.
        let demand = Demand::new(QUOTAS, Epoch(100), 5);
        assert_eq!(demand.price(Epoch(110), &STAMPS), 10);
        // Under a roster that asks for less, no more than that is asked for.
        let lower = StampBits {
            envelope_max: 12,
            ..STAMPS
        };
        let demand = Demand::new(QUOTAS, Epoch(100), 5);
        assert_eq!(demand.price(Epoch(100), &lower), 12);
    }
}
