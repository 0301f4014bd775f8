//! SHA-256 with a label in front, so that a hash made for one purpose fits no other.

use crate::bytes::{DeleteHash, DeleteKey, Digest};
use crate::LABEL_PREFIX;
use sha2::Digest as _;

/// SHA-256 of `data`, unlabelled: for bytes that are served or stored as they are.
pub fn sha256(data: &[u8]) -> Digest {
    Digest(sha2::Sha256::digest(data).into())
}

/// SHA-256 over `beistand/v1/` ‖ `label` ‖ each of `pieces`. Callers give pieces of fixed length,
/// or only the last one of variable length, so that the concatenation has one reading.
pub fn labelled(label: &str, pieces: &[&[u8]]) -> Digest {
    let mut hasher = sha2::Sha256::new();
    hasher.update(LABEL_PREFIX);
    hasher.update(label);
    for piece in pieces {
        hasher.update(piece);
    }
    Digest(hasher.finalize().into())
}

/// What a put commits to: the first 16 bytes of SHA-256("delete" ‖ key) (section 6).
pub fn delete_hash(key: &DeleteKey) -> DeleteHash {
    let digest = labelled("delete", &[&key.0]);
    let mut short = [0; DeleteHash::LENGTH];
    short.copy_from_slice(&digest.0[..DeleteHash::LENGTH]);
    DeleteHash(short)
}
