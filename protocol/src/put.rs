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
        let mut reader = Reader(bytes);
        let class = reader
            .u8()
            .and_then(BlobClass::from_wire)
            .ok_or(PutError::Frame)?;
        let day = Day(reader.u32().ok_or(PutError::Frame)?);
        let slot = Slot(reader.array().ok_or(PutError::Frame)?);
        let delete_hash = DeleteHash(reader.array().ok_or(PutError::Frame)?);
        let shard = reader.u8().ok_or(PutError::Frame)?;
        let stamp = reader.u64().ok_or(PutError::Frame)?;
        // Checked before it is copied: what is not a blob is not kept even for a moment longer.
        crate::grammar::check(class, reader.0)?;
        let blob = SealedBlob::parse(class, reader.0.to_vec())?;
        Ok(Self {
            day,
            slot,
            delete_hash,
            shard,
            stamp,
            blob,
        })
    }

    /// The frame.
    pub fn encode(&self) -> Vec<u8> {
        let blob = self.blob.bytes();
        let mut bytes = Vec::with_capacity(HEADER_SIZE + blob.len());
        bytes.push(self.blob.class().wire());
        bytes.extend_from_slice(&self.day.0.to_be_bytes());
        bytes.extend_from_slice(&self.slot.0);
        bytes.extend_from_slice(&self.delete_hash.0);
        bytes.push(self.shard);
        bytes.extend_from_slice(&self.stamp.to_be_bytes());
        bytes.extend_from_slice(blob);
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
