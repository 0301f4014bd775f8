//! `cargo xtask crash|powercut|diskfull`: the fault harnesses, at any length. They live in the
//! server's crate; here they and the program they torture are built, optimised as for use, and run.

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use crate::failure::{Failure, While};
use crate::{process, programs};

/// Runs a harness with its arguments; its status is 0 where nothing was lost.
///
/// # Errors
/// Something does not compile or cannot be started.
pub fn run(arguments: &[&str]) -> Result<ExitCode, Failure> {
    let [server, faults] = build("faults")?;
    let status = Command::new(faults)
        .arg("--program")
        .arg(server)
        .args(arguments)
        .status()
        .while_("starting the harness")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Builds the server and one of the examples of its crate, optimised; answers their paths, in this
/// order.
///
/// # Errors
/// One of them does not compile.
pub fn build(example: &str) -> Result<[PathBuf; 2], Failure> {
    let mut cargo = process::cargo();
    cargo.args(["build", "--release", "--locked"]);
    cargo.args(["--package", "beistand-server"]);
    cargo.args(["--bin", "beistand-server", "--example", example]);
    cargo.arg("--message-format=json-render-diagnostics");
    cargo.stderr(Stdio::inherit());
    let messages = process::capture(&mut cargo)?;
    let built = |name: &str| {
        let mut paths = messages.lines().filter_map(programs::executable);
        let path = paths.find(|path| path.file_stem().is_some_and(|stem| stem == name));
        path.ok_or_else(|| Failure::new(format!("the build made no program called {name}")))
    };
    Ok([built("beistand-server")?, built(example)?])
}
