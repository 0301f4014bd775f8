//! The server's signed promise to log a put (section 7). Whoever holds it can show that an
//! envelope was accepted and then dropped.

use crate::bytes::{CommitmentNonce, DeleteHash, Digest, InstanceId, Slot};
use crate::class::BlobClass;
use crate::hash::sha256;
use crate::json;
use crate::leaf::{commitment, Leaf};
use crate::note::{self, Note, NoteError, PromiseDomain};
use crate::time::{Day, Epoch};
use crate::trust::Verified;
use crate::verifier_key::VerifierKey;
use serde::{Deserialize, Serialize};

/// What the log key signs: this leaf will be in the log when that epoch closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// The epoch of the put.
    pub epoch: Epoch,
    /// RFC 6962 hash of the leaf.
    pub leaf: Digest,
}

/// The body of a put's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutResponse {
    /// The promise, a signed note.
    pub promise: String,
    /// What opens the commitment.
    pub r: CommitmentNonce,
}

/// What was put, as the one who put it remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Putting {
    /// Class of the blob.
    pub class: BlobClass,
    /// The day it says.
    pub day: Day,
    /// Its slot.
    pub slot: Slot,
    /// What deletes it, hashed.
    pub delete_hash: DeleteHash,
    /// SHA-256 of the blob.
    pub blob: Digest,
}

/// Why a promise is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PromiseError {
    /// Not of the expected form.
    #[error("the server's promise is malformed")]
    Form,
    /// Not signed by the log key of the roster.
    #[error("the server's promise is refused: {0}")]
    Note(#[from] NoteError),
    /// A promise of something else than what was put.
    #[error("the server promised something else than what was sent")]
    Leaf,
}

impl Putting {
    /// The leaf that logs it.
    pub fn leaf(&self, r: &CommitmentNonce) -> Leaf {
        Leaf::Put {
            class: self.class,
            day: self.day,
            commitment: commitment(r, &self.slot, &self.delete_hash, &self.blob),
        }
    }

    /// What was put, from its frame's parts.
    pub fn of(
        class: BlobClass,
        day: Day,
        slot: Slot,
        delete_hash: DeleteHash,
        blob: &[u8],
    ) -> Self {
        Self {
            class,
            day,
            slot,
            delete_hash,
            blob: sha256(blob),
        }
    }
}

/// The text the log key signs.
pub fn text(instance: &InstanceId, promise: &Promise) -> String {
    // Two integers and a hash are always JSON.
    let line = json::encode(promise).unwrap_or_default();
    note::text::<PromiseDomain>(instance, &format!("{line}\n"))
}

/// Verifies the answer to a put.
///
/// # Errors
/// One [`PromiseError`] a way it can be wrong.
pub fn verify(
    instance: &InstanceId,
    log: &VerifierKey,
    putting: &Putting,
    response: &[u8],
) -> Result<Verified<Promise>, PromiseError> {
    let response: PutResponse = json::parse(response).map_err(|_| PromiseError::Form)?;
    let promise = verify_note(instance, log, &response.promise)?;
    if promise.leaf != putting.leaf(&response.r).hash() {
        return Err(PromiseError::Leaf);
    }
    Ok(promise)
}

/// Verifies a promise alone, as it stands in the answer for an occupied slot.
///
/// # Errors
/// [`PromiseError::Form`], [`PromiseError::Note`].
pub fn verify_note(
    instance: &InstanceId,
    log: &VerifierKey,
    note: &str,
) -> Result<Verified<Promise>, PromiseError> {
    let note = Note::<PromiseDomain>::parse(instance, note.as_bytes())?
        .verify(std::slice::from_ref(log), 1)?;
    let line = note.body().strip_suffix('\n').ok_or(PromiseError::Form)?;
    let promise: Promise = json::parse_canonical(line).map_err(|_| PromiseError::Form)?;
    Ok(Verified::vouch(promise))
}
