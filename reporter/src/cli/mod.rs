//! `beistand-report`.

mod arguments;
mod failure;
mod input;
mod language;
mod show;
mod verbs;

use arguments::Arguments;
use beistand_console::command_line;
use failure::Failure;
use std::process::ExitCode;

/// The program: reads the command line, does what it says, answers the exit code.
pub fn main() -> ExitCode {
    command_line::run(
        |arguments: &Arguments| match verbs::run(arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.report(),
        },
        |error| Failure::of_usage(error).report(),
    )
}
