//! Which Rust can build for `wasm32-unknown-unknown` here, and how.
//!
//! Two ways lead there: the Rust that runs us, where rustup has put std's source beside it, or, on
//! a Debian-like machine without rustup, the distribution's Rust.
//!
//! std is always built from its source: for browsers with WebAssembly because the ready-made one
//! weighs more than all of ours, and for the others because it must not use any instruction that
//! WebAssembly got after its first version.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::{layout, process};

/// The compilation target of the browser.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Debian's packages for the way without rustup.
pub const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];

/// rustup's component with the source of std.
pub const SOURCE_COMPONENT: &str = "rust-src";

/// Where the source of std lies in a sysroot.
const STD_SOURCE: &str = "lib/rustlib/src/rust/library/std";

/// A way to compile for the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Toolchain {
    /// The Rust that runs us.
    Own,
    /// The system's Rust, which links with the given linker.
    System {
        /// `rust-lld` or a `wasm-ld`.
        linker: PathBuf,
    },
}

/// The best way to WebAssembly that this machine has, or none.
pub fn detect() -> Option<Toolchain> {
    if own_sysroot()?.join(STD_SOURCE).is_dir() {
        return Some(Toolchain::Own);
    }
    detect_system()
}

/// The way with the system's Rust, if this machine has it.
pub fn detect_system() -> Option<Toolchain> {
    let has_source =
        Path::new("/usr/bin/cargo").is_file() && system_sysroot()?.join(STD_SOURCE).is_dir();
    if !has_source {
        return None;
    }
    Some(Toolchain::System {
        linker: wasm_linker()?,
    })
}

impl Toolchain {
    /// A `cargo build` for the browser; package, profile and folders are the caller's.
    pub fn cargo_build(&self) -> Command {
        match self {
            Toolchain::Own => {
                let mut cargo = process::cargo();
                build_std(&mut cargo);
                cargo
            }
            Toolchain::System { linker } => {
                let mut cargo = process::command("/usr/bin/cargo", &layout::root());
                build_std(&mut cargo)
                    .env("RUSTC", "/usr/bin/rustc")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                    .env_remove("RUSTUP_TOOLCHAIN");
                cargo
            }
        }
    }

    /// The folders by which this Rust calls the sources of std where they are installed
    /// (as rustc names it, and as the file system does), each with the name that rustc
    /// gives them where they are not.
    ///
    /// # Errors
    /// rustc does not answer.
    pub fn std_sources(&self) -> Result<Vec<(PathBuf, String)>, Failure> {
        let ask = |argument: &[&str]| {
            let rustc = match self {
                Toolchain::Own => rustc(),
                Toolchain::System { .. } => "/usr/bin/rustc".into(),
            };
            process::capture(process::command(rustc, &layout::root()).args(argument))
        };
        let version = ask(&["-vV"])?;
        let mut lines = version.lines();
        let commit = lines.find_map(|line| line.strip_prefix("commit-hash: "));
        let name = format!("/rustc/{}", commit.unwrap_or("unknown"));
        let named = Path::new(ask(&["--print", "sysroot"])?.trim()).join("lib/rustlib/src/rust");
        let real = named.canonicalize().ok();
        let folders = [Some(named), real].into_iter().flatten();
        Ok(folders.map(|folder| (folder, name.clone())).collect())
    }

    /// What this way is, for a person.
    pub fn describe(&self) -> &'static str {
        match self {
            Toolchain::Own => "with std from source",
            Toolchain::System { .. } => "with the system's Rust and std from source",
        }
    }
}

/// Building std is unstable, and so are some of the flags that come with it; the stable compiler
/// does it when told so.
fn build_std(cargo: &mut Command) -> &mut Command {
    cargo
        .args(["build", "--target", WASM_TARGET])
        .args(["-Z", "build-std=std,panic_abort"])
        .env("RUSTC_BOOTSTRAP", "1")
}

fn rustc() -> OsString {
    std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

fn own_sysroot() -> Option<PathBuf> {
    let sysroot =
        process::capture(process::command(rustc(), &layout::root()).args(["--print", "sysroot"]));
    Some(PathBuf::from(sysroot.ok()?.trim()))
}

fn system_sysroot() -> Option<PathBuf> {
    let sysroot = process::capture(
        process::command("/usr/bin/rustc", Path::new("/"))
            .args(["--print", "sysroot"])
            .env_remove("RUSTUP_TOOLCHAIN"),
    );
    Some(PathBuf::from(sysroot.ok()?.trim()))
}

fn wasm_linker() -> Option<PathBuf> {
    let named = ["rust-lld", "wasm-ld"]
        .map(String::from)
        .into_iter()
        .chain((14..=30).rev().map(|version| format!("wasm-ld-{version}")));
    named.into_iter().find_map(|name| process::find(&name))
}
