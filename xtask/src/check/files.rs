//! The files of the repository: those that git tracks or would track.

use std::path::Path;

use crate::failure::{Failure, While};
use crate::{layout, process};

/// Paths from the root, with forward slashes, sorted.
///
/// # Errors
/// This is no git checkout, or git is missing.
pub fn all() -> Result<Vec<String>, Failure> {
    let listed = process::capture(process::command("git", &layout::root()).args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]))?;
    let mut files: Vec<String> = listed
        .split_terminator('\0')
        // Removed, but not yet committed.
        .filter(|path| layout::below_root(path).is_file())
        .map(String::from)
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}

/// The text of a file of the repository; `None` where it is not text.
///
/// # Errors
/// It cannot be read.
pub fn text(path: &str) -> Result<Option<String>, Failure> {
    let bytes = std::fs::read(layout::below_root(path)).while_(format!("reading {path}"))?;
    Ok(String::from_utf8(bytes).ok())
}

/// Whether a path ends in one of these extensions.
pub fn has_extension(path: &str, extensions: &[&str]) -> bool {
    let extension = Path::new(path).extension().and_then(|text| text.to_str());
    extension.is_some_and(|extension| extensions.contains(&extension))
}
