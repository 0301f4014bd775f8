//! `cargo xtask bench seal`. xtask itself has no cryptography: an example of crypto-core measures.

use crate::failure::Failure;
use crate::process;

/// Builds and runs the measurement.
///
/// # Errors
/// It does not compile or does not run.
pub fn run() -> Result<(), Failure> {
    let mut cargo = process::cargo();
    cargo.args(["run", "--quiet", "--release"]);
    cargo.args([
        "--package",
        "beistand-crypto-core",
        "--example",
        "bench_seal",
    ]);
    process::show(&mut cargo)
}
