//! The store's format, schema version 2, as `server/STORAGE.md` describes it and as this auditor
//! reads it by itself. Everything lies in one tree; the first byte of a key says what it is, and
//! integers are big-endian. Whatever is not exactly one of these is a finding.

use beistand_protocol::bytes::{CommitmentNonce, DeleteHash, DeleteKey, Digest, InstanceId, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::roster::Writer;
use beistand_protocol::time::{Day, Epoch};

/// The schema this auditor knows.
pub const SCHEMA: u32 = 2;
/// Bytes that sealing adds.
pub const TAG_SIZE: usize = 16;

const RECORD_VERSION: u8 = 2;
/// Stands for the epoch of what waits to become visible.
const PENDING: u64 = u64::MAX;
const NONCE_SIZE: usize = 24;

/// What a key says its value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// `m` ‖ name
    Meta(Meta),
    /// `i` ‖ slot[16]
    Item(Slot),
    /// `d` ‖ day[4] ‖ slot[16]
    OfDay(Day, Slot),
    /// `l` ‖ index[8]
    Leaf(u64),
    /// `r` ‖ version[8]
    Roster(u64),
    /// `k` ‖ device[1] ‖ day[4]
    Prekey(Writer, Day),
    /// `q` ‖ device[1] ‖ day[4] ‖ SHA-256 of a replaced note[32]
    ReplacedPrekey(Writer, Day),
    /// `c` ‖ day[4]
    FirstCheckpoint(Day),
    /// `g` ‖ day[4]
    Gone(Day),
}

/// Single values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meta {
    /// Schema version[4].
    Schema,
    /// Instance id[16].
    Instance,
    /// Size[8] ‖ subtree roots[32] × n.
    Tree,
    /// The last closed epoch[8].
    Closed,
    /// The newest logged roster's version[8].
    LoggedRoster,
    /// The body of `GET /v1/state`.
    State,
}

impl Key {
    /// The key these bytes are, or `None`.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (&kind, rest) = bytes.split_first()?;
        let mut fields = Fields(rest);
        let key = match kind {
            b'm' => {
                let meta = match fields.rest() {
                    b"schema" => Meta::Schema,
                    b"instance" => Meta::Instance,
                    b"tree" => Meta::Tree,
                    b"closed" => Meta::Closed,
                    b"logged-roster" => Meta::LoggedRoster,
                    b"state" => Meta::State,
                    _ => return None,
                };
                Self::Meta(meta)
            }
            b'i' => Self::Item(Slot(fields.array()?)),
            b'd' => Self::OfDay(fields.day()?, Slot(fields.array()?)),
            b'l' => Self::Leaf(fields.u64()?),
            b'r' => Self::Roster(fields.u64()?),
            b'k' => Self::Prekey(fields.writer()?, fields.day()?),
            b'q' => {
                let key = Self::ReplacedPrekey(fields.writer()?, fields.day()?);
                fields.array::<32>()?;
                key
            }
            b'c' => Self::FirstCheckpoint(fields.day()?),
            b'g' => Self::Gone(fields.day()?),
            _ => return None,
        };
        fields.0.is_empty().then_some(key)
    }
}

/// An item's record: what finds its keys in the clear, the rest sealed.
///
/// ```text
/// version[1] ‖ class[1] ‖ shard[1] ‖ day[4] ‖ del_hash[16] ‖ promised[8] ‖ visible[8]
///   ‖ key place[4] ‖ blob place[4] ‖ nonce[24] ‖ sealed[105 + 16]
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its class.
    pub class: BlobClass,
    /// Its shard.
    pub shard: u8,
    /// Its day, which names the file its keys are in.
    pub day: Day,
    /// What its writer committed to.
    pub delete_hash: DeleteHash,
    /// The epoch it was promised for.
    pub promised: Epoch,
    /// The epoch it became visible in.
    pub visible: Option<Epoch>,
    /// Where its own key stands in the key file.
    pub key_place: u32,
    /// Where its blob lies in the file of its day and class.
    pub blob_place: u32,
    /// All the clear bytes, to which the sealed ones are bound.
    pub clear: Vec<u8>,
    /// The nonce.
    pub nonce: [u8; NONCE_SIZE],
    /// The sealed bytes.
    pub sealed: Vec<u8>,
}

impl Record {
    /// Reads a value; `None` where it is none.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let [RECORD_VERSION] = fields.array()? else {
            return None;
        };
        let class = BlobClass::from_wire(fields.u8()?)?;
        let shard = fields.u8()?;
        let day = fields.day()?;
        let delete_hash = DeleteHash(fields.array()?);
        let promised = Epoch(fields.u64()?);
        let visible = Some(fields.u64()?)
            .filter(|epoch| *epoch != PENDING)
            .map(Epoch);
        let key_place = u32::from_be_bytes(fields.array()?);
        let blob_place = u32::from_be_bytes(fields.array()?);
        let clear = bytes[..bytes.len() - fields.0.len()].to_vec();
        let nonce = fields.array()?;
        let sealed = fields.rest().to_vec();
        (sealed.len() == Secret::SIZE + TAG_SIZE).then_some(Self {
            class,
            shard,
            day,
            delete_hash,
            promised,
            visible,
            key_place,
            blob_place,
            clear,
            nonce,
            sealed,
        })
    }
}

