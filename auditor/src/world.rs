//! What a server stores, in the words of the protocol: what the readers of a store's format
//! make, and what the checks work on. Blobs are looked at once and then only their hash is kept,
//! so that a large store fits into a small machine.

use crate::served::ServedFiles;
use beistand_protocol::bytes::{CommitmentNonce, DeleteHash, Digest, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::GrammarError;
use beistand_protocol::instance::Instance;
use beistand_protocol::leaf::commitment;
use beistand_protocol::time::{Day, Epoch};
use beistand_protocol::tombstone::Tombstone;
use beistand_protocol::verifier_key::VerifierKey;

/// Everything an audit looks at.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// What was pinned beforehand, if anything was.
    pub instance: Option<Instance>,
    /// What is stored.
    pub stored: Stored,
    /// What is served, where a server was asked.
    pub served: Option<ServedFiles>,
}

/// What a store holds, read by the auditor's own rules.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// Envelopes, parts and tombstones.
    pub items: Vec<Item>,
    /// The data of the log's leaves, from the first on.
    pub leaves: Vec<String>,
    /// The roster notes, oldest first.
    pub rosters: Vec<String>,
    /// The prekey notes, in the order they are served in.
    pub prekeys: Vec<String>,
    /// The public half of the key the server signs with, where it has made one.
    pub log_key: Option<VerifierKey>,
    /// The body of `GET /v1/state` as it was last published.
    pub state: Option<String>,
    /// The first checkpoints of days, which stamps are found against.
    pub challenges: Vec<String>,
}

/// Something on the wall.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its address.
    pub slot: Slot,
    /// What its writer committed to.
    pub delete_hash: DeleteHash,
    /// Its class.
    pub class: BlobClass,
    /// Its shard.
    pub shard: u8,
    /// The day it says.
    pub day: Day,
    /// The epoch in which it became visible, once it has.
    pub epoch: Option<Epoch>,
    /// What hides its slot in the log.
    pub r: CommitmentNonce,
    /// Its leaf, once it is in the log.
    pub leaf: Option<u64>,
    /// The blob, or what is left of it.
    pub content: Content,
}

/// What lies in a slot.
#[derive(Debug, Clone)]
pub enum Content {
    /// A blob.
    Blob {
        /// SHA-256 of it.
        digest: Digest,
        /// What the grammar says of it.
        grammar: Result<(), GrammarError>,
    },
    /// What a deletion left.
    Tombstone(Tombstone),
    /// Could not be read; a finding says so already.
    Unreadable,
}

impl Content {
    /// Looks at a blob once.
    pub fn of_blob(class: BlobClass, blob: &[u8]) -> Self {
        let grammar = beistand_protocol::grammar::check(class, blob).map(|_| ());
        Self::Blob {
            digest: beistand_protocol::hash::sha256(blob),
            grammar,
        }
    }
}

impl Item {
    /// How findings name it: enough of the slot to find it again, which only the operator has.
    pub fn place(&self) -> String {
        let slot = self.slot.to_string();
        format!("{} in slot {}…", self.class.name(), &slot[..8])
    }

    /// The commitment its leaf must hold, or `None` where its content could not be read or its
    /// delete key does not fit.
    pub fn commitment(&self) -> Option<Digest> {
        match &self.content {
            Content::Blob { digest, .. } => {
                Some(commitment(&self.r, &self.slot, &self.delete_hash, digest))
            }
            Content::Tombstone(tombstone) => {
                tombstone.commitment(&self.r, &self.slot, &self.delete_hash)
            }
            Content::Unreadable => None,
        }
    }
}
