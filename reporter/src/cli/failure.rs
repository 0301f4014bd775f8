//! How the program ends when it cannot do what was asked: one sentence, one hint, one code.

use crate::error::ReporterError;
use beistand_console::command_line;
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
        Self::usage(
            command_line::misuse(error),
            "`beistand-report --help` shows what there is: file, check, reply, consent, save, withdraw",
        )
    }

    /// Says so, and answers the exit code.
    pub fn report(&self) -> ExitCode {
        command_line::report(&self.error, &self.hint, self.exit as u8)
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
