//! `cargo xtask check`: what must hold in every commit and is quick to find out.
//!
//! Each check is a file here. It returns what it found; the text it prints on failure
//! names the command or the edit that mends it.

use std::time::Instant;

use crate::failure::Failure;
use crate::tests::Count;

pub mod dependencies;
pub mod directions;
pub mod docs;
pub mod files;
pub mod i18n;
pub mod licence;
pub mod message_syntax;
pub mod packages;
pub mod rust;
pub mod targets;
pub mod text;
pub mod web;

/// What a check has seen.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong, one line each; empty is good.
    pub findings: Vec<String>,
    /// How the check was made, where there is more than one way.
    pub note: Option<String>,
    /// The check could not be made here; the note says why.
    pub not_made: bool,
}

impl Report {
    /// A report of findings alone.
    pub fn of(findings: Vec<String>) -> Self {
        Report {
            findings,
            ..Report::default()
        }
    }

    /// A check that could not be made on this machine, and why.
    pub fn not_made(why: impl Into<String>) -> Self {
        Report {
            note: Some(why.into()),
            not_made: true,
            ..Report::default()
        }
    }

    /// Adds how the check was made.
    #[must_use]
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// A check, by the name it has on the command line.
struct Check {
    name: &'static str,
    /// What mends a finding.
    cure: &'static str,
    run: fn() -> Result<Report, Failure>,
}

const CHECKS: [Check; 10] = [
    Check {
        name: "format",
        cure: "cargo fmt --all",
        run: rust::format,
    },
    Check {
        name: "directions",
        cure: "see the table in docs/architecture.md; `cargo tree -p CRATE -i NAME` shows the way in",
        run: directions::check,
    },
    Check {
        name: "dependencies",
        cure: "deny.toml says what is allowed, with its reasons; `cargo tree -i NAME` shows the way in",
        run: dependencies::check,
    },
    Check {
        name: "targets",
        cure: "add a `mod` line or a [[test]] entry, or remove the file",
        run: targets::check,
    },
    Check {
        name: "text",
        cure: "split long files by concept; write paths relative to the repository",
        run: text::check,
    },
    Check {
        name: "i18n",
        cure: "every key stands in all files of web/i18n, in a form the site can read, and is used",
        run: i18n::check,
    },
    Check {
        name: "types",
        cure: "cd web && npm run typecheck",
        run: web::types,
    },
    Check {
        name: "docs",
        cure: "mend the link or the name, or list the page in docs/SUMMARY.md",
        run: docs::check,
    },
    Check {
        name: "clippy",
        cure: "cargo clippy --workspace --all-targets",
        run: rust::clippy,
    },
    Check {
        name: "rustdoc",
        cure: "cargo doc --workspace --no-deps --lib",
        run: rust::rustdoc,
    },
];

/// Runs the checks whose name contains `only` and prints what they found.
///
/// # Errors
/// A check found something or could not be made, or there is no such check.
pub fn run(only: Option<&str>) -> Result<(), Failure> {
    if !CHECKS.iter().any(|check| is_wanted(check, only)) {
        let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        return Err(
            Failure::new("there is no such check").hint(format!("one of: {}", names.join(", ")))
        );
    }
    let count = count(only);
    println!("{count}");
    if count.failed > 0 {
        return Err(Failure::new("not everything is as it should be"));
    }
    Ok(())
}

/// Runs the checks whose name contains `only`, prints what they found, and counts them.
pub fn count(only: Option<&str>) -> Count {
    let mut count = Count::default();
    for check in CHECKS.iter().filter(|check| is_wanted(check, only)) {
        count += show(check);
    }
    count
}

fn is_wanted(check: &Check, only: Option<&str>) -> bool {
    only.is_none_or(|part| check.name.contains(part))
}

/// Runs one check and prints its line; counts it, unless it could not be made.
fn show(check: &Check) -> Count {
    let passed = Count {
        passed: 1,
        ..Count::default()
    };
    let failed = Count {
        failed: 1,
        ..Count::default()
    };
    let started = Instant::now();
    let name = check.name;
    let report = match (check.run)() {
        Ok(report) => report,
        Err(failure) => {
            println!("check {name:12} FAILED\n{failure}");
            println!("  mend it: {}", check.cure);
            return failed;
        }
    };
    let note = report.note.map(|note| format!(" ({note})"));
    let note = note.unwrap_or_default();
    if report.not_made {
        println!("check {name:12} not made{note}");
        return Count::default();
    }
    if report.findings.is_empty() {
        let seconds = started.elapsed().as_secs_f32();
        println!("check {name:12} ok, {seconds:.1} s{note}");
        return passed;
    }
    println!("check {name:12} FAILED{note}");
    for finding in &report.findings {
        println!("  {finding}");
    }
    println!("  mend it: {}", check.cure);
    failed
}
