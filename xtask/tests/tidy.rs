//! Plain `cargo test` notices a file that no target compiles, a file that has grown too
//! long, and a path of somebody's machine.

use xtask::check::{targets, text};

#[test]
fn every_rust_file_belongs_to_a_target() {
    let report = targets::check().expect("the repository can be read");
    assert_eq!(report.findings, Vec::<String>::new());
}

#[test]
fn no_file_is_too_long_or_names_a_machine() {
    let report = text::check().expect("the repository can be read");
    assert_eq!(report.findings, Vec::<String>::new());
}
