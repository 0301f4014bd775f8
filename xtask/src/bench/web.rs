//! Measurements in a real browser: sealing beside another implementation of age in the same page,
//! and where there is neither WebAssembly nor a JIT; and the largest file, all the way.

use crate::failure::Failure;
use crate::setup::{self, Need};
use crate::{layout, process, programs, site};

/// Sealing, in both forms.
///
/// # Errors
/// Something is missing, does not build, or breaks off.
pub fn run() -> Result<(), Failure> {
    measure("bench/web.mjs")
}

/// One file of 64 MiB, or of `BEISTAND_FILE_MIB`, from a browser to a desk and back.
///
/// # Errors
/// As [`run`].
pub fn file() -> Result<(), Failure> {
    measure("bench/file.mjs")
}

/// Builds site and programs, then measures in Chromium and prints.
fn measure(script: &str) -> Result<(), Failure> {
    setup::ensure(&[Need::Web, Need::Browser, Need::Interop])?;
    site::build()?;
    let programs = programs::build()?.set_aside()?;
    let mut node = process::command("node", &layout::below_root("tests/browser"));
    node.arg(script).env("BEISTAND_PROGRAMS", programs);
    if let Some(chromium) = setup::chromium() {
        node.env("CHROMIUM", chromium);
    }
    process::show(&mut node)
}
