//! kill -9 during puts and deletions, fifty times. `-- --nocapture` shows the tally; the same
//! harness runs longer on demand.

use beistand_server::testing::crash::{run, Plan};
use std::path::Path;

#[test]
fn nothing_acknowledged_is_lost_and_nothing_deleted_comes_back() {
    let program = Path::new(env!("CARGO_BIN_EXE_beistand-server"));
    let plan = Plan { cycles: 50, clients: 4, longest_life: 700, parts_one_in: 40 };
    let tally = run(program, &plan).unwrap();
    println!("{tally}");
    assert_eq!(tally.cycles, 50);
    assert!(tally.acknowledged > 500, "{tally}");
    assert!(tally.is_clean(), "{tally}");
}
