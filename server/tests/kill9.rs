//! kill -9 during puts and deletions, fifty times. `-- --nocapture` shows the tally; the same
//! harness runs longer on demand.

use beistand_server::testing::crash::{run, run_with, Plan};
use std::fs;
use std::io;
use std::path::Path;

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");

#[test]
fn nothing_acknowledged_is_lost_and_nothing_deleted_comes_back() {
    let plan = Plan {
        cycles: 50,
        clients: 4,
        longest_life: 500,
        parts_one_in: 40,
    };
    let tally = run(Path::new(PROGRAM), &plan).unwrap();
    println!("{tally}");
    assert_eq!(tally.cycles, 50);
    assert!(tally.acknowledged > 500, "{tally}");
    assert!(tally.is_clean(), "{tally}");
}

#[test]
fn a_store_that_forgets_what_it_acknowledged_is_noticed() {
    let before = tempfile::tempdir().unwrap();
    let plan = Plan {
        cycles: 3,
        clients: 2,
        longest_life: 800,
        parts_one_in: 0,
    };
    // What the second server acknowledged is taken back after it was killed.
    let tally = run_with(
        Path::new(PROGRAM),
        &plan,
        &mut |killed, data| match killed {
            0 => copy(data, before.path()),
            1 => {
                fs::remove_dir_all(data)?;
                copy(before.path(), data)
            }
            _ => Ok(()),
        },
    );
    let tally = tally.unwrap();
    assert!(tally.lost > 0, "{tally}");
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
