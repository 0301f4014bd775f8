//! Only an age file of exactly the right shape is an envelope or part; each other shape is
//! refused for its own reason.
mod support;

use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::{check, GrammarError, SealedBlob};
use support::{base64_of, stanza, BlobParts};

const CLASS: BlobClass = BlobClass::Envelope8;

fn refusal(change: impl FnOnce(&mut BlobParts)) -> Result<usize, GrammarError> {
    let mut parts = BlobParts::new(CLASS, 7);
    change(&mut parts);
    check(CLASS, &parts.build())
}

#[test]
fn every_class_takes_its_own_blobs_and_no_others() {
    for class in BlobClass::ALL {
        let bytes = BlobParts::new(class, 1).build();
        let blob = SealedBlob::parse(class, bytes.clone()).unwrap();
        assert_eq!(blob.bytes(), bytes);
        for other in BlobClass::ALL.into_iter().filter(|other| *other != class) {
            assert_eq!(
                check(other, &bytes),
                Err(GrammarError::Length {
                    expected: other.size()
                })
            );
        }
    }
}

#[test]
fn one_grease_stanza_as_the_library_makes_it_passes_and_nothing_larger() {
    let grease = |body: usize| {
        move |parts: &mut BlobParts| {
            let text = base64_of(&mut parts.rng, body);
            let lines: Vec<&str> = text
                .as_bytes()
                .chunks(64)
                .map(|c| std::str::from_utf8(c).unwrap())
                .collect();
            let mut body = lines.join("\n");
            if text.len().is_multiple_of(64) && !text.is_empty() {
                body.push('\n');
            }
            parts.stanzas.push(format!("-> a!-grease b c\n{body}\n"));
        }
    };
    for size in [0, 1, 47, 48, 49, 96, 99] {
        assert!(refusal(grease(size)).is_ok(), "{size}");
    }
    assert_eq!(refusal(grease(101)), Err(GrammarError::Grease));
    assert_eq!(refusal(grease(5_000)), Err(GrammarError::Grease));
    let twice = |parts: &mut BlobParts| {
        grease(3)(parts);
        grease(3)(parts);
    };
    assert_eq!(refusal(twice), Err(GrammarError::Grease));
    let first = |parts: &mut BlobParts| parts.stanzas.insert(0, "-> a-grease\nAAAA\n".to_owned());
    assert_eq!(refusal(first), Err(GrammarError::Grease));
    let long = |parts: &mut BlobParts| {
        parts
            .stanzas
            .push("-> a-grease here-are-words-of-a-report\nAAAA\n".to_owned());
    };
    assert_eq!(refusal(long), Err(GrammarError::Grease));
}

#[test]
fn stanzas_are_counted_and_of_one_kind() {
    let expected = GrammarError::StanzaCount { expected: 8 };
    assert_eq!(refusal(|parts| drop(parts.stanzas.pop())), Err(expected));
    let more = |parts: &mut BlobParts| {
        let more = stanza(&mut parts.rng);
        parts.stanzas.push(more);
    };
    assert_eq!(refusal(more), Err(expected));
    let foreign = |parts: &mut BlobParts| parts.stanzas[3] = "-> X25519 AAAA\nAAAA\n".to_owned();
    assert_eq!(refusal(foreign), Err(GrammarError::ForeignStanza));
}

#[test]
fn stanzas_have_one_encoding() {
    let cases: [fn(&mut BlobParts); 5] = [
        |parts| parts.stanzas[0] = parts.stanzas[0].replace("x25519 ", "x25519  "),
        |parts| parts.stanzas[0] = parts.stanzas[0].replacen('\n', " extra\n", 1),
        |parts| {
            let short = base64_of(&mut parts.rng, 1_119);
            let body = base64_of(&mut parts.rng, 32);
            parts.stanzas[0] = format!("-> mlkem768x25519 {short}\n{body}\n");
        },
        |parts| {
            let key = base64_of(&mut parts.rng, 1_120);
            let body = base64_of(&mut parts.rng, 31);
            parts.stanzas[0] = format!("-> mlkem768x25519 {key}\n{body}\n");
        },
        // The last character of 32 bytes in base64 has two spare bits, which must be zero.
        |parts| {
            let stanza = parts.stanzas[0].trim_end().to_owned();
            let stem = &stanza[..stanza.len() - 1];
            parts.stanzas[0] = format!("{stem}B\n");
        },
    ];
    for (i, case) in cases.into_iter().enumerate() {
        assert_eq!(refusal(case), Err(GrammarError::StanzaForm), "case {i}");
    }
}

#[test]
fn plaintext_and_other_files_are_refused() {
    let mut text = b"They wrote to my home address again. ".repeat(3_000);
    text.truncate(CLASS.size());
    assert!(check(CLASS, &text).is_err());
    let mut zeros = vec![0; CLASS.size()];
    assert_eq!(check(CLASS, &zeros), Err(GrammarError::Header));
    zeros[..22].copy_from_slice(b"age-encryption.org/v2\n");
    assert_eq!(check(CLASS, &zeros), Err(GrammarError::Version));
    assert_eq!(
        refusal(|parts| parts.mac = "--- AAAA\n".to_owned()),
        Err(GrammarError::Header)
    );
    assert_eq!(
        refusal(|parts| parts.mac.clear()),
        Err(GrammarError::Header)
    );
}

#[test]
fn truncated_anywhere_it_is_refused() {
    let bytes = BlobParts::new(CLASS, 3).build();
    for length in 0..bytes.len() {
        assert!(check(CLASS, &bytes[..length]).is_err());
    }
}

#[test]
fn mutated_headers_never_panic_and_pass_only_as_another_valid_header() {
    use rand::{Rng, SeedableRng};
    let mut rng = rand::rngs::StdRng::seed_from_u64(11);
    let mut parts = BlobParts::new(CLASS, 5);
    parts.stanzas.push("-> a-grease\nAAAA\n".to_owned());
    let original = parts.build();
    let header = check(CLASS, &original).unwrap();
    for _ in 0..20_000 {
        let mut bytes = original.clone();
        for _ in 0..rng.gen_range(1..4) {
            let at = rng.gen_range(0..header);
            bytes[at] = rng.gen();
        }
        if let Ok(length) = check(CLASS, &bytes) {
            assert!(bytes[..length].is_ascii());
        }
    }
}
