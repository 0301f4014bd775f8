//! Stamps: work instead of identities (section 9). A stamp is a number that makes a hash over
//! the day's challenge and the slot begin with enough zero bits.

use crate::bytes::{Digest, Slot};
use crate::hash::labelled;

/// What the stamp is for, so that a cheap one does not pass for a dear one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StampUse {
    /// Putting an envelope.
    Envelope,
    /// Putting a part.
    Part,
    /// A fetch; the slot is the first one asked for.
    Fetch,
}

impl StampUse {
    fn label(self) -> &'static str {
        match self {
            Self::Envelope => "stamp/envelope",
            Self::Part => "stamp/part",
            Self::Fetch => "stamp/fetch",
        }
    }
}

/// The number of zero bits the stamp is worth.
pub fn bits(purpose: StampUse, challenge: &Digest, slot: &Slot, stamp: u64) -> u8 {
    let digest = labelled(
        purpose.label(),
        &[&challenge.0, &slot.0, &stamp.to_be_bytes()],
    );
    let mut zeros = 0;
    for byte in digest.0 {
        // At most 8 a byte and 32 bytes; 256 does not fit, and does not happen.
        zeros += byte.leading_zeros();
        if byte != 0 {
            break;
        }
    }
    u8::try_from(zeros).unwrap_or(u8::MAX)
}

/// Tries `tries` numbers from `start` on and answers the first that is worth `needed` bits.
/// Callers work in slices, so that they can show progress and stop.
pub fn search(
    purpose: StampUse,
    challenge: &Digest,
    slot: &Slot,
    needed: u8,
    start: u64,
    tries: u64,
) -> Option<u64> {
    (0..tries)
        .map(|offset| start.wrapping_add(offset))
        .find(|stamp| bits(purpose, challenge, slot, *stamp) >= needed)
}
