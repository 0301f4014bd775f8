//! What is deleted cannot be recovered: no file of the data directory yields the blob or its `r`
//! with every key that is still there.

mod trial;

use beistand_protocol::bytes::{CommitmentNonce, DeleteKey, InstanceId, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::hash::delete_hash;
use beistand_protocol::merkle::leaf_hash;
use beistand_protocol::time::{Day, Epoch};
use beistand_server::disk::Watermark;
use beistand_server::store::sled::SledStore;
use beistand_server::store::{Closing, LoggedItem, NewItem, Store};
use beistand_server::testing::sealed_blob;
use rand::{thread_rng, RngCore as _};
use std::path::Path;
use std::sync::Arc;
use trial::{search, Found};

const DAY: Day = Day(20_000);

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
        assert!(before.blob > 0 && before.r > 0);
        close(&store, 1, &[&deleted, &kept], Vec::new());
        store.delete(&deleted.slot, &key).unwrap();
        assert_eq!(search(directory.path(), &deleted).blob, 0);
        assert!(search(directory.path(), &kept).blob > 0);
    }
    assert_eq!(search(directory.path(), &deleted).blob, 0);
    let store = open(directory.path());
    assert_eq!(search(directory.path(), &deleted).blob, 0);
    // Its record, with r, stays for the reader until the day is gone.
    assert!(search(directory.path(), &deleted).r > 0);
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
            assert_eq!(search(directory.path(), item), Found::NOTHING);
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
