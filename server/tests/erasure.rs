//! What is deleted cannot be recovered: no file of the data directory yields the blob or its `r`
//! with every key that is still there. The search knows the format and tries every key on
//! everything that could be a ciphertext, wherever it lies.

use beistand_protocol::bytes::{CommitmentNonce, DeleteKey, InstanceId, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::hash::delete_hash;
use beistand_protocol::merkle::leaf_hash;
use beistand_protocol::time::{Day, Epoch};
use beistand_server::disk::Watermark;
use beistand_server::store::sled::SledStore;
use beistand_server::store::{Closing, LoggedItem, NewItem, Store};
use beistand_server::testing::sealed_blob;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::{thread_rng, RngCore as _};
use std::path::Path;
use std::sync::Arc;

const DAY: Day = Day(20_000);
const CHUNK: usize = 16 * 1024;

fn open(directory: &Path) -> SledStore {
    let fatal = Arc::new(|sentence: &str| panic!("{sentence}"));
    let watermark = Watermark::new(directory, 0);
    SledStore::open(directory, &InstanceId([7; 16]), watermark, fatal).unwrap()
}

fn item(day: Day) -> (NewItem, DeleteKey) {
    let mut random = thread_rng();
    let (mut slot, mut key, mut r) = ([0; 16], [0; 32], [0; 32]);
    random.fill_bytes(&mut slot);
    random.fill_bytes(&mut key);
    random.fill_bytes(&mut r);
    let (slot, key, r) = (Slot(slot), DeleteKey(key), CommitmentNonce(r));
    let blob = sealed_blob(BlobClass::Envelope8, &mut random);
    (
        NewItem {
            day,
            slot,
            delete_hash: delete_hash(&key),
            shard: 0,
            r,
            blob,
        },
        key,
    )
}

/// Every file below, as it lies on the disk.
fn files(directory: &Path, found: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(std::fs::read(&path).unwrap());
        }
    }
}

/// Every 32 bytes of every file below `keys/`.
fn keys(directory: &Path) -> Vec<[u8; 32]> {
    let mut found = Vec::new();
    files(&directory.join("keys"), &mut found);
    let pieces = found.iter().flat_map(|file| file.chunks_exact(32));
    pieces
        .map(|piece| piece.try_into().unwrap())
        .filter(|key| *key != [0; 32])
        .collect()
}

struct Found {
    chunks: usize,
    records: usize,
}

/// Tries every key on every place where a chunk or record of `item` could lie.
fn search(directory: &Path, item: &NewItem) -> Found {
    let keys = keys(directory);
    let mut all = Vec::new();
    files(directory, &mut all);
    let mut found = Found {
        chunks: 0,
        records: 0,
    };
    let first = &item.blob.bytes()[..CHUNK];
    let bound = [&b"b"[..], &item.day.0.to_be_bytes(), &item.slot.0, &[0, 0]].concat();
    for file in &all {
        // Neither in the clear, which it never was.
        assert!(!holds(file, &first[4_000..4_064]) && !holds(file, &item.r.0));
        for key in &keys {
            let cipher = XChaCha20Poly1305::new(key.into());
            // The first 16 bytes of the ciphertext show where a chunk under this key would be.
            let sealed = cipher
                .encrypt(
                    XNonce::from_slice(&[0; 24]),
                    Payload {
                        msg: first,
                        aad: &bound,
                    },
                )
                .unwrap();
            found.chunks += usize::from(holds(file, &sealed[..64]));
        }
        // Records: their clear part begins with version, class, shard, day and delete hash.
        let clear = [
            &[1, 1, item.shard][..],
            &item.day.0.to_be_bytes(),
            &item.delete_hash.0,
        ];
        for place in places(file, &clear.concat()) {
            let (Some(clear), Some(nonce)) = (
                file.get(place..place + 43),
                file.get(place + 43..place + 67),
            ) else {
                continue;
            };
            let Some(sealed) = file.get(place + 67..place + 67 + 105 + 16) else {
                continue;
            };
            let bound = [&b"i"[..], &item.slot.0, clear].concat();
            for key in &keys {
                let cipher = XChaCha20Poly1305::new(key.into());
                let payload = Payload {
                    msg: sealed,
                    aad: &bound,
                };
                if let Ok(secret) = cipher.decrypt(XNonce::from_slice(nonce), payload) {
                    assert_eq!(secret[..32], item.r.0);
                    found.records += 1;
                }
            }
        }
    }
    found
}

fn places<'a>(file: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + position(&file[from..], wanted)?;
        from = at + 1;
        Some(at)
    })
}

fn holds(file: &[u8], wanted: &[u8]) -> bool {
    position(file, wanted).is_some()
}

