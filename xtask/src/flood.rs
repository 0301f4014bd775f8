//! `cargo xtask flood`: thousands of slow bodies and idle connections, and visitors among them;
//! `server/examples/flood.rs` does it.

use crate::failure::Failure;
use crate::{process, programs};

/// Builds the programs and floods the server.
///
/// # Errors
/// It does not build or run, or a bar is not met.
pub fn run(slow: usize, idle: usize, visits: usize) -> Result<(), Failure> {
    let programs = programs::build()?.set_aside()?;
    let mut cargo = process::cargo();
    cargo.args(["run", "--locked", "--quiet"]);
    cargo.args(["--package", "beistand-server", "--example", "flood", "--"]);
    cargo.arg("--program").arg(programs.join("beistand-server"));
    cargo.args(["--slow", &slow.to_string(), "--idle", &idle.to_string()]);
    cargo.args(["--visits", &visits.to_string()]);
    process::show(&mut cargo)
}
