//! Conversation keys, and the slots they lead to (section 6).

use crate::derivation::{expand, KeyedHash};
use crate::place::Place;
use crate::secret_hex::SecretHex;
use beistand_protocol::bytes::Slot;
use beistand_protocol::roster::Writer;
use beistand_protocol::time::Day;
use std::fmt;
use zeroize::ZeroizeOnDrop;

/// kc_i: whoever has it can compute where the messages of a conversation lie, and nothing else.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct ConversationKey(SecretHex<32>);

/// What one day's slots are computed with.
#[derive(ZeroizeOnDrop)]
pub struct DayKey(KeyedHash);

impl ConversationKey {
    /// The key of these bytes.
    pub fn new(key: SecretHex<32>) -> Self {
        Self(key)
    }

    /// The key's bytes, to travel in a message or rest in a vault.
    pub fn secret(&self) -> &SecretHex<32> {
        &self.0
    }

    /// HKDF(kc, "day" ‖ day).
    pub fn day_key(&self, day: Day) -> DayKey {
        let key = expand::<32>(self.0.expose(), None, "day", &day.0.to_be_bytes());
        DayKey(KeyedHash::new(key.as_slice()))
    }

    /// The slot of a place.
    pub fn slot(&self, place: &Place) -> Slot {
        self.day_key(place.day).slot(place.writer, place.number)
    }

    /// The shard all messages under this key say, of `bits` (0 to 8) bits.
    pub fn shard(&self, bits: u8) -> u8 {
        let byte = expand::<1>(self.0.expose(), None, "shard", &[]);
        shard_bits(byte[0], bits)
    }
}

/// The upper `bits` (0 to 8) of a byte.
pub(crate) fn shard_bits(byte: u8, bits: u8) -> u8 {
    byte.checked_shr(u32::from(8 - bits.min(8))).unwrap_or(0)
}

impl DayKey {
    /// HMAC(day key, "slot" ‖ writer ‖ number), shortened to a slot.
    pub fn slot(&self, writer: Writer, number: u8) -> Slot {
        short_slot(self.0.of("slot", &[&[writer.0, number]]))
    }
}

/// The first 16 bytes of an HMAC.
pub(crate) fn short_slot(hash: [u8; 32]) -> Slot {
    let mut slot = [0; Slot::LENGTH];
    slot.copy_from_slice(&hash[..Slot::LENGTH]);
    Slot(slot)
}

impl fmt::Debug for ConversationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConversationKey(…)")
    }
}

impl fmt::Debug for DayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DayKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_has_its_bits() {
        assert_eq!(shard_bits(0xff, 0), 0);
        assert_eq!(shard_bits(0xff, 3), 7);
        assert_eq!(shard_bits(0xa5, 8), 0xa5);
    }
}
