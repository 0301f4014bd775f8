//! `cargo xtask test`: checks, Rust, web and browser tests, and one honest count.

use std::fmt;
use std::process::Command;
use std::sync::{Mutex, MutexGuard};
use std::thread;

use crate::failure::Failure;
use crate::setup::{self, Need};
use crate::{check, layout, process, programs, site, wasm};

/// Tests that passed, failed, and did not run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Tests that ran and passed.
    pub passed: u64,
    /// Tests that ran and failed.
    pub failed: u64,
    /// Tests that could not run here, and so have shown nothing.
    pub skipped: u64,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Count) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// One suite's end: its count, and whether the program that ran it was content.
struct Outcome {
    suite: &'static str,
    count: Count,
    content: bool,
}

impl Outcome {
    /// A suite that counted nothing has shown nothing.
    fn is_good(&self) -> bool {
        self.content && self.count.failed == 0 && self.count.passed > 0
    }

    /// Whether the count tells the whole story of this suite.
    fn is_counted(&self) -> bool {
        self.is_good() || self.count.failed > 0
    }
}

/// Runs everything. The last line is `N passed, N failed`, unless a suite broke off
/// before it could count.
///
/// # Errors
/// A test or check failed, a suite broke off, or something needed is missing.
pub fn run() -> Result<(), Failure> {
    setup::ensure(&[Need::Wasm, Need::Web, Need::Browser, Need::Interop])?;
    let checks = checked_while_the_site_is_built()?;
    // One build for all that run them, not one a test program.
    std::env::set_var(
        "BEISTAND_PROGRAMS",
        programs::build_with_workspace()?.set_aside()?,
    );
    let [rust, web, interop, browser] = suites()?;
    let outcomes = [checks, rust, web, interop, browser];

    println!();
    let mut total = Count::default();
    for outcome in &outcomes {
        let note = if outcome.is_counted() {
            ""
        } else {
            " (broke off)"
        };
        println!("{:8} {}{note}", outcome.suite, outcome.count);
        if outcome.count.skipped > 0 {
            println!("{:8} {} SKIPPED, see above why", "", outcome.count.skipped);
        }
        total += outcome.count;
    }
    if let Some(broken) = outcomes.iter().find(|outcome| !outcome.is_counted()) {
        return Err(Failure::new(format!(
            "the {} tests broke off, so nothing was counted",
            broken.suite
        )));
    }
    println!("{total}");
    if outcomes.iter().all(Outcome::is_good) {
        Ok(())
    } else {
        Err(Failure::new("not everything passed"))
    }
}

/// Side by side: much of what makes the site keeps only one core busy, and no check needs it.
fn checked_while_the_site_is_built() -> Result<Outcome, Failure> {
    thread::scope(|scope| {
        let site = scope.spawn(|| {
            site::build()?;
            wasm::build_checks()
        });
        let checks = checks();
        site.join().expect("building the site does not panic")?;
        Ok(checks)
    })
}

/// Rust's tests, and the others beside them: both wait for much else than a core. What the others
/// say is shown when Rust's have ended, so that each can be read.
fn suites() -> Result<[Outcome; 4], Failure> {
    let held = Printer::held();
    thread::scope(|scope| {
        let others = scope.spawn(|| {
            Ok::<_, Failure>([
                npm("web", "web", &held)?,
                npm("interop", "tests/interop", &held)?,
                npm("browser", "tests/browser", &held)?,
            ])
        });
        let rust = rust();
        held.release();
        let [web, interop, browser] = others.join().expect("running tests does not panic")?;
        Ok([rust?, web, interop, browser])
    })
}

/// Shows lines, at once or when somebody else has finished.
struct Printer(Mutex<Option<Vec<String>>>);

impl Printer {
    fn at_once() -> Self {
        Self(Mutex::new(None))
    }

    fn held() -> Self {
        Self(Mutex::new(Some(Vec::new())))
    }

    fn print(&self, line: &str) {
        match self.lines().as_mut() {
            Some(lines) => lines.push(line.to_owned()),
            None => println!("{line}"),
        }
    }

    /// Shows what was held back; from now on lines are shown at once.
    fn release(&self) {
        let mut lines = self.lines();
        for line in lines.take().into_iter().flatten() {
            println!("{line}");
        }
    }

