//! What the log's leaves say (section 7). A slot never stands in one: the commitment hides it,
//! and is noise once the server has destroyed `r`.

use crate::bytes::{CommitmentNonce, DeleteHash, Digest, Slot};
use crate::class::BlobClass;
use crate::hash::labelled;
use crate::merkle::leaf_hash;
use crate::time::Day;

/// C = SHA-256("commit" ‖ r ‖ slot ‖ del_hash ‖ SHA-256(blob)).
pub fn commitment(
    r: &CommitmentNonce,
    slot: &Slot,
    delete_hash: &DeleteHash,
    blob: &Digest,
) -> Digest {
    labelled("commit", &[&r.0, &slot.0, &delete_hash.0, &blob.0])
}

/// A leaf, before it is written as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// Something was put.
    Put {
        /// What.
        class: BlobClass,
        /// The day it says.
        day: Day,
        /// See [`commitment`].
        commitment: Digest,
    },
    /// A roster was accepted.
    Roster {
        /// SHA-256 of its text.
        digest: Digest,
    },
    /// A version of the site is served.
    Site {
        /// Its version.
        version: String,
        /// SHA-256 of its manifest.
        digest: Digest,
    },
    /// A day was forgotten.
    Gone {
        /// The day.
        day: Day,
        /// How many blobs it had.
        count: u64,
    },
    /// What visitors were shown in an epoch; the last leaf of each.
    State(crate::state::StateLeaf),
}

impl Leaf {
    /// The leaf's data.
    pub fn encode(&self) -> String {
        match self {
            Self::Put {
                class,
                day,
                commitment,
            } => {
                format!("put|{}|{day}|{commitment}", class.name())
            }
            Self::Roster { digest } => format!("roster|{digest}"),
            Self::Site { version, digest } => format!("site|{version}|{digest}"),
            Self::Gone { day, count } => format!("gone|{day}|{count}"),
            Self::State(state) => state.encode(),
        }
    }

    /// Its RFC 6962 leaf hash.
    pub fn hash(&self) -> Digest {
        leaf_hash(self.encode().as_bytes())
    }
}
