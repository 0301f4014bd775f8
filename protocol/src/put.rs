//! The frame of `POST /v1/envelopes` and `POST /v1/parts` (section 6).
//!
//! ```text
//! class[1] ‖ day[4] ‖ slot[16] ‖ del_hash[16] ‖ shard[1] ‖ stamp[8] ‖ blob
//! ```

use crate::bytes::{DeleteHash, Slot};
use crate::class::BlobClass;
use crate::grammar::{GrammarError, SealedBlob};
use crate::promise::Putting;
use crate::reading::Reader;
use crate::stamp::StampUse;
use crate::time::Day;

/// Bytes before the blob.
pub const HEADER_SIZE: usize = 1 + 4 + 16 + 16 + 1 + 8;

/// A put: where, what deletes it, the work, and the sealed blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutRequest {
    /// The day it says it is of.
    pub day: Day,
    /// Its address.
    pub slot: Slot,
    /// What its [`crate::bytes::DeleteKey`] hashes to.
    pub delete_hash: DeleteHash,
    /// Which shard; 0 where `shard_bits` is 0.
    pub shard: u8,
    /// See [`crate::stamp`].
    pub stamp: u64,
    /// The blob, checked against the grammar of its class.
    pub blob: SealedBlob,
}

/// Why bytes are not a put.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PutError {
    /// Shorter than the header, or an unknown class.
    #[error("the frame around the blob is malformed")]
    Frame,
    /// The blob.
    #[error(transparent)]
    Blob(#[from] GrammarError),
}

impl PutRequest {
    /// Reads a frame.
    ///
    /// # Errors
    /// [`PutError`], which repeats nothing of the frame.
    pub fn parse(bytes: &[u8]) -> Result<Self, PutError> {
        let header = Header::parse(bytes)?;
        // Checked before it is copied: what is not a blob is not kept even for a moment longer.
        let blob = SealedBlob::copy_of(header.class, &bytes[HEADER_SIZE..])?;
        Ok(header.with(blob))
    }

    /// As [`PutRequest::parse`], in the memory the frame lies in: who takes many parts at once has no
    /// room for copies.
    ///
    /// # Errors
    /// As [`PutRequest::parse`].
    pub fn parse_in_place(mut bytes: Vec<u8>) -> Result<Self, PutError> {
        let header = Header::parse(&bytes)?;
        bytes.drain(..HEADER_SIZE);
        let blob = SealedBlob::parse(header.class, bytes)?;
        Ok(header.with(blob))
    }

    /// The frame.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.header();
        bytes.extend_from_slice(self.blob.bytes());
        bytes
    }

    /// The [`HEADER_SIZE`] bytes of the frame before the blob.
    pub fn header(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_SIZE);
        bytes.push(self.blob.class().wire());
        bytes.extend_from_slice(&self.day.0.to_be_bytes());
        bytes.extend_from_slice(&self.slot.0);
        bytes.extend_from_slice(&self.delete_hash.0);
        bytes.push(self.shard);
        bytes.extend_from_slice(&self.stamp.to_be_bytes());
        bytes
    }

    /// What its stamp must be for.
    pub fn stamp_use(&self) -> StampUse {
        if self.blob.class().is_envelope() {
            StampUse::Envelope
        } else {
            StampUse::Part
        }
    }

    /// What a promise of it is checked against.
    pub fn putting(&self) -> Putting {
        Putting::of(
            self.blob.class(),
            self.day,
            self.slot,
            self.delete_hash,
            self.blob.bytes(),
        )
    }
}

/// Everything of a frame but its blob.
struct Header {
    class: BlobClass,
    day: Day,
    slot: Slot,
    delete_hash: DeleteHash,
    shard: u8,
    stamp: u64,
}

impl Header {
    fn parse(bytes: &[u8]) -> Result<Self, PutError> {
        let mut reader = Reader(bytes);
        let header = (|| {
            Some(Self {
                class: reader.u8().and_then(BlobClass::from_wire)?,
                day: Day(reader.u32()?),
                slot: Slot(reader.array()?),
                delete_hash: DeleteHash(reader.array()?),
                shard: reader.u8()?,
                stamp: reader.u64()?,
            })
        })();
        header.ok_or(PutError::Frame)
    }

    fn with(self, blob: SealedBlob) -> PutRequest {
        PutRequest {
            day: self.day,
            slot: self.slot,
            delete_hash: self.delete_hash,
            shard: self.shard,
            stamp: self.stamp,
            blob,
        }
    }
}
