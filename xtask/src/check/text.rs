//! What must not stand in any file: paths of somebody's machine, and too much at once.

use super::{files, Report};
use crate::failure::Failure;

/// Source files longer than this hold more than one concept.
const LONGEST: usize = 600;

/// Code that people write by hand.
const CODE: [&str; 7] = ["rs", "ts", "js", "mjs", "css", "html", "sh"];

/// Looks at every file of the repository.
///
/// # Errors
/// The files cannot be listed or read.
pub fn check() -> Result<Report, Failure> {
    let mut findings = Vec::new();
    for path in files::all()? {
        let Some(text) = files::text(&path)? else {
            continue;
        };
        if files::has_extension(&path, &CODE) {
            findings.extend(too_long(&path, &text));
        }
        findings.extend(machine_paths(&path, &text));
    }
    Ok(Report::of(findings))
}

fn too_long(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > LONGEST).then(|| format!("{path} has {lines} lines, more than {LONGEST}"))
}

/// The beginnings of paths that exist on one machine only. Put together here, so that
/// this file does not find itself.
fn machine_path_beginnings() -> Vec<String> {
    let folders = ["root", "work", "home", "Users", "tmp"];
    folders.iter().map(|name| format!("/{name}/")).collect()
}

fn machine_paths(path: &str, text: &str) -> Vec<String> {
    let beginnings = machine_path_beginnings();
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if let Some(found) = beginnings.iter().find(|it| begins_a_path(line, it)) {
            let number = number + 1;
            findings.push(format!("{path}:{number} names a path below {found}"));
        }
    }
    findings
}

/// Whether `beginning` stands in the line as the start of a path, not inside a longer one
/// or a web address.
fn begins_a_path(line: &str, beginning: &str) -> bool {
    line.match_indices(beginning).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || "./-_~}*".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_are_found() {
        assert_eq!(too_long("a.rs", &"x\n".repeat(LONGEST)), None);
        assert!(too_long("a.rs", &"x\n".repeat(LONGEST + 1)).is_some());
    }

    #[test]
    fn paths_of_a_machine_are_found_and_others_are_not() {
        let home = machine_path_beginnings()[0].clone();
        assert_eq!(machine_paths("a", &format!("ok\nsee {home}x")).len(), 1);
        assert_eq!(machine_paths("a", &format!("\"{home}x\"")).len(), 1);
        assert!(machine_paths("a", &format!("https://example.org{home}x")).is_empty());
        assert!(machine_paths("a", &format!("node{home}x")).is_empty());
    }
}
