//! Every Rust file is compiled: it is the root of a target or reached by `mod` from one.
//! A test file that no target reaches would never run, and nobody would notice.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::packages::Packages;
use super::{files, Report};
use crate::failure::{Failure, While};
use crate::layout;

/// Looks at every Rust file of the repository.
///
/// # Errors
/// Files or cargo's metadata cannot be read.
pub fn check() -> Result<Report, Failure> {
    let packages = Packages::read()?;
    // Ours are the members and the stand-ins in patches/.
    let ours = packages
        .by_id
        .values()
        .filter(|package| package.source.is_none());
    let targets = ours.flat_map(|package| &package.targets);
    let mut reached = BTreeSet::new();
    for target in targets {
        reach(target, &mut reached)?;
    }
    let unreached = files::all()?
        .into_iter()
        // fuzz/ is a workspace of its own, for the nightly compiler.
        .filter(|path| files::has_extension(path, &["rs"]) && !path.starts_with("fuzz/"))
        .filter(|path| !reached.contains(&layout::below_root(path)));
    let findings = unreached.map(|path| format!("{path} belongs to no target"));
    Ok(Report::of(findings.collect()))
}

/// Adds a crate's root file and all its modules.
fn reach(root: &Path, reached: &mut BTreeSet<PathBuf>) -> Result<(), Failure> {
    let mut pending = vec![(root.to_path_buf(), true)];
    while let Some((file, owns_folder)) = pending.pop() {
        if !reached.insert(file.clone()) {
            continue;
        }
        let text = std::fs::read_to_string(&file).while_(format!("reading {}", file.display()))?;
        let parent = file.parent().unwrap_or(Path::new(""));
        let modules = if owns_folder || file.file_name().is_some_and(|name| name == "mod.rs") {
            parent.to_path_buf()
        } else {
            file.with_extension("")
        };
        for named in named_files(&text) {
            let candidates = match named {
                Named::Module(name) => vec![
                    modules.join(format!("{name}.rs")),
                    modules.join(name).join("mod.rs"),
                ],
                Named::Path(path) => vec![parent.join(path)],
            };
            let found = candidates.into_iter().filter(|path| path.is_file());
            pending.extend(found.map(|path| (path, false)));
        }
    }
    Ok(())
}

/// How one file names another.
#[derive(Debug, PartialEq, Eq)]
enum Named<'a> {
    /// `mod name;`
    Module(&'a str),
    /// `#[path = "…"]` or `include!("…")`
    Path(&'a str),
}

fn named_files(text: &str) -> Vec<Named<'_>> {
    let mut named = Vec::new();
    for line in text.lines().map(str::trim) {
        let quoted = line
            .strip_prefix("#[path = \"")
            .or_else(|| line.strip_prefix("include!(\""));
        if let Some((path, _)) = quoted.and_then(|rest| rest.split_once('"')) {
            named.push(Named::Path(path));
        }
        let line = match line.strip_prefix("pub") {
            Some(rest) => rest.split_once("mod ").map_or("", |(visibility, name)| {
                let visibility = visibility.trim();
                if visibility.is_empty() || visibility.starts_with('(') {
                    name
                } else {
                    ""
                }
            }),
            None => line.strip_prefix("mod ").unwrap_or(""),
        };
        if let Some(name) = line.strip_suffix(';') {
            named.push(Named::Module(name.trim()));
        }
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_lines_are_read() {
        let text =
            "mod a;\npub mod b;\n  pub(crate) mod c;\nmod inline {\n// mod no;\npub use mod_x;";
        let expected = [Named::Module("a"), Named::Module("b"), Named::Module("c")];
        assert_eq!(named_files(text), expected);
        let text = "#[path = \"odd.rs\"]\ninclude!(\"table.rs\");";
        let expected = [Named::Path("odd.rs"), Named::Path("table.rs")];
        assert_eq!(named_files(text), expected);
    }

    #[test]
    fn modules_are_followed_and_orphans_are_not_reached() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("main.rs", "mod near;\nmod folder;");
        write("near.rs", "mod far;");
        write("near/far.rs", "");
        write("folder/mod.rs", "mod inside;");
        write("folder/inside.rs", "");
        write("orphan.rs", "");
        let mut reached = BTreeSet::new();
        reach(&folder.path().join("main.rs"), &mut reached).unwrap();
        assert_eq!(reached.len(), 5);
        assert!(!reached.contains(&folder.path().join("orphan.rs")));
    }
}
