//! client-wasm → `target/wasm/{beistand.js, beistand_bg.wasm}`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::{write::GzEncoder, Compression};
use wasm_bindgen_cli_support::Bindgen;

use crate::failure::{Failure, While};
use crate::setup::{self, Need};
use crate::toolchain::{self, Toolchain, WASM_TARGET};
use crate::{layout, process};

/// The name of the finished module's files.
const OUT_NAME: &str = "beistand";

/// Builds the browser's crypto and prints its sizes. Returns the folder it lies in.
///
/// # Errors
/// Something is missing that cannot be installed from here, or a build step fails.
pub fn build(build_std: bool) -> Result<PathBuf, Failure> {
    let toolchain = if build_std {
        toolchain::detect_build_std().ok_or_else(|| {
            Failure::new("the system's Rust cannot build std").hint(format!(
                "apt-get install {}",
                toolchain::DEBIAN_PACKAGES.join(" ")
            ))
        })?
    } else {
        setup::ensure(&[Need::Wasm])?;
        toolchain::detect().expect("setup has just found a way to build for the browser")
    };
    let compiled = compile(&toolchain)?;
    let folder = layout::wasm();
    bind(&compiled, &folder)?;
    print_sizes(&folder)?;
    Ok(folder)
}

/// Compiles client-wasm in a target folder of its own, so that the two targets do not
/// wait for each other's lock. Returns the compiled module.
fn compile(toolchain: &Toolchain) -> Result<PathBuf, Failure> {
    println!("compiling client-wasm ({})", toolchain.describe());
    let started = Instant::now();
    let target = match toolchain {
        Toolchain::Ready => layout::below_root("target/wasm-build"),
        Toolchain::BuildStd { .. } => layout::below_root("target/wasm-build-std"),
    };
    process::show(
        toolchain
            .cargo_build()
            .args(["--locked", "--profile", "wasm"])
            .args(["--package", "beistand-client-wasm", "--target-dir"])
            .arg(&target)
            .env_remove("RUSTFLAGS")
            .env("CARGO_ENCODED_RUSTFLAGS", same_paths_everywhere(toolchain)?),
    )?;
    println!("done in {:.1} s", started.elapsed().as_secs_f32());
    Ok(target
        .join(WASM_TARGET)
        .join("wasm/beistand_client_wasm.wasm"))
}

/// Panic messages carry source paths: the module must not differ from machine to
/// machine, nor say whose machine built it.
fn same_paths_everywhere(toolchain: &Toolchain) -> Result<String, Failure> {
    let mut renamed = vec![(layout::root(), "/beistand".to_string())];
    let cargo_home = std::env::var("CARGO_HOME").or_else(|_| {
        let home = std::env::var("HOME").while_("looking for cargo's folder")?;
        Ok(format!("{home}/.cargo"))
    })?;
    renamed.push((cargo_home.into(), "/cargo".into()));
    renamed.extend(toolchain.std_sources()?);
    let flags = renamed.iter().map(|(folder, name)| {
        let folder = folder.display();
        format!("--remap-path-prefix={folder}={name}")
    });
    // A folder's name may have spaces in it; so cargo takes this separator.
    Ok(flags.collect::<Vec<_>>().join("\x1f"))
}

/// Makes the JavaScript side and the final module. (binaryen's `wasm-opt -Oz` after it was
/// tried: a tenth fewer bytes, but more of them once compressed.)
///
/// `no-modules`, because it becomes part of a classic Worker: some hardened browsers
/// switch module workers off.
fn bind(compiled: &Path, folder: &Path) -> Result<(), Failure> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .out_name(OUT_NAME)
        .no_modules(true)
        .while_("choosing wasm-bindgen's output")?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
        .while_("wasm-bindgen")
}

fn print_sizes(folder: &Path) -> Result<(), Failure> {
    for name in [format!("{OUT_NAME}_bg.wasm"), format!("{OUT_NAME}.js")] {
        let bytes = std::fs::read(folder.join(&name)).while_(format!("reading {name}"))?;
        println!(
            "{name}: {} bytes, {} with gzip",
            bytes.len(),
            gzip_size(&bytes)
        );
    }
    Ok(())
}

/// How many bytes gzip makes of these at its best level.
pub fn gzip_size(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("writing to memory does not fail")
        .len()
}
