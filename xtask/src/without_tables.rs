//! Compiles for browsers without the tables of curve25519-dalek: multiples of the base point, 38 KB
//! that hardly compress. age turns them on for everybody, and no Cargo.toml can turn off what another
//! turns on. So this program stands between cargo and rustc and leaves that one feature out; every
//! crate is what it is on crates.io. Without the tables the same points are computed, which takes
//! longer.

use std::ffi::{OsStr, OsString};
use std::process::{Command, ExitCode};

use crate::failure::{Failure, While};

/// Set where cargo calls this program in place of rustc.
const MARK: &str = "BEISTAND_WITHOUT_TABLES";
/// The crate that has the tables, as rustc calls it.
const CRATE: &str = "curve25519_dalek";
/// The feature that turns them on, as cargo tells rustc.
const FEATURE: &str = "feature=\"precomputed-tables\"";

/// Has a `cargo build` call rustc through this program.
///
/// # Errors
/// The system does not say where this program lies.
pub fn wrap(cargo: &mut Command) -> Result<&mut Command, Failure> {
    let program = std::env::current_exe().while_("looking for this program")?;
    Ok(cargo.env("RUSTC_WRAPPER", program).env(MARK, "1"))
}

/// Where cargo calls this program in place of rustc: runs rustc, and says how that ended.
pub fn as_rustc() -> Option<ExitCode> {
    std::env::var_os(MARK)?;
    let mut arguments = std::env::args_os().skip(1);
    let rustc = arguments.next()?;
    let status = Command::new(rustc)
        .args(without(arguments.collect()))
        .status();
    let code = status.ok().and_then(|status| status.code());
    let code = code.and_then(|code| u8::try_from(code).ok());
    Some(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// rustc's arguments, without the tables where it compiles the crate that has them.
fn without(arguments: Vec<OsString>) -> Vec<OsString> {
    let follow = |pair: &[OsString], first: &str, second: &str| {
        pair[0] == OsStr::new(first) && pair[1] == OsStr::new(second)
    };
    if !arguments
        .windows(2)
        .any(|pair| follow(pair, "--crate-name", CRATE))
    {
        return arguments;
    }
    match arguments
        .windows(2)
        .position(|pair| follow(pair, "--cfg", FEATURE))
    {
        None => arguments,
        Some(at) => [&arguments[..at], &arguments[at + 2..]].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn the_crate_with_the_tables_is_compiled_without_them() {
        let asked = "--crate-name curve25519_dalek --cfg feature=\"alloc\" \
                     --cfg feature=\"precomputed-tables\" --cfg feature=\"zeroize\" src/lib.rs";
        let left = "--crate-name curve25519_dalek --cfg feature=\"alloc\" \
                    --cfg feature=\"zeroize\" src/lib.rs";
        assert_eq!(without(arguments(asked)), arguments(left));
        assert_eq!(without(arguments(left)), arguments(left));
    }

    #[test]
    fn other_crates_are_compiled_as_cargo_says() {
        let asked = "--crate-name x25519_dalek --cfg feature=\"precomputed-tables\" src/lib.rs";
        assert_eq!(without(arguments(asked)), arguments(asked));
    }
}
