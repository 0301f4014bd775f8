//! Stamps: the work a put or fetch proves (section 9).

use super::demand::Place;
use super::{Published, Refusal, Wall};
use beistand_protocol::bytes::Slot;
use beistand_protocol::stamp::{self, StampUse};

impl Wall {
    /// A place in this epoch, against a stamp that is worth enough.
    ///
    /// # Errors
    /// [`Refusal::Stamp`], [`Refusal::Quota`].
    pub(super) fn admit(
        &self,
        published: &Published,
        purpose: StampUse,
        slot: &Slot,
        stamp: u64,
    ) -> Result<Place<'_>, Refusal> {
        let roster = published.roster();
        let now = self.now().epoch(roster.epoch_seconds);
        let worth = self.worth(published, purpose, slot, stamp);
        self.demand
            .admit(now, &roster.stamps, published.stamp_bits, purpose, worth)
    }

    /// As [`Wall::admit`], for a fetch: its stamp works once.
    ///
    /// # Errors
    /// [`Refusal::Stamp`], [`Refusal::StampUsed`].
    pub(super) fn admit_fetch(
        &self,
        published: &Published,
        first: &Slot,
        stamp: u64,
    ) -> Result<(), Refusal> {
        let place = self.admit(published, StampUse::Fetch, first, stamp)?;
        if !self.used_stamps.note(first, stamp) {
            return Err(Refusal::StampUsed);
        }
        place.keep();
        Ok(())
    }

    /// What a stamp is worth against the challenge of today or yesterday, for those who began
    /// before midnight.
    fn worth(&self, published: &Published, purpose: StampUse, slot: &Slot, stamp: u64) -> u8 {
        let oldest = self.today().back(1);
        let challenges = published.challenges.iter();
        let live = challenges.filter(|(day, _)| *day >= oldest);
        live.map(|(_, challenge)| stamp::bits(purpose, challenge, slot, stamp))
            .max()
            .unwrap_or(0)
    }
}
