//! As a disk fills, what takes up most and matters least is refused first: parts, then envelopes,
//! then prekeys and rosters. Reading, deleting and forgetting always work.

use beistand_protocol::class::BlobClass;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::{Day, Epoch};
use beistand_server::clock::{Clock as _, SystemClock};
use beistand_server::testing::{put_of, Place, Program, Visitor};
use std::process::Command;
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");

/// The command of a server that keeps free so many percent of what is free now.
fn command(place: &Place, percent: u64) -> Command {
    let free = fs2::available_space(place.directory.path()).unwrap();
    let megabytes = (free / 100 * percent) >> 20;
    let mut command = place.command();
    command.args(["--keep-free", &megabytes.to_string()]);
    command
}

fn start(place: &Place, percent: u64) -> Program {
    Program::start_command(&mut command(place, percent)).unwrap()
}

fn post_prekey(place: &Place, visitor: &Visitor) -> u16 {
    let note = place.team.prekey(0, SystemClock.now().day());
    let answer = visitor.post("/v1/prekeys", note.as_bytes()).unwrap();
    answer.status
}

fn snapshot(visitor: &Visitor) -> Snapshot {
    let now = SystemClock.now();
    let snapshot = visitor.snapshot(now, now.day().back(60));
    snapshot.unwrap().into_inner()
}

fn full<T>() -> Result<T, String> {
    Err("storage-full".to_owned())
}

#[test]
fn parts_are_refused_first_then_envelopes_then_prekeys() {
    let place = Place::new(PROGRAM);
    let put = |visitor: &Visitor, class| {
        let seen = snapshot(visitor);
        let (request, key) = put_of(&seen, class, seen.today());
        let outcome = visitor.put(&seen, &request).map(|_| ());
        (request, key, outcome)
    };
    // The margins are wide: others use this disk meanwhile.
    let ample = start(&place, 1);
    let visitor = ample.visitor(&place.team);
    place.post_roster(&visitor);
    let (part, part_key, outcome) = put(&visitor, BlobClass::Part);
    assert_eq!(outcome, Ok(()));
    let (envelope, _, outcome) = put(&visitor, BlobClass::Envelope8);
    assert_eq!(outcome, Ok(()));
    drop(ample);

    let no_parts = start(&place, 70);
    let visitor = no_parts.visitor(&place.team);
    assert_eq!(put(&visitor, BlobClass::Part).2, full());
    assert_eq!(put(&visitor, BlobClass::Envelope8).2, Ok(()));
    assert_eq!(visitor.get("/readyz").unwrap().status, 200);
    drop(no_parts);

    let no_puts = start(&place, 200);
    let visitor = no_puts.visitor(&place.team);
    assert_eq!(put(&visitor, BlobClass::Part).2, full());
    assert_eq!(put(&visitor, BlobClass::Envelope8).2, full());
    assert_eq!(visitor.get("/readyz").unwrap().status, 503);
    // A desk goes on: it reads, and those who write find today's key.
    assert_eq!(post_prekey(&place, &visitor), 204);
    let today = SystemClock.now().day();
    let note = place.team.sync(0, today, Day(0), Epoch(0));
    let is_shown = || {
        let synced = visitor.sync(&note).unwrap();
        synced.iter().any(|found| found.slot == envelope.slot)
    };
    while !is_shown() {
        // Its epoch is not over yet.
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(visitor.delete(&part.slot, &part_key).unwrap(), 204);
    drop(no_puts);

    // And where there is not even room for that, it does not start.
    let output = command(&place, 1_000).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("too little room left"), "{said}");
}