fn position(file: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + file[from..].iter().position(|byte| *byte == wanted[0])?;
        if file[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

fn close(store: &SledStore, epoch: u64, items: &[&NewItem], gone: Vec<Day>) {
    let contents = store.contents().unwrap();
    let (mut tree, mut leaves, mut logged) = (contents.tree.clone(), Vec::new(), Vec::new());
    for item in items {
        let leaf = item.record(Epoch(epoch)).putting().leaf(&item.r).encode();
        let index = tree.append(leaf_hash(leaf.as_bytes()));
        logged.push(LoggedItem {
            slot: item.slot,
            leaf: index,
        });
        leaves.push(leaf);
    }
    store.end_epoch(Epoch(epoch)).unwrap();
    let closing = Closing {
        epoch: Epoch(epoch),
        first_leaf: contents.tree.size(),
        leaves,
        tree,
        items: logged,
        gone,
        logged_roster: 0,
        dropped_prekeys: Vec::new(),
        first_checkpoint: None,
        state: "{}".to_owned(),
    };
    store.close_epoch(closing).unwrap();
}

#[test]
fn a_deleted_blob_cannot_be_opened_with_the_keys_that_are_left() {
    let directory = tempfile::tempdir().unwrap();
    let ((deleted, key), (kept, _)) = (item(DAY), item(DAY));
    {
        let store = open(directory.path());
        store.put(deleted.clone(), Epoch(1)).unwrap();
        store.put(kept.clone(), Epoch(1)).unwrap();
        // Before: the search finds it, so it would find it afterwards.
        let before = search(directory.path(), &deleted);
        assert!(before.chunks > 0 && before.records > 0);
        close(&store, 1, &[&deleted, &kept], Vec::new());
        store.delete(&deleted.slot, &key).unwrap();
        assert_eq!(search(directory.path(), &deleted).chunks, 0);
        assert!(search(directory.path(), &kept).chunks > 0);
    }
    assert_eq!(search(directory.path(), &deleted).chunks, 0);
    let store = open(directory.path());
    assert_eq!(search(directory.path(), &deleted).chunks, 0);
    // Its record, with r, stays for the reader until the day is gone.
    assert!(search(directory.path(), &deleted).records > 0);
    let there = store.read(&kept.slot).unwrap().unwrap();
    assert_eq!(there.blob.as_deref(), Some(kept.blob.bytes()));
}

#[test]
fn a_gone_day_leaves_neither_blobs_nor_what_opens_its_commitments() {
    let directory = tempfile::tempdir().unwrap();
    let ((gone, _), (deleted, key), (kept, _)) = (item(DAY), item(DAY), item(Day(DAY.0 + 1)));
    {
        let store = open(directory.path());
        for item in [&gone, &deleted, &kept] {
            store.put(item.clone(), Epoch(1)).unwrap();
        }
        close(&store, 1, &[&gone, &deleted, &kept], Vec::new());
        store.delete(&deleted.slot, &key).unwrap();
        close(&store, 2, &[], vec![DAY]);
    }
    for _ in 0..2 {
        for item in [&gone, &deleted] {
            let found = search(directory.path(), item);
            assert_eq!((found.chunks, found.records), (0, 0));
        }
        assert!(!directory.path().join("keys").join(DAY.to_string()).exists());
        let store = open(directory.path());
        let there = store.read(&kept.slot).unwrap().unwrap();
        assert_eq!(there.blob.as_deref(), Some(kept.blob.bytes()));
    }
}

#[test]
fn keys_that_a_crash_left_over_are_destroyed_at_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let (kept, _) = item(DAY);
    open(directory.path()).put(kept.clone(), Epoch(1)).unwrap();
    let path = directory.path().join("keys").join(DAY.to_string());
    let whole = std::fs::read(&path).unwrap();
    // A key whose put never reached the database, and half of another.
    let mut torn = whole.clone();
    torn.extend_from_slice(&[0xaa; 32 + 11]);
    std::fs::write(&path, torn).unwrap();
    // A day of which nothing else is known, and a file that was being made.
    let other = directory.path().join("keys").join("20001");
    let mut header = whole[..64].to_vec();
    header[16..20].copy_from_slice(&20_001u32.to_be_bytes());
    std::fs::write(&other, header).unwrap();
    let draft = directory.path().join("keys").join("20002.draft");
    std::fs::write(&draft, "half").unwrap();

    let store = open(directory.path());
    assert!(!other.exists() && !draft.exists());
    let now = std::fs::read(&path).unwrap();
    assert_eq!(now[..whole.len()], whole[..]);
    assert!(now[whole.len()..].iter().all(|byte| *byte == 0));
    let there = store.read(&kept.slot).unwrap().unwrap();
    assert_eq!(there.blob.as_deref(), Some(kept.blob.bytes()));
    // The place is used again.
    let (next, _) = item(DAY);
    store.put(next.clone(), Epoch(1)).unwrap();
    let there = store.read(&next.slot).unwrap().unwrap();
    assert_eq!(there.blob.as_deref(), Some(next.blob.bytes()));
}
