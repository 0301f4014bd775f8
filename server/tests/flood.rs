//! The harness of `cargo xtask flood`, small: visitors get through, and it does flood.

use beistand_server::testing::flood::{run, Plan};
use std::path::Path;

#[test]
fn visitors_get_through_a_small_flood() {
    let plan = Plan {
        slow: 40,
        idle: 200,
        visitors: 2,
        visits: 20,
    };
    let program = Path::new(env!("CARGO_BIN_EXE_beistand-server"));
    let tally = run(program, &plan).unwrap();
    assert_eq!(tally.failed, [""; 0]);
    assert_eq!(tally.took.len(), plan.visits);
    assert!(tally.memory_most >= tally.memory_before && tally.memory_before > 0);
}
