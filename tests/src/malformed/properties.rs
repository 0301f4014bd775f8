//! What must hold for any bytes: nothing panics, and what parses encodes to the same bytes, so
//! that no two spellings of one thing exist. Each function takes what a fuzzer gives it and
//! answers whether it was of the format at all, so that a test can see that not all was refused.

use crate::forged::Key;
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::message::Message;
use beistand_crypto_core::open::OpenedEnvelope;
use beistand_crypto_core::part::{PartError, PART_DATA_SIZE};
use beistand_crypto_core::word_list::WordList;
use beistand_portable_tests::part::FrozenPart;
use beistand_protocol::bytes::InstanceId;
use beistand_protocol::class::BlobClass;
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::fetch::{self, FetchRequest};
use beistand_protocol::grammar::{self, SealedBlob};
use beistand_protocol::index::Index;
use beistand_protocol::instance::Instance;
use beistand_protocol::note::{Domain, LogDomain, Note};
use beistand_protocol::note::{PrekeyDomain, PromiseDomain, RosterDomain, SyncDomain};
use beistand_protocol::put::{self, PutRequest};
use beistand_protocol::state::{State, StateLeaf};
use beistand_protocol::sync::SyncRecord;
use beistand_protocol::tombstone::Tombstone;
use beistand_protocol::{checkpoint, promise};
use std::str::from_utf8;
use std::sync::OnceLock;

/// The instance all seeds are of.
pub const INSTANCE: InstanceId = InstanceId([0x5e; 16]);
/// Slots of a fetch in the seeds.
pub const FETCH_COUNT: u8 = 4;

/// The key that signs all seeds.
pub fn signer() -> &'static Key {
    static SIGNER: OnceLock<Key> = OnceLock::new();
    SIGNER.get_or_init(|| Key::new("signer", 2))
}

/// A property of any bytes; answers whether they were of the format.
pub type Property = fn(&[u8]) -> bool;

/// All properties that are fuzzed, by the name of their target and of their corpus.
pub const FUZZED: [(&str, Property); 8] = [
    ("put_frame", put_frame),
    ("grammar", sealed_blob),
    ("note", note),
    ("state", state),
    ("index", index),
    ("message_line", message_line),
    ("codename", codename),
    ("part", part),
];

/// The frame of a put. Blobs have one length only, so the bytes are tried filled up to it too.
pub fn put_frame(bytes: &[u8]) -> bool {
    let exact = is_put_frame(bytes);
    let class = bytes.first().copied().and_then(BlobClass::from_wire);
    let filled = class.is_some_and(|class| {
        let size = put::HEADER_SIZE + class.size();
        bytes.len() < size && is_put_frame(&filled(bytes, size))
    });
    exact || filled
}

fn is_put_frame(bytes: &[u8]) -> bool {
    let Ok(request) = PutRequest::parse(bytes) else {
        return false;
    };
    assert_eq!(request.encode(), bytes, "a put has one encoding");
    true
}

/// A blob of any class, as it is and filled up to the length of the class.
pub fn sealed_blob(bytes: &[u8]) -> bool {
    let mut any = false;
    for class in BlobClass::ALL {
        any |= is_sealed_blob(class, bytes);
        if bytes.len() < class.size() {
            any |= is_sealed_blob(class, &filled(bytes, class.size()));
        }
    }
    any
}

fn is_sealed_blob(class: BlobClass, bytes: &[u8]) -> bool {
    let checked = grammar::check(class, bytes);
    let blob = SealedBlob::parse(class, bytes.to_vec());
    let Ok(blob) = blob else {
        assert_eq!(checked.err(), blob.err());
        return false;
    };
    assert_eq!(checked, Ok(blob.header_size()));
    assert_eq!((blob.class(), blob.bytes()), (class, bytes));
    let header = &bytes[..blob.header_size()];
    assert!(header.ends_with(b"\n") && header.starts_with(b"age-encryption.org/v1\n"));
    true
}

fn filled(bytes: &[u8], size: usize) -> Vec<u8> {
    let mut whole = vec![0; size];
    whole[..bytes.len()].copy_from_slice(bytes);
    whole
}

/// A signed note of any kind.
pub fn note(bytes: &[u8]) -> bool {
    let key = &signer().verifier;
    // The bodies that only the holder of a key can write are read with that key.
    let _ = checkpoint::verify(&INSTANCE, key, bytes);
    if let Ok(text) = from_utf8(bytes) {
        let _ = promise::verify_note(&INSTANCE, key, text);
    }
    is_note::<RosterDomain>(bytes)
        | is_note::<PrekeyDomain>(bytes)
        | is_note::<LogDomain>(bytes)
        | is_note::<PromiseDomain>(bytes)
        | is_note::<SyncDomain>(bytes)
}

fn is_note<D: Domain>(bytes: &[u8]) -> bool {
    let key = &signer().verifier;
    let Ok(untrusted) = Note::<D>::parse(&INSTANCE, bytes) else {
        return false;
    };
    if let Ok(note) = untrusted.verify(std::slice::from_ref(key), 1) {
        let (text, body) = (note.text(), note.body());
        assert!(bytes.starts_with(text.as_bytes()));
        assert_eq!(format!("{}\n{body}", D::first_line(&INSTANCE)), text);
        // Everything before the signatures is signed, to the last newline.
        let rest = &bytes[text.len()..];
        assert!(rest.starts_with("\n— ".as_bytes()) && rest.ends_with(b"\n"));
    }
    true
}

