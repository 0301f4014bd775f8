//! Months pass: what expired days took up on the disk is used again or given back.

mod conformance;

use beistand_protocol::class::BlobClass;
use beistand_protocol::time::{Day, Epoch};
use beistand_server::store::{Closing, NewItem, Store};
use conformance::{closing, item, Engine as _, Sled, DAY};
use std::collections::VecDeque;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Days until a day is forgotten.
const TTL: u32 = 8;
/// Epochs that close on a day, and bytes of the state each of them stores.
const CLOSINGS: u32 = 8;
const STATE: usize = 8_000;
/// Who put at the same time: they share their syncs.
const WRITERS: u32 = 10;
/// What a database takes up however little is in it.
const FLOOR: u64 = 16 << 20;

fn size(directory: &Path) -> u64 {
    let entries = std::fs::read_dir(directory).unwrap();
    let sizes = entries.map(|entry| {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => size(&entry.path()),
            // What it takes up, not how long it is; one that sled removes meanwhile: nothing.
            false => entry.metadata().map_or(0, |found| found.blocks() * 512),
        }
    });
    sizes.sum()
}

/// Puts so many envelopes, several at a time, and deletes a third of them before their day is
/// gone. Answers all of them, and the bytes of those that were not deleted.
fn put_many(store: &dyn Store, count: u32, day: Day, epoch: Epoch) -> (Vec<NewItem>, u64) {
    let put = |number: u32| {
        let (item, key) = item(BlobClass::Envelope8, day);
        store.put(item.clone(), epoch).unwrap();
        let deleted = number.is_multiple_of(3);
        if deleted {
            store.delete(&item.slot, &key).unwrap();
        }
        (item, deleted)
    };
    let put = &put;
    let (mut items, mut alive) = (Vec::new(), 0);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|first| {
                let mine = (first..count).step_by(WRITERS as usize);
                scope.spawn(move || mine.map(put).collect::<Vec<_>>())
            })
            .collect();
        for (item, deleted) in writers.into_iter().flat_map(|w| w.join().unwrap()) {
            if !deleted {
                alive += item.blob.bytes().len() as u64;
            }
            items.push(item);
        }
    });
    (items, alive)
}

/// Lives through `days` days; `load` says how many envelopes are put on each. Answers the most
/// that was ever used beyond the floor for each byte that was live.
fn live(days: u32, load: impl Fn(u32) -> u32) -> f64 {
    let mut engine = Sled(tempfile::tempdir().unwrap());
    let store = engine.open();
    // Of each day that is not gone: bytes of what was not deleted.
    let mut wall: VecDeque<u64> = VecDeque::new();
    let mut worst: f64 = 0.0;
    for number in 0..days {
        let today = Day(DAY.0 + number);
        let mut gone = Vec::new();
        let epoch = Epoch(u64::from(number * CLOSINGS));
        let (items, alive) = put_many(store.as_ref(), load(number), today, epoch);
        wall.push_back(alive);
        if wall.len() > TTL as usize {
            wall.pop_front();
            gone.push(Day(today.0 - TTL));
        }
        let mut shown: Vec<&NewItem> = items.iter().collect();
        for closing_of_day in 0..CLOSINGS {
            let epoch = Epoch(u64::from(number * CLOSINGS + closing_of_day));
            store.end_epoch(epoch).unwrap();
            let last = closing(store.as_ref(), epoch, &shown);
            let (state, gone) = ("s".repeat(STATE), std::mem::take(&mut gone));
            store
                .close_epoch(Closing {
                    gone,
                    state,
                    ..last
                })
                .unwrap();
            shown.clear();
        }
        let alive: u64 = wall.iter().sum();
        let used = size(engine.0.path());
        let ratio = used.saturating_sub(FLOOR) as f64 / alive.max(1) as f64;
        if number % 10 == 9 {
            println!("day {number}: {alive} bytes live, {used} used, {ratio:.2} beyond the floor");
        }
        worst = worst.max(ratio);
    }
    // Here sled puts what is too large for a page, and never gives it back.
    let beside = std::fs::read_dir(engine.0.path().join("wall/blobs"));
    assert_eq!(beside.unwrap().count(), 0);
    worst
}

#[test]
fn months_of_traffic_take_no_more_than_two_and_a_half_times_what_is_live() {
    let worst = live(64, |_| 40);
    assert!(worst <= 2.5, "{worst:.2}");
}

#[test]
fn what_a_flood_took_up_is_given_back() {
    let worst = live(40, |day| if day == 10 { 400 } else { 5 });
    assert!(worst <= 2.5, "{worst:.2}");
}
