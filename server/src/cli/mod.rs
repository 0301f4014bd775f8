//! The command line: one verb a file.

pub mod arguments;
pub mod check_config;
pub mod configuration;
pub mod export;
pub mod init;
pub mod log_key;
pub mod options;
pub mod serve;

use crate::failure::Failure;
use std::io::Write as _;

/// Prints a line that may not get lost.
///
/// # Errors
/// Standard output is closed.
pub fn print_line(line: &str) -> Result<(), Failure> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .map_err(Failure::serve)
}

/// Says something that is not as it should be, and goes on.
pub fn warn(sentence: &str) {
    eprintln!("warning: {sentence}");
}
