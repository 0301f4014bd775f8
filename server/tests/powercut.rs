//! The power goes at any moment. `cargo xtask powercut --states N` runs the same harness for
//! longer.

use beistand_server::testing::faults::powercut::{run, Plan};
use std::path::Path;

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");

#[test]
fn nothing_acknowledged_is_lost_when_the_power_goes() {
    let tally = run(Path::new(PROGRAM), &Plan::of(12), &mut |_| ()).unwrap();
    println!("{tally}");
    assert!(tally.is_clean(), "{tally}: {:#?}", tally.complaints);
    assert_eq!(tally.tries, 12 * 4);
    assert!(tally.acknowledged > 0);
}

/// Every sync that is left out is noticed: of each kind of file, and of each folder.
#[test]
fn a_store_that_skips_a_sync_is_noticed() {
    let skipped = [
        "*/wall*/db",
        "*/wall*/conf",
        // Also while it is still called wall.draft.
        "*/wal*[lt]",
        "*/keys/[0-9]*[0-9]",
        "*/keys",
        "*/blobs/*-[0-9]",
        "*/data/blobs",
    ];
    for pattern in skipped {
        let plan = Plan {
            sabotage: Some(pattern),
            ..Plan::of(30)
        };
        let tally = run(Path::new(PROGRAM), &plan, &mut |_| ()).unwrap();
        println!("without {pattern}: {tally}");
        assert!(tally.lost + tally.half > 0, "{pattern}: {tally}");
    }
}
