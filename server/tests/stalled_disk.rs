//! What the fault harnesses make of a server that gives up because this machine's disk stalls: it is
//! started again and counted on its own. Nothing else is forgiven.

use beistand_server::testing::faults::crash::{run, Plan};
use beistand_server::testing::faults::Tally;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");
const STALLED: &str = "error: the store failed: the disk did not answer in time";

/// One cycle with a program whose first `refused` starts end with that sentence.
fn crash(refused: u32, sentence: &str) -> Tally {
    let place = tempfile::tempdir().unwrap();
    let program = place.path().join("program");
    let starts = place.path().join("starts");
    let starts = starts.display();
    let script = format!(
        "#!/bin/sh\n\
         echo >>'{starts}'\n\
         if [ $(wc -l <'{starts}') -le {refused} ]; then echo '{sentence}' >&2; exit 1; fi\n\
         exec '{PROGRAM}' \"$@\"\n"
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, Permissions::from_mode(0o700)).unwrap();
    let plan = Plan {
        clients: 1,
        longest_life: 100,
        ..Plan::of(1)
    };
    run(&program, &plan, &mut |_| ()).unwrap()
}

#[test]
fn a_disk_that_stalls_for_a_while_is_counted_on_its_own() {
    let tally = crash(2, STALLED);
    assert!(tally.is_clean(), "{tally}: {:#?}", tally.complaints);
    assert_eq!(tally.stalled, 2);
    assert!(tally.to_string().ends_with(" stalled=2"), "{tally}");
}

#[test]
fn a_server_that_never_starts_again_is_not_forgiven() {
    assert_eq!(crash(u32::MAX, STALLED).half, 1);
}

#[test]
fn a_server_that_is_refused_for_another_reason_is_not_started_again() {
    let tally = crash(1, "error: the store is damaged");
    assert_eq!((tally.half, tally.stalled), (1, 0), "{tally}");
}
