//! Below its watermark the store takes nothing in, but still gives out and still forgets.

use beistand_protocol::bytes::{CommitmentNonce, DeleteKey, InstanceId, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::hash::delete_hash;
use beistand_protocol::time::{Day, Epoch};
use beistand_server::disk::Watermark;
use beistand_server::store::sled::SledStore;
use beistand_server::store::{
    DeleteOutcome, NewItem, PutOutcome, Store as _, StoreError, StoredPrekey, StoredRoster,
};
use beistand_server::testing::sealed_blob;
use std::sync::Arc;

fn item(byte: u8) -> NewItem {
    NewItem {
        day: Day(20_000),
        slot: Slot([byte; 16]),
        delete_hash: delete_hash(&DeleteKey([byte; 32])),
        shard: 0,
        r: CommitmentNonce([byte; 32]),
        blob: sealed_blob(BlobClass::Envelope8, &mut rand::thread_rng()),
    }
}

#[test]
fn nothing_is_taken_in_and_deleting_still_works() {
    let directory = tempfile::tempdir().unwrap();
    // A disk that cannot be asked counts as full: here it is a folder that goes away.
    let disk = directory.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let data = directory.path().join("data");
    let open = || {
        let fatal = Arc::new(|sentence: &str| panic!("{sentence}"));
        SledStore::open(&data, &InstanceId([7; 16]), Watermark::new(&disk, 0), fatal)
    };
    {
        let store = open().unwrap();
        let first = item(1);
        store.put(first.clone(), Epoch(1)).unwrap();
        std::fs::remove_dir(&disk).unwrap();
        assert_eq!(store.put(item(2), Epoch(1)), Err(StoreError::Full));
        // Who has heard no answer is told the truth: it is there.
        let again = store.put(first, Epoch(2)).unwrap();
        assert!(matches!(again, PutOutcome::Same(record) if record.promised == Epoch(1)));
        let roster = StoredRoster {
            version: 1,
            accepted: Day(20_000),
            note: String::new(),
        };
        assert_eq!(store.accept_roster(roster), Err(StoreError::Full));
        let device = beistand_protocol::roster::Writer(1);
        let prekey = StoredPrekey {
            device,
            day: Day(20_000),
            note: String::new(),
        };
        assert_eq!(store.accept_prekey(prekey), Err(StoreError::Full));
        assert!(store.read(&Slot([1; 16])).unwrap().is_some());
        assert!(store.read(&Slot([2; 16])).unwrap().is_none());
        let deleted = store.delete(&Slot([1; 16]), &DeleteKey([1; 32]));
        assert_eq!(deleted, Ok(DeleteOutcome::Deleted));
    }
    // And it is not even opened: sled was seen to hang on a full disk.
    assert!(matches!(open(), Err(StoreError::Full)));
    std::fs::create_dir(&disk).unwrap();
    assert!(open()
        .unwrap()
        .read(&Slot([1; 16]))
        .unwrap()
        .unwrap()
        .blob
        .is_none());
}
