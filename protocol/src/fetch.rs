//! The frames of `POST /v1/fetch` (section 6). Slots stand in the body, never in a URL, and the
//! answer has the same size whatever was asked for.
//!
//! ```text
//! request   class[1] ‖ stamp[8] ‖ slot[16] × n        n = fetch_count; 1 for parts
//! answer    (r[32] ‖ leaf[8] ‖ del_hash[16] ‖ blob) × n
//! ```

use crate::bytes::{CommitmentNonce, DeleteHash, Slot};
use crate::class::BlobClass;
use crate::reading::Reader;

/// Bytes of a record before its blob.
pub const RECORD_HEADER_SIZE: usize = 32 + 8 + 16;

/// A fetch of blobs of one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchRequest {
    /// The class of all of them; what is of another class answers like what is not there.
    pub class: BlobClass,
    /// See [`crate::stamp`]; over the first slot.
    pub stamp: u64,
    /// The slots, real ones filled up with random ones.
    pub slots: Vec<Slot>,
}

/// The bytes are not a frame of a fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Not whole slots, an unknown class.
    #[error("the frame of the fetch is malformed")]
    Frame,
    /// Another number of slots than every fetch has.
    #[error("a fetch asks for exactly {expected} slots")]
    Count {
        /// How many it must be.
        expected: usize,
    },
    /// The answer has another length than it must.
    #[error("the server's answer to the fetch has the wrong length")]
    Answer,
}

impl FetchRequest {
    /// How many slots a fetch of `class` has, under a roster with this `fetch_count`.
    pub fn count(class: BlobClass, fetch_count: u8) -> usize {
        if class.is_envelope() {
            usize::from(fetch_count)
        } else {
            1
        }
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`FetchError::Frame`], [`FetchError::Count`].
    pub fn parse(bytes: &[u8], fetch_count: u8) -> Result<Self, FetchError> {
        let mut reader = Reader(bytes);
        let class = reader
            .u8()
            .and_then(BlobClass::from_wire)
            .ok_or(FetchError::Frame)?;
        let stamp = reader.u64().ok_or(FetchError::Frame)?;
        let expected = Self::count(class, fetch_count);
        if reader.0.len() != expected * Slot::LENGTH {
            return Err(FetchError::Count { expected });
        }
        let mut slots = Vec::with_capacity(expected);
        while let Some(slot) = reader.array() {
            slots.push(Slot(slot));
        }
        Ok(Self {
            class,
            stamp,
            slots,
        })
    }

    /// The request's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![self.class.wire()];
        bytes.extend_from_slice(&self.stamp.to_be_bytes());
        for slot in &self.slots {
            bytes.extend_from_slice(&slot.0);
        }
        bytes
    }
}

/// One record of an answer. Random bytes where there is nothing: only opening tells.
#[derive(Clone, PartialEq, Eq)]
pub struct FetchRecord {
    /// What opens the commitment.
    pub r: CommitmentNonce,
    /// Index of the leaf in the log.
    pub leaf: u64,
    /// What the put committed to.
    pub delete_hash: DeleteHash,
    /// A blob, a tombstone, or random bytes.
    pub blob: Vec<u8>,
}

impl std::fmt::Debug for FetchRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FetchRecord")
    }
}

impl FetchRecord {
    /// The record's bytes.
    pub fn encode_into(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.r.0);
        bytes.extend_from_slice(&self.leaf.to_be_bytes());
        bytes.extend_from_slice(&self.delete_hash.0);
        bytes.extend_from_slice(&self.blob);
    }
}

/// Reads the answer to a fetch of `count` slots of `class`.
///
/// # Errors
/// [`FetchError::Answer`].
pub fn parse_answer(
    class: BlobClass,
    count: usize,
    bytes: &[u8],
) -> Result<Vec<FetchRecord>, FetchError> {
    if bytes.len() != count * (RECORD_HEADER_SIZE + class.size()) {
        return Err(FetchError::Answer);
    }
    let mut reader = Reader(bytes);
    let mut records = Vec::with_capacity(count);
    for _ in 0..count {
        let record = read_record(&mut reader, class).ok_or(FetchError::Answer)?;
        records.push(record);
    }
    Ok(records)
}

pub(crate) fn read_record(reader: &mut Reader<'_>, class: BlobClass) -> Option<FetchRecord> {
    Some(FetchRecord {
        r: CommitmentNonce(reader.array()?),
        leaf: reader.u64()?,
        delete_hash: DeleteHash(reader.array()?),
        blob: reader.take(class.size())?.to_vec(),
    })
}
