//! The log's checkpoint (C2SP tlog-checkpoint): origin, size and root hash, signed by the log
//! key. The origin is the first line every note of this instance has.

use crate::bytes::{Digest, InstanceId};
use crate::hash::sha256;
use crate::note::{self, LogDomain, Note, NoteError};
use crate::trust::Verified;
use crate::verifier_key::VerifierKey;
use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use serde::{Deserialize, Serialize};

/// The head of the log's tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeHead {
    /// Number of leaves.
    pub size: u64,
    /// Root hash.
    pub root: Digest,
}

/// A tree head, and the hash of the text that was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// What it says.
    pub head: TreeHead,
    /// SHA-256 of the signed text; of a day's first checkpoint, the stamp challenge.
    pub digest: Digest,
}

/// Verifies a checkpoint note by the log's key.
///
/// # Errors
/// [`NoteError`], of which [`NoteError::Form`] also stands for a malformed body.
pub fn verify(
    instance: &InstanceId,
    log: &VerifierKey,
    note: &[u8],
) -> Result<Verified<Checkpoint>, NoteError> {
    let note = Note::<LogDomain>::parse(instance, note)?.verify(std::slice::from_ref(log), 1)?;
    let mut lines = note.body().lines();
    let size = lines.next().and_then(parse_size).ok_or(NoteError::Form)?;
    let root = lines
        .next()
        .and_then(|line| STANDARD.decode(line).ok())
        .ok_or(NoteError::Form)?;
    let root = Digest(root.try_into().map_err(|_| NoteError::Form)?);
    Ok(Verified::vouch(Checkpoint {
        head: TreeHead { size, root },
        digest: note.digest(),
    }))
}

fn parse_size(line: &str) -> Option<u64> {
    let size: u64 = line.parse().ok()?;
    (size.to_string() == line).then_some(size)
}

/// The text the log signs for `head`.
pub fn text(instance: &InstanceId, head: &TreeHead) -> String {
    let root = STANDARD.encode(head.root.0);
    note::text::<LogDomain>(instance, &format!("{}\n{root}\n", head.size))
}

/// The stamp challenge a checkpoint's text makes, if it is a day's first.
pub fn challenge(text: &str) -> Digest {
    sha256(text.as_bytes())
}
