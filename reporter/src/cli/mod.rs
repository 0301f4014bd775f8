//! `beistand-report`.

mod arguments;
mod date;
mod failure;
mod input;
mod language;
mod plain;
mod show;
mod verbs;

use arguments::Arguments;
use clap::error::ErrorKind;
use clap::Parser;
use failure::Failure;
use std::process::ExitCode;

/// The program: reads the command line, does what it says, answers the exit code.
pub fn main() -> ExitCode {
    match Arguments::try_parse() {
        Ok(arguments) => match verbs::run(&arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => failure.report(),
        },
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            // Standard output may be closed; there is nobody to tell then.
            let _ = error.print();
            ExitCode::SUCCESS
        }
        Err(error) => Failure::of_usage(&error).report(),
    }
}
