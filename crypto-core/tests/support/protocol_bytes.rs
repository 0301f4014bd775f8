//! The samples of `docs/protocol-bytes.md`, made from the frozen envelope by the code itself, and
//! how they are written down. Used by the test that compares and by the example that writes.

#![allow(dead_code)] // the example needs only half of it

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use beistand_protocol::bytes::{CommitmentNonce, DeleteHash, DeleteKey, Digest, InstanceId, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::fetch::{FetchRecord, FetchRequest};
use beistand_protocol::grammar::SealedBlob;
use beistand_protocol::hash::{delete_hash, sha256};
use beistand_protocol::index::{Index, IndexDay};
use beistand_protocol::leaf::commitment;
use beistand_protocol::note;
use beistand_protocol::promise::{self, Promise, PutResponse, Putting};
use beistand_protocol::put::PutRequest;
use beistand_protocol::roster::Writer;
use beistand_protocol::stamp::{search, StampUse};
use beistand_protocol::sync::{SyncRecord, SyncRequest};
use beistand_protocol::time::{Day, Epoch};
use beistand_protocol::tombstone::Tombstone;
use beistand_protocol::verifier_key::VerifierKey;
use beistand_protocol::LABEL_PREFIX;
use ed25519_dalek::{Signer, SigningKey};
use std::path::{Path, PathBuf};

/// Bytes in a line of hexadecimal.
const COLUMNS: usize = 24;
const DAY: Day = Day(20_833);
const SLOT: Slot = Slot([0x51; 16]);
const OTHERS: [Slot; 3] = [Slot([0x0a; 16]), Slot([0x0b; 16]), Slot([0x0c; 16])];
const DEL: [u8; 32] = [0xde; 32];
const R: CommitmentNonce = CommitmentNonce([0x72; 32]);
const LEAF: u64 = 1_234;
const EPOCH: Epoch = Epoch(1_000_000);
const CLASS: BlobClass = BlobClass::Envelope8;
const FETCH_STAMP: u64 = 77;
/// The block of the page that shows the envelope's header.
pub const HEADER: &str = "envelope-header";

/// One field: what it is, and its bytes.
pub struct Field {
    label: String,
    bytes: Vec<u8>,
    shown: Shown,
}

#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Binary,
    /// With the letters beside.
    Text,
    /// Only counted: what it is, is said elsewhere on the page.
    Counted,
}

/// One block of the page.
pub struct Block {
    pub name: &'static str,
    pub fields: Vec<Field>,
}

impl Block {
    fn new(name: &'static str) -> Self {
        Self {
            name,
            fields: Vec::new(),
        }
    }

    fn add(mut self, label: &str, bytes: impl AsRef<[u8]>, shown: Shown) -> Self {
        self.fields.push(Field {
            label: label.to_owned(),
            bytes: bytes.as_ref().to_vec(),
            shown,
        });
        self
    }

    fn binary(self, label: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.add(label, bytes, Shown::Binary)
    }

    fn text(self, label: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.add(label, bytes, Shown::Text)
    }

    fn counted(self, label: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.add(label, bytes, Shown::Counted)
    }

    /// As it stands on the page, without the fence around it.
    pub fn render(&self) -> String {
        self.fields.iter().map(Field::render).collect()
    }

    /// Reads what stands on the page; what is only counted there is taken from this block.
    ///
    /// Every field must have as many bytes as its label says.
    pub fn parse(&self, page: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut fields = self.fields.iter();
        let mut due = 0;
        for line in page.lines() {
            if let Some(label) = line.strip_prefix("# ") {
                assert_eq!(bytes.len(), due, "{}: before {label}", self.name);
                let (_, length) = label.split_once('[').expect("a label has a length");
                let (length, _) = length.split_once(']').expect("a label has a length");
                due += length.parse::<usize>().expect("a length is a number");
                let field = fields.next().expect("no field too many");
                if field.shown == Shown::Counted {
                    bytes.extend_from_slice(&field.bytes);
                }
            } else if line != "..." {
                let hex = line.split("  ").next().unwrap_or_default();
                bytes.extend(hex::decode(hex).expect("hexadecimal"));
            }
        }
        assert_eq!(bytes.len(), due, "{}: the last field", self.name);
        bytes
    }
}

