//! How close sealing comes to the primitives it is made of, in one run:
//! `cargo xtask bench seal`, or `cargo run --release -p beistand-crypto-core --example bench_seal`.
//!
//! Each round measures both sides, one after the other, so that whatever else the machine does
//! falls on both; the ratio printed is that of the medians.
//!
//! Encapsulating begins with bytes: FIPS 203 has whoever encapsulates decode the other's key and
//! check that it is reduced (section 7.2). Prekeys come as bytes, so that belongs to the
//! primitives once for each; the reporter's own key and the one of the decoys are at hand. So does
//! the one HMAC over the header that age demands.
#![expect(
    clippy::disallowed_methods,
    reason = "a measurement needs a clock; the crate does not"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use beistand_crypto_core::attachment::AttachmentSealer;
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::part::PART_DATA_SIZE;
use beistand_crypto_core::reporter::Mailbox;
use chacha20poly1305::aead::{AeadInPlace as _, KeyInit as _};
use chacha20poly1305::ChaCha20Poly1305;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, Mac};
use ml_kem::kem::{Encapsulate as _, EncapsulationKey};
use ml_kem::{EncodedSizeUser as _, KemCore as _, MlKem768, MlKem768Params};
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use sha2::{Digest as _, Sha256, Sha512};
use std::hint::black_box;
use std::time::{Duration, Instant};
use support::{readers, report, World};
use x25519_dalek::{PublicKey, StaticSecret};

const STANZAS: u32 = 8;
const CHUNK: usize = 64 * 1024;
const ENVELOPE: usize = 81_920;
/// Bytes of a header with 8 stanzas, but for a few of grease.
const HEADER: usize = 12_480;

fn main() {
    println!("ratio = primitives / ours: 1.00 would be the primitives alone\n");
    // All stanzas are read by somebody; one reader and the reporter, all others are decoys, which
    // need one new key together.
    envelope("envelope, 8 readers' stanzas", 7);
    envelope("envelope, 2 readers' stanzas", 1);
    attachment();
}

fn envelope(what: &str, counselors: u32) {
    let (mut world, _) = World::new(1, counselors, STANZAS as u8);
    let snapshot = world.snapshot();
    let codename = Codename::generate(&mut world.rng);
    let mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
    let allowed = readers(1..=counselors);
    let text = "x".repeat(4_096);
    let ours = || {
        let body = report(&text);
        black_box(mailbox.compose_report(&snapshot, &allowed, body, &mut world.rng)).unwrap();
    };
    let decoys = STANZAS - counselors - 1;
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let (_, ml_kem) = MlKem768::generate(&mut rng);
    let prekey = ml_kem.as_bytes();
    let x25519 = PublicKey::from(&StaticSecret::random_from_rng(&mut rng));
    let signer = SigningKey::from_bytes(&[6; 32]);
    let cipher = ChaCha20Poly1305::new(&[3; 32].into());
    let mut content = vec![5_u8; ENVELOPE];
    let header = vec![6_u8; HEADER];
    let primitives = || {
        for _ in 0..counselors {
            let decoded = EncapsulationKey::<MlKem768Params>::from_bytes(&prekey);
            assert!(black_box(decoded).as_bytes() == prekey);
        }
        for _ in 0..STANZAS {
            let ephemeral = StaticSecret::random_from_rng(&mut rng);
            black_box(PublicKey::from(&ephemeral));
            black_box(ephemeral.diffie_hellman(&x25519));
            black_box(ml_kem.encapsulate(&mut rng)).unwrap();
        }
        if decoys > 0 {
            black_box(MlKem768::generate(&mut rng));
            let secret = StaticSecret::random_from_rng(&mut rng);
            black_box(PublicKey::from(&secret));
        }
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&[3; 32]).unwrap();
        mac.update(&header);
        black_box(mac.finalize());
        let digest = Sha512::digest(&content[..4_096]);
        black_box(signer.sign(&digest));
        for chunk in content.chunks_mut(CHUNK) {
            black_box(cipher.encrypt_in_place_detached(&[0; 12].into(), b"", chunk)).unwrap();
        }
    };
    compare(what, 200, ours, primitives);
}

fn attachment() {
    const PARTS: u64 = 8;
    let mut file = vec![0; PART_DATA_SIZE];
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    rng.fill_bytes(&mut file);
    let slice = file.clone();
    let mut ours = || {
        let size = PARTS * PART_DATA_SIZE as u64;
        let mut sealer = AttachmentSealer::new(size, &mut rng).unwrap();
        while sealer.wants().is_some() {
            black_box(sealer.seal(&slice, &mut rng)).unwrap();
        }
    };
    let cipher = ChaCha20Poly1305::new(&[3; 32].into());
    let mut encrypted = file.clone();
    let mut encrypt = || {
        for _ in 0..PARTS {
            for chunk in encrypted.chunks_mut(CHUNK) {
                black_box(cipher.encrypt_in_place_detached(&[0; 12].into(), b"", chunk)).unwrap();
            }
        }
    };
    compare("8 parts / ChaCha20-Poly1305", 20, &mut ours, &mut encrypt);
    // The message has SHA-256 of the file, so that one knows it when it comes back.
    let both = || {
        encrypt();
        for _ in 0..PARTS {
            black_box(Sha256::digest(&file));
        }
    };
    compare("8 parts / the same and SHA-256", 20, ours, both);
}

fn compare(what: &str, rounds: usize, mut ours: impl FnMut(), mut primitives: impl FnMut()) {
    let time = |work: &mut dyn FnMut()| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    ours();
    primitives();
    let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        our_times.push(time(&mut ours));
        their_times.push(time(&mut primitives));
    }
    let (ours, theirs) = (median(our_times), median(their_times));
    let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
    println!("{what:<32} ours {ours:>10.1?}   primitives {theirs:>10.1?}   ratio {ratio:.2}");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
