//! The contract of a store, tested on every engine: many writers at once, several servers over
//! one store, and failures that leave it open whether something was done. Nothing in here knows
//! more than the doc comments of `Store`.
#[macro_use]
mod conformance;

use beistand_protocol::time::{Day, Epoch};
use beistand_server::store::{Closing, DeleteOutcome, PutOutcome, Store, StoreError, StoredRoster};
use conformance::{closing, envelope, slots, stored, Engine, DAY};
use std::collections::BTreeSet;
use std::sync::{Arc, Barrier};
use std::thread;

conformance!(
    a_put_that_is_done_late_brings_nothing_back,
    a_put_that_is_done_late_does_not_push_in_where_somebody_else_is,
    a_closing_that_is_done_late_changes_nothing,
    what_was_done_and_not_told_is_found_by_trying_again,
    of_many_closings_at_once_exactly_one_goes_through,
    of_many_rosters_at_once_exactly_one_goes_through,
    writers_closers_and_deleters_at_once_leave_one_consistent_store,
    a_second_server_learns_what_the_first_one_did,
);

/// Somebody who was told that it failed, while what was asked for is still on its way.
struct Late<T> {
    go: Arc<Barrier>,
    thread: thread::JoinHandle<T>,
}

impl<T: Send + 'static> Late<T> {
    fn of(store: &Arc<dyn Store>, call: impl FnOnce(&dyn Store) -> T + Send + 'static) -> Self {
        let (store, go) = (Arc::clone(store), Arc::new(Barrier::new(2)));
        let gate = Arc::clone(&go);
        let thread = thread::spawn(move || {
            gate.wait();
            call(store.as_ref())
        });
        Self { go, thread }
    }

    fn arrive(self) -> T {
        self.go.wait();
        self.thread.join().unwrap()
    }
}

fn a_put_that_is_done_late_brings_nothing_back(engine: &mut impl Engine) {
    let store = engine.open();
    let (item, key) = envelope();
    let first = item.clone();
    let late = Late::of(&store, move |store| store.put(first, Epoch(1)));
    let record = stored(store.put(item.clone(), Epoch(1)).unwrap());
    store.delete(&item.slot, &key).unwrap();
    let late = late.arrive().unwrap();
    assert!(matches!(&late, PutOutcome::Same(there) if there.r == record.r));
    assert_eq!(store.read(&item.slot).unwrap().unwrap().blob, None);
    assert_eq!(store.end_epoch(Epoch(1)).unwrap().len(), 1);
}

fn a_put_that_is_done_late_does_not_push_in_where_somebody_else_is(engine: &mut impl Engine) {
    let store = engine.open();
    let ((first, _), (mut second, _)) = (envelope(), envelope());
    second.slot = first.slot;
    let late = Late::of(&store, move |store| store.put(first, Epoch(1)));
    let record = stored(store.put(second.clone(), Epoch(1)).unwrap());
    assert_eq!(late.arrive().unwrap(), PutOutcome::Occupied(record));
    let there = store.read(&second.slot).unwrap().unwrap();
    assert_eq!(there.blob.as_deref(), Some(second.blob.bytes()));
}

fn a_closing_that_is_done_late_changes_nothing(engine: &mut impl Engine) {
    let store = engine.open();
    let (item, _) = envelope();
    store.put(item.clone(), Epoch(1)).unwrap();
    store.end_epoch(Epoch(1)).unwrap();
    let gone = closing(store.as_ref(), Epoch(1), &[&item]);
    let gone = Closing {
        gone: vec![DAY],
        state: "late".to_owned(),
        ..gone
    };
    let late = Late::of(&store, move |store| store.close_epoch(gone));
    let last = closing(store.as_ref(), Epoch(1), &[&item]);
    store.close_epoch(last).unwrap();
    let contents = store.contents().unwrap();
    assert_eq!(late.arrive(), Err(StoreError::Conflict));
    assert_eq!(store.contents().unwrap(), contents);
    assert!(store.read(&item.slot).unwrap().unwrap().blob.is_some());
}

fn what_was_done_and_not_told_is_found_by_trying_again(engine: &mut impl Engine) {
    let (item, key) = envelope();
    let roster = StoredRoster {
        version: 1,
        accepted: DAY,
        note: "one".to_owned(),
    };
    let last = {
        // Everything was done, and the server ended before it could say so.
        let store = engine.open();
        store.accept_roster(roster.clone()).unwrap();
        store.put(item.clone(), Epoch(1)).unwrap();
        store.delete(&item.slot, &key).unwrap();
        store.end_epoch(Epoch(1)).unwrap();
        let last = closing(store.as_ref(), Epoch(1), &[&item]);
        store.close_epoch(last.clone()).unwrap();
        last
    };
    let store = engine.open();
    assert_eq!(store.accept_roster(roster), Ok(()));
    let again = store.put(item.clone(), Epoch(9)).unwrap();
    assert!(matches!(again, PutOutcome::Same(record) if record.promised == Epoch(1)));
    assert_eq!(store.delete(&item.slot, &key), Ok(DeleteOutcome::Deleted));
    assert_eq!(store.close_epoch(last), Err(StoreError::Conflict));
    assert_eq!(store.contents().unwrap().closed, Some(Epoch(1)));
}

