//! Running other programs: shown, captured, or counted line by line.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use crate::failure::{Failure, While};

/// How a command line looks when a person would type it.
pub fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut line = name.to_string_lossy().into_owned();
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        line.push(' ');
        if argument.is_empty() || argument.contains([' ', '"', '$', '<', '>', '|', '&']) {
            line.push_str(&format!("'{argument}'"));
        } else {
            line.push_str(&argument);
        }
    }
    line
}

/// Runs a command whose output the person at the terminal should see.
///
/// # Errors
/// The program is missing or does not exit with 0.
pub fn show(command: &mut Command) -> Result<(), Failure> {
    let line = command_line(command);
    let status = command
        .status()
        .map_err(|error| not_started(&line, &error))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("`{line}` ended with {status}")))
    }
}

/// Runs a command for its standard output; its errors are shown only if it fails.
///
/// # Errors
/// The program is missing or does not exit with 0.
pub fn capture(command: &mut Command) -> Result<String, Failure> {
    let line = command_line(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(&line, &error))?;
    finished(&line, output)
}

/// Runs a command with `input` on its standard input, for what must not stand in
/// arguments or environment; returns its standard output.
///
/// # Errors
/// The program is missing or does not exit with 0.
pub fn feed(command: &mut Command, input: &str) -> Result<String, Failure> {
    let line = command_line(command);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(&line, &error))?;
    let mut stdin = child.stdin.take().expect("stdin was asked to be piped");
    // A program that refuses early closes its end: what it then says matters more
    // than the broken pipe.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child
        .wait_with_output()
        .while_(format!("waiting for `{line}`"))?;
    finished(&line, output)
}

/// Runs a command and hands each line of its output to `look`, as it comes. Returns whether it
/// exited with 0.
///
/// # Errors
/// The program is missing, or its output cannot be read.
pub fn watch(command: &mut Command, mut look: impl FnMut(&str)) -> Result<bool, Failure> {
    let line = command_line(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| not_started(&line, &error))?;
    let stdout = child.stdout.take().expect("stdout was asked to be piped");
    for text in BufReader::new(stdout).split(b'\n') {
        let text = text.while_(format!("reading from `{line}`"))?;
        let text = String::from_utf8_lossy(&text);
        look(&text);
    }
    let status = child.wait().while_(format!("waiting for `{line}`"))?;
    Ok(status.success())
}

/// Copies everything a reader yields, line by line, to `write`, on its own thread.
pub fn forward(
    from: impl std::io::Read + Send + 'static,
    mut write: impl FnMut(String) + Send + 'static,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            write(line);
        }
    })
}

/// Where a program is, if it is on the search path.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// A command that runs in a folder.
pub fn command(program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    command
}

/// Takes what `cargo run` says about xtask's own package out of the environment. Some build
/// scripts watch these variables: cargo, run by us, would build their crates again each time.
pub fn forget_own_package() {
    for (name, _) in std::env::vars_os() {
        let of_package = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if of_package {
            std::env::remove_var(name);
        }
    }
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    command(cargo, &crate::layout::root())
}

fn finished(line: &str, output: Output) -> Result<String, Failure> {
    let text = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        return Ok(text.into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(
        format!("`{line}` ended with {}\n{text}{errors}", output.status).trim_end(),
    ))
}

fn not_started(line: &str, error: &std::io::Error) -> Failure {
    let failure = Failure::new(format!("`{line}` could not be started: {error}"));
    if error.kind() == std::io::ErrorKind::NotFound {
        failure.hint("`cargo xtask setup` looks for what is missing")
    } else {
        failure
    }
}
