//! C2SP's vectors of the age format, as npm has them: each comes to exactly what it expects, in
//! the hash of what was released too, except where the age library is known to deviate.

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use beistand_portable_tests::vectors::{Outcome, Summary, VectorFile, DEVIATIONS};
use std::collections::BTreeMap;
use std::path::Path;

/// Vectors in the pinned version of the package.
const VECTORS: usize = 143;

/// The package is one file of JavaScript with each vector in base64, below its name.
fn vectors() -> BTreeMap<String, Vec<u8>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/node_modules/cctv-age/index.js");
    let script = std::fs::read_to_string(file).unwrap_or_else(|_| {
        panic!(
            "the vectors are not installed: run `npm ci` in tests/interop, or `cargo xtask setup`"
        )
    });
    let mut vectors = BTreeMap::new();
    let mut lines = script.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("// ../testdata/") else {
            continue;
        };
        let encoded = lines.next().and_then(|line| line.split('"').nth(1));
        let bytes = STANDARD.decode(encoded.expect("a vector follows its name"));
        vectors.insert(name.to_owned(), bytes.expect("vectors are base64"));
    }
    vectors
}

#[test]
fn every_vector_of_age_comes_to_what_it_expects() {
    let vectors = vectors();
    assert_eq!(vectors.len(), VECTORS);
    let mut summary = Summary::default();
    for (name, bytes) in &vectors {
        summary.add(name, bytes);
    }
    assert_eq!(summary.failures, Vec::<String>::new());
    assert_eq!(summary.ignored, Vec::<String>::new());
    assert_eq!(summary.passed, VECTORS);
    let mut known: Vec<&str> = DEVIATIONS.iter().map(|known| known.name).collect();
    known.sort_unstable();
    assert_eq!(summary.deviating, known);
}

#[test]
fn there_is_a_vector_of_every_outcome_for_hybrid_recipients() {
    let vectors = vectors();
    let hybrid = vectors.iter().filter(|(name, _)| name.contains("hybrid"));
    let files: Vec<VectorFile> = hybrid
        .map(|(_, bytes)| VectorFile::parse(bytes).unwrap())
        .collect();
    for outcome in [Outcome::Success, Outcome::NoMatch, Outcome::HeaderFailure] {
        assert!(files.iter().any(|file| file.expected.outcome == outcome));
    }
}

#[test]
fn another_outcome_or_hash_than_expected_fails() {
    let vectors = vectors();
    let first = |wanted: &str| {
        let text = format!("expect: {wanted}\n");
        let found = vectors
            .iter()
            .find(|(_, bytes)| bytes.starts_with(text.as_bytes()));
        found.expect("there is one of each outcome").1.clone()
    };
    let fails = |bytes: &[u8]| {
        let mut summary = Summary::default();
        summary.add("altered", bytes);
        summary.failures.len() == 1 && summary.passed == 0
    };
    let replaced = |bytes: &[u8], old: &str, new: &str| {
        let at = bytes.windows(old.len()).position(|it| it == old.as_bytes());
        let at = at.expect("it stands in the header");
        [&bytes[..at], new.as_bytes(), &bytes[at + old.len()..]].concat()
    };
    let outcomes = [
        "success",
        "no match",
        "HMAC failure",
        "header failure",
        "payload failure",
        "armor failure",
    ];
    let other_hash = format!("payload: {}\nnothing: ", "00".repeat(32));
    for outcome in outcomes {
        let honest = first(outcome);
        for claimed in outcomes.iter().filter(|claimed| **claimed != outcome) {
            let expect = |name: &str| format!("expect: {name}\npayload: {}\n", "00".repeat(32));
            let header = format!("expect: {outcome}\n");
            let mut altered = replaced(&honest, &header, &expect(claimed));
            if matches!(outcome, "success" | "payload failure") {
                // The hash it had would stand there twice.
                let text = String::from_utf8_lossy(&honest).into_owned();
                let hash = text.lines().nth(1).expect("the payload's hash").to_owned();
                altered = replaced(&altered, &format!("{hash}\n"), "");
            }
            assert!(fails(&altered), "{outcome} passed for {claimed}");
        }
        if matches!(outcome, "success" | "payload failure") {
            let altered = replaced(&honest, "payload: ", &other_hash);
            let altered = replaced(&altered, "nothing: ", "comment: ");
            assert!(fails(&altered), "{outcome} with another payload passed");
        }
    }
}

#[test]
fn a_deviation_that_no_longer_deviates_fails() {
    let vectors = vectors();
    let mut summary = Summary::default();
    for known in &DEVIATIONS {
        // A vector that gives what the listed one expects, under the listed name.
        let expected = format!("expect: {}\n", known.expected);
        let honest = vectors
            .iter()
            .find(|(name, bytes)| bytes.starts_with(expected.as_bytes()) && *name != known.name);
        summary.add(known.name, honest.expect("there is another").1);
    }
    assert_eq!(summary.failures.len(), DEVIATIONS.len());
    assert!(summary.failures[0].contains("listed as deviating"));
}
