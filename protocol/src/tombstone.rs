//! What stands where a blob was deleted, until its day expires (section 6).
//!
//! ```text
//! "beistand/v1/tombstone\n" ‖ del[32] ‖ SHA-256(blob)[32] ‖ zeros, to the size of the class
//! ```
//!
//! With `r` and the slot, the reader recomputes the logged commitment from it: a blob that was
//! merely dropped cannot pass for one that its writer deleted.

use crate::bytes::{CommitmentNonce, DeleteHash, DeleteKey, Digest, Slot};
use crate::class::BlobClass;
use crate::hash::delete_hash;
use crate::leaf::commitment;
use crate::reading::Reader;

const MAGIC: &[u8] = b"beistand/v1/tombstone\n";

/// The mark left by a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// The preimage that deleted it.
    pub key: DeleteKey,
    /// SHA-256 of what was deleted.
    pub blob: Digest,
}

impl Tombstone {
    /// The bytes in the place of a blob of `class`.
    pub fn encode(&self, class: BlobClass) -> Vec<u8> {
        let mut bytes = [MAGIC, &self.key.0, &self.blob.0].concat();
        bytes.resize(class.size(), 0);
        bytes
    }

    /// Reads a tombstone; `None` for anything else.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes.strip_prefix(MAGIC)?);
        let key = DeleteKey(reader.array()?);
        let blob = Digest(reader.array()?);
        reader
            .0
            .iter()
            .all(|&byte| byte == 0)
            .then_some(Self { key, blob })
    }

    /// The commitment the log must hold if this tombstone is honest, or `None` where the key
    /// does not fit the delete hash.
    pub fn commitment(
        &self,
        r: &CommitmentNonce,
        slot: &Slot,
        expected: &DeleteHash,
    ) -> Option<Digest> {
        (delete_hash(&self.key) == *expected).then(|| commitment(r, slot, expected, &self.blob))
    }
}
