//! Days pass: challenges change, prekeys run out, rosters follow each other, and after its time
//! a day is forgotten.

use beistand_protocol::bytes::Slot;
use beistand_protocol::class::BlobClass;
use beistand_protocol::prekey::PrekeysFile;
use beistand_protocol::roster::Writer;
use beistand_protocol::roster_chain::RostersFile;
use beistand_protocol::time::{Day, Epoch, UnixTime};
use beistand_server::clock::Clock as _;
use beistand_server::store::Store as _;
use beistand_server::testing::in_process::Wishes;
use beistand_server::testing::{put_of, InProcess};

const DAY: u64 = UnixTime::DAY_SECONDS;

fn prekeys(server: &InProcess) -> Vec<String> {
    let body = server.visitor.get("/v1/prekeys").unwrap().body;
    serde_json::from_slice::<PrekeysFile>(&body)
        .unwrap()
        .prekeys
}

fn rosters(server: &InProcess) -> usize {
    let body = server.visitor.get("/v1/rosters").unwrap().body;
    serde_json::from_slice::<RostersFile>(&body)
        .unwrap()
        .rosters
        .len()
}

#[test]
fn a_day_is_forgotten_after_its_time_and_the_log_says_so() {
    let server = InProcess::with(Wishes {
        roster: |roster| roster.ttl_days = 3,
        ..Wishes::default()
    });
    let first = server.clock.now().day();
    let snapshot = server.visitor.snapshot(server.clock.now(), first).unwrap();
    let (old, _) = put_of(&snapshot, BlobClass::Envelope8, first);
    let (old_part, _) = put_of(&snapshot, BlobClass::Part, first);
    server.visitor.put(&snapshot, &old).unwrap();
    server.visitor.put(&snapshot, &old_part).unwrap();
    server.next_epoch();
    server.clock.advance(DAY);
    server.wall.close_epoch_if_due().unwrap();
    let snapshot = server.visitor.snapshot(server.clock.now(), first).unwrap();
    let (new, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    server.visitor.put(&snapshot, &new).unwrap();
    server.next_epoch();

    for _ in 0..2 {
        server.clock.advance(DAY);
        server.wall.close_epoch_if_due().unwrap();
        assert!(server.store.read(&old.slot).unwrap().is_some());
    }
    server.clock.advance(DAY);
    assert!(server.wall.close_epoch_if_due().unwrap());
    for slot in [old.slot, old_part.slot] {
        assert!(server.store.read(&slot).unwrap().is_none());
    }
    let gone = format!("gone|{first}|2");
    let size = server.wall.published().unwrap().tree_size;
    let leaves: Vec<String> = (0..size)
        .map(|index| server.store.leaf(index).unwrap().unwrap())
        .collect();
    assert_eq!(leaves.iter().filter(|leaf| **leaf == gone).count(), 1);

    let today = server.clock.now().day();
    let note = server.team.sync(0, today, Day(0), Epoch(0));
    let synced = server.visitor.sync(&note).unwrap();
    assert_eq!(
        synced.iter().map(|record| record.slot).collect::<Vec<_>>(),
        [new.slot]
    );
    let shown = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
    assert_eq!(
        shown.index().slots().collect::<Vec<_>>(),
        [(new.day, new.slot)]
    );
}

#[test]
fn a_stamp_of_yesterday_passes_and_one_of_the_day_before_does_not() {
    let server = InProcess::with(Wishes {
        roster: |roster| roster.stamps.envelope_min = 8,
        ..Wishes::default()
    });
    let snapshot = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
    server.clock.advance(DAY);
    server.wall.close_epoch_if_due().unwrap();
    let newer = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
    assert_ne!(snapshot.challenge(), newer.challenge());
    let (request, _) = put_of(&snapshot, BlobClass::Envelope8, newer.today());
    server.visitor.put(&newer, &request).unwrap();
    server.clock.advance(DAY);
    server.wall.close_epoch_if_due().unwrap();
    let newest = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
    // 1 in 256 old stamps is worth something by chance, so several are tried.
    let refused = (0..4).any(|_| {
        let (request, _) = put_of(&snapshot, BlobClass::Envelope8, newest.today());
        server.visitor.put(&newest, &request) == Err("weak-stamp".to_owned())
    });
    assert!(refused);
    let (request, _) = put_of(&newer, BlobClass::Envelope8, newest.today());
    server.visitor.put(&newest, &request).unwrap();
}

#[test]
fn the_challenge_stays_the_same_all_day() {
    let server = InProcess::start();
    let first = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
    server.next_epoch();
    server.clock.advance(3_600);
    assert!(server.wall.close_epoch_if_due().is_ok());
    let later = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
    assert!(later.state().checkpoint.head.size > first.state().checkpoint.head.size);
    assert_eq!(first.challenge(), later.challenge());
}

#[test]
fn prekeys_are_shown_in_order_replaced_and_dropped_when_they_are_over() {
    let server = InProcess::start();
    let today = server.clock.now().day();
    let post = |note: &str| server.visitor.post("/v1/prekeys", note.as_bytes()).unwrap();
    let (second, first) = (server.team.prekey(1, today), server.team.prekey(0, today));
    assert_eq!(post(&second).status, 204);
    assert_eq!(post(&first).status, 204);
    assert_eq!(post(&first).status, 204);
    assert_eq!(prekeys(&server), [first.clone(), second.clone()]);
    let snapshot = server.visitor.snapshot(server.clock.now(), today).unwrap();
    let device = snapshot.roster().device(Writer(2)).unwrap();
    assert_eq!(snapshot.prekeys().of(device).unwrap().day, today);

    let newer = server.team.prekey(0, today);
    assert_eq!(post(&newer).status, 204);
    assert_eq!(prekeys(&server), [newer.clone(), second]);
    let replayed = post(&first);
    assert_eq!(
        (replayed.status, replayed.code().as_str()),
        (400, "prekey-refused")
    );
    assert_eq!(prekeys(&server).first(), Some(&newer));

    for day in 1..=8 {
        server.clock.advance(DAY);
        server.wall.close_epoch_if_due().unwrap();
        assert_eq!(prekeys(&server).is_empty(), day == 8);
    }
}

#[test]
fn rosters_follow_each_other_and_old_ones_leave_the_file() {
    let server = InProcess::with(Wishes {
        roster: |roster| roster.ttl_days = 5,
        ..Wishes::default()
    });
    let post = |roster: &beistand_protocol::roster::Roster| {
        let note = server.team.sign_roster(roster);
        server.visitor.post("/v1/rosters", note.as_bytes()).unwrap()
    };
    server.clock.advance(DAY);
    let second = server.team.next_roster(&server.roster, server.clock.now());
    assert_eq!(post(&second).status, 204);
    assert_eq!(post(&second).status, 204);
    assert_eq!(rosters(&server), 2);
    // Not the next, not in the chain, another log key, longer epochs.
    assert_eq!(post(&server.roster).code(), "roster-refused");
    let mut third = server.team.next_roster(&second, server.clock.now());
    third.previous = Some(server.team.roster_digest(&server.roster));
    assert_eq!(post(&third).code(), "roster-refused");
    let mut third = server.team.next_roster(&second, server.clock.now());
    third.log = server.team.device_verifier(0);
    assert_eq!(post(&third).code(), "roster-refused");
    let mut third = server.team.next_roster(&second, server.clock.now());
    third.epoch_seconds = 2;
    assert_eq!(post(&third).code(), "roster-refused");
    assert_eq!(rosters(&server), 2);

    // The first was in force within the last five days until the sixth.
    server.clock.advance(4 * DAY);
    server.wall.close_epoch_if_due().unwrap();
    assert_eq!(rosters(&server), 2);
    server.clock.advance(DAY);
    server.wall.close_epoch_if_due().unwrap();
    assert_eq!(rosters(&server), 1);
    let snapshot = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
    assert_eq!(snapshot.roster().version, 2);
    // Both are in the log.
    let size = server.wall.published().unwrap().tree_size;
    let logged = (0..size)
        .filter(|index| {
            server
                .store
                .leaf(*index)
                .unwrap()
                .unwrap()
                .starts_with("roster|")
        })
        .count();
    assert_eq!(logged, 2);
}

#[test]
fn prekeys_of_a_device_that_left_leave_with_it() {
    let server = InProcess::start();
    let today = server.clock.now().day();
    for device in [0, 1] {
        let note = server.team.prekey(device, today);
        assert_eq!(
            server
                .visitor
                .post("/v1/prekeys", note.as_bytes())
                .unwrap()
                .status,
            204
        );
    }
    let mut next = server.team.next_roster(&server.roster, server.clock.now());
    next.devices.pop();
    let note = server.team.sign_roster(&next);
    assert_eq!(
        server
            .visitor
            .post("/v1/rosters", note.as_bytes())
            .unwrap()
            .status,
        204
    );
    assert_eq!(prekeys(&server).len(), 1);
    let note = server.team.sync(1, today, today, Epoch(0));
    assert_eq!(server.visitor.sync(&note), Err("sync-refused".to_owned()));
}

#[test]
fn an_expired_roster_stops_puts_and_readiness_but_is_still_shown() {
    let server = InProcess::start();
    assert_eq!(server.visitor.get("/readyz").unwrap().status, 200);
    let snapshot = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
    let (request, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    server.clock.set(server.roster.not_after);
    server.wall.close_epoch_if_due().unwrap();
    assert_eq!(
        server.visitor.put(&snapshot, &request),
        Err("not-ready".to_owned())
    );
    assert_eq!(server.visitor.get("/readyz").unwrap().code(), "not-ready");
    assert_eq!(rosters(&server), 1);
    assert_eq!(
        server
            .visitor
            .snapshot(server.clock.now(), Day(0))
            .map(|_| ()),
        Err("the roster has expired".to_owned())
    );
}

#[test]
fn the_state_stays_fresh_while_nothing_happens() {
    let server = InProcess::start();
    for _ in 0..50 {
        server.clock.advance(3_600);
        server.wall.close_epoch_if_due().unwrap();
        let now = server.clock.now();
        let snapshot = server.visitor.snapshot(now, Day(0)).unwrap();
        assert_eq!(snapshot.today(), now.day());
        let published = server.wall.published().unwrap();
        assert!(now.0 - published.closed_at.0 < 1_800);
    }
    let slots = [1, 2, 3, 4].map(|byte| Slot([byte; 16]));
    let snapshot = server.visitor.snapshot(server.clock.now(), Day(0)).unwrap();
    server
        .visitor
        .fetch(&snapshot, BlobClass::Envelope8, &slots)
        .unwrap();
}
