//! How a program reads its command line and says what is wrong. Nothing that was typed is
//! repeated: a passphrase or a codename may stand in the wrong place.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::Parser;
use std::fmt::Display;
use std::process::ExitCode;

/// Reads the command line and does its work; prints help or version where it asks for them; else
/// lets `misused` say what is wrong.
pub fn run<Arguments: Parser>(
    work: impl FnOnce(&Arguments) -> ExitCode,
    misused: impl FnOnce(&clap::Error) -> ExitCode,
) -> ExitCode {
    match Arguments::try_parse() {
        Ok(arguments) => work(&arguments),
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
        Err(error) => misused(&error),
    }
}

/// What is wrong with a command line, in a sentence that names the program's own arguments only.
pub fn misuse(error: &clap::Error) -> String {
    let ours = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(name)) => vec![name.clone()],
        Some(ContextValue::Strings(names)) => names.clone(),
        _ => Vec::new(),
    }
    .join(", ");
    match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("this is missing: {ours}"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("a value is not of the right form: {ours}")
        }
        ErrorKind::ArgumentConflict => "two arguments do not go together".to_owned(),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "it is not said what to do".to_owned()
        }
        _ => "the command line has something this program does not know".to_owned(),
    }
}

/// Says on standard error what happened and what to do, and answers the exit code.
pub fn report(error: impl Display, hint: impl Display, code: u8) -> ExitCode {
    eprintln!("error: {error}\nhint: {hint}");
    ExitCode::from(code)
}
