//! The `beistand` program.

mod arguments;
mod failure;
mod files;
mod output;
mod passphrase;
mod show;
mod verbs;

use arguments::Arguments;
use beistand_console::command_line;
use failure::Failure;
use std::process::ExitCode;

/// Reads the command line, does what it says, answers the exit code.
pub fn main() -> ExitCode {
    command_line::run(
        |arguments: &Arguments| verbs::run(arguments).unwrap_or_else(|failure| failure.report()),
        |error| Failure::of_usage(error).report(),
    )
}
