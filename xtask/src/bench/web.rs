//! Sealing in a real browser, beside another implementation of age in the same page; and where
//! there is neither WebAssembly nor a JIT.

use crate::failure::Failure;
use crate::setup::{self, Need};
use crate::{layout, process, programs, site};

/// Builds site and programs, then measures in Chromium and prints.
///
/// # Errors
/// Something is missing, does not build, or breaks off.
pub fn run() -> Result<(), Failure> {
    setup::ensure(&[Need::Web, Need::Browser, Need::Interop])?;
    site::build()?;
    let programs = programs::build()?.set_aside()?;
    let mut node = process::command("node", &layout::below_root("tests/browser"));
    node.arg("bench/web.mjs").env("BEISTAND_PROGRAMS", programs);
    if let Some(chromium) = setup::chromium() {
        node.env("CHROMIUM", chromium);
    }
    process::show(&mut node)
}
