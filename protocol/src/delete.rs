//! The frame of `POST /v1/delete` (section 6): `slot[16] ‖ del[32]`.

use crate::bytes::{DeleteKey, Slot};
use crate::reading::Reader;

/// Bytes of the frame.
pub const SIZE: usize = 16 + 32;

/// A request to delete what lies in a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteRequest {
    /// Where it lies.
    pub slot: Slot,
    /// The preimage of what was committed to when it was put.
    pub key: DeleteKey,
}

/// The bytes are not a delete frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request to delete is malformed")]
pub struct DeleteFrameError;

impl DeleteRequest {
    /// Reads the frame.
    ///
    /// # Errors
    /// [`DeleteFrameError`] for any other length.
    pub fn parse(bytes: &[u8]) -> Result<Self, DeleteFrameError> {
        let mut reader = Reader(bytes);
        let slot = Slot(reader.array().ok_or(DeleteFrameError)?);
        let key = DeleteKey(reader.array().ok_or(DeleteFrameError)?);
        if reader.is_empty() {
            Ok(Self { slot, key })
        } else {
            Err(DeleteFrameError)
        }
    }

    /// The frame.
    pub fn encode(&self) -> Vec<u8> {
        [&self.slot.0[..], &self.key.0[..]].concat()
    }
}
