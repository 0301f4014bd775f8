//! The contract of a store, tested on every engine: deletions, days that end, and notes that are
//! replaced. Nothing in here knows more than the doc comments of `Store`.
#[macro_use]
mod conformance;

use beistand_protocol::bytes::DeleteKey;
use beistand_protocol::class::BlobClass;
use beistand_protocol::roster::Writer;
use beistand_protocol::time::{Day, Epoch};
use beistand_server::store::{
    Closing, DeleteOutcome, ItemRecord, NewItem, PutOutcome, StoreError, StoredPrekey,
    StoredRoster, MOST_REPLACED_PREKEYS,
};
use conformance::{closing, envelope, item, slots, stored, Engine, DAY};
use std::collections::BTreeSet;

conformance!(
    deleting_takes_the_key_and_leaves_the_record,
    a_deletion_can_be_repeated_and_outlives_opening_again,
    a_deleted_slot_stays_occupied_until_its_day_is_gone,
    a_gone_day_takes_everything_of_it_and_nothing_else,
    a_gone_slot_can_be_put_again,
    rosters_count_up_by_one,
    a_replaced_prekey_never_comes_back,
    dropped_prekeys_are_gone,
    first_checkpoints_of_two_days_are_kept,
);

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
