//! Embeds the site where it was built before (`cargo xtask site` makes it) and the commit, so
//! that the program can say what it is. A plain `cargo build` always succeeds without either.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("..");
    let site = root.join("target/site");
    // Cargo can only watch a folder that is there; a missing one would mean building each time.
    let _ = fs::create_dir_all(&site);
    println!("cargo::rerun-if-changed={}", site.display());
    let mut files = Vec::new();
    if site.join("index.html").is_file() {
        list(&site, "", &mut files)?;
    }
    files.sort();
    let mut source = String::from("pub const FILES: &[(&str, &[u8])] = &[\n");
    for (name, path) in files {
        let _ = writeln!(
            source,
            "    ({name:?}, include_bytes!({:?})),",
            path.canonicalize()?
        );
    }
    source.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("site.rs"), source)?;

    beistand_commit::name();
    Ok(())
}

fn list(directory: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            list(&entry.path(), &format!("{name}/"), files)?;
        } else if kind.is_file() {
            files.push((name, entry.path()));
        }
    }
    Ok(())
}
