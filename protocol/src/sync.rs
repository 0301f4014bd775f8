//! The frames of `POST /v1/sync` (section 6): a desk takes everything, so what it asks for says
//! nothing.
//!
//! ```text
//! request   a signed note by the device
//! answer    count[8] ‖ record × count
//! record    class[1] ‖ day[4] ‖ slot[16] ‖ epoch[8] ‖ r[32] ‖ leaf[8] ‖ del_hash[16] ‖ blob
//! ```

use crate::bytes::{InstanceId, Slot};
use crate::class::BlobClass;
use crate::fetch::{read_record, FetchRecord, RECORD_HEADER_SIZE};
use crate::json;
use crate::note::{self, Note, NoteError, SyncDomain};
use crate::reading::Reader;
use crate::roster::{Roster, Writer};
use crate::time::{Day, Epoch};
use crate::trust::Verified;
use serde::{Deserialize, Serialize};

/// Bytes of the count at the start of an answer.
pub const COUNT_SIZE: usize = 8;
/// Bytes of a record before its blob.
pub const HEADER_SIZE: usize = 1 + 4 + 16 + 8 + RECORD_HEADER_SIZE;
/// How many days the `day` of a request may be off.
pub const DAY_TOLERANCE: u32 = 1;

/// What a device signs to take everything on the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SyncRequest {
    /// Who asks.
    pub device: Writer,
    /// The day it was signed, so that it cannot be replayed for ever.
    pub day: Day,
    /// The oldest day wanted.
    pub from: Day,
    /// Only what became visible after this epoch; 0 for all.
    pub after: Epoch,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    /// Not of the expected form.
    #[error("the request to sync is malformed")]
    Form,
    /// The signature.
    #[error("the request to sync is refused: {0}")]
    Note(#[from] NoteError),
    /// The device is not on the roster, or distrusted.
    #[error("this device is not on the roster, or no longer trusted")]
    Device,
    /// Signed on another day.
    #[error("the request to sync was signed on another day")]
    Day,
    /// The answer is not of the expected form, or shorter than it says.
    #[error("the server's answer to the sync is malformed or cut off")]
    Answer,
}

impl SyncRequest {
    /// The text the device signs.
    pub fn text(&self, instance: &InstanceId) -> String {
        // Four integers are always JSON.
        let line = json::encode(self).unwrap_or_default();
        note::text::<SyncDomain>(instance, &format!("{line}\n"))
    }

    /// Verifies the body of a request.
    ///
    /// # Errors
    /// One [`SyncError`] a way it can be wrong.
    pub fn verify(
        instance: &InstanceId,
        roster: &Roster,
        note: &[u8],
        today: Day,
    ) -> Result<Verified<Self>, SyncError> {
        let untrusted = Note::<SyncDomain>::parse(instance, note)?;
        let line = untrusted
            .peek()
            .body()
            .strip_suffix('\n')
            .ok_or(SyncError::Form)?;
        let request: Self = json::parse_canonical(line).map_err(|_| SyncError::Form)?;
        let device = roster
            .device(request.device)
            .filter(|device| device.is_trusted_on(today))
            .ok_or(SyncError::Device)?;
        untrusted.verify(std::slice::from_ref(&device.sign), 1)?;
        if request.day.distance(today) > DAY_TOLERANCE {
            return Err(SyncError::Day);
        }
        Ok(Verified::vouch(request))
    }
}

/// One thing on the wall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncRecord {
    /// Its class.
    pub class: BlobClass,
    /// The day it says.
    pub day: Day,
    /// Its address.
    pub slot: Slot,
    /// The epoch in which it became visible.
    pub epoch: Epoch,
    /// The rest, as in a fetch.
    pub record: FetchRecord,
}

impl SyncRecord {
    /// The record's bytes.
    pub fn encode_into(&self, bytes: &mut Vec<u8>) {
        bytes.push(self.class.wire());
        bytes.extend_from_slice(&self.day.0.to_be_bytes());
        bytes.extend_from_slice(&self.slot.0);
        bytes.extend_from_slice(&self.epoch.0.to_be_bytes());
        self.record.encode_into(bytes);
    }

    /// Reads the record at the start of `bytes`, as they come in: the record and how many bytes
    /// it took, or `None` where more are needed.
    ///
    /// # Errors
    /// [`SyncError::Answer`] where this can become no record.
    pub fn parse_first(bytes: &[u8]) -> Result<Option<(Self, usize)>, SyncError> {
        let Some(&class) = bytes.first() else {
            return Ok(None);
        };
        let class = BlobClass::from_wire(class).ok_or(SyncError::Answer)?;
        let size = HEADER_SIZE + class.size();
        if bytes.len() < size {
            return Ok(None);
        }
        let mut reader = Reader(&bytes[1..size]);
        let record = (|| {
            Some(Self {
                class,
                day: Day(reader.u32()?),
                slot: Slot(reader.array()?),
                epoch: Epoch(reader.u64()?),
                record: read_record(&mut reader, class)?,
            })
        })();
        record
            .map(|record| Some((record, size)))
            .ok_or(SyncError::Answer)
    }
}
