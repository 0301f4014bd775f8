//! Every format of frames, notes and lines against inputs that are nearly right: cut off at every
//! byte, and changed by chance (`BEISTAND_MUTATIONS` says how often; the default is for every day).

use beistand_crypto_core::part::PartError;
use beistand_tests::malformed::properties::{self, Property, FUZZED};
use beistand_tests::malformed::{mutations, seeds, Mutator};

/// Changed inputs of one format; seeds must all be of it, most others must not.
fn mutate(seeds: &[Vec<u8>], property: Property, count: u64, seed: u64) {
    let mut mutator = Mutator::new(seed);
    for right in seeds {
        assert!(property(right), "a seed is of the format");
    }
    let mut accepted = 0;
    for _ in 0..count {
        accepted += u64::from(property(&mutator.mutate(seeds)));
    }
    assert!(accepted < count, "nothing was refused");
}

fn mutate_target(target: &str, share: u64) {
    let number = FUZZED.iter().position(|(name, _)| *name == target).unwrap();
    let (_, property) = FUZZED[number];
    let count = (mutations() / share).max(1);
    mutate(&seeds::of(target), property, count, number as u64);
}

#[test]
fn mutated_put_frames() {
    mutate_target("put_frame", 10);
}

#[test]
fn mutated_blobs() {
    mutate_target("grammar", 20);
}

#[test]
fn mutated_notes() {
    mutate_target("note", 1);
}

#[test]
fn mutated_states() {
    mutate_target("state", 1);
}

#[test]
fn mutated_indexes() {
    mutate_target("index", 1);
}

#[test]
fn mutated_message_lines() {
    mutate_target("message_line", 1);
}

#[test]
fn mutated_codenames() {
    mutate_target("codename", 1);
}

#[test]
fn mutated_small_frames() {
    let count = (mutations() / 10).max(1);
    mutate(&seeds::small_frames(), properties::small_frames, count, 99);
}

/// Every beginning of every seed but the whole; `allowed` says where one may be of the format.
fn truncate(seeds: &[Vec<u8>], property: Property, allowed: impl Fn(&[u8]) -> bool) {
    for seed in seeds {
        for length in 0..seed.len() {
            let cut = &seed[..length];
            assert!(
                !property(cut) || allowed(cut),
                "cut off after {length} bytes"
            );
        }
    }
}

#[test]
fn nothing_that_was_cut_off_is_taken() {
    let never = |_: &[u8]| false;
    // Whole days of an index are an index.
    truncate(&seeds::indexes(), properties::index, |cut| {
        let lengths = [0, 24, 24 + 40];
        lengths.contains(&cut.len())
    });
    truncate(&seeds::message_lines(), properties::message_line, never);
    // So are whole days of a state leaf; what is a leaf at all, the log says.
    truncate(&seeds::states(), properties::state, |cut| {
        let text = String::from_utf8_lossy(cut);
        let days = text.rsplit('|').next().unwrap_or_default();
        text.starts_with("state|") && days.split(',').all(|day| day.is_empty() || day.len() == 72)
    });
    // Note after note: a cut between signatures would leave a note with fewer of them.
    truncate(&seeds::notes(), properties::note, never);
    let exact = |bytes: &[u8]| beistand_protocol::put::PutRequest::parse(bytes).is_ok();
    truncate(&seeds::put_frames(), exact, never);
    // A fetch cut to the length of a delete is a delete: its address tells them apart.
    truncate(
        &seeds::small_frames()[..2],
        properties::small_frames,
        |cut| cut.len() == beistand_protocol::delete::SIZE,
    );
}

#[test]
fn no_frame_is_taken_with_a_byte_more() {
    for (target, property) in FUZZED {
        // White space around a codename is what people type; the seeds of parts are beginnings.
        if matches!(target, "codename" | "part") {
            continue;
        }
        for seed in seeds::of(target) {
            for more in [0, b' ', b'\n', b'}'] {
                let longer = [seed.as_slice(), &[more]].concat();
                let json_space = target == "state" && more.is_ascii_whitespace();
                assert!(!property(&longer) || json_space, "{target} with {more}");
            }
        }
    }
}

#[test]
fn no_part_is_taken_with_a_byte_more_or_less() {
    let (part, honest) = properties::frozen_part();
    let longer = [honest.as_slice(), &[0]].concat();
    for blob in [&longer[..], &honest[..honest.len() - 1], &[]] {
        let opened = part.keys().open(part.number, blob);
        assert_eq!(opened.map(drop), Err(PartError::Missing));
    }
}
