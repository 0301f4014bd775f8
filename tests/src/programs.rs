//! The four programs, built once a test program; or, where `BEISTAND_PROGRAMS` names a folder,
//! those that lie in it.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Where the built programs lie.
#[derive(Debug)]
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

/// Together, so that cargo chooses the same features every time and builds nothing twice.
const PACKAGES: [&str; 4] = [
    "beistand-server",
    "beistand-reporter",
    "beistand-counselor",
    "beistand-auditor",
];

/// The programs, built from the sources as they are.
pub fn programs() -> &'static Programs {
    static PROGRAMS: OnceLock<Programs> = OnceLock::new();
    PROGRAMS.get_or_init(|| match std::env::var_os("BEISTAND_PROGRAMS") {
        Some(folder) => in_folder(Path::new(&folder)),
        None => build(),
    })
}

fn in_folder(folder: &Path) -> Programs {
    let program = |name: &str| {
        let path = folder
            .join(name)
            .with_extension(std::env::consts::EXE_EXTENSION);
        assert!(
            path.is_file(),
            "there is no {name} in the folder of programs"
        );
        path
    };
    Programs {
        server: program("beistand-server"),
        report: program("beistand-report"),
        beistand: program("beistand"),
        audit: program("beistand-audit"),
    }
}

fn build() -> Programs {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo = Command::new(cargo);
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    cargo.args([
        "build",
        "--quiet",
        "--bins",
        "--message-format=json-render-diagnostics",
    ]);
    for package in PACKAGES {
        cargo.args(["--package", package]);
    }
    // What `cargo test` says about this package: build scripts that watch it would run again.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&*name);
        }
    }
    let output = cargo
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo must be there");
    assert!(output.status.success(), "the programs do not compile");
    let built: Vec<PathBuf> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .collect();
    let program = |name: &str| {
        built
            .iter()
            .find(|path| path.file_stem().is_some_and(|stem| stem == name))
            .unwrap_or_else(|| panic!("the build made no program called {name}"))
            .clone()
    };
    Programs {
        server: program("beistand-server"),
        report: program("beistand-report"),
        beistand: program("beistand"),
        audit: program("beistand-audit"),
    }
}
