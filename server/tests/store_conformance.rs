//! The contract of a store, tested on every engine. Nothing in here knows more than the doc
//! comments of `Store`.

use beistand_protocol::bytes::{CommitmentNonce, DeleteKey, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::hash::delete_hash;
use beistand_protocol::merkle::{leaf_hash, CompactRange};
use beistand_protocol::roster::Writer;
use beistand_protocol::time::{Day, Epoch};
use beistand_server::store::memory::MemoryStore;
use beistand_server::store::{
    Closing, DeleteOutcome, ItemRecord, LoggedItem, NewItem, PutOutcome, Store, StoreError,
    StoredPrekey, StoredRoster, MOST_REPLACED_PREKEYS,
};
use beistand_server::testing::sealed_blob;
use rand::{thread_rng, RngCore as _};
use std::collections::BTreeSet;
use std::sync::Arc;

const DAY: Day = Day(20_000);

/// An engine under test: opens, and opens again with what it kept.
trait Engine {
    fn open(&mut self) -> Arc<dyn Store>;
}

struct Memory(Arc<MemoryStore>);

impl Engine for Memory {
    fn open(&mut self) -> Arc<dyn Store> {
        Arc::clone(&self.0) as Arc<dyn Store>
    }
}

struct Sled(tempfile::TempDir);

impl Engine for Sled {
    fn open(&mut self) -> Arc<dyn Store> {
        use beistand_protocol::bytes::InstanceId;
        use beistand_server::disk::Watermark;
        use beistand_server::store::sled::SledStore;
        let watermark = Watermark::new(self.0.path(), 0);
        let fatal = Arc::new(|sentence: &str| panic!("{sentence}"));
        Arc::new(SledStore::open(self.0.path(), &InstanceId([7; 16]), watermark, fatal).unwrap())
    }
}

macro_rules! conformance {
    ($($name:ident),* $(,)?) => {
        mod memory {
            $(#[test] fn $name() { super::$name(&mut super::Memory(Default::default())) })*
        }
        mod sled {
            $(#[test] fn $name() { super::$name(&mut super::Sled(tempfile::tempdir().unwrap())) })*
        }
    };
}

conformance!(
    a_put_is_there_as_it_was_put_also_after_opening_again,
    the_same_put_again_changes_nothing,
    another_put_in_the_slot_is_told_what_lies_there,
    of_many_puts_to_one_slot_exactly_one_is_stored,
    a_put_never_gets_an_epoch_that_is_over,
    what_waits_is_answered_until_it_is_closed,
    closing_makes_everything_true_at_once,
    a_closing_that_does_not_follow_changes_nothing,
    what_waits_is_found_after_opening_again,
    deleting_takes_the_key_and_leaves_the_record,
    a_deletion_can_be_repeated_and_outlives_opening_again,
    a_deleted_slot_stays_occupied_until_its_day_is_gone,
    a_gone_day_takes_everything_of_it_and_nothing_else,
    a_gone_slot_can_be_put_again,
    rosters_count_up_by_one,
    a_replaced_prekey_never_comes_back,
    dropped_prekeys_are_gone,
    first_checkpoints_of_two_days_are_kept,
    parts_and_large_envelopes_come_back_whole,
    concurrent_work_keeps_every_acknowledgement,
);

fn item(class: BlobClass, day: Day) -> (NewItem, DeleteKey) {
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

fn envelope() -> (NewItem, DeleteKey) {
    item(BlobClass::Envelope8, DAY)
}

fn stored(outcome: PutOutcome) -> ItemRecord {
    match outcome {
        PutOutcome::Stored(record) => record,
        other => panic!("{other:?}"),
    }
}

/// A closing that follows what the store holds and logs `items`.
fn closing(store: &dyn Store, epoch: Epoch, items: &[&NewItem]) -> Closing {
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

fn slots(records: &[ItemRecord]) -> BTreeSet<Slot> {
    records.iter().map(|record| record.slot).collect()
}

fn a_put_is_there_as_it_was_put_also_after_opening_again(engine: &mut impl Engine) {
    let (item, _) = envelope();
    {
        let store = engine.open();
        assert_eq!(store.read(&item.slot).unwrap(), None);
        let record = stored(store.put(item.clone(), Epoch(5)).unwrap());
        assert_eq!(record, item.record(Epoch(5)));
    }
    let store = engine.open();
    let there = store.read(&item.slot).unwrap().unwrap();
    assert_eq!(there.record, item.record(Epoch(5)));
    assert_eq!(there.blob.as_deref(), Some(item.blob.bytes()));
}

fn the_same_put_again_changes_nothing(engine: &mut impl Engine) {
    let (item, _) = envelope();
    let store = engine.open();
    let first = stored(store.put(item.clone(), Epoch(5)).unwrap());
    // Another r and a later epoch: the first ones stay.
    let again = NewItem {
        r: CommitmentNonce([9; 32]),
        ..item
    };
    assert_eq!(store.put(again, Epoch(8)).unwrap(), PutOutcome::Same(first));
}

fn another_put_in_the_slot_is_told_what_lies_there(engine: &mut impl Engine) {
    let (item, _) = envelope();
    let store = engine.open();
    let first = stored(store.put(item.clone(), Epoch(5)).unwrap());
    let (other, _) = envelope();
    let changes = [
        NewItem {
            blob: other.blob.clone(),
            ..item.clone()
        },
        NewItem {
            delete_hash: other.delete_hash,
            ..item.clone()
        },
        NewItem {
            day: Day(DAY.0 + 1),
            ..item.clone()
        },
        NewItem {
            shard: 1,
            ..item.clone()
        },
    ];
    for change in changes {
        assert_eq!(
            store.put(change, Epoch(5)).unwrap(),
            PutOutcome::Occupied(first.clone())
        );
    }
    let there = store.read(&item.slot).unwrap().unwrap();
    assert_eq!(there.blob.as_deref(), Some(item.blob.bytes()));
}

fn of_many_puts_to_one_slot_exactly_one_is_stored(engine: &mut impl Engine) {
    let store = engine.open();
    let slot = envelope().0.slot;
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                let (item, _) = envelope();
                store.put(NewItem { slot, ..item }, Epoch(1)).unwrap()
            })
        })
        .collect();
    let outcomes: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    let stored: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            PutOutcome::Stored(record) => Some(record.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(stored.len(), 1);
    for outcome in outcomes {
        assert!(
            matches!(&outcome, PutOutcome::Stored(record) | PutOutcome::Occupied(record)
            if *record == stored[0])
        );
    }
}

fn a_put_never_gets_an_epoch_that_is_over(engine: &mut impl Engine) {
    {
        let store = engine.open();
        store.end_epoch(Epoch(10)).unwrap();
        let (item, _) = envelope();
        assert_eq!(
            stored(store.put(item, Epoch(4)).unwrap()).promised,
            Epoch(11)
        );
        let (item, _) = envelope();
        assert_eq!(
            stored(store.put(item, Epoch(15)).unwrap()).promised,
            Epoch(15)
        );
        store
            .close_epoch(closing(store.as_ref(), Epoch(20), &[]))
            .unwrap();
    }
    let store = engine.open();
    let (item, _) = envelope();
    assert_eq!(
        stored(store.put(item, Epoch(4)).unwrap()).promised,
        Epoch(21)
    );
}

fn what_waits_is_answered_until_it_is_closed(engine: &mut impl Engine) {
    let store = engine.open();
    assert_eq!(store.oldest_pending().unwrap(), None);
    let (early, _) = envelope();
    let (late, _) = envelope();
    store.put(early.clone(), Epoch(5)).unwrap();
    store.put(late.clone(), Epoch(7)).unwrap();
    assert_eq!(store.oldest_pending().unwrap(), Some(Epoch(5)));
    assert_eq!(slots(&store.end_epoch(Epoch(4)).unwrap()), BTreeSet::new());
    for _ in 0..2 {
        assert_eq!(
            slots(&store.end_epoch(Epoch(6)).unwrap()),
            BTreeSet::from([early.slot])
        );
    }
    store
        .close_epoch(closing(store.as_ref(), Epoch(6), &[&early]))
        .unwrap();
    assert_eq!(store.oldest_pending().unwrap(), Some(Epoch(7)));
    assert_eq!(
        slots(&store.end_epoch(Epoch(7)).unwrap()),
        BTreeSet::from([late.slot])
    );
}

fn closing_makes_everything_true_at_once(engine: &mut impl Engine) {
    let (item, _) = envelope();
    let expected: Closing;
    {
        let store = engine.open();
        let roster = StoredRoster {
            version: 1,
            accepted: DAY,
            note: "a roster".to_owned(),
        };
        store.accept_roster(roster).unwrap();
        store.put(item.clone(), Epoch(5)).unwrap();
        store.end_epoch(Epoch(5)).unwrap();
        expected = Closing {
            logged_roster: 1,
            first_checkpoint: Some((DAY, "a checkpoint".to_owned())),
            ..closing(store.as_ref(), Epoch(5), &[&item])
        };
        store.close_epoch(expected.clone()).unwrap();
    }
    let store = engine.open();
    let contents = store.contents().unwrap();
    assert_eq!(contents.tree, expected.tree);
    assert_eq!(contents.closed, Some(Epoch(5)));
    assert_eq!(contents.logged_roster, 1);
    assert_eq!(
        contents.first_checkpoints,
        [(DAY, "a checkpoint".to_owned())]
    );
    for (index, leaf) in (0..).zip(&expected.leaves) {
        assert_eq!(store.leaf(index).unwrap().as_ref(), Some(leaf));
    }
    assert_eq!(store.leaf(expected.leaves.len() as u64).unwrap(), None);
    let visible = store
        .read(&item.slot)
        .unwrap()
        .unwrap()
        .record
        .visible
        .unwrap();
    assert_eq!((visible.epoch, visible.leaf), (Epoch(5), 0));
    let mut seen = Vec::new();
    store
        .visit_records(&mut |record| seen.push(record.slot))
        .unwrap();
    assert_eq!(seen, [item.slot]);
}

fn a_closing_that_does_not_follow_changes_nothing(engine: &mut impl Engine) {
    let store = engine.open();
    let (item, _) = envelope();
    store.put(item.clone(), Epoch(5)).unwrap();
    store.end_epoch(Epoch(5)).unwrap();
    let stale = closing(store.as_ref(), Epoch(5), &[&item]);
    store
        .close_epoch(closing(store.as_ref(), Epoch(5), &[]))
        .unwrap();
    let before = store.contents().unwrap();
    assert_eq!(store.close_epoch(stale), Err(StoreError::Conflict));
    assert_eq!(store.contents().unwrap(), before);
    assert_eq!(
        store.read(&item.slot).unwrap().unwrap().record.visible,
        None
    );
    assert_eq!(store.oldest_pending().unwrap(), Some(Epoch(5)));
}

fn what_waits_is_found_after_opening_again(engine: &mut impl Engine) {
    let (item, _) = envelope();
    {
        let store = engine.open();
        store.put(item.clone(), Epoch(5)).unwrap();
        store.end_epoch(Epoch(5)).unwrap();
    }
    let store = engine.open();
    assert_eq!(store.oldest_pending().unwrap(), Some(Epoch(5)));
    assert_eq!(
        slots(&store.end_epoch(Epoch(9)).unwrap()),
        BTreeSet::from([item.slot])
    );
}

fn deleting_takes_the_key_and_leaves_the_record(engine: &mut impl Engine) {
    let store = engine.open();
    let (item, key) = envelope();
    assert_eq!(
        store.delete(&item.slot, &key).unwrap(),
        DeleteOutcome::Refused
    );
    let record = stored(store.put(item.clone(), Epoch(5)).unwrap());
    assert_eq!(
        store.delete(&item.slot, &DeleteKey([0; 32])).unwrap(),
        DeleteOutcome::Refused
    );
    assert!(store.read(&item.slot).unwrap().unwrap().blob.is_some());
    assert_eq!(
        store.delete(&item.slot, &key).unwrap(),
        DeleteOutcome::Deleted
    );
    let there = store.read(&item.slot).unwrap().unwrap();
    assert_eq!(there.blob, None);
    assert_eq!(
        there.record,
        ItemRecord {
            deleted: Some(key),
            ..record
        }
    );
}

fn a_deletion_can_be_repeated_and_outlives_opening_again(engine: &mut impl Engine) {
    let (item, key) = envelope();
    {
        let store = engine.open();
        store.put(item.clone(), Epoch(5)).unwrap();
        store.delete(&item.slot, &key).unwrap();
        assert_eq!(
            store.delete(&item.slot, &key).unwrap(),
            DeleteOutcome::Deleted
        );
    }
    let store = engine.open();
    assert_eq!(
        store.delete(&item.slot, &key).unwrap(),
        DeleteOutcome::Deleted
    );
    // Deleted before its epoch closed: it is logged all the same, as it was promised.
    assert_eq!(
        slots(&store.end_epoch(Epoch(5)).unwrap()),
        BTreeSet::from([item.slot])
    );
    store
        .close_epoch(closing(store.as_ref(), Epoch(5), &[&item]))
        .unwrap();
    let there = store.read(&item.slot).unwrap().unwrap();
    assert!(there.blob.is_none() && there.record.visible.is_some());
    assert_eq!(there.record.deleted, Some(key));
}

fn a_deleted_slot_stays_occupied_until_its_day_is_gone(engine: &mut impl Engine) {
    let store = engine.open();
    let (item, key) = envelope();
    store.put(item.clone(), Epoch(5)).unwrap();
    store.delete(&item.slot, &key).unwrap();
    let (other, _) = envelope();
    let other = NewItem {
        slot: item.slot,
        ..other
    };
    assert!(matches!(
        store.put(other, Epoch(5)).unwrap(),
        PutOutcome::Occupied(_)
    ));
    // Also the same put again brings nothing back.
    assert!(matches!(
        store.put(item.clone(), Epoch(5)).unwrap(),
        PutOutcome::Same(_)
    ));
    assert_eq!(store.read(&item.slot).unwrap().unwrap().blob, None);
}

fn a_gone_day_takes_everything_of_it_and_nothing_else(engine: &mut impl Engine) {
    let gone: Vec<_> = (0..3).map(|_| item(BlobClass::Envelope8, DAY).0).collect();
    let (kept, _) = item(BlobClass::Envelope8, Day(DAY.0 + 1));
    {
        let store = engine.open();
        for item in gone.iter().chain([&kept]) {
            store.put(item.clone(), Epoch(5)).unwrap();
        }
        let first: Vec<&NewItem> = gone.iter().take(2).chain([&kept]).collect();
        store.end_epoch(Epoch(5)).unwrap();
        store
            .close_epoch(closing(store.as_ref(), Epoch(5), &first))
            .unwrap();
        // The third becomes visible and goes in the same closing.
        store.end_epoch(Epoch(6)).unwrap();
        let last = closing(store.as_ref(), Epoch(6), &[&gone[2]]);
        store
            .close_epoch(Closing {
                gone: vec![DAY],
                ..last
            })
            .unwrap();
        assert_eq!(store.oldest_pending().unwrap(), None);
        assert!(gone
            .iter()
            .all(|item| store.read(&item.slot).unwrap().is_none()));
    }
    let store = engine.open();
    assert!(gone
        .iter()
        .all(|item| store.read(&item.slot).unwrap().is_none()));
    let there = store.read(&kept.slot).unwrap().unwrap();
    assert_eq!(there.blob.as_deref(), Some(kept.blob.bytes()));
    let mut seen = Vec::new();
    store
        .visit_records(&mut |record| seen.push(record.slot))
        .unwrap();
    assert_eq!(seen, [kept.slot]);
}

fn a_gone_slot_can_be_put_again(engine: &mut impl Engine) {
    let store = engine.open();
    let (item, _) = envelope();
    store.put(item.clone(), Epoch(5)).unwrap();
    let last = closing(store.as_ref(), Epoch(6), &[&item]);
    store
        .close_epoch(Closing {
            gone: vec![DAY],
            ..last
        })
        .unwrap();
    let later = NewItem {
        day: Day(DAY.0 + 61),
        ..item
    };
    stored(store.put(later.clone(), Epoch(7)).unwrap());
    let there = store.read(&later.slot).unwrap().unwrap();
    assert_eq!(there.blob.as_deref(), Some(later.blob.bytes()));
}

fn rosters_count_up_by_one(engine: &mut impl Engine) {
    let roster = |version, note: &str| StoredRoster {
        version,
        accepted: DAY,
        note: note.into(),
    };
    {
        let store = engine.open();
        assert_eq!(
            store.accept_roster(roster(2, "two")),
            Err(StoreError::Conflict)
        );
        store.accept_roster(roster(1, "one")).unwrap();
        store.accept_roster(roster(1, "one")).unwrap();
        assert_eq!(
            store.accept_roster(roster(1, "uno")),
            Err(StoreError::Conflict)
        );
        assert_eq!(
            store.accept_roster(roster(3, "three")),
            Err(StoreError::Conflict)
        );
        store.accept_roster(roster(2, "two")).unwrap();
        assert_eq!(
            store.accept_roster(roster(1, "one")),
            Err(StoreError::Conflict)
        );
    }
    let contents = engine.open().contents().unwrap();
    assert_eq!(contents.rosters, [roster(1, "one"), roster(2, "two")]);
}

fn a_replaced_prekey_never_comes_back(engine: &mut impl Engine) {
    let prekey = |note: String| StoredPrekey {
        device: Writer(1),
        day: DAY,
        note,
    };
    {
        let store = engine.open();
        store.accept_prekey(prekey("0".to_owned())).unwrap();
        store.accept_prekey(prekey("0".to_owned())).unwrap();
        for number in 1..=MOST_REPLACED_PREKEYS {
            store.accept_prekey(prekey(number.to_string())).unwrap();
        }
    }
    let store = engine.open();
    let newest = prekey(MOST_REPLACED_PREKEYS.to_string());
    for old in ["0", "1", "17"] {
        let outcome = store.accept_prekey(prekey(old.to_owned()));
        assert_eq!(outcome, Err(StoreError::Conflict));
    }
    let outcome = store.accept_prekey(prekey("one too many".to_owned()));
    assert_eq!(outcome, Err(StoreError::Conflict));
    store.accept_prekey(newest.clone()).unwrap();
    assert_eq!(store.contents().unwrap().prekeys, [newest]);
}

fn dropped_prekeys_are_gone(engine: &mut impl Engine) {
    let prekey = |device, day| StoredPrekey {
        device: Writer(device),
        day,
        note: "p".to_owned(),
    };
    let store = engine.open();
    for (device, day) in [(2, DAY), (1, Day(DAY.0 + 1)), (1, DAY)] {
        store.accept_prekey(prekey(device, day)).unwrap();
    }
    let expected = [prekey(1, DAY), prekey(1, Day(DAY.0 + 1)), prekey(2, DAY)];
    assert_eq!(store.contents().unwrap().prekeys, expected);
    let last = closing(store.as_ref(), Epoch(5), &[]);
    store
        .close_epoch(Closing {
            dropped_prekeys: vec![(Writer(1), DAY), (Writer(2), DAY)],
            ..last
        })
        .unwrap();
    assert_eq!(
        store.contents().unwrap().prekeys,
        [prekey(1, Day(DAY.0 + 1))]
    );
}

fn first_checkpoints_of_two_days_are_kept(engine: &mut impl Engine) {
    let store = engine.open();
    for day in 0..4u32 {
        let last = closing(store.as_ref(), Epoch(u64::from(day)), &[]);
        let first_checkpoint = Some((Day(DAY.0 + day), format!("first of {day}")));
        store
            .close_epoch(Closing {
                first_checkpoint,
                ..last
            })
            .unwrap();
    }
    let kept: Vec<Day> = store
        .contents()
        .unwrap()
        .first_checkpoints
        .iter()
        .map(|(day, _)| *day)
        .collect();
    assert_eq!(kept, [Day(DAY.0 + 2), Day(DAY.0 + 3)]);
}

fn parts_and_large_envelopes_come_back_whole(engine: &mut impl Engine) {
    let items = BlobClass::ALL.map(|class| item(class, DAY));
    {
        let store = engine.open();
        for (item, _) in &items {
            store.put(item.clone(), Epoch(5)).unwrap();
        }
        store.delete(&items[1].0.slot, &items[1].1).unwrap();
    }
    let store = engine.open();
    for (index, (item, _)) in items.iter().enumerate() {
        let there = store.read(&item.slot).unwrap().unwrap();
        let expected = (index != 1).then_some(item.blob.bytes());
        assert_eq!(there.blob.as_deref(), expected);
    }
}

fn concurrent_work_keeps_every_acknowledgement(engine: &mut impl Engine) {
    let mut kept: Vec<(NewItem, bool)> = Vec::new();
    {
        let store = engine.open();
        let closer = {
            let store = Arc::clone(&store);
            std::thread::spawn(move || {
                for epoch in 1..12 {
                    let waiting = store.end_epoch(Epoch(epoch)).unwrap();
                    let mut next = closing(store.as_ref(), Epoch(epoch), &[]);
                    let mut tree = CompactRange::from_parts(
                        store.contents().unwrap().tree.size(),
                        store.contents().unwrap().tree.roots().to_vec(),
                    )
                    .unwrap();
                    next.leaves.clear();
                    for record in waiting {
                        let leaf = record.putting().leaf(&record.r).encode();
                        let index = tree.append(leaf_hash(leaf.as_bytes()));
                        next.items.push(LoggedItem {
                            slot: record.slot,
                            leaf: index,
                        });
                        next.leaves.push(leaf);
                    }
                    next.tree = tree;
                    store.close_epoch(next).unwrap();
                }
            })
        };
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let store = Arc::clone(&store);
                std::thread::spawn(move || {
                    let mut done = Vec::new();
                    for number in 0..12 {
                        let (item, key) = envelope();
                        stored(store.put(item.clone(), Epoch(1)).unwrap());
                        let deletes = number % 3 == 0;
                        if deletes {
                            let outcome = store.delete(&item.slot, &key).unwrap();
                            assert_eq!(outcome, DeleteOutcome::Deleted);
                        }
                        done.push((item, !deletes));
                    }
                    done
                })
            })
            .collect();
        for writer in writers {
            kept.extend(writer.join().unwrap());
        }
        closer.join().unwrap();
    }
    let store = engine.open();
    for (item, there) in &kept {
        let found = store.read(&item.slot).unwrap().unwrap();
        assert_eq!(found.blob.as_deref(), there.then_some(item.blob.bytes()));
    }
    // Whatever the closer did not reach still waits; together they are all.
    let waiting = store.end_epoch(Epoch(1_000)).unwrap().len();
    let mut visible = 0;
    store
        .visit_records(&mut |record| visible += usize::from(record.visible.is_some()))
        .unwrap();
    assert_eq!(waiting + visible, kept.len());
}
