//! client-wasm → `target/wasm/{beistand.js, beistand_bg.wasm}`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::{write::GzEncoder, Compression};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::failure::{Failure, While};
use crate::setup::{self, Need};
use crate::toolchain::{self, Toolchain, WASM_TARGET};
use crate::{layout, process};

/// The name of the finished module's files.
const OUT_NAME: &str = "beistand";

/// What browsers of the last years understand and rustc emits. Named one by one:
/// wasm-opt's `--all-features` also uses what Chromium refuses.
const FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

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
    let stamp = stamp(&compiled)?;
    let stamp_file = folder.join("made-from");
    if std::fs::read_to_string(&stamp_file).ok().as_ref() != Some(&stamp) {
        bind(&compiled, &folder)?;
        optimise(&folder.join(format!("{OUT_NAME}_bg.wasm")))?;
        std::fs::write(&stamp_file, stamp).while_("remembering what the WASM was made from")?;
    }
    print_sizes(&folder)?;
    Ok(folder)
}

/// Compiles client-wasm in a target folder of its own, so that the two targets do not
/// wait for each other's lock. Returns the compiled module.
fn compile(toolchain: &Toolchain) -> Result<PathBuf, Failure> {
    let started = Instant::now();
    let target = match toolchain {
        Toolchain::Ready => layout::below_root("target/wasm-build"),
        Toolchain::BuildStd { .. } => layout::below_root("target/wasm-build-std"),
    };
    process::show(
        toolchain
            .cargo_build()
            .args(["--quiet", "--locked", "--profile", "wasm"])
            .args(["--package", "beistand-client-wasm", "--target-dir"])
            .arg(&target)
            .env("RUSTFLAGS", same_paths_everywhere()),
    )?;
    println!(
        "compiled client-wasm in {:.1} s ({})",
        started.elapsed().as_secs_f32(),
        toolchain.describe()
    );
    Ok(target
        .join(WASM_TARGET)
        .join("wasm/beistand_client_wasm.wasm"))
}

/// Panic messages carry source paths: the module must not differ from machine to
/// machine, nor say whose machine built it.
fn same_paths_everywhere() -> String {
    let mut flags = format!("--remap-path-prefix={}=/beistand", layout::root().display());
    let cargo_home = std::env::var("CARGO_HOME")
        .ok()
        .or_else(|| Some(format!("{}/.cargo", std::env::var("HOME").ok()?)));
    if let Some(cargo_home) = cargo_home {
        flags.push_str(&format!(" --remap-path-prefix={cargo_home}=/cargo"));
    }
    flags
}

/// What the finished files depend on: the compiled module, and whether wasm-opt is here.
fn stamp(compiled: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(compiled).while_(format!("reading {}", compiled.display()))?;
    let optimiser = wasm_opt().map_or("plain", |_| "wasm-opt");
    Ok(format!(
        "{} {optimiser}",
        hex::encode(Sha256::digest(bytes))
    ))
}

/// Makes the JavaScript side. `no-modules`, because a classic Worker loads it with
/// `importScripts`: some hardened browsers switch module workers off.
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

fn wasm_opt() -> Option<PathBuf> {
    let from_npm = layout::below_root("web/node_modules/.bin/wasm-opt");
    from_npm.is_file().then_some(from_npm)
}

fn optimise(module: &Path) -> Result<(), Failure> {
    let Some(wasm_opt) = wasm_opt() else {
        println!("not run: wasm-opt (web/ does not install binaryen)");
        return Ok(());
    };
    let smaller = module.with_extension("smaller");
    process::show(
        process::command(wasm_opt, &layout::root())
            .arg("-Oz")
            .args(FEATURES)
            .arg(module)
            .arg("-o")
            .arg(&smaller),
    )?;
    std::fs::rename(&smaller, module).while_("replacing the WASM by its optimised form")
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
