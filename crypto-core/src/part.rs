//! Parts: the slices in which files travel (section 5).
//!
//! ```text
//! data[1,044,480] ‖ slot[16] ‖ zeros     inside; data is one slice of the file, then zeros
//! ```

use crate::age_file::{self, Closed, Padding};
use crate::conversation_key::short_slot;
use crate::derivation::KeyedHash;
use crate::hybrid_identity::HybridIdentity;
use crate::secret_hex::SecretHex;
use crate::stanzas::Stanzas;
use beistand_protocol::bytes::Slot;
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::{self, SealedBlob};
use rand_core::{CryptoRng, RngCore};
use std::fmt;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Bytes of a file in one part: slice i of a file begins at i times this. A little less than
/// what fits, with the slot, beside the longest header the age library makes.
pub const PART_DATA_SIZE: usize = 1020 * 1024;

const CONTENT_SIZE: usize = PART_DATA_SIZE + Slot::LENGTH;
const PART_PADDING: Padding = Padding { fill: 0, end: 0 };

/// Why a part is not sealed or opened. Envelopes say only that they do not open; a part may say
/// why, because its identity is used for one file and nobody but the reader of that file learns
/// what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// More than [`PART_DATA_SIZE`] bytes.
    #[error("a part holds at most {PART_DATA_SIZE} bytes of a file")]
    TooLarge,
    /// Not a part at all, as the random bytes that stand for nothing.
    #[error("it is not there")]
    Missing,
    /// Sealed, but not to this file's identity.
    #[error("it belongs to another file")]
    Foreign,
    /// Sealed to this file's identity, and changed since.
    #[error("it was altered")]
    Altered,
    /// A part of this file, but another one than was asked for.
    #[error("it was exchanged for another part of the same file")]
    Swapped,
}

/// The slot of part `i`: HMAC(file key, "part" ‖ i).
pub fn part_slot(file_key: &SecretHex<32>, i: u16) -> Slot {
    short_slot(KeyedHash::new(file_key.expose()).of("part", &[&i.to_be_bytes()]))
}

/// What the parts of one file are sealed and found with.
#[derive(ZeroizeOnDrop)]
pub struct PartKeys {
    identity: HybridIdentity,
    key: SecretHex<32>,
}

impl PartKeys {
    /// The keys of a file whose message names this identity and this key.
    pub fn new(identity: HybridIdentity, key: SecretHex<32>) -> Self {
        Self { identity, key }
    }

    /// The slot of part `i`.
    pub fn slot(&self, i: u16) -> Slot {
        part_slot(&self.key, i)
    }

    /// Seals part `i`: one slice of a file, at most [`PART_DATA_SIZE`] bytes; a shorter one is
    /// padded.
    ///
    /// # Errors
    /// [`PartError::TooLarge`].
    pub fn seal(
        &self,
        i: u16,
        data: &[u8],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<SealedBlob, PartError> {
        let left = PART_DATA_SIZE.checked_sub(data.len());
        let zeros = vec![0; left.ok_or(PartError::TooLarge)?];
        let slot = self.slot(i);
        let content = [data, &zeros, &slot.0];
        let recipient = self.identity.recipient();
        let recipients = [&recipient];
        let stanzas = Stanzas::new(&recipients, BlobClass::Part.stanzas(), rng);
        age_file::seal(BlobClass::Part, &stanzas, &content, PART_PADDING)
            .map_err(|_| PartError::TooLarge)
    }

    /// Opens part `i`: exactly [`PART_DATA_SIZE`] bytes. Where the file ends, its message says.
    ///
    /// # Errors
    /// Every [`PartError`] but [`PartError::TooLarge`].
    pub fn open(&self, i: u16, blob: &[u8]) -> Result<Zeroizing<Vec<u8>>, PartError> {
        grammar::check(BlobClass::Part, blob).map_err(|_| PartError::Missing)?;
        let identities = std::iter::once(&self.identity as &dyn age::Identity);
        let mut data = age_file::open(blob, identities).map_err(|closed| match closed {
            Closed::ForOthers => PartError::Foreign,
            Closed::Altered => PartError::Altered,
        })?;
        match data.get(PART_DATA_SIZE..CONTENT_SIZE) {
            Some(slot) if slot == self.slot(i).0 => {}
            Some(_) => return Err(PartError::Swapped),
            None => return Err(PartError::Altered),
        }
        data.truncate(PART_DATA_SIZE);
        Ok(data)
    }
}

impl fmt::Debug for PartKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartKeys(…)")
    }
}
