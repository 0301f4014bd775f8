//! What goes into a store and comes out of it.

use crate::hashing::hash_of_blob;
use beistand_protocol::bytes::{CommitmentNonce, DeleteHash, DeleteKey, Digest, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::SealedBlob;
use beistand_protocol::merkle::CompactRange;
use beistand_protocol::promise::Putting;
use beistand_protocol::roster::Writer;
use beistand_protocol::time::{Day, Epoch};

/// How often a device may replace its prekey of one day.
pub const MOST_REPLACED_PREKEYS: usize = 64;

/// A blob that was checked and is to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// The day it says it is of.
    pub day: Day,
    /// Its address.
    pub slot: Slot,
    /// What its delete key hashes to.
    pub delete_hash: DeleteHash,
    /// Which shard.
    pub shard: u8,
    /// What hides the slot in the log; fresh random bytes.
    pub r: CommitmentNonce,
    /// The sealed blob.
    pub blob: SealedBlob,
}

/// What is known of an item besides its blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRecord {
    /// Its class.
    pub class: BlobClass,
    /// The day it says it is of.
    pub day: Day,
    /// Its address.
    pub slot: Slot,
    /// What its delete key hashes to.
    pub delete_hash: DeleteHash,
    /// Which shard.
    pub shard: u8,
    /// The epoch in which its leaf was promised.
    pub promised: Epoch,
    /// What hides the slot in the log.
    pub r: CommitmentNonce,
    /// SHA-256 of the blob.
    pub blob: Digest,
    /// Since when everybody sees it; `None` while it waits for its epoch to close.
    pub visible: Option<Visible>,
    /// The key that deleted it.
    pub deleted: Option<DeleteKey>,
}

/// Since when an item is visible, and where its leaf is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visible {
    /// The epoch whose closing showed it.
    pub epoch: Epoch,
    /// Index of its leaf in the log.
    pub leaf: u64,
}

/// An item as it lies in its slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredItem {
    /// What is known of it.
    pub record: ItemRecord,
    /// The sealed blob; `None` once it was deleted.
    pub blob: Option<Vec<u8>>,
}

/// What became of a put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PutOutcome {
    /// It is stored.
    Stored(ItemRecord),
    /// It was stored before.
    Same(ItemRecord),
    /// Something else lies there.
    Occupied(ItemRecord),
}

/// What became of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeleteOutcome {
    /// The blob is gone, now or since before.
    Deleted,
    /// Nothing lies there, or the key does not fit.
    Refused,
}

/// A roster that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRoster {
    /// Its version.
    pub version: u64,
    /// The day it was accepted on.
    pub accepted: Day,
    /// The signed note.
    pub note: String,
}

/// A prekey that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPrekey {
    /// Whose it is.
    pub device: Writer,
    /// The day it was made on.
    pub day: Day,
    /// The signed note.
    pub note: String,
}

/// An item that becomes visible with a closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedItem {
    /// Where it lies.
    pub slot: Slot,
    /// Index of its leaf.
    pub leaf: u64,
}

/// Everything the end of an epoch changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// The epoch that closes; not before the last one.
    pub epoch: Epoch,
    /// Where the log ends before: the index of the first new leaf.
    pub first_leaf: u64,
    /// The new leaves' data; the last one is the state leaf.
    pub leaves: Vec<String>,
    /// The log's tree with them.
    pub tree: CompactRange,
    /// The items that become visible.
    pub items: Vec<LoggedItem>,
    /// The days that are forgotten, with everything on them.
    pub gone: Vec<Day>,
    /// The newest roster that has a leaf in the log.
    pub logged_roster: u64,
    /// Prekeys nobody may seal to any more.
    pub dropped_prekeys: Vec<(Writer, Day)>,
    /// The day's first checkpoint, where this closing makes it.
    pub first_checkpoint: Option<(Day, String)>,
    /// The body of `GET /v1/state` from now on.
    pub state: String,
}

/// Everything in a store but the items.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contents {
    /// The log's tree.
    pub tree: CompactRange,
    /// The last epoch that was closed.
    pub closed: Option<Epoch>,
    /// The newest roster that has a leaf in the log; 0 for none.
    pub logged_roster: u64,
    /// All rosters, oldest first.
    pub rosters: Vec<StoredRoster>,
    /// All prekeys, by device and day.
    pub prekeys: Vec<StoredPrekey>,
    /// The first checkpoints of the days that are still needed, oldest first.
    pub first_checkpoints: Vec<(Day, String)>,
}

/// Why a store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Somebody else was first, or what was given does not follow what is stored.
    #[error("the store has moved on: what was given does not follow what it holds")]
    Conflict,
    /// The disk has less room than the store keeps free.
    #[error("the disk has too little room left")]
    Full,
    /// It is not known whether it was done.
    #[error("the store failed: {0}")]
    Failed(String),
    /// The store stopped after a failure it must not go on from; only a restart helps.
    #[error("the store has stopped after a failure of the disk")]
    Stopped,
    /// What is stored cannot be what was stored.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// Another process has the store open.
    #[error("another server is running on this data directory")]
    Locked,
    /// A store of a version this program does not know.
    #[error("the data is of schema version {found}, and this program knows only {known}")]
    Schema {
        /// What the store says.
        found: u32,
        /// What this program writes.
        known: u32,
    },
    /// A store of another instance.
    #[error("the data directory belongs to another instance")]
    Instance,
}

impl NewItem {
    /// Its record while it waits for `epoch` to close.
    pub fn record(&self, promised: Epoch) -> ItemRecord {
        ItemRecord {
            class: self.blob.class(),
            day: self.day,
            slot: self.slot,
            delete_hash: self.delete_hash,
            shard: self.shard,
            promised,
            r: self.r,
            blob: hash_of_blob(self.blob.bytes()),
            visible: None,
            deleted: None,
        }
    }
}

impl ItemRecord {
    /// What its leaf and promise are made of.
    pub fn putting(&self) -> Putting {
        Putting {
            class: self.class,
            day: self.day,
            slot: self.slot,
            delete_hash: self.delete_hash,
            blob: self.blob,
        }
    }

    /// Whether `other` is the same put made again.
    pub fn is_same_put(&self, other: &ItemRecord) -> bool {
        self.putting() == other.putting() && self.shard == other.shard
    }
}
