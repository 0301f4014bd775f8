//! The disk fills up, or loses a write. `cargo xtask diskfull --runs N` runs the same harness for
//! longer.

use beistand_server::testing::faults::diskfull::{run, run_starts, Plan};
use std::path::Path;

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");

#[test]
fn nothing_is_acknowledged_that_a_failing_disk_did_not_keep() {
    let tally = run(Path::new(PROGRAM), &Plan::of(12), &mut |_| ()).unwrap();
    println!("{tally}");
    assert!(tally.is_clean(), "{tally}: {:#?}", tally.complaints);
    assert_eq!(tally.tries, 12);
}

#[test]
fn a_disk_that_fails_while_the_server_starts_is_told_in_a_sentence() {
    let tally = run_starts(Path::new(PROGRAM)).unwrap();
    println!("{tally}");
    assert!(tally.is_clean(), "{tally}: {:#?}", tally.complaints);
    // The database, its folders, the log key, the roster.
    assert!(tally.tries > 15, "{tally}");
}