/// Calls `call` on as many threads as there are servers over the store, several of each.
fn at_once<T: Send + 'static>(
    engine: &mut impl Engine,
    call: impl Fn(&dyn Store, usize) -> T + Send + Sync + 'static,
) -> Vec<T> {
    let servers = engine.servers(3);
    let (call, go) = (Arc::new(call), Arc::new(Barrier::new(12)));
    let threads: Vec<_> = (0..12)
        .map(|number| {
            let store = Arc::clone(&servers[number % servers.len()]);
            let (call, go) = (Arc::clone(&call), Arc::clone(&go));
            thread::spawn(move || {
                go.wait();
                call(store.as_ref(), number)
            })
        })
        .collect();
    let outcomes = threads.into_iter().map(|thread| thread.join().unwrap());
    outcomes.collect()
}

fn of_many_closings_at_once_exactly_one_goes_through(engine: &mut impl Engine) {
    let (item, _) = envelope();
    let base = {
        let store = engine.open();
        store.put(item.clone(), Epoch(1)).unwrap();
        store.end_epoch(Epoch(1)).unwrap();
        closing(store.as_ref(), Epoch(1), &[&item])
    };
    let outcomes = at_once(engine, move |store, number| {
        let state = number.to_string();
        store.close_epoch(Closing {
            state,
            ..base.clone()
        })
    });
    let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let refused = outcomes
        .iter()
        .filter(|outcome| **outcome == Err(StoreError::Conflict));
    assert_eq!((done, refused.count()), (1, 11));
    let store = engine.open();
    assert_eq!(store.contents().unwrap().tree.size(), 2);
    assert_eq!(store.leaf(2), Ok(None));
}

fn of_many_rosters_at_once_exactly_one_goes_through(engine: &mut impl Engine) {
    let outcomes = at_once(engine, |store, number| {
        store.accept_roster(StoredRoster {
            version: 1,
            accepted: DAY,
            note: format!("by {number}"),
        })
    });
    let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(done, 1);
    assert_eq!(engine.open().contents().unwrap().rosters.len(), 1);
}

fn writers_closers_and_deleters_at_once_leave_one_consistent_store(engine: &mut impl Engine) {
    let acknowledged = at_once(engine, |store, number| {
        let mut mine = Vec::new();
        for round in 0..6 {
            let (mut item, key) = envelope();
            item.day = Day(DAY.0 + number as u32 % 2);
            let record = stored(store.put(item.clone(), Epoch(round)).unwrap());
            let deleted = round % 3 == 0;
            if deleted {
                let outcome = store.delete(&item.slot, &key);
                assert_eq!(outcome, Ok(DeleteOutcome::Deleted));
            }
            mine.push((item, record, deleted));
            if number % 4 == 0 {
                // No epoch that a put may still get is ended before it is over for all.
                let waiting = store.end_epoch(Epoch(round)).unwrap();
                assert!(waiting.iter().all(|record| record.promised <= Epoch(round)));
            }
        }
        mine
    });
    let store = engine.open();
    let mut expected = BTreeSet::new();
    for (item, record, deleted) in acknowledged.into_iter().flatten() {
        let there = store.read(&item.slot).unwrap().unwrap();
        assert_eq!(there.record.promised, record.promised);
        assert_eq!(there.blob.is_none(), deleted);
        if let Some(blob) = there.blob {
            assert_eq!(blob, item.blob.bytes());
        }
        expected.insert(item.slot);
    }
    // Each waits exactly once, whoever ended epochs meanwhile.
    let waiting = store.end_epoch(Epoch(100)).unwrap();
    assert_eq!(waiting.len(), expected.len());
    assert_eq!(slots(&waiting), expected);
}

fn a_second_server_learns_what_the_first_one_did(engine: &mut impl Engine) {
    let servers = engine.servers(2);
    let (first, second) = (&servers[0], &servers[servers.len() - 1]);
    let (item, key) = envelope();
    let record = stored(first.put(item.clone(), Epoch(1)).unwrap());
    let again = second.put(item.clone(), Epoch(5)).unwrap();
    assert_eq!(again, PutOutcome::Same(record));
    assert_eq!(second.oldest_pending(), Ok(Some(Epoch(1))));
    first.end_epoch(Epoch(3)).unwrap();
    let (other, _) = envelope();
    let later = stored(second.put(other.clone(), Epoch(2)).unwrap());
    assert_eq!(later.promised, Epoch(4));
    let last = closing(first.as_ref(), Epoch(3), &[&item]);
    second.close_epoch(last.clone()).unwrap();
    assert_eq!(first.close_epoch(last), Err(StoreError::Conflict));
    assert_eq!(first.contents(), second.contents());
    second.delete(&item.slot, &key).unwrap();
    let there = first.read(&item.slot).unwrap().unwrap();
    assert!(there.blob.is_none() && there.record.visible.is_some());
    assert_eq!(
        slots(&first.end_epoch(Epoch(4)).unwrap()),
        BTreeSet::from([other.slot])
    );
}
