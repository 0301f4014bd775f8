//! Parts: the slices in which files travel (section 5).

use crate::age_file::{self, Padding};
use crate::conversation_key::short_slot;
use crate::derivation::KeyedHash;
use crate::hybrid_identity::HybridIdentity;
use crate::hybrid_recipient::HybridRecipient;
use crate::secret_hex::SecretHex;
use crate::stanzas::Stanzas;
use beistand_protocol::bytes::Slot;
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::{self, SealedBlob};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

/// Bytes of a file in one part: slice i of a file begins at i times this. A little less than
/// what fits beside the longest header the age library makes.
pub const PART_DATA_SIZE: usize = 1020 * 1024;

const PART_PADDING: Padding = Padding { fill: 0, end: 0 };

/// Why a part is not sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PartError {
    /// More than [`PART_DATA_SIZE`] bytes.
    #[error("a part holds at most {PART_DATA_SIZE} bytes of a file")]
    TooLarge,
    /// Not a part, not for this identity, or tampered with.
    #[error("the part cannot be opened")]
    Closed,
}

/// The slot of part `i`: HMAC(file key, "part" ‖ i).
pub fn part_slot(file_key: &SecretHex<32>, i: u16) -> Slot {
    short_slot(KeyedHash::new(file_key.expose()).of("part", &[&i.to_be_bytes()]))
}

/// Seals one slice of a file, at most [`PART_DATA_SIZE`] bytes; a shorter one is padded.
///
/// # Errors
/// [`PartError::TooLarge`].
pub fn seal_part(
    data: &[u8],
    recipient: &HybridRecipient,
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<SealedBlob, PartError> {
    if data.len() > PART_DATA_SIZE {
        return Err(PartError::TooLarge);
    }
    let recipients = [recipient];
    let stanzas = Stanzas::new(&recipients, BlobClass::Part.stanzas(), rng);
    age_file::seal(BlobClass::Part, &stanzas, data, PART_PADDING).map_err(|_| PartError::TooLarge)
}

/// Opens a part: exactly [`PART_DATA_SIZE`] bytes. Where the file ends, its message says.
///
/// # Errors
/// [`PartError::Closed`].
pub fn open_part(blob: &[u8], identity: &HybridIdentity) -> Result<Zeroizing<Vec<u8>>, PartError> {
    grammar::check(BlobClass::Part, blob).map_err(|_| PartError::Closed)?;
    let identities = std::iter::once(identity as &dyn age::Identity);
    let mut data = age_file::open(blob, identities).ok_or(PartError::Closed)?;
    if data.len() < PART_DATA_SIZE {
        return Err(PartError::Closed);
    }
    data.truncate(PART_DATA_SIZE);
    Ok(data)
}
