//! client-wasm → `target/wasm` for browsers, and → `target/wasm-plain`, from which web/ makes
//! plain JavaScript for browsers without WebAssembly. And the checks of `tests/portable` in both
//! forms → `target/wasm-checks`, for the tests.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use flate2::{write::GzEncoder, Compression};
use wasm_bindgen_cli_support::Bindgen;

use crate::failure::{Failure, While};
use crate::setup::{self, Need};
use crate::toolchain::{self, Toolchain, WASM_TARGET};
use crate::{layout, process, without_tables};

/// The name of the finished module's files.
const OUT_NAME: &str = "beistand";

/// The two forms in which a browser gets client-wasm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// For browsers with WebAssembly: small.
    Module,
    /// To become plain JavaScript: quick, and nothing beyond WebAssembly's first version.
    Plain,
}

/// What is compiled for browsers.
struct Part {
    package: &'static str,
    /// What cargo calls the compiled file, without its ending.
    compiled: &'static str,
    /// Whether Node.js loads the module, rather than a Worker.
    for_node: bool,
    /// Where its two forms go.
    module: PathBuf,
    plain: PathBuf,
}

fn product() -> Part {
    Part {
        package: "beistand-client-wasm",
        compiled: "beistand_client_wasm",
        for_node: false,
        module: layout::wasm(),
        plain: layout::wasm_plain(),
    }
}

fn checks() -> Part {
    Part {
        package: "beistand-portable-tests",
        compiled: "beistand_portable_tests",
        for_node: true,
        module: layout::below_root("target/wasm-checks/module"),
        plain: layout::below_root("target/wasm-checks/plain"),
    }
}

impl Form {
    /// The profile in Cargo.toml.
    fn profile(self) -> &'static str {
        match self {
            Form::Module => "wasm",
            Form::Plain => "wasm-plain",
        }
    }

    /// What the compiler is told, std included.
    fn flags(self) -> &'static [&'static str] {
        match self {
            Form::Module => &[],
            Form::Plain => &["-Ctarget-cpu=mvp"],
        }
    }

    /// What cargo is told.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Form::Module => &["-Zbuild-std-features=optimize_for_size"],
            Form::Plain => &[],
        }
    }
}

/// A panic ends the Worker, and nobody reads what it says: no messages, no places in sources, no
/// derived `Debug`.
const SILENT: [&str; 4] = [
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
];

/// Builds the browser's crypto in both forms and prints the sizes. `build_std`: with the
/// system's Rust, as on machines without rustup.
///
/// # Errors
/// Something is missing that cannot be installed from here, or a build step fails.
pub fn build(build_std: bool) -> Result<(), Failure> {
    let toolchain = toolchain(build_std)?;
    build_part(&product(), &toolchain)
}

/// Builds the checks that hold in every form.
///
/// # Errors
/// As [`build`].
pub fn build_checks() -> Result<(), Failure> {
    build_part(&checks(), &toolchain(false)?)
}

/// What compiles here: the best there is, or the system's Rust in any case.
fn toolchain(system: bool) -> Result<Toolchain, Failure> {
    if system {
        return toolchain::detect_system().ok_or_else(|| {
            Failure::new("the system's Rust cannot build std").hint(format!(
                "apt-get install {}",
                toolchain::DEBIAN_PACKAGES.join(" ")
            ))
        });
    }
    setup::ensure(&[Need::Wasm])?;
    Ok(toolchain::detect().expect("setup has just found a way to build for the browser"))
}

fn build_part(part: &Part, toolchain: &Toolchain) -> Result<(), Failure> {
    let forms = [Form::Module, Form::Plain];
    // Side by side: the end of each is one long step that keeps only one core busy.
    let compiled: Vec<PathBuf> = thread::scope(|scope| {
        let running = forms.map(|form| scope.spawn(move || compile(part, form, toolchain)));
        running
            .into_iter()
            .map(|compiling| compiling.join().expect("compiling does not panic"))
            .collect::<Result<_, _>>()
    })?;
    for (form, compiled) in forms.into_iter().zip(&compiled) {
        print_sizes(bind(part, form, compiled)?)?;
    }
    Ok(())
}

/// Compiles for the browser in a target folder of its own, so that the two targets do not
/// wait for each other's lock. Returns the compiled module.
fn compile(part: &Part, form: Form, toolchain: &Toolchain) -> Result<PathBuf, Failure> {
    println!("compiling {} {}", part.package, toolchain.describe());
    let started = Instant::now();
    let target = layout::below_root(match form {
        Form::Module => "target/wasm-build",
        Form::Plain => "target/wasm-build-plain",
    });
    let mut flags = same_paths_everywhere(toolchain)?;
    flags.extend(SILENT.map(String::from));
    flags.extend(form.flags().iter().map(|flag| flag.to_string()));
    let mut cargo = toolchain.cargo_build();
    if form == Form::Module {
        without_tables::wrap(&mut cargo)?;
    }
    process::show(
        cargo
            .args(["--locked", "--profile", form.profile()])
            .args(form.arguments())
            .args(["--package", part.package, "--target-dir"])
            .arg(&target)
            .env_remove("RUSTFLAGS")
            // Two bars would write over each other.
            .env("CARGO_TERM_PROGRESS_WHEN", "never")
            // A folder's name may have spaces in it; so cargo takes this separator.
            .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f")),
    )?;
    println!(
        "{} ({}): done in {:.1} s",
        part.package,
        toolchain.describe(),
        started.elapsed().as_secs_f32()
    );
    Ok(target
        .join(WASM_TARGET)
        .join(form.profile())
        .join(part.compiled)
        .with_extension("wasm"))
}

/// Panic messages carry source paths: the module must not differ from machine to
/// machine, nor say whose machine built it.
fn same_paths_everywhere(toolchain: &Toolchain) -> Result<Vec<String>, Failure> {
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
    Ok(flags.collect())
}

/// Makes the JavaScript side and the final module; gives their folder.
///
/// `no-modules`, because it becomes part of a classic Worker: some hardened browsers
/// switch module workers off. The plain form is bundled into one such script by web/build.mjs,
/// which needs modules for that.
fn bind<'a>(part: &'a Part, form: Form, compiled: &Path) -> Result<&'a Path, Failure> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name(OUT_NAME);
    let (bindgen, folder) = match form {
        Form::Module if part.for_node => (bindgen.nodejs(true), &part.module),
        Form::Module => (bindgen.no_modules(true), &part.module),
        Form::Plain => (bindgen.bundler(true), &part.plain),
    };
    bindgen
        .while_("choosing wasm-bindgen's output")?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
        .while_("wasm-bindgen")?;
    Ok(folder)
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
