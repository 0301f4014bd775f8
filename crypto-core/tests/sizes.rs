//! Every envelope has the one size of its class, to the byte, whatever is in it and whoever can
//! read it.

mod support;

use beistand_crypto_core::audience::Audience;
use beistand_crypto_core::body::Body;
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::message::LINE_LIMIT;
use beistand_crypto_core::reporter::Mailbox;
use beistand_crypto_core::seal::{decoy, seal};
use beistand_protocol::class::{BlobClass, ENVELOPE_16_SIZE, ENVELOPE_8_SIZE};
use beistand_protocol::grammar;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use std::collections::BTreeSet;
use support::{readers, report, World};

const THREADS: u64 = 4;

/// Seals `count` reports of random length to random readers; answers the sizes of headers seen.
fn seal_many(seed: u64, counselors: u32, stanzas: u8, count: usize) -> BTreeSet<usize> {
    let (mut world, _) = World::new(seed, counselors, stanzas);
    let size = if stanzas == 8 {
        ENVELOPE_8_SIZE
    } else {
        ENVELOPE_16_SIZE
    };
    let snapshot = world.snapshot();
    let class = snapshot.envelope_class();
    let codename = Codename::generate(&mut world.rng);
    let mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
    let mut audiences = Vec::new();
    for chosen in 1..=counselors {
        let readers = readers(1..=chosen);
        let first = mailbox
            .compose_report(&snapshot, &readers, report(""), &mut world.rng)
            .unwrap();
        let audience = Audience::of_reporter(&snapshot, mailbox.keys(), &readers).unwrap();
        audiences.push((audience, first.message().unwrap().message().clone()));
    }
    let mut headers = BTreeSet::new();
    for _ in 0..count {
        let chosen = world.rng.next_u32() as usize % audiences.len();
        let (audience, message) = &mut audiences[chosen];
        let length = world.rng.next_u32() as usize % (LINE_LIMIT - 4_096);
        message.body = Body::Report(report(&"ä".repeat(length / 2)));
        let signer = mailbox.keys().signer();
        let sealed = seal(message, signer, audience, &mut world.rng).unwrap();
        let bytes = sealed.blob.bytes();
        assert_eq!(bytes.len(), size);
        headers.insert(grammar::check(class, bytes).unwrap());
    }
    headers
}

#[test]
fn ten_thousand_envelopes_of_one_size() {
    let threads: Vec<_> = (0..THREADS)
        .map(|seed| std::thread::spawn(move || seal_many(seed, 7, 8, 10_000 / THREADS as usize)))
        .collect();
    let headers: BTreeSet<usize> = threads
        .into_iter()
        .flat_map(|thread| thread.join().unwrap())
        .collect();
    // The grease did vary the headers, so the constant total is the padding's work.
    assert!(headers.len() > 50);
}

#[test]
fn every_size_of_roster_has_its_class() {
    for counselors in 1..=7 {
        seal_many(u64::from(counselors), counselors, 8, 10);
    }
    for counselors in 8..=15 {
        seal_many(u64::from(counselors), counselors, 16, 10);
    }
}

#[test]
fn decoys_have_the_same_form() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for class in [BlobClass::Envelope8, BlobClass::Envelope16] {
        for _ in 0..20 {
            let blob = decoy(class, &mut rng);
            grammar::check(class, blob.bytes()).unwrap();
        }
    }
}
