//! How the program ends when it cannot do what was asked: one sentence, one hint, one code.

use crate::error::ReporterError;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::fmt;
use std::process::ExitCode;

/// What the program's exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Refused: by the server, by a signature, by the words.
    Refused = 1,
    /// The command line is not one this program knows.
    Usage = 2,
    /// The server cannot be reached.
    Unreachable = 4,
}

/// Why the program stops, in words that repeat nothing of the input.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What happened.
    pub error: String,
    /// What to do.
    pub hint: String,
}

impl Failure {
    /// Something was refused.
    pub fn refused(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            exit: Exit::Refused,
            error: error.into(),
            hint: hint.into(),
        }
    }

    /// The command line does not make sense.
    pub fn usage(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            error: error.into(),
            hint: hint.into(),
        }
    }

    /// From the command line's parser. What somebody typed in the wrong place may be private,
    /// so unlike the parser's own words these do not repeat it.
    pub fn of_usage(error: &clap::Error) -> Self {
        let ours = match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(name)) => vec![name.clone()],
            Some(ContextValue::Strings(names)) => names.clone(),
            _ => Vec::new(),
        }
        .join(", ");
        let sentence = match error.kind() {
            ErrorKind::MissingRequiredArgument => format!("this is missing: {ours}"),
            ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
                format!("a value is not of the right form: {ours}")
            }
            ErrorKind::ArgumentConflict => "two arguments do not go together".to_owned(),
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                "it is not said what to do: file, check, reply, consent, save or withdraw"
                    .to_owned()
            }
            _ => "the command line has something this program does not know".to_owned(),
        };
        Self::usage(sentence, "`beistand-report --help` shows what there is")
    }

    /// Says so, and answers the exit code.
    pub fn report(&self) -> ExitCode {
        eprintln!("error: {}\nhint: {}", self.error, self.hint);
        ExitCode::from(self.exit as u8)
    }
}

impl From<ReporterError> for Failure {
    fn from(error: ReporterError) -> Self {
        let exit = if error.is_unreachable() {
            Exit::Unreachable
        } else {
            Exit::Refused
        };
        Self {
            exit,
            error: error.to_string(),
            hint: error.hint().to_owned(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}
