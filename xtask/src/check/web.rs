//! What TypeScript checks.

use super::Report;
use crate::failure::Failure;
use crate::setup::{self, Need};
use crate::{layout, process};

/// The types of the site's sources, message keys included.
///
/// # Errors
/// Something needed is missing, or the compiler has something to say.
pub fn types() -> Result<Report, Failure> {
    setup::ensure(&[Need::Web])?;
    let mut npm = process::command("npm", &layout::below_root("web"));
    process::capture(npm.args(["run", "--silent", "typecheck"])).map(|_| Report::default())
}
