//! Which commit a program was built from, so that it can say so in `--version`. For build
//! scripts: nothing of this is in a program.

use std::path::Path;
use std::process::Command;

/// Sets `BEISTAND_COMMIT` for the crate whose build script calls: twelve letters of the commit,
/// `+` behind them where files had changed, or `unknown` outside a checkout.
///
/// The crate's folder stands directly in the root of the checkout.
pub fn name() {
    println!("cargo::rustc-env=BEISTAND_COMMIT={}", describe());
    // The head's own log changes with every commit; HEAD itself only with the branch.
    let head = Path::new("../.git/logs/HEAD");
    let watched = if head.exists() {
        head
    } else {
        Path::new("build.rs")
    };
    println!("cargo::rerun-if-changed={}", watched.display());
}

fn describe() -> String {
    Command::new("git")
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
        .map_or_else(|| "unknown".to_owned(), |commit| commit.trim().to_owned())
}
