//! `cargo xtask flood`: thousands of slow bodies and idle connections, and visitors among them;
//! `server/examples/flood.rs` does it.

use std::process::Command;

use crate::failure::Failure;
use crate::{faults, process};

/// Builds server and flood, optimised, and floods the server.
///
/// # Errors
/// It does not build or run, or a bar is not met.
pub fn run(slow: usize, idle: usize, visits: usize) -> Result<(), Failure> {
    let [server, flood] = faults::build("flood")?;
    let mut flood = Command::new(flood);
    flood.arg("--program").arg(server);
    flood.args(["--slow", &slow.to_string(), "--idle", &idle.to_string()]);
    flood.args(["--visits", &visits.to_string()]);
    process::show(&mut flood)
}
