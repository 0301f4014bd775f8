//! Frozen vectors, read by directory: a file dropped in runs by itself.

use beistand_portable_tests::frozen::{check, KINDS};
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn every_vector_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/crypto-core");
    let mut seen = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            seen.insert(check(&name, &std::fs::read_to_string(&path).unwrap()));
        }
    }
    assert_eq!(seen, BTreeSet::from(KINDS), "a kind of vectors is missing");
}
