//! Putting one sealed blob: find its stamp, send it, verify what the server promises.

use crate::error::ClientError;
use crate::routes::{Client, PutAnswer};
use crate::stamps::put_stamped;
use beistand_protocol::bytes::{CommitmentNonce, DeleteHash, Slot};
use beistand_protocol::grammar::SealedBlob;
use beistand_protocol::json;
use beistand_protocol::promise::{self, Promise, PromiseError, PutResponse};
use beistand_protocol::put::PutRequest;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::Day;

/// A sealed blob and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The day it says it is of.
    pub day: Day,
    /// Its address.
    pub slot: Slot,
    /// What its delete key hashes to.
    pub delete_hash: DeleteHash,
    /// Its shard; 0 where there is one only.
    pub shard: u8,
    /// The blob.
    pub blob: SealedBlob,
}

impl From<PutRequest> for Sealed {
    /// Without the stamp, which is found when it is put.
    fn from(put: PutRequest) -> Self {
        let PutRequest {
            day,
            slot,
            delete_hash,
            shard,
            stamp: _,
            blob,
        } = put;
        Self {
            day,
            slot,
            delete_hash,
            shard,
            blob,
        }
    }
}

/// A blob that is stored, and the proof of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// What the server promised, verified.
    pub promise: Promise,
    /// The signed note, to keep.
    pub note: String,
    /// What opens the commitment.
    pub r: CommitmentNonce,
}

/// Why a blob was not delivered.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// Not sent, or refused.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The slot holds another blob, as the server's verified promise shows: take the next place.
    #[error("the slot is occupied by another message")]
    Occupied,
    /// The server's promise does not hold what it must: do not believe that it stored anything.
    #[error(transparent)]
    Promise(#[from] PromiseError),
}

/// Stamps `sealed` with the snapshot's challenge, puts it, and verifies the promise. Sending the
/// same bytes again is harmless and answers the same promise.
///
/// # Errors
/// One [`DeliverError`] a way it can fail.
pub fn deliver(
    client: &Client,
    snapshot: &Snapshot,
    sealed: &Sealed,
) -> Result<Delivered, DeliverError> {
    let request = PutRequest {
        day: sealed.day,
        slot: sealed.slot,
        delete_hash: sealed.delete_hash,
        shard: sealed.shard,
        stamp: 0,
        blob: sealed.blob.clone(),
    };
    let putting = request.putting();
    let instance = &snapshot.instance().instance;
    let log = &snapshot.roster().log;
    match put_stamped(client, snapshot, request)? {
        PutAnswer::Stored(body) => {
            let promise = promise::verify(instance, log, &putting, &body)?.into_inner();
            let PutResponse { promise: note, r } =
                json::parse(&body).map_err(|_| PromiseError::Form)?;
            Ok(Delivered { promise, note, r })
        }
        PutAnswer::Occupied(note) => {
            let note = note.ok_or(PromiseError::Form)?;
            promise::verify_note(instance, log, &note)?;
            Err(DeliverError::Occupied)
        }
    }
}
