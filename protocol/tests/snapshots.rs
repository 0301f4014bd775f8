//! A visitor believes rosters, prekeys and index only together with the signed state: P7.
mod support;

use beistand_protocol::bytes::{Digest, Slot};
use beistand_protocol::checkpoint::TreeHead;
use beistand_protocol::json;
use beistand_protocol::note::NoteError;
use beistand_protocol::prekey::PrekeyError;
use beistand_protocol::roster_chain::RosterError;
use beistand_protocol::snapshot::{Seen, Served, Snapshot, SnapshotError};
use beistand_protocol::state::{StateError, StateResponse};
use beistand_protocol::time::{Day, UnixTime};
use support::{key, prekeys_file, world, Files, World, NOW};

struct Shown {
    state: Vec<u8>,
    rosters: Vec<u8>,
    prekeys: Vec<u8>,
    index: Vec<u8>,
    from: Day,
}

fn shown(world: &World, files: &Files) -> Shown {
    Shown {
        state: encode(&files.state(world, 5)),
        rosters: files.rosters.clone(),
        prekeys: files.prekeys.clone(),
        index: files.index.encode(),
        from: Day(0),
    }
}

fn encode(state: &StateResponse) -> Vec<u8> {
    json::encode(state).unwrap().into_bytes()
}

fn verify(
    world: &World,
    shown: &Shown,
    now: UnixTime,
    seen: Option<&Seen>,
) -> Result<Snapshot, SnapshotError> {
    let served = Served {
        state: &shown.state,
        rosters: &shown.rosters,
        prekeys: &shown.prekeys,
        index: &shown.index,
        index_from: shown.from,
    };
    Snapshot::verify(&world.instance, &served, now, seen).map(|snapshot| snapshot.into_inner())
}

#[test]
fn an_honest_server_is_believed() {
    let world = world();
    let files = world.serve();
    let snapshot = verify(&world, &shown(&world, &files), NOW, None).unwrap();
    assert_eq!(snapshot.today(), NOW.day());
    assert_eq!(snapshot.index().len(), 3);
    assert!(snapshot.index_holds(&Slot([1; 16]), NOW.day()));
    assert!(!snapshot.index_holds(&Slot([3; 16]), NOW.day()));
    assert!(snapshot
        .prekeys()
        .of(&snapshot.roster().devices[0])
        .is_some());
    assert!(snapshot
        .prekeys()
        .of(&snapshot.roster().devices[1])
        .is_none());
    assert!(verify(&world, &shown(&world, &files), NOW, Some(&snapshot.seen())).is_ok());
}

#[test]
fn a_part_of_the_index_is_checked_against_its_own_days() {
    let world = world();
    let mut files = world.serve();
    let mut shown = shown(&world, &files);
    files.index.days.remove(0);
    shown.index = files.index.encode();
    assert_eq!(
        verify(&world, &shown, NOW, None).err(),
        Some(SnapshotError::Mismatch)
    );
    shown.from = NOW.day();
    assert!(verify(&world, &shown, NOW, None).is_ok());
}

#[test]
fn swapped_files_are_refused() {
    let world = world();
    let files = world.serve();
    let mut other = shown(&world, &files);
    other.prekeys = prekeys_file(vec![]);
    assert_eq!(
        verify(&world, &other, NOW, None).err(),
        Some(SnapshotError::Mismatch)
    );

    let mut other = shown(&world, &files);
    other.rosters.insert(1, b' ');
    assert_eq!(
        verify(&world, &other, NOW, None).err(),
        Some(SnapshotError::Mismatch)
    );

    let mut other = shown(&world, &files);
    let mut index = files.index.clone();
    index.days[1].slots[0] = Slot([2; 16]);
    other.index = index.encode();
    assert_eq!(
        verify(&world, &other, NOW, None).err(),
        Some(SnapshotError::Mismatch)
    );

    let mut other = shown(&world, &files);
    other.index.pop();
    assert!(matches!(
        verify(&world, &other, NOW, None),
        Err(SnapshotError::Index(_))
    ));
}

#[test]
fn a_state_that_is_not_the_logs_is_refused() {
    let world = world();
    let files = world.serve();
    let state = files.state(&world, 5);

    let mut forged = world.serve();
    forged.prekeys = prekeys_file(vec![]);
    let lie = StateResponse {
        leaf: forged.leaf().encode(),
        ..state.clone()
    };
    let mut other = shown(&world, &forged);
    other.state = encode(&lie);
    let expected = SnapshotError::State(StateError::Proof);
    assert_eq!(verify(&world, &other, NOW, None).err(), Some(expected));

    let stranger = key("log", 70);
    let head = TreeHead {
        size: 6,
        root: Digest([1; 32]),
    };
    let text = beistand_protocol::checkpoint::text(world.id(), &head);
    let mut other = shown(&world, &files);
    other.state = encode(&StateResponse {
        checkpoint: stranger.sign(&text),
        ..state
    });
    assert!(matches!(
        verify(&world, &other, NOW, None),
        Err(SnapshotError::State(StateError::Checkpoint(
            NoteError::Signatures { .. }
        )))
    ));
}

#[test]
fn a_stale_state_and_a_rolled_back_log_are_refused() {
    let world = world();
    let files = world.serve();
    let shown = shown(&world, &files);
    let later = UnixTime(NOW.0 + 2 * UnixTime::DAY_SECONDS);
    assert_eq!(
        verify(&world, &shown, later, None).err(),
        Some(SnapshotError::Stale)
    );

    let now = verify(&world, &shown, NOW, None).unwrap().seen();
    let longer = Seen {
        head: TreeHead {
            size: now.head.size + 1,
            ..now.head
        },
        ..now
    };
    let forked = Seen {
        head: TreeHead {
            root: Digest([0; 32]),
            ..now.head
        },
        ..now
    };
    for seen in [longer, forked] {
        let refused = verify(&world, &shown, NOW, Some(&seen)).err();
        assert_eq!(refused, Some(SnapshotError::Rollback));
    }
}

#[test]
fn an_expired_roster_is_told_apart() {
    let world = world();
    let files = world.serve();
    let later = world.roster().not_after;
    let refused = verify(&world, &shown(&world, &files), later, None).err();
    assert_eq!(refused, Some(SnapshotError::Roster(RosterError::Expired)));
}

#[test]
fn a_forged_prekey_is_refused_and_one_that_is_over_is_passed_by() {
    let world = world();
    let mut files = world.serve();
    let today = NOW.day();
    let mut forged = support::world();
    forged.devices[0] = key("device-1", 90);
    files.prekeys = prekeys_file(vec![forged.prekey_note(1, today)]);
    assert!(matches!(
        verify(&world, &shown(&world, &files), NOW, None),
        Err(SnapshotError::Prekeys(PrekeyError::Note(_)))
    ));
    files.prekeys = prekeys_file(vec![world.prekey_note(1, today.back(8))]);
    let snapshot = verify(&world, &shown(&world, &files), NOW, None).unwrap();
    assert!(snapshot
        .prekeys()
        .of(&snapshot.roster().devices[0])
        .is_none());
}
