//! How the database is laid out: schema version 2. `server/STORAGE.md` says the same in prose,
//! for those who read a copy with programs of their own.
//!
//! Everything lies in sled's default tree; the first byte of a key says what it is. Integers are
//! big-endian.

use super::sealing::Places;
use beistand_protocol::bytes::{DeleteHash, Digest, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::merkle::CompactRange;
use beistand_protocol::roster::Writer;
use beistand_protocol::time::{Day, Epoch};

/// The schema this program writes and reads.
pub const SCHEMA: u32 = 2;
/// `m` ‖ name: single values.
pub const META: u8 = b'm';
/// `i` ‖ slot: [`Record`].
pub const ITEM: u8 = b'i';
/// `d` ‖ day ‖ slot: nothing; finds the items of a day.
pub const DAY: u8 = b'd';
/// `l` ‖ index[8]: data of a leaf.
pub const LEAF: u8 = b'l';
/// `r` ‖ version[8]: day of acceptance[4] ‖ roster note.
pub const ROSTER: u8 = b'r';
/// `k` ‖ device[1] ‖ day[4]: prekey note.
pub const PREKEY: u8 = b'k';
/// `q` ‖ device[1] ‖ day[4] ‖ SHA-256 of a note that was replaced: nothing.
pub const REPLACED: u8 = b'q';
/// `c` ‖ day[4]: the day's first checkpoint note.
pub const FIRST_CHECKPOINT: u8 = b'c';
/// `g` ‖ day[4]: nothing; a gone day whose files may still be there.
pub const GONE: u8 = b'g';

/// Names under [`META`].
pub mod meta {
    /// Schema version[4].
    pub const SCHEMA: &[u8] = b"schema";
    /// Instance id[16].
    pub const INSTANCE: &[u8] = b"instance";
    /// Size[8] ‖ subtree roots[32] × n.
    pub const TREE: &[u8] = b"tree";
    /// The last closed epoch[8].
    pub const CLOSED: &[u8] = b"closed";
    /// The newest logged roster's version[8].
    pub const LOGGED_ROSTER: &[u8] = b"logged-roster";
    /// The body of `GET /v1/state`.
    pub const STATE: &[u8] = b"state";
}

/// A key of `kind` from its pieces.
pub fn key(kind: u8, pieces: &[&[u8]]) -> Vec<u8> {
    let mut key = vec![kind];
    pieces.iter().for_each(|piece| key.extend_from_slice(piece));
    key
}

/// The key of an item's record.
pub fn item_key(slot: &Slot) -> Vec<u8> {
    key(ITEM, &[&slot.0])
}

/// The key that finds an item by its day.
pub fn day_key(day: Day, slot: &Slot) -> Vec<u8> {
    key(DAY, &[&day.0.to_be_bytes(), &slot.0])
}

/// What the seal of a blob is bound to.
pub fn bound_to_blob(class: BlobClass, day: Day, slot: &Slot) -> Vec<u8> {
    key(b'b', &[&[class.wire()], &day.0.to_be_bytes(), &slot.0])
}

/// The key of a prekey, or with [`REPLACED`] and a digest of one that was replaced.
pub fn prekey_key(kind: u8, device: Writer, day: Day, digest: Option<&Digest>) -> Vec<u8> {
    let digest = digest.map_or(&[][..], |digest| &digest.0);
    key(kind, &[&[device.0], &day.0.to_be_bytes(), digest])
}

const RECORD_VERSION: u8 = 2;
const PENDING: u64 = u64::MAX;

/// An item's record as it is stored: what is needed to find its keys stands in the clear, the
/// rest is sealed under the key of its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its class.
    pub class: BlobClass,
    /// Its shard.
    pub shard: u8,
    /// Its day, which names the key file.
    pub day: Day,
    /// What its delete key hashes to.
    pub delete_hash: DeleteHash,
    /// The epoch it was promised for.
    pub promised: Epoch,
    /// The epoch it became visible in.
    pub visible: Option<Epoch>,
    /// Where its own key stands in the key file of its day.
    pub key_place: u32,
    /// Where its blob lies in the file of its day and class.
    pub blob_place: u32,
    /// Nonce and ciphertext of [`Secret`].
    pub sealed: Vec<u8>,
}

impl Record {
    /// The clear bytes, which the sealed ones are bound to.
    pub fn clear(&self) -> Vec<u8> {
        let mut bytes = vec![RECORD_VERSION, self.class.wire(), self.shard];
        bytes.extend_from_slice(&self.day.0.to_be_bytes());
        bytes.extend_from_slice(&self.delete_hash.0);
        bytes.extend_from_slice(&self.promised.0.to_be_bytes());
        bytes.extend_from_slice(&self.visible.map_or(PENDING, |epoch| epoch.0).to_be_bytes());
        bytes.extend_from_slice(&self.key_place.to_be_bytes());
        bytes.extend_from_slice(&self.blob_place.to_be_bytes());
        bytes
    }

    /// Where its key and blob are.
    pub fn places(&self) -> Places {
        Places {
            key: self.key_place,
            blob: self.blob_place,
        }
    }

    /// The value.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.clear();
        bytes.extend_from_slice(&self.sealed);
        bytes
    }

    /// Reads a value; `None` where it is none.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let [version, class, shard] = fields.array()?;
        if version != RECORD_VERSION {
            return None;
        }
        let record = Self {
            class: BlobClass::from_wire(class)?,
            shard,
            day: Day(u32::from_be_bytes(fields.array()?)),
            delete_hash: DeleteHash(fields.array()?),
            promised: Epoch(u64::from_be_bytes(fields.array()?)),
            visible: Some(u64::from_be_bytes(fields.array()?))
                .filter(|epoch| *epoch != PENDING)
                .map(Epoch),
            key_place: u32::from_be_bytes(fields.array()?),
            blob_place: u32::from_be_bytes(fields.array()?),
            sealed: Vec::new(),
        };
        Some(Self {
            sealed: fields.0.to_vec(),
            ..record
        })
    }
}

/// The sealed half of a record: `r[32] ‖ SHA-256(blob)[32] ‖ leaf[8] ‖ deleted[1] ‖ del[32]`.
pub const SECRET_SIZE: usize = 32 + 32 + 8 + 1 + 32;

/// Size and roots of the log's tree.
pub fn encode_tree(tree: &CompactRange) -> Vec<u8> {
    let mut bytes = tree.size().to_be_bytes().to_vec();
    tree.roots()
        .iter()
        .for_each(|root| bytes.extend_from_slice(&root.0));
    bytes
}

/// Reads what [`encode_tree`] wrote.
pub fn parse_tree(bytes: &[u8]) -> Option<CompactRange> {
    let mut fields = Fields(bytes);
    let size = u64::from_be_bytes(fields.array()?);
    let mut roots = Vec::new();
    while !fields.0.is_empty() {
        roots.push(Digest(fields.array()?));
    }
    CompactRange::from_parts(size, roots)
}

/// A cursor over stored bytes.
pub struct Fields<'a>(pub &'a [u8]);

impl Fields<'_> {
    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(*head)
    }
}
