//! `docs/protocol-bytes.md` shows what the code makes, and what stands there can be read back.
//! After a change that is meant: `cargo run -p beistand-crypto-core --example make_protocol_bytes`.
#![expect(
    clippy::disallowed_methods,
    reason = "a test reads files; the crate does not"
)]

#[path = "support/protocol_bytes.rs"]
mod support;

use beistand_protocol::class::BlobClass;
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::fetch::{parse_answer, FetchRequest};
use beistand_protocol::grammar::SealedBlob;
use beistand_protocol::hash::sha256;
use beistand_protocol::index::Index;
use beistand_protocol::put::PutRequest;
use beistand_protocol::sync::{SyncRecord, COUNT_SIZE};
use beistand_protocol::tombstone::Tombstone;
use std::collections::BTreeMap;
use support::{blocks, encoded, envelope, page, texts, HEADER};

/// The fenced blocks of the page: what stands behind the fence, and what is inside.
fn on_the_page() -> BTreeMap<String, String> {
    let page = std::fs::read_to_string(page()).expect("the page is there");
    let mut found = BTreeMap::new();
    for fenced in page.split("```").skip(1).step_by(2) {
        let (title, content) = fenced.split_once('\n').expect("a fence ends its line");
        let before = found.insert(title.to_owned(), content.to_owned());
        assert_eq!(before, None, "{title} is there twice");
    }
    found
}

/// The bytes that stand on the page, by the name of the block.
fn bytes_on_the_page() -> BTreeMap<&'static str, Vec<u8>> {
    let page = on_the_page();
    blocks()
        .iter()
        .map(|block| {
            let text = &page[&format!("hex {}", block.name)];
            (block.name, block.parse(text))
        })
        .collect()
}

#[test]
fn the_page_shows_what_the_code_makes_and_nothing_else() {
    let mut page = on_the_page();
    for block in blocks() {
        let shown = page.remove(&format!("hex {}", block.name));
        assert_eq!(shown, Some(block.render()), "{}", block.name);
    }
    for (name, text) in texts() {
        let shown = page.remove(&format!("text {name}"));
        assert_eq!(shown, Some(text), "{name}");
    }
    assert!(page.is_empty(), "nobody checks {:?}", page.keys());
}

#[test]
fn the_bytes_on_the_page_are_those_of_the_protocols_types() {
    let mut frames = 0;
    for (name, bytes) in bytes_on_the_page() {
        if let Some(encoded) = encoded(name) {
            assert!(bytes == encoded, "{name}");
            frames += 1;
        }
    }
    assert_eq!(frames, 8);
}

#[test]
fn the_bytes_on_the_page_can_be_read() {
    let class = BlobClass::Envelope8;
    let page = bytes_on_the_page();
    let blob = SealedBlob::parse(class, page[HEADER].clone()).unwrap();
    assert!(blob.bytes() == envelope());
    let put = PutRequest::parse(&page["put"]).unwrap();
    assert!(put.encode() == page["put"]);
    let index = Index::parse(&page["index"]).unwrap();
    assert!(index.slots().any(|place| place == (put.day, put.slot)));
    let fetch = FetchRequest::parse(&page["fetch"], 4).unwrap();
    assert_eq!(fetch.slots[0], put.slot);
    let answer = parse_answer(class, 1, &page["fetch-answer"]).unwrap();
    assert_eq!(answer[0].delete_hash, put.delete_hash);
    let (record, size) = SyncRecord::parse_first(&page["sync-answer"][COUNT_SIZE..])
        .unwrap()
        .unwrap();
    assert_eq!(COUNT_SIZE + size, page["sync-answer"].len());
    assert!(record.record == answer[0]);
    let delete = DeleteRequest::parse(&page["delete"]).unwrap();
    let stone = Tombstone::parse(&page["tombstone"]).unwrap();
    assert_eq!(stone.key, delete.key);
    let committed = stone.commitment(&answer[0].r, &put.slot, &put.delete_hash);
    assert_eq!(committed.unwrap().0[..], page["commitment"]);
}

#[test]
fn the_preimages_hash_to_what_stands_in_the_frames() {
    let page = bytes_on_the_page();
    let put = PutRequest::parse(&page["put"]).unwrap();
    let hash = |name: &str| sha256(&page[name]).0;
    assert_eq!(hash("delete-preimage")[..16], put.delete_hash.0);
    assert_eq!(hash("commitment-preimage")[..], page["commitment"]);
    assert_eq!(hash("stamp-preimage")[..2], [0, 0]);
    let leaf = &on_the_page()["text leaf"];
    assert!(leaf.contains(&hex::encode(&page["commitment"])));
}
