//! What Rust's own tools check.

use std::process::Command;

use super::Report;
use crate::failure::Failure;
use crate::process;

/// `cargo fmt --check`
///
/// # Errors
/// rustfmt cannot read a file.
pub fn format() -> Result<Report, Failure> {
    if process::find("cargo-fmt").is_none() {
        return Ok(Report::not_made("this Rust came without rustfmt"));
    }
    let mut cargo = process::cargo();
    cargo.args(["fmt", "--all", "--", "--check", "-l"]);
    let listed = match process::capture(&mut cargo) {
        Ok(_) => return Ok(Report::default()),
        Err(failure) => failure.to_string(),
    };
    let root = format!("{}/", crate::layout::root().display());
    let files: Vec<String> = listed
        .lines()
        .filter_map(|line| line.strip_prefix(&root))
        .map(|file| format!("not formatted: {file}"))
        .collect();
    if files.is_empty() {
        return Err(Failure::new(listed));
    }
    Ok(Report::of(files))
}

/// Clippy on everything; a warning is a failure here and only here.
///
/// # Errors
/// Clippy has something to say.
pub fn clippy() -> Result<Report, Failure> {
    if process::find("cargo-clippy").is_none() {
        return Ok(Report::not_made("this Rust came without Clippy"));
    }
    let mut cargo = process::cargo();
    cargo.args(["clippy", "--workspace", "--all-targets", "--locked"]);
    cargo.args(["--quiet", "--", "-D", "warnings"]);
    quiet(&mut cargo)
}

/// The documentation of our libraries, every link of it resolved.
///
/// # Errors
/// rustdoc has something to say.
pub fn rustdoc() -> Result<Report, Failure> {
    let mut cargo = process::cargo();
    cargo.args(["doc", "--workspace", "--no-deps", "--lib", "--locked"]);
    cargo.arg("--quiet").env("RUSTDOCFLAGS", "-D warnings");
    quiet(&mut cargo)
}

fn quiet(cargo: &mut Command) -> Result<Report, Failure> {
    process::capture(cargo).map(|_| Report::default())
}
