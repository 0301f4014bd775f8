//! kill -9 during puts, parts, deletions, starts, and the ends of epochs and days. `cargo xtask
//! crash --cycles N` runs the same harness for longer.

use beistand_server::testing::faults::crash::{run, run_with, Plan};
use std::fs;
use std::io;
use std::path::Path;

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");

#[test]
fn nothing_acknowledged_is_lost_and_nothing_deleted_comes_back() {
    let plan = Plan {
        clients: 4,
        // Kills are what counts, not what lies between them.
        longest_life: 300,
        ..Plan::of(40)
    };
    let tally = run(Path::new(PROGRAM), &plan, &mut |_| ()).unwrap();
    println!("{tally}");
    assert!(tally.is_clean(), "{tally}: {:#?}", tally.complaints);
    assert_eq!(tally.tries, 40);
    assert!(tally.acknowledged > 400, "{tally}");
}

#[test]
fn a_store_that_forgets_what_it_acknowledged_is_noticed() {
    let before = tempfile::tempdir().unwrap();
    let plan = Plan {
        clients: 2,
        ..Plan::of(3)
    };
    // What the second server acknowledged is taken back after it was killed.
    let tally = run_with(
        Path::new(PROGRAM),
        &plan,
        &mut |_| (),
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
    assert!(tally.lost > 0, "{tally}: {:#?}", tally.complaints);
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if entry.file_type()?.is_file() {
            // Not the socket that a killed server leaves.
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
