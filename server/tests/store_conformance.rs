//! The contract of a store, tested on every engine: what is put, and what a closing makes of it.
//! Nothing in here knows more than the doc comments of `Store`.
#[macro_use]
mod conformance;

use beistand_protocol::bytes::CommitmentNonce;
use beistand_protocol::class::BlobClass;
use beistand_protocol::merkle::{leaf_hash, CompactRange};
use beistand_protocol::time::{Day, Epoch};
use beistand_server::store::{
    Closing, DeleteOutcome, LoggedItem, NewItem, PutOutcome, StoreError, StoredRoster,
};
use conformance::{closing, envelope, item, slots, stored, Engine, DAY};
use std::collections::BTreeSet;
use std::sync::Arc;

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
    parts_and_large_envelopes_come_back_whole,
    concurrent_work_keeps_every_acknowledgement,
);

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
