//! What a machine needs, what of it is missing, and how it is installed.
//! Silent when nothing is missing.

use std::path::Path;

use serde_json::Value;

use crate::failure::{Failure, While};
use crate::toolchain::{self, DEBIAN_PACKAGES, SOURCE_COMPONENT};
use crate::{layout, process};

/// The oldest Node.js the site's build is meant for.
const OLDEST_NODE: u32 = 18;

/// What a command is about to need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Compiling for the browser.
    Wasm,
    /// Node.js and what web/ builds with.
    Web,
    /// A browser, and what drives it.
    Browser,
    /// Foreign implementations of age.
    Interop,
}

/// One thing that is not there.
struct Missing {
    what: String,
    why: &'static str,
    cure: Cure,
    /// What happens where it cannot be had. None: nothing at all goes on.
    without: Option<&'static str>,
}

/// How a missing thing is had.
enum Cure {
    /// `rustup component add`, which needs no root.
    RustupComponent(&'static str),
    /// `npm ci` in a folder, which needs no root.
    NpmPackages(&'static str),
    /// Packages of a Debian-like system.
    System(Vec<&'static str>),
}

/// `cargo xtask setup`: everything that any command may need.
///
/// # Errors
/// Something is missing and cannot be installed from here; the hint says how.
pub fn everything() -> Result<(), Failure> {
    ensure(&[Need::Wasm, Need::Web, Need::Browser, Need::Interop])?;
    println!("nothing is missing");
    Ok(())
}

/// Installs what of the needs is missing, saying what and why first.
///
/// # Errors
/// Something is missing and cannot be installed from here; the hint says how.
pub fn ensure(needs: &[Need]) -> Result<(), Failure> {
    let missing = look(needs)?;
    if missing.is_empty() {
        return Ok(());
    }
    println!("missing on this machine:");
    for thing in &missing {
        println!("  {} ({})", thing.what, thing.why);
    }
    let (wished, needed): (Vec<Missing>, Vec<Missing>) = missing
        .into_iter()
        .partition(|thing| thing.without.is_some());
    install(&needed)?;
    for thing in wished {
        do_without(&thing, install(std::slice::from_ref(&thing)));
    }
    match look(needs)?.iter().find(|thing| thing.without.is_none()) {
        None => Ok(()),
        Some(thing) => Err(Failure::new(format!("still missing: {}", thing.what))),
    }
}

/// Says loudly what will not be shown because something could not be installed.
fn do_without(thing: &Missing, installed: Result<(), Failure>) {
    let (Err(failure), Some(without)) = (installed, thing.without) else {
        return;
    };
    eprintln!("{failure}");
    eprintln!("warning: {} could not be installed: {without}", thing.what);
}

fn look(needs: &[Need]) -> Result<Vec<Missing>, Failure> {
    let mut missing = Vec::new();
    for need in needs {
        match need {
            Need::Wasm => look_for_wasm(&mut missing),
            Need::Web => {
                look_for_node(&mut missing)?;
                look_for_npm_packages("web", "the site is built with them", &mut missing)?;
            }
            Need::Interop => look_for_npm_packages(
                "tests/interop",
                "other implementations of age open our envelopes",
                &mut missing,
            )?,
            Need::Browser => {
                look_for_npm_packages(
                    "tests/browser",
                    "the browser tests run on them",
                    &mut missing,
                )?;
                if chromium().is_none() {
                    missing.push(Missing {
                        what: "Chromium".into(),
                        why: "the browser tests file reports in it",
                        cure: Cure::System(vec!["chromium"]),
                        without: None,
                    });
                }
                if firefox().is_none() {
                    missing.push(Missing {
                        what: "Firefox ESR".into(),
                        why: "some browser tests file reports in it, without WebAssembly too",
                        cure: Cure::System(vec!["firefox-esr"]),
                        without: Some("the tests in it are SKIPPED and show nothing"),
                    });
                }
            }
        }
    }
    Ok(missing)
}

fn look_for_wasm(missing: &mut Vec<Missing>) {
    if toolchain::detect().is_none() {
        missing.push(Missing {
            what: "the source of Rust's std".into(),
            why: "the site seals reports in WASM, for which std too is built anew",
            cure: if process::find("rustup").is_some() {
                Cure::RustupComponent(SOURCE_COMPONENT)
            } else {
                Cure::System(DEBIAN_PACKAGES.to_vec())
            },
            without: None,
        });
    }
}

fn look_for_node(missing: &mut Vec<Missing>) -> Result<(), Failure> {
    let why = "the site is built and tested with it";
    if process::find("node").is_none() || process::find("npm").is_none() {
        missing.push(Missing {
            what: "Node.js with npm".into(),
            why,
            cure: Cure::System(vec!["nodejs", "npm"]),
            without: None,
        });
        return Ok(());
    }
    let version = process::capture(process::command("node", &layout::root()).arg("--version"))?;
    match node_major(&version) {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => Err(Failure::new(format!(
            "Node.js {} is too old: {OLDEST_NODE} or newer is needed ({why})",
            version.trim()
        ))
        .hint("install a current Node.js, for example from https://nodejs.org")),
    }
}

fn node_major(version: &str) -> Option<u32> {
    version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()?
        .parse()
        .ok()
}

fn look_for_npm_packages(
    folder: &'static str,
    why: &'static str,
    missing: &mut Vec<Missing>,
) -> Result<(), Failure> {
    let wanted = layout::below_root(folder).join("package-lock.json");
    let text = std::fs::read_to_string(&wanted).while_(format!("reading {}", wanted.display()))?;
    let wanted: Value =
        serde_json::from_str(&text).while_(format!("reading {folder}/package-lock.json"))?;
    // npm keeps what it really installed in a lock file of the same form.
    let installed = layout::below_root(folder).join("node_modules/.package-lock.json");
    let installed: Value = std::fs::read_to_string(installed)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or(Value::Null);
    if !npm_packages_are_current(&wanted, &installed) {
        missing.push(Missing {
            what: format!("npm packages of {folder}/"),
            why,
            cure: Cure::NpmPackages(folder),
            without: None,
        });
    }
    Ok(())
}

/// Whether every package that the lock file wants is installed in the wanted version.
/// Packages for other systems are optional and may be absent.
fn npm_packages_are_current(wanted: &Value, installed: &Value) -> bool {
    let Some(packages) = wanted["packages"].as_object() else {
        return false;
    };
    packages
        .iter()
        .filter(|(path, package)| !path.is_empty() && package["optional"] != true)
        .all(|(path, package)| installed["packages"][path]["version"] == package["version"])
}

fn install(missing: &[Missing]) -> Result<(), Failure> {
    let mut packages: Vec<&str> = Vec::new();
    for thing in missing {
        if let Cure::System(names) = &thing.cure {
            packages.extend(names);
        }
    }
    packages.sort_unstable();
    packages.dedup();
    if !packages.is_empty() {
        install_system_packages(&packages)?;
    }
    for thing in missing {
        match thing.cure {
            Cure::System(_) => {}
            Cure::RustupComponent(name) => {
                process::show(process::command("rustup", &layout::root()).args([
                    "component",
                    "add",
                    name,
                ]))?
            }
            Cure::NpmPackages(folder) => {
                println!("installing npm packages of {folder}/");
                process::show(process::command("npm", &layout::below_root(folder)).args([
                    "ci",
                    "--no-audit",
                    "--no-fund",
                    "--loglevel=error",
                ]))?;
            }
        }
    }
    Ok(())
}

fn install_system_packages(packages: &[&str]) -> Result<(), Failure> {
    let names = packages.join(" ");
    if process::find("apt-get").is_none() {
        return Err(
            Failure::new("the system's packages can only be installed with apt-get here")
                .hint(format!("install what Debian calls: {names}")),
        );
    }
    if !we_are_root()? {
        return Err(Failure::new("installing needs root").hint(format!(
            "sudo apt-get update && sudo apt-get install -y {names}"
        )));
    }
    println!("installing {names}");
    let apt = || {
        let mut apt = process::command("apt-get", Path::new("/"));
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    process::show(apt().args(["update", "-q=2"]))?;
    process::show(
        apt()
            .args(["install", "-y", "-q=2", "--no-install-recommends"])
            .args(packages),
    )
}

fn we_are_root() -> Result<bool, Failure> {
    let id = process::capture(process::command("id", Path::new("/")).arg("-u"))?;
    Ok(id.trim() == "0")
}

/// The Chromium of this machine, for the browser tests.
pub fn chromium() -> Option<std::path::PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(process::find)
}

/// The Firefox of this machine, for the browser tests.
pub fn firefox() -> Option<std::path::PathBuf> {
    process::find("firefox-esr")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn node_versions_are_read() {
        assert_eq!(node_major("v20.20.2\n"), Some(20));
        assert_eq!(node_major("nonsense"), None);
    }

    #[test]
    fn a_missing_or_older_npm_package_is_seen() {
        let wanted = json!({"packages": {
            "": {"name": "site"},
            "node_modules/bundler": {"version": "2.0.0"},
            "node_modules/bundler-other-system": {"version": "2.0.0", "optional": true},
        }});
        let with =
            |version: &str| json!({"packages": {"node_modules/bundler": {"version": version}}});
        assert!(npm_packages_are_current(&wanted, &with("2.0.0")));
        assert!(!npm_packages_are_current(&wanted, &with("1.9.0")));
        assert!(!npm_packages_are_current(&wanted, &Value::Null));
        assert!(!npm_packages_are_current(&Value::Null, &with("2.0.0")));
    }
}