impl Field {
    fn render(&self) -> String {
        let (name, comment) = self.label.split_once(": ").unwrap_or((&self.label, ""));
        let mut text = format!("# {name}[{}]", self.bytes.len());
        if !comment.is_empty() {
            text += &format!(": {comment}");
        }
        text.push('\n');
        if self.shown == Shown::Counted {
            return text + "...\n";
        }
        for row in self.bytes.chunks(COLUMNS) {
            text += &hex::encode(row);
            if self.shown == Shown::Text {
                let pad = 2 * (COLUMNS - row.len());
                text += &format!("{:pad$}  |", "");
                let letter = |byte: &u8| match byte {
                    b' '..=b'~' => char::from(*byte),
                    _ => '.',
                };
                text.extend(row.iter().map(letter));
            }
            text.push('\n');
        }
        text
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where the page is.
pub fn page() -> PathBuf {
    root().join("docs/protocol-bytes.md")
}

/// The frozen envelope.
pub fn envelope() -> Vec<u8> {
    let file = root().join("tests/vectors/crypto-core/envelope-1.json");
    let text = std::fs::read(file).expect("the vector is there");
    let vector: serde_json::Value = serde_json::from_slice(&text).expect("it is JSON");
    let blob = vector["cases"][0]["blob"].as_str().expect("a blob");
    STANDARD.decode(blob).expect("base64")
}

fn header(envelope: &[u8]) -> Block {
    let sealed = SealedBlob::parse(BlobClass::Envelope8, envelope.to_vec()).expect("an envelope");
    let (header, payload) = envelope.split_at(sealed.header_size());
    let mut block = Block::new(HEADER);
    let mut stanza = 0;
    let mut grease = false;
    for line in header.split_inclusive(|&byte| byte == b'\n') {
        let label = if line.starts_with(b"age-") {
            "version".to_owned()
        } else if line.starts_with(b"-> mlkem768x25519 ") {
            stanza += 1;
            format!("stanza {stanza}: ML-KEM-768 ciphertext (1,088) ‖ X25519 share (32), in base64")
        } else if line.starts_with(b"-> ") {
            grease = true;
            "grease: drawn by the age library; to be ignored".to_owned()
        } else if line.starts_with(b"--- ") {
            "mac: HMAC over all before, up to and with the three hyphens".to_owned()
        } else if grease {
            "body of the grease".to_owned()
        } else {
            format!("body {stanza}: the file key (16), sealed, and its tag (16), in base64")
        };
        block = block.text(&label, line);
    }
    block
        .binary("nonce: of the payload", &payload[..16])
        .counted(
            "payload: the message, in chunks of 64 KiB and a tag each",
            &payload[16..],
        )
}

fn del_hash() -> DeleteHash {
    delete_hash(&DeleteKey(DEL))
}

fn challenge() -> Digest {
    sha256(b"the text of the day's first checkpoint\n")
}

/// A stamp of 16 bits.
fn stamp() -> u64 {
    let found = search(StampUse::Envelope, &challenge(), &SLOT, 16, 0, 1 << 24);
    found.expect("16 bits are found soon")
}

/// Every block of the page that is made of bytes, in its order.
pub fn blocks() -> Vec<Block> {
    let blob = envelope();
    let (day, leaf) = (DAY.0.to_be_bytes(), LEAF.to_be_bytes());
    let committed = commitment(&R, &SLOT, &del_hash(), &sha256(&blob));
    let above = "blob: the envelope above, whole";
    vec![
        header(&blob),
        Block::new("put")
            .binary("class: an envelope with 8 stanzas", [CLASS.wire()])
            .binary("day: 20,833 days after 1970-01-01", day)
            .binary("slot", SLOT.0)
            .binary("del_hash", del_hash().0)
            .binary("shard", [0])
            .binary("stamp", stamp().to_be_bytes())
            .counted(above, &blob),
        Block::new("delete-preimage")
            .text("label", format!("{LABEL_PREFIX}delete"))
            .binary("del", DEL),
        Block::new("stamp-preimage")
            .text("label", format!("{LABEL_PREFIX}stamp/envelope"))
            .binary("challenge", challenge().0)
            .binary("slot", SLOT.0)
            .binary("stamp", stamp().to_be_bytes()),
        Block::new("commitment-preimage")
            .text("label", format!("{LABEL_PREFIX}commit"))
            .binary("r", R.0)
            .binary("slot", SLOT.0)
            .binary("del_hash", del_hash().0)
            .binary("hash: SHA-256 of the envelope above", sha256(&blob).0),
        Block::new("commitment").binary("C", committed.0),
        Block::new("index")
            .binary("day: the older of two", (DAY.0 - 1).to_be_bytes())
            .binary("count", 1_u32.to_be_bytes())
            .binary("slot", OTHERS[0].0)
            .binary("day", day)
            .binary("count", 2_u32.to_be_bytes())
            .binary("slot", OTHERS[1].0)
            .binary("slot", SLOT.0),
        Block::new("fetch")
            .binary("class", [CLASS.wire()])
            .binary("stamp: over the first slot", FETCH_STAMP.to_be_bytes())
            .binary("slot: the one that is looked for", SLOT.0)
            .binary("slot: the others fill up", OTHERS[0].0)
            .binary("slot", OTHERS[1].0)
            .binary("slot", OTHERS[2].0),
        Block::new("fetch-answer")
            .binary("r", R.0)
            .binary("leaf: its index in the log", leaf)
            .binary("del_hash", del_hash().0)
            .counted(above, &blob),
        Block::new("sync-answer")
            .binary("count: of records", 1_u64.to_be_bytes())
            .binary("class", [CLASS.wire()])
            .binary("day", day)
            .binary("slot", SLOT.0)
            .binary("epoch: in which it became visible", EPOCH.0.to_be_bytes())
            .binary("r", R.0)
            .binary("leaf", leaf)
            .binary("del_hash", del_hash().0)
            .counted(above, &blob),
        Block::new("delete")
            .binary("slot", SLOT.0)
            .binary("del", DEL),
        tombstone(&blob),
    ]
}

fn tombstone(blob: &[u8]) -> Block {
    let magic = format!("{LABEL_PREFIX}tombstone\n");
    let hash = sha256(blob).0;
    let zeros = vec![0; blob.len() - magic.len() - DEL.len() - hash.len()];
    Block::new("tombstone")
        .text("magic", magic)
        .binary("del", DEL)
        .binary("hash: SHA-256 of what was deleted", hash)
        .counted("zeros", zeros)
}

/// What the protocol's own types make of the same values; `None` for what is no frame.
pub fn encoded(name: &str) -> Option<Vec<u8>> {
    let blob = envelope();
    let record = FetchRecord {
        r: R,
        leaf: LEAF,
        delete_hash: del_hash(),
        blob: blob.clone(),
    };
    let mut bytes = Vec::new();
    match name {
        HEADER => bytes = blob,
        "put" => {
            bytes = PutRequest {
                day: DAY,
                slot: SLOT,
                delete_hash: del_hash(),
                shard: 0,
                stamp: stamp(),
                blob: SealedBlob::parse(CLASS, blob).expect("an envelope"),
            }
            .encode();
        }
        "index" => {
            let of = |day, slots| IndexDay { day, slots };
            let first = of(Day(DAY.0 - 1), vec![OTHERS[0]]);
            let days = vec![first, of(DAY, vec![OTHERS[1], SLOT])];
            bytes = Index { days }.encode();
        }
        "fetch" => {
            bytes = FetchRequest {
                class: CLASS,
                stamp: FETCH_STAMP,
                slots: [&[SLOT], &OTHERS[..]].concat(),
            }
            .encode();
        }
        "fetch-answer" => record.encode_into(&mut bytes),
        "sync-answer" => {
            bytes.extend_from_slice(&1_u64.to_be_bytes());
            SyncRecord {
                class: CLASS,
                day: DAY,
                slot: SLOT,
                epoch: EPOCH,
                record,
            }
            .encode_into(&mut bytes);
        }
        "delete" => {
            let key = DeleteKey(DEL);
            bytes = DeleteRequest { slot: SLOT, key }.encode();
        }
        "tombstone" => {
            let (key, blob) = (DeleteKey(DEL), sha256(&blob));
            bytes = Tombstone { key, blob }.encode(CLASS);
        }
        _ => return None,
    }
    Some(bytes)
}

/// The blocks that are text: a leaf, and what is signed, by keys made of one repeated byte.
pub fn texts() -> Vec<(&'static str, String)> {
    let instance = InstanceId([0x49; 16]);
    let leaf = Putting::of(CLASS, DAY, SLOT, del_hash(), &envelope()).leaf(&R);
    let promise = Promise {
        epoch: EPOCH,
        leaf: leaf.hash(),
    };
    let response = PutResponse {
        promise: signed("log", 0x4c, &promise::text(&instance, &promise)),
        r: R,
    };
    let answer = serde_json::to_string(&response).expect("two texts are JSON");
    let sync = SyncRequest {
        device: Writer(1),
        day: DAY,
        from: Day(DAY.0 - 60),
        after: Epoch(0),
    };
    vec![
        ("leaf", leaf.encode() + "\n"),
        ("promise", response.promise),
        ("put-answer", answer + "\n"),
        ("sync", signed("device-1", 0x44, &sync.text(&instance))),
    ]
}

fn signed(name: &str, seed: u8, text: &str) -> String {
    let secret = SigningKey::from_bytes(&[seed; 32]);
    let public = VerifierKey::new(name, secret.verifying_key().as_bytes()).expect("a key");
    note::sign(text, &public, |bytes| secret.sign(bytes).to_bytes())
}
