//! A put on its way through the wall, as client, desk and writer see it.

use beistand_protocol::bytes::Slot;
use beistand_protocol::class::BlobClass;
use beistand_protocol::hash::sha256;
use beistand_protocol::leaf::commitment;
use beistand_protocol::merkle::leaf_hash;
use beistand_protocol::time::Epoch;
use beistand_protocol::tombstone::Tombstone;
use beistand_server::clock::Clock as _;
use beistand_server::store::Store as _;
use beistand_server::testing::{put_of, InProcess};

#[test]
fn a_put_is_promised_then_logged_then_visible() {
    let server = InProcess::start();
    let visitor = &server.visitor;
    let now = server.clock.now();
    let snapshot = visitor.snapshot(now, now.day().back(1)).unwrap();
    let (request, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    let (promise, response) = visitor.put(&snapshot, &request).unwrap();
    assert_eq!(promise.epoch, now.epoch(1));

    // Nobody sees it before its epoch is over.
    server.wall.close_epoch().unwrap();
    let hidden = visitor.snapshot(now, now.day()).unwrap();
    assert!(hidden.index().is_empty());
    let fetched = fetch_one(&server, request.slot);
    assert_ne!(fetched.blob, request.blob.bytes());

    server.next_epoch();
    let shown = visitor.snapshot(server.clock.now(), now.day()).unwrap();
    assert!(shown.index_holds(&request.slot, now.day()));
    assert_eq!(shown.state().leaf.epoch, promise.epoch);
    let fetched = fetch_one(&server, request.slot);
    assert_eq!(fetched.blob, request.blob.bytes());
    assert_eq!(fetched.r, response.r);
    let logged = server.store.leaf(fetched.leaf).unwrap().unwrap();
    assert_eq!(leaf_hash(logged.as_bytes()), promise.leaf);

    let note = server.team.sync(1, now.day(), now.day(), Epoch(0));
    let synced = visitor.sync(&note).unwrap();
    assert_eq!(synced.len(), 1);
    assert_eq!(
        (synced[0].slot, synced[0].epoch),
        (request.slot, promise.epoch)
    );
    assert_eq!(synced[0].record, fetched);
    // A desk that has synced this epoch is given nothing twice.
    let again = server.team.sync(1, now.day(), now.day(), promise.epoch);
    assert_eq!(visitor.sync(&again).unwrap(), []);
}

fn fetch_one(server: &InProcess, slot: Slot) -> beistand_protocol::fetch::FetchRecord {
    let now = server.clock.now();
    let snapshot = server.visitor.snapshot(now, now.day()).unwrap();
    let slots = [slot, Slot([1; 16]), Slot([2; 16]), Slot([3; 16])];
    server
        .visitor
        .fetch(&snapshot, BlobClass::Envelope8, &slots)
        .unwrap()
        .swap_remove(0)
}

#[test]
fn a_put_repeated_gives_the_same_promise_and_an_occupied_slot_that_of_its_occupant() {
    let server = InProcess::start();
    let now = server.clock.now();
    let snapshot = server.visitor.snapshot(now, now.day()).unwrap();
    let (request, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    let (_, first) = server.visitor.put(&snapshot, &request).unwrap();
    server.next_epoch();
    let (_, again) = server.visitor.put(&snapshot, &request).unwrap();
    assert_eq!(first, again);

    let (other, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    let other = beistand_protocol::put::PutRequest {
        blob: other.blob,
        ..request
    };
    let answer = server
        .visitor
        .post("/v1/envelopes", &other.encode())
        .unwrap();
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (409, "slot-occupied")
    );
    let problem: beistand_protocol::problem::Problem =
        serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(problem.promise, Some(first.promise));
}

#[test]
fn a_deletion_leaves_a_tombstone_that_the_log_vouches_for() {
    let server = InProcess::start();
    let now = server.clock.now();
    let snapshot = server.visitor.snapshot(now, now.day()).unwrap();
    let (request, key) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    let (promise, _) = server.visitor.put(&snapshot, &request).unwrap();
    server.next_epoch();
    assert_eq!(server.visitor.delete(&request.slot, &key).unwrap(), 204);
    assert_eq!(server.visitor.delete(&request.slot, &key).unwrap(), 204);

    let record = fetch_one(&server, request.slot);
    let tombstone = Tombstone::parse(&record.blob).unwrap();
    assert_eq!(tombstone.blob, sha256(request.blob.bytes()));
    let commits = tombstone
        .commitment(&record.r, &request.slot, &record.delete_hash)
        .unwrap();
    let expected = commitment(
        &record.r,
        &request.slot,
        &request.delete_hash,
        &tombstone.blob,
    );
    assert_eq!(commits, expected);
    let leaf = server.store.leaf(record.leaf).unwrap().unwrap();
    assert!(leaf.ends_with(&commits.to_string()));
    assert_eq!(leaf_hash(leaf.as_bytes()), promise.leaf);
    let note = server.team.sync(0, now.day(), now.day(), Epoch(0));
    assert_eq!(
        server.visitor.sync(&note).unwrap()[0].record.blob,
        record.blob
    );
}

#[test]
fn parts_are_put_fetched_and_synced_but_stand_in_no_index() {
    let server = InProcess::start();
    let now = server.clock.now();
    let snapshot = server.visitor.snapshot(now, now.day()).unwrap();
    let (part, _) = put_of(&snapshot, BlobClass::Part, snapshot.today());
    server.visitor.put(&snapshot, &part).unwrap();
    server.next_epoch();
    let snapshot = server
        .visitor
        .snapshot(server.clock.now(), now.day())
        .unwrap();
    assert!(snapshot.index().is_empty());
    let records = server
        .visitor
        .fetch(&snapshot, BlobClass::Part, &[part.slot])
        .unwrap();
    assert_eq!(records[0].blob, part.blob.bytes());
    let note = server.team.sync(0, now.day(), now.day(), Epoch(0));
    assert_eq!(server.visitor.sync(&note).unwrap().len(), 1);
    // Asked for as an envelope it is nothing.
    assert_ne!(
        fetch_one(&server, part.slot).blob[..64],
        part.blob.bytes()[..64]
    );
}

#[test]
fn what_is_not_there_answers_in_the_same_size() {
    let server = InProcess::start();
    let now = server.clock.now();
    let snapshot = server.visitor.snapshot(now, now.day()).unwrap();
    let slots = [Slot([1; 16]), Slot([2; 16]), Slot([3; 16]), Slot([4; 16])];
    let one = server
        .visitor
        .fetch(&snapshot, BlobClass::Envelope8, &slots)
        .unwrap();
    let two = server
        .visitor
        .fetch(&snapshot, BlobClass::Envelope8, &slots)
        .unwrap();
    assert_eq!(one.len(), 4);
    // Fresh noise each time, and no two records alike.
    for (i, record) in one.iter().chain(&two).enumerate() {
        let same = one
            .iter()
            .chain(&two)
            .filter(|other| other.blob == record.blob)
            .count();
        assert_eq!(same, 1, "{i}");
        assert!(record.blob.iter().any(|byte| *byte != 0));
    }
}

#[test]
fn envelopes_of_an_epoch_stand_sorted_and_epochs_in_their_order() {
    let server = InProcess::start();
    let now = server.clock.now();
    let mut expected = Vec::new();
    for _ in 0..3 {
        let snapshot = server
            .visitor
            .snapshot(server.clock.now(), now.day())
            .unwrap();
        let mut slots = Vec::new();
        for _ in 0..6 {
            let (request, _) = put_of(&snapshot, BlobClass::Envelope8, now.day());
            server.visitor.put(&snapshot, &request).unwrap();
            slots.push(request.slot);
        }
        slots.sort();
        expected.extend(slots);
        server.next_epoch();
    }
    let index = server.visitor.index(now.day()).unwrap();
    assert_eq!(index.days.len(), 1);
    assert_eq!(index.days[0].slots, expected);
    let note = server.team.sync(0, now.day(), now.day(), Epoch(0));
    let synced: Vec<_> = server
        .visitor
        .sync(&note)
        .unwrap()
        .iter()
        .map(|record| record.slot)
        .collect();
    assert_eq!(synced, expected);
}

#[test]
fn leaves_of_an_epoch_are_shuffled() {
    let server = InProcess::start();
    let now = server.clock.now();
    let snapshot = server.visitor.snapshot(now, now.day()).unwrap();
    let mut order = Vec::new();
    for _ in 0..12 {
        let (request, _) = put_of(&snapshot, BlobClass::Envelope8, now.day());
        server.visitor.put(&snapshot, &request).unwrap();
        order.push(request.slot);
    }
    server.next_epoch();
    let leaf = |slot: &Slot| {
        let item = server.store.read(slot).unwrap().unwrap();
        item.record.visible.unwrap().leaf
    };
    let in_order_of_arrival = order.windows(2).all(|pair| leaf(&pair[0]) < leaf(&pair[1]));
    order.sort();
    let in_order_of_slots = order.windows(2).all(|pair| leaf(&pair[0]) < leaf(&pair[1]));
    // Either would happen by chance once in 12! = 479 million runs.
    assert!(!in_order_of_arrival && !in_order_of_slots);
}
