//! Plain `cargo test` holds the crates to the table in docs/architecture.md, too.

use xtask::check::{directions, packages};

#[test]
fn every_crate_uses_only_what_it_may() {
    let report = directions::check().expect("cargo and the table can be read");
    assert_eq!(report.findings, Vec::<String>::new());
}

#[test]
fn the_server_has_no_key_type_in_its_tree() {
    let tree = packages::whole_tree("beistand-server").expect("cargo can be asked");
    assert!(
        tree.contains("beistand-protocol"),
        "the tree was really read"
    );
    for name in [
        "age",
        "age-core",
        "beistand-crypto-core",
        "ml-kem",
        "x25519-dalek",
    ] {
        assert!(
            !tree.contains(name),
            "beistand-server must not have {name} in its tree"
        );
    }
}