/// A state leaf, or the answer of `GET /v1/state`.
pub fn state(bytes: &[u8]) -> bool {
    let verified = State::verify(&INSTANCE, &signer().verifier, bytes);
    if let Ok(state) = &verified {
        let leaf = state.leaf.encode();
        assert_eq!(StateLeaf::parse(&leaf).as_ref(), Some(&state.leaf));
    }
    let leaf = from_utf8(bytes).ok().and_then(StateLeaf::parse);
    if let Some(leaf) = &leaf {
        assert_eq!(leaf.encode().as_bytes(), bytes, "a leaf has one encoding");
    }
    verified.is_ok() || leaf.is_some()
}

/// The index.
pub fn index(bytes: &[u8]) -> bool {
    let Ok(index) = Index::parse(bytes) else {
        return false;
    };
    assert_eq!(index.encode(), bytes, "an index has one encoding");
    assert_eq!(index.slots().count(), index.len());
    true
}

/// Line 1 of an envelope.
pub fn message_line(bytes: &[u8]) -> bool {
    let Ok(line) = from_utf8(bytes) else {
        return false;
    };
    let opened = OpenedEnvelope::from_lines(line, line);
    assert!(opened.is_err(), "a message is no signature");
    let Ok(message) = Message::from_line(line) else {
        return false;
    };
    let again = message.to_line().expect("what was read can be written");
    assert_eq!(*again, line, "a message has one encoding");
    true
}

/// A part of a file. The bytes are tried as what a server hands out, in place of the beginning
/// of an honest part; and as what a hostile sender puts behind the slice of the file, sealed well.
pub fn part(bytes: &[u8]) -> bool {
    is_part_on_the_wall(bytes) | is_part_inside(bytes)
}

/// The frozen part, and the part itself.
pub fn frozen_part() -> &'static (FrozenPart, Vec<u8>) {
    static PART: OnceLock<(FrozenPart, Vec<u8>)> = OnceLock::new();
    PART.get_or_init(|| {
        let vectors = include_str!("../../vectors/crypto-core/part-1.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).expect("vectors are JSON");
        let part = FrozenPart::of(&vectors["cases"][0]);
        let blob = part.seal(&part.plaintext());
        (part, blob)
    })
}

fn is_part_on_the_wall(bytes: &[u8]) -> bool {
    let (part, honest) = frozen_part();
    let mut blob = honest.clone();
    let length = bytes.len().min(blob.len());
    blob[..length].copy_from_slice(&bytes[..length]);
    let opened = part.keys().open(part.number, &blob);
    assert_eq!(
        opened.is_ok(),
        blob == *honest,
        "a part opens as it was or not at all"
    );
    // Bytes of another length are no part at all.
    if bytes.len() != honest.len() {
        let opened = part.keys().open(part.number, bytes);
        assert_eq!(opened.map(drop), Err(PartError::Missing));
    }
    opened.is_ok() && length > 0
}

fn is_part_inside(bytes: &[u8]) -> bool {
    let (part, _) = frozen_part();
    let mut plaintext = part.plaintext();
    let behind = &mut plaintext[PART_DATA_SIZE..];
    let length = bytes.len().min(behind.len());
    behind[..length].copy_from_slice(&bytes[..length]);
    let slot = part.keys().slot(part.number);
    let fits = behind.starts_with(&slot.0);
    let blob = part.seal(&plaintext);
    match part.keys().open(part.number, &blob) {
        Ok(data) => assert!(fits && *data == plaintext[..PART_DATA_SIZE]),
        Err(error) => assert!(!fits && error == PartError::Swapped, "{error}"),
    }
    fits && length > 0
}

/// A codename as somebody types it.
pub fn codename(bytes: &[u8]) -> bool {
    let Ok(phrase) = from_utf8(bytes) else {
        return false;
    };
    let _ = Codename::parse_any(phrase);
    let mut any = false;
    for list in WordList::all() {
        let Ok(codename) = Codename::parse(phrase, list) else {
            continue;
        };
        let again = Codename::parse(&codename.to_phrase(list), list);
        let same = again.is_ok_and(|again| again.entropy() == codename.entropy());
        assert!(same, "a codename written down is the same codename");
        any = true;
    }
    any
}

/// The smaller frames and files: fetch, delete, sync records, tombstones, instance.
pub fn small_frames(bytes: &[u8]) -> bool {
    let mut any = false;
    if let Ok(request) = FetchRequest::parse(bytes, FETCH_COUNT) {
        assert_eq!(request.encode(), bytes, "a fetch has one encoding");
        any = true;
    }
    if let Ok(request) = DeleteRequest::parse(bytes) {
        assert_eq!(request.encode(), bytes, "a delete has one encoding");
        any = true;
    }
    if let Ok(Some((record, taken))) = SyncRecord::parse_first(bytes) {
        let mut again = Vec::new();
        record.encode_into(&mut again);
        assert_eq!(again, bytes[..taken], "a record has one encoding");
        any = true;
    }
    for class in BlobClass::ALL {
        if let Ok(records) = fetch::parse_answer(class, 1, bytes) {
            let mut again = Vec::new();
            records
                .iter()
                .for_each(|record| record.encode_into(&mut again));
            assert_eq!(again, bytes, "an answer has one encoding");
            any = true;
        }
        if bytes.len() == class.size() {
            if let Some(tombstone) = Tombstone::parse(bytes) {
                let again = tombstone.encode(class);
                assert!(again == bytes, "a tombstone has one encoding");
                any = true;
            }
        }
    }
    any | Instance::parse(bytes).is_ok()
}
