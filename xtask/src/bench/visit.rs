//! Server CPU and bytes of a visit; `server/examples/visit.rs` measures.

use crate::failure::Failure;
use crate::process;

/// Builds optimised and measures.
///
/// # Errors
/// It does not build or run, or the bar is not met.
pub fn run() -> Result<(), Failure> {
    let mut cargo = process::cargo();
    cargo.args(["run", "--release", "--locked", "--quiet"]);
    cargo.args(["--package", "beistand-server", "--example", "visit"]);
    process::show(&mut cargo)
}