/// The sealed half of a record: `r[32] ‖ SHA-256(blob)[32] ‖ leaf[8] ‖ deleted[1] ‖ del[32]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// What hides the slot in the log.
    pub r: CommitmentNonce,
    /// SHA-256 of the blob, also of one that was deleted.
    pub blob: Digest,
    /// Index of its leaf; 0 while it waits.
    pub leaf: u64,
    /// What deleted it.
    pub deleted: Option<DeleteKey>,
}

impl Secret {
    /// Bytes of it.
    pub const SIZE: usize = 32 + 32 + 8 + 1 + 32;

    /// Reads what a record's seal held.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let r = CommitmentNonce(fields.array()?);
        let blob = Digest(fields.array()?);
        let leaf = fields.u64()?;
        let flag = fields.u8()?;
        let key: [u8; 32] = fields.array()?;
        let deleted = match flag {
            // What means nothing must hold nothing.
            0 if key == [0; 32] => None,
            1 => Some(DeleteKey(key)),
            _ => return None,
        };
        fields.0.is_empty().then_some(Self {
            r,
            blob,
            leaf,
            deleted,
        })
    }
}

/// The name of the file of a day's blobs of a class.
pub fn blob_file(day: Day, class: BlobClass) -> String {
    format!("{day}-{}", class.wire())
}

/// The day and class that the name of a file of blobs says.
pub fn parse_blob_file(name: &str) -> Option<(Day, BlobClass)> {
    let (day, class) = name.split_once('-')?;
    let day = Day(day.parse().ok()?);
    let class = BlobClass::from_wire(class.parse().ok()?)?;
    (blob_file(day, class) == name).then_some((day, class))
}

/// Bytes of a place in such a file.
pub fn sealed_size(class: BlobClass) -> usize {
    class.size() + TAG_SIZE
}

/// An instance id.
pub fn instance(value: &[u8]) -> Option<InstanceId> {
    value.try_into().ok().map(InstanceId)
}

/// A number of eight bytes.
pub fn number(value: &[u8]) -> Option<u64> {
    value.try_into().ok().map(u64::from_be_bytes)
}

/// Day of acceptance and note of a roster.
pub fn roster(value: &[u8]) -> Option<(Day, String)> {
    let mut fields = Fields(value);
    let day = fields.day()?;
    Some((day, String::from_utf8(fields.rest().to_vec()).ok()?))
}

/// A cursor over stored bytes.
pub struct Fields<'a>(pub &'a [u8]);

impl<'a> Fields<'a> {
    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(*head)
    }

    fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn day(&mut self) -> Option<Day> {
        self.array().map(u32::from_be_bytes).map(Day)
    }

    fn writer(&mut self) -> Option<Writer> {
        self.u8()
            .map(Writer)
            .filter(|writer| (Writer(1)..=Writer::LAST).contains(writer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_whole_or_not_at_all() {
        let of_day = [&b"d"[..], &20_000u32.to_be_bytes(), &[7; 16]].concat();
        assert_eq!(
            Key::parse(&of_day),
            Some(Key::OfDay(Day(20_000), Slot([7; 16])))
        );
        assert_eq!(Key::parse(&of_day[..of_day.len() - 1]), None);
        assert_eq!(Key::parse(&[&of_day[..], b"x"].concat()), None);
        assert_eq!(Key::parse(b"mschema"), Some(Key::Meta(Meta::Schema)));
        assert_eq!(Key::parse(b"mclient-address"), None);
        assert_eq!(
            Key::parse(&[&b"k\x00"[..], &[0; 4]].concat()),
            None,
            "no device has number 0"
        );
        assert_eq!(Key::parse(b""), None);
        assert_eq!(Key::parse(b"zzz"), None);
    }

    #[test]
    fn files_of_blobs_have_one_name_each() {
        assert_eq!(
            parse_blob_file("20000-3"),
            Some((Day(20_000), BlobClass::Part))
        );
        for name in [
            "20000",
            "20000-4",
            "020000-1",
            "20000-01",
            "20000-1-1",
            "a-1",
        ] {
            assert_eq!(parse_blob_file(name), None, "{name}");
        }
    }

    #[test]
    fn a_secret_hides_nothing_beside_itself() {
        let mut bytes = vec![1; Secret::SIZE];
        bytes[72] = 0;
        assert_eq!(
            Secret::parse(&bytes),
            None,
            "a delete key where nothing was deleted"
        );
        bytes[73..].fill(0);
        assert!(Secret::parse(&bytes).is_some_and(|secret| secret.deleted.is_none()));
        bytes[72] = 2;
        assert_eq!(Secret::parse(&bytes), None);
        bytes.push(0);
        assert_eq!(Secret::parse(&bytes), None);
    }
}