    fn lines(&self) -> MutexGuard<'_, Option<Vec<String>>> {
        self.0.lock().expect("printing does not panic")
    }
}

fn checks() -> Outcome {
    let count = check::count(None);
    Outcome {
        suite: "checks",
        count,
        content: count.failed == 0,
    }
}

fn rust() -> Result<Outcome, Failure> {
    let mut cargo = process::cargo();
    cargo.args(["test", "--workspace", "--no-fail-fast", "--locked"]);
    counted("rust", &mut cargo, &Printer::at_once())
}

fn npm(suite: &'static str, folder: &str, printer: &Printer) -> Result<Outcome, Failure> {
    let mut npm = process::command("npm", &layout::below_root(folder));
    npm.args(["test", "--silent"]);
    if let Some(chromium) = setup::chromium() {
        npm.env("CHROMIUM", chromium);
    }
    if let Some(firefox) = setup::firefox() {
        npm.env("FIREFOX", firefox);
    }
    counted(suite, &mut npm, printer)
}

fn counted(
    suite: &'static str,
    command: &mut Command,
    printer: &Printer,
) -> Result<Outcome, Failure> {
    printer.print(&format!("\n{suite}: {}", process::command_line(command)));
    let mut count = Count::default();
    let content = process::watch(command, |line| {
        printer.print(line);
        count += count_in(line);
    })?;
    Ok(Outcome {
        suite,
        count,
        content,
    })
}

/// What a line of cargo's or Node's test runner counts; zero for any other line.
fn count_in(line: &str) -> Count {
    cargo_count(line)
        .or_else(|| node_count(line))
        .unwrap_or_default()
}

/// `test result: ok. 3 passed; 1 failed; 0 ignored; …`
fn cargo_count(line: &str) -> Option<Count> {
    let result = line.strip_prefix("test result: ")?;
    let number = |what: &str| {
        let before = &result[..result.find(what)?];
        before.split_whitespace().last()?.parse().ok()
    };
    Some(Count {
        passed: number(" passed")?,
        failed: number(" failed")?,
        skipped: 0,
    })
}

/// `# pass 3` or `ℹ pass 3`, and the same with `fail`, `cancelled` and `skipped`.
fn node_count(line: &str) -> Option<Count> {
    let (word, number) = line
        .strip_prefix("# ")
        .or_else(|| line.strip_prefix("ℹ "))?
        .split_once(' ')?;
    let number = number.trim().parse().ok()?;
    let mut count = Count::default();
    match word {
        "pass" => count.passed = number,
        "fail" | "cancelled" => count.failed = number,
        "skipped" => count.skipped = number,
        _ => return None,
    }
    Some(count)
}

#[cfg(test)]
mod counting {
    use super::*;

    fn count(passed: u64, failed: u64) -> Count {
        Count {
            passed,
            failed,
            ..Count::default()
        }
    }

    #[test]
    fn cargo_lines_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered";
        assert_eq!(count_in(line), count(12, 3));
        assert_eq!(count_in("test result: nonsense"), count(0, 0));
        assert_eq!(count_in("test a::b ... ok"), count(0, 0));
    }

    #[test]
    fn node_lines_are_counted() {
        assert_eq!(count_in("# pass 7"), count(7, 0));
        assert_eq!(count_in("ℹ fail 2"), count(0, 2));
        assert_eq!(count_in("# cancelled 1"), count(0, 1));
        assert_eq!(count_in("# tests 9"), count(0, 0));
        assert_eq!(count_in("# Subtest: pass 9"), count(0, 0));
        assert_eq!(count_in("# skipped 2").skipped, 2);
    }

    #[test]
    fn a_suite_that_counted_nothing_is_not_good() {
        let outcome = |count, content| Outcome {
            suite: "web",
            count,
            content,
        };
        assert!(outcome(count(1, 0), true).is_good());
        assert!(!outcome(count(0, 0), true).is_good());
        assert!(!outcome(count(1, 0), false).is_good());
        assert!(!outcome(count(1, 0), false).is_counted());
        assert!(outcome(count(1, 1), false).is_counted());
    }
}
