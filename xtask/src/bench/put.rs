//! Durable puts beside raw writes of the same bytes, and the server's memory;
//! `server/examples/put.rs` measures.

use std::process::Command;

use crate::failure::Failure;
use crate::{faults, process};

/// Builds optimised and measures.
///
/// # Errors
/// It does not build or run, or the bar is not met.
pub fn run() -> Result<(), Failure> {
    let [server, bench] = faults::build("put")?;
    process::show(Command::new(bench).arg(server))
}
