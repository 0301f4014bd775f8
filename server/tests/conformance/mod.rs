//! The engines that the store's contract is tested on, and what its tests put into them.
#![allow(dead_code)] // each test file uses its own part of this

use beistand_protocol::bytes::{CommitmentNonce, DeleteKey, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::hash::delete_hash;
use beistand_protocol::merkle::leaf_hash;
use beistand_protocol::time::{Day, Epoch};
use beistand_server::store::memory::MemoryStore;
use beistand_server::store::{Closing, ItemRecord, LoggedItem, NewItem, PutOutcome, Store};
use beistand_server::testing::sealed_blob;
use rand::{thread_rng, RngCore as _};
use std::collections::BTreeSet;
use std::sync::Arc;

pub const DAY: Day = Day(20_000);

/// An engine under test: opens, and opens again with what it kept.
pub trait Engine {
    fn open(&mut self) -> Arc<dyn Store>;

    /// As many servers over one store as the engine allows, up to `count`; at least one.
    fn servers(&mut self, count: usize) -> Vec<Arc<dyn Store>>;
}

#[derive(Default)]
pub struct Memory(pub Arc<MemoryStore>);

impl Engine for Memory {
    fn open(&mut self) -> Arc<dyn Store> {
        Arc::clone(&self.0) as Arc<dyn Store>
    }

    fn servers(&mut self, count: usize) -> Vec<Arc<dyn Store>> {
        (0..count).map(|_| self.open()).collect()
    }
}

pub struct Sled(pub tempfile::TempDir);

impl Engine for Sled {
    fn open(&mut self) -> Arc<dyn Store> {
        use beistand_protocol::bytes::InstanceId;
        use beistand_server::disk::Watermark;
        use beistand_server::store::sled::SledStore;
        let watermark = Watermark::new(self.0.path(), 0);
        let fatal = Arc::new(|sentence: &str| panic!("{sentence}"));
        Arc::new(SledStore::open(self.0.path(), &InstanceId([7; 16]), watermark, fatal).unwrap())
    }

    fn servers(&mut self, _: usize) -> Vec<Arc<dyn Store>> {
        // It locks its directory: there is one server at a time.
        vec![self.open()]
    }
}

/// Each test on each engine.
#[allow(unused_macros)]
macro_rules! conformance {
    ($($name:ident),* $(,)?) => {
        mod memory {
            $(#[test] fn $name() { super::$name(&mut crate::conformance::Memory(Default::default())) })*
        }
        mod sled {
            $(#[test] fn $name() { super::$name(&mut crate::conformance::Sled(tempfile::tempdir().unwrap())) })*
        }
    };
}

pub fn item(class: BlobClass, day: Day) -> (NewItem, DeleteKey) {
    let mut random = thread_rng();
    let (mut slot, mut key, mut r) = ([0; 16], [0; 32], [0; 32]);
    random.fill_bytes(&mut slot);
    random.fill_bytes(&mut key);
    random.fill_bytes(&mut r);
    let key = DeleteKey(key);
    let item = NewItem {
        day,
        slot: Slot(slot),
        delete_hash: delete_hash(&key),
        shard: 0,
        r: CommitmentNonce(r),
        blob: sealed_blob(class, &mut random),
    };
    (item, key)
}

pub fn envelope() -> (NewItem, DeleteKey) {
    item(BlobClass::Envelope8, DAY)
}

pub fn stored(outcome: PutOutcome) -> ItemRecord {
    match outcome {
        PutOutcome::Stored(record) => record,
        other => panic!("{other:?}"),
    }
}

/// A closing that follows what the store holds and logs `items`.
pub fn closing(store: &dyn Store, epoch: Epoch, items: &[&NewItem]) -> Closing {
    let contents = store.contents().unwrap();
    let (mut tree, mut leaves, mut logged) = (contents.tree.clone(), Vec::new(), Vec::new());
    for item in items {
        let leaf = item.record(epoch).putting().leaf(&item.r).encode();
        let index = tree.append(leaf_hash(leaf.as_bytes()));
        logged.push(LoggedItem {
            slot: item.slot,
            leaf: index,
        });
        leaves.push(leaf);
    }
    leaves.push(format!("state of {epoch}"));
    tree.append(leaf_hash(format!("state of {epoch}").as_bytes()));
    Closing {
        epoch,
        first_leaf: contents.tree.size(),
        leaves,
        tree,
        items: logged,
        gone: Vec::new(),
        logged_roster: contents.logged_roster,
        dropped_prekeys: Vec::new(),
        first_checkpoint: None,
        state: "{}".to_owned(),
    }
}

pub fn slots(records: &[ItemRecord]) -> BTreeSet<Slot> {
    records.iter().map(|record| record.slot).collect()
}
