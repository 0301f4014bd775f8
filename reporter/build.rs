//! Tells the program which commit it was built from, for `--version`.

use std::path::Path;
use std::process::Command;

fn main() {
    let commit = Command::new("git")
        .args([
            "describe",
            "--always",
            "--dirty=+",
            "--abbrev=12",
            "--exclude=*",
        ])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map_or_else(|| "unknown".to_owned(), |commit| commit.trim().to_owned());
    println!("cargo::rustc-env=BEISTAND_COMMIT={commit}");
    // The head's own log changes with every commit; HEAD itself only with the branch.
    let head = Path::new("../.git/logs/HEAD");
    let watched = if head.exists() {
        head
    } else {
        Path::new("build.rs")
    };
    println!("cargo::rerun-if-changed={}", watched.display());
}
