//! What can be typed.

use super::export::{ExportArguments, ImportArguments};
use super::init::Init;
use super::options::Options;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

const VERSION: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    " (commit ",
    env!("BEISTAND_COMMIT"),
    ")"
);

/// Stores sealed envelopes it cannot open.
#[derive(Parser)]
#[command(name = "beistand-server", version = VERSION)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What to do.
#[derive(Subcommand)]
pub enum Verb {
    /// Makes what a new server needs, and says what to do next.
    Init(Init),
    /// Looks whether `serve` would start with these options, and says what it would do.
    CheckConfig(Options),
    /// Serves an instance.
    Serve(Options),
    /// Saves everything a server keeps, but its keys, to one file; the server may run.
    Export(ExportArguments),
    /// Makes a data directory from an export and the keys of its server.
    Import(ImportArguments),
    /// Prints the log's verifier key, which the roster must name; makes the key if there is none.
    LogKey {
        /// The data directory.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// The instance file: a new key is then named after the instance's log.
        #[arg(long, value_name = "FILE")]
        instance: Option<PathBuf>,
    },
}
