//! Our four programs, built for development.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::failure::{Failure, While};
use crate::{layout, process};

/// Where the built programs lie.
#[derive(Debug, Clone)]
pub struct Programs {
    /// `beistand-server`
    pub server: PathBuf,
    /// `beistand-report`
    pub report: PathBuf,
    /// `beistand`
    pub beistand: PathBuf,
    /// `beistand-audit`
    pub audit: PathBuf,
}

impl Programs {
    /// Copies them to a folder of their own, where `cargo test`, which builds programs with
    /// the features its tests need, does not replace them. Returns the folder.
    ///
    /// # Errors
    /// A copy cannot be made.
    pub fn set_aside(&self) -> Result<PathBuf, Failure> {
        let folder = layout::below_root("target/programs");
        std::fs::create_dir_all(&folder).while_("making the folder of programs")?;
        for program in [&self.server, &self.report, &self.beistand, &self.audit] {
            let copy = folder.join(program.file_name().unwrap_or_default());
            // A copy that still runs somewhere can be removed, but not written over.
            let _ = std::fs::remove_file(&copy);
            std::fs::copy(program, &copy).while_(format!("copying {}", copy.display()))?;
        }
        Ok(folder)
    }
}

const PACKAGES: [&str; 4] = [
    "beistand-server",
    "beistand-reporter",
    "beistand-counselor",
    "beistand-auditor",
];

/// Builds the programs; the site must be there before, for the server embeds it.
///
/// # Errors
/// A package does not compile, or makes no program of the expected name.
pub fn build() -> Result<Programs, Failure> {
    build_of(PACKAGES.iter().flat_map(|package| ["--package", package]))
}

/// Builds the programs as [`build`] does, but the crates they use with the features that the whole
/// workspace asks of them: `cargo test --workspace` then need not build these once more.
///
/// # Errors
/// As [`build`].
pub fn build_with_workspace() -> Result<Programs, Failure> {
    build_of(["--workspace"])
}

fn build_of<'a>(packages: impl IntoIterator<Item = &'a str>) -> Result<Programs, Failure> {
    println!("building the programs");
    let mut cargo = process::cargo();
    cargo.args(["build", "--bins", "--locked"]);
    cargo.arg("--message-format=json-render-diagnostics");
    cargo.args(packages);
    cargo.stderr(std::process::Stdio::inherit());
    let messages = process::capture(&mut cargo)?;
    let built: Vec<PathBuf> = messages.lines().filter_map(executable).collect();
    let program = |name: &str| {
        built
            .iter()
            .find(|path| path.file_stem().is_some_and(|stem| stem == name))
            .cloned()
            .ok_or_else(|| Failure::new(format!("the build made no program called {name}")))
    };
    Ok(Programs {
        server: program("beistand-server")?,
        report: program("beistand-report")?,
        beistand: program("beistand")?,
        audit: program("beistand-audit")?,
    })
}

/// The program that one of cargo's messages says was made.
pub fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    message["executable"].as_str().map(PathBuf::from)
}

/// A path as a person in the workspace's root would type it.
pub fn as_typed(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_else(|_| crate::layout::root());
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}
