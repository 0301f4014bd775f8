//! `cargo xtask vectors DIR`: foreign age vectors, tried by `beistand-vectors`. xtask itself has
//! no cryptography: it builds the program and runs it.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use crate::failure::{Failure, While};
use crate::{process, programs};

/// Tries a folder of vectors; its status is the program's: 0 all passed, 3 something failed.
///
/// # Errors
/// The program does not compile or cannot be started.
pub fn run(folder: &Path) -> Result<ExitCode, Failure> {
    let mut cargo = process::cargo();
    cargo.args(["build", "--quiet", "--package", "beistand-tests"]);
    cargo.args(["--bin", "beistand-vectors"]);
    cargo.arg("--message-format=json-render-diagnostics");
    cargo.stderr(Stdio::inherit());
    let messages = process::capture(&mut cargo)?;
    let program = messages.lines().find_map(programs::executable);
    let program = program.ok_or_else(|| Failure::new("the build made no beistand-vectors"))?;
    let status = Command::new(program)
        .arg(folder)
        .status()
        .while_("starting beistand-vectors")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
