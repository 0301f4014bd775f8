//! `beistand-vectors DIR`, as `cargo xtask vectors DIR` runs it: what it prints and how it ends.

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Exit status, standard output, standard error.
fn run(folder: &Path) -> (Option<i32>, String, String) {
    let program = env!("CARGO_BIN_EXE_beistand-vectors");
    let output = Command::new(program).arg(folder).output().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// A folder of vectors that nobody needs a key for.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

const NOT_AGE: &str = "expect: header failure\ncomment: no age file\n\nnot age\n";
const NOT_A_SUCCESS: &str = "expect: no match\n\nnot age\n";

#[test]
fn all_passed() {
    let folder = folder(&[("one", NOT_AGE), ("two", NOT_AGE), (".hidden", "")]);
    let (status, said, errors) = run(folder.path());
    assert_eq!((status, errors.as_str()), (Some(0), ""));
    assert_eq!(said, "2 passed, 0 failed\n");
}

#[test]
fn one_line_a_failure_and_the_count_last() {
    let later = "expect: header failure\nmoon: full\n\nnot age\n";
    let files = [
        ("bad", NOT_A_SUCCESS),
        ("good", NOT_AGE),
        ("later", later),
        ("prose", "no vector"),
    ];
    let folder = folder(&files);
    let (status, said, _) = run(folder.path());
    assert_eq!(status, Some(3));
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].starts_with("ignored later: "));
    assert_eq!(
        lines[1],
        "failed bad: expected no match, got header failure"
    );
    assert!(lines[2].starts_with("failed prose: not a vector: "));
    assert_eq!(lines[3..], ["1 passed, 2 failed"]);
}

#[test]
fn a_folder_without_vectors_is_not_a_success() {
    let empty = TempDir::new().unwrap();
    let missing = empty.path().join("missing");
    for folder in [empty.path(), &missing] {
        let (status, said, errors) = run(folder);
        assert_eq!((status, said.as_str()), (Some(2), ""));
        assert!(errors.starts_with("error: ") && errors.contains("\nhint: "));
    }
}
