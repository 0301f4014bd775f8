//! Stamps: the work a put or fetch proves (section 9).

use super::{Published, Refusal, Wall};
use beistand_protocol::bytes::Slot;
use beistand_protocol::stamp::{self, StampUse};

impl Wall {
    /// Accepts a stamp against the challenge of today or yesterday, whoever began before
    /// midnight included.
    pub(super) fn check_stamp(
        &self,
        published: &Published,
        purpose: StampUse,
        slot: &Slot,
        stamp: u64,
    ) -> Result<(), Refusal> {
        let stamps = &published.roster().stamps;
        let needed = match purpose {
            StampUse::Envelope => stamps.envelope_min,
            StampUse::Part => stamps.part,
            StampUse::Fetch => stamps.fetch,
        };
        let oldest = self.today().back(1);
        let mut challenges = published
            .challenges
            .iter()
            .filter(|(day, _)| *day >= oldest);
        let is_worth =
            challenges.any(|(_, challenge)| stamp::bits(purpose, challenge, slot, stamp) >= needed);
        if is_worth {
            Ok(())
        } else {
            Err(Refusal::Stamp)
        }
    }
}
