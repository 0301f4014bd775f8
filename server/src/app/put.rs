//! Putting an envelope or part on the wall (section 6).

use super::{Refusal, Wall};
use crate::store::{ItemRecord, NewItem, PutOutcome};
use beistand_protocol::bytes::CommitmentNonce;
use beistand_protocol::class::BlobClass;
use beistand_protocol::promise::{Promise, PutResponse};
use beistand_protocol::put::{PutError, PutRequest};
use rand::rngs::OsRng;
use rand::RngCore as _;

/// Where something is handed in: each takes its own kind of blob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// `POST /v1/envelopes`
    Envelopes,
    /// `POST /v1/parts`
    Parts,
}

impl Wall {
    /// Stores a put and promises to log it. The promise is made once it is durable.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::Blob`], [`Refusal::NotReady`], [`Refusal::Class`],
    /// [`Refusal::Day`], [`Refusal::Shard`], [`Refusal::Stamp`], [`Refusal::Quota`], [`Refusal::Occupied`],
    /// [`Refusal::StorageFull`], [`Refusal::Store`].
    pub fn put(&self, counter: Counter, request: PutRequest) -> Result<PutResponse, Refusal> {
        let published = self.published()?;
        let now = self.now();
        let current = published
            .rosters
            .current_at(now)
            .map_err(|_| Refusal::NotReady)?;
        let roster = &current.roster;
        let class = match counter {
            Counter::Envelopes => roster.envelope_class(),
            Counter::Parts => BlobClass::Part,
        };
        if request.blob.class() != class {
            return Err(Refusal::Class);
        }
        if request.day.distance(now.day()) > 1 {
            return Err(Refusal::Day);
        }
        if u32::from(request.shard) >= 1 << roster.shard_bits {
            return Err(Refusal::Shard);
        }
        let (purpose, slot) = (request.stamp_use(), request.slot);
        let place = match self.admit(&published, purpose, &slot, request.stamp) {
            // What is there already can be sent again, for who has not heard of it.
            Err(Refusal::Quota) if self.store.read(&slot)?.is_some() => None,
            place => Some(place?),
        };
        let mut r = CommitmentNonce([0; 32]);
        OsRng.fill_bytes(&mut r.0);
        let item = NewItem {
            day: request.day,
            slot: request.slot,
            delete_hash: request.delete_hash,
            shard: request.shard,
            r,
            blob: request.blob,
        };
        let outcome = self.store.put(item, now.epoch(roster.epoch_seconds))?;
        if let (PutOutcome::Stored(_), Some(place)) = (&outcome, place) {
            place.keep();
        }
        match outcome {
            PutOutcome::Stored(record) | PutOutcome::Same(record) => Ok(PutResponse {
                promise: self.promise(&record),
                r: record.r,
            }),
            PutOutcome::Occupied(record) => Err(Refusal::Occupied {
                promise: self.promise(&record),
            }),
        }
    }

    /// Reads the frame of a put, in its own memory.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::Blob`].
    pub fn parse_put(frame: Vec<u8>) -> Result<PutRequest, Refusal> {
        PutRequest::parse_in_place(frame).map_err(|error| match error {
            PutError::Frame => Refusal::Malformed,
            PutError::Blob(error) => Refusal::Blob(error),
        })
    }

    fn promise(&self, record: &ItemRecord) -> String {
        let leaf = record.putting().leaf(&record.r).hash();
        self.log_key.promise(
            &self.instance.instance,
            &Promise {
                epoch: record.promised,
                leaf,
            },
        )
    }
}
