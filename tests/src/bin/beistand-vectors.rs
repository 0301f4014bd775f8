//! `beistand-vectors DIR`: tries every age vector of a folder; `cargo xtask vectors DIR` builds
//! and runs it. One line a failure, then `N passed, M failed`.
//!
//! Exit status: 0 all passed, 2 the folder cannot be used, 3 something failed.

use beistand_portable_tests::vectors::{deviation, run_folder};
use std::path::Path;
use std::process::ExitCode;

const UNUSABLE: u8 = 2;
const FAILED: u8 = 3;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next(), arguments.next()) else {
        return unusable(
            "a folder of vectors is needed",
            "beistand-vectors DIR, where DIR holds files in the format of C2SP's CCTV/age",
        );
    };
    let summary = match run_folder(Path::new(&folder)) {
        Ok(summary) => summary,
        Err(error) => return unusable(&format!("the folder cannot be read: {error}"), "check DIR"),
    };
    if summary.passed + summary.failures.len() == 0 {
        return unusable("there is no vector in that folder", "check DIR");
    }
    for name in &summary.ignored {
        println!("ignored {name}: its header has a key this version does not know");
    }
    for known in summary.deviating.iter().filter_map(|name| deviation(name)) {
        let (name, given, reason) = (known.name, known.given, known.reason);
        println!("deviates as known {name}: {given}; {reason}");
    }
    for failure in &summary.failures {
        println!("failed {failure}");
    }
    println!("{summary}");
    if summary.failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    }
}

fn unusable(what: &str, hint: &str) -> ExitCode {
    eprintln!("error: {what}\nhint: {hint}");
    ExitCode::from(UNUSABLE)
}
