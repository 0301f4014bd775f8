//! `beistand-audit`: says what an audit found, for people or for scripts.

use crate::findings::{Check, Findings};
use crate::store::{self, Audit};
use beistand_console::command_line;
use beistand_protocol::instance::Instance;
use clap::{Parser, Subcommand};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const REFUSED: u8 = 1;
const USAGE: u8 = 2;
const FINDINGS: u8 = 3;

/// Verify what a Beistand server stores, with rules of its own and no code of the server's.
#[derive(Debug, Parser)]
#[command(
    name = "beistand-audit",
    version = concat!(env!("CARGO_PKG_VERSION"), " (", env!("BEISTAND_COMMIT"), ")"),
    after_help = "Exit codes: 0 clean, 1 could not be audited, 2 wrong usage, 3 findings."
)]
struct Arguments {
    /// Answer in JSON, for scripts
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Audit the data directory of a stopped server; works on a copy and leaves it untouched
    Store {
        /// The data directory
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// The organisation's instance.json, got by a way you trust
        #[arg(long, value_name = "FILE")]
        instance: Option<PathBuf>,
    },
    /// Audit an export of a server, with the keys of the same time
    Export {
        /// The export
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// A folder with the server's keys/ and log.key
        #[arg(long, value_name = "DIR")]
        keys: PathBuf,
        /// The organisation's instance.json, got by a way you trust
        #[arg(long, value_name = "FILE")]
        instance: Option<PathBuf>,
    },
}

struct Failure {
    error: String,
    hint: &'static str,
}

/// The program: reads the command line, answers the exit code.
pub fn main() -> ExitCode {
    command_line::run(run, |error| {
        let hint = "beistand-audit store DIR [--instance FILE] [--json]; see --help";
        command_line::report(command_line::misuse(error), hint, USAGE)
    })
}

fn run(arguments: &Arguments) -> ExitCode {
    match audit(&arguments.verb) {
        Ok(audit) => {
            let text = if arguments.json {
                to_json(&audit)
            } else {
                to_text(&audit)
            };
            print!("{text}");
            if audit.findings.is_clean() {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(FINDINGS)
            }
        }
        Err(failure) => command_line::report(&failure.error, failure.hint, REFUSED),
    }
}

fn audit(verb: &Verb) -> Result<Audit, Failure> {
    let (Verb::Store { instance, .. } | Verb::Export { instance, .. }) = verb;
    let instance = instance.as_deref().map(read_instance).transpose()?;
    let audit = match verb {
        Verb::Store { folder, .. } => store::audit(folder, instance),
        Verb::Export { file, keys, .. } => store::audit_export(file, keys, instance),
    };
    audit.map_err(|error| Failure {
        error: error.to_string(),
        hint: error.hint(),
    })
}

fn read_instance(path: &Path) -> Result<Instance, Failure> {
    let hint = "give the instance.json that the organisation publishes";
    let bytes = std::fs::read(path).map_err(|error| Failure {
        error: format!("the instance file cannot be read: {}", error.kind()),
        hint,
    })?;
    Instance::parse(&bytes).map_err(|error| Failure {
        error: error.to_string(),
        hint,
    })
}

fn to_json(audit: &Audit) -> String {
    // Numbers and strings under string keys are always JSON.
    serde_json::to_string_pretty(audit)
        .map(|text| text + "\n")
        .unwrap_or_default()
}

fn to_text(audit: &Audit) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write_text(&mut text, audit);
    text
}

fn write_text(out: &mut String, audit: &Audit) -> std::fmt::Result {
    writeln!(
        out,
        "audited {} files, {} bytes, without touching them",
        audit.files, audit.bytes
    )?;
    writeln!(out, "\nstored")?;
    for (what, count) in &audit.stored {
        writeln!(out, "  {count:>9}  {what}")?;
    }
    writeln!(out, "\nchecked")?;
    write_checks(out, &audit.findings)?;
    if !audit.findings.findings.is_empty() {
        writeln!(out, "\nfound")?;
        for finding in &audit.findings.findings {
            writeln!(out, "  {}: {}", finding.place, finding.what)?;
        }
    }
    writeln!(out, "\nnot checked")?;
    for not_made in &audit.findings.not_made {
        writeln!(out, "  {}: {}", not_made.what, not_made.why)?;
    }
    match audit.findings.findings.len() {
        0 => writeln!(out, "\nclean: nothing was found"),
        1 => writeln!(out, "\n1 finding"),
        count => writeln!(out, "\n{count} findings"),
    }
}

fn write_checks(out: &mut String, findings: &Findings) -> std::fmt::Result {
    for (check, examined) in &findings.examined {
        let check: Check = *check;
        match findings.count(check) {
            0 => writeln!(out, "  {:>9}  ok: {}", examined, check.sentence())?,
            found => writeln!(
                out,
                "  {:>9}  {found} found against: {}",
                examined,
                check.sentence()
            )?,
        }
    }
    Ok(())
}
