//! The disk fills up, or loses a write. `cargo xtask diskfull --runs N` runs the same harness for
//! longer.

use beistand_server::testing::faults::diskfull::{run, Plan};
use std::path::Path;

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");

#[test]
fn nothing_is_acknowledged_that_a_failing_disk_did_not_keep() {
    let tally = run(Path::new(PROGRAM), &Plan::of(12), &mut |_| ()).unwrap();
    println!("{tally}");
    assert!(tally.is_clean(), "{tally}: {:#?}", tally.complaints);
    assert_eq!(tally.tries, 12);
}
