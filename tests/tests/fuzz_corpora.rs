//! What the fuzz targets start from and what they found, replayed without a fuzzer.

use beistand_tests::malformed::properties::FUZZED;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// Names in a folder, without extension.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|_| {
        panic!(
            "{} is missing: cargo run -p beistand-tests --example make_corpora",
            folder.file_name().unwrap_or_default().to_string_lossy()
        )
    });
    let stem = |path: PathBuf| path.file_stem().map(|stem| stem.to_string_lossy().into());
    entries
        .filter_map(|entry| stem(entry.unwrap().path()))
        .collect()
}

#[test]
fn every_corpus_holds_its_property() {
    for (target, property) in FUZZED {
        let folder = fuzz().join("corpus").join(target);
        let (mut right, mut wrong) = (0, 0);
        for name in names(&folder) {
            let bytes = std::fs::read(folder.join(&name)).unwrap();
            let taken = property(&bytes);
            assert!(taken || !name.starts_with("right-"), "{target}/{name}");
            if taken {
                right += 1;
            } else {
                wrong += 1;
            }
        }
        assert!(right > 0 && wrong > 0, "{target}: {right} {wrong}");
    }
}

#[test]
fn targets_corpora_and_properties_are_the_same() {
    let known: BTreeSet<String> = FUZZED.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names(&fuzz().join("fuzz_targets")), known);
    assert_eq!(names(&fuzz().join("corpus")), known);
    let manifest = std::fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for name in &known {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")));
    }
}
