//! The power goes at any moment. `cargo xtask powercut --states N` runs the same harness for
//! longer.

use beistand_server::testing::faults::powercut::{run, Plan, Recording};
use beistand_server::testing::faults::Tally;
use std::path::Path;

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");

#[test]
fn nothing_acknowledged_is_lost_when_the_power_goes() {
    let tally = run(Path::new(PROGRAM), &Plan::of(12), &[], &mut |_| ()).unwrap();
    println!("{tally}");
    assert!(tally.is_clean(), "{tally}: {:#?}", tally.complaints);
    assert_eq!(tally.tries, 12 * 4);
    assert!(tally.acknowledged > 0);
}

/// Every sync that is left out is noticed: of each kind of file, and of each folder.
#[test]
fn a_store_that_skips_a_sync_is_noticed() {
    let skipped: [&[&str]; 7] = [
        &["*/wall*/db"],
        &["*/wall*/conf"],
        // Also while it is still called wall.draft.
        &["*/wall", "*/wall.draft"],
        // The keys of a day, whose number has five digits.
        &["*/keys/?????"],
        &["*/keys"],
        &["*/data/blobs/*-?"],
        &["*/data/blobs"],
    ];
    let recording = Recording::of(Path::new(PROGRAM), 60).unwrap();
    for sabotage in skipped {
        let mut tally = Tally::new("states");
        recording.try_moments(30, sabotage, &mut tally).unwrap();
        println!("without {sabotage:?}: {tally}");
        assert!(tally.lost + tally.half > 0, "{sabotage:?}: {tally}");
    }
}
