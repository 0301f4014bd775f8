//! HPKE (RFC 9180) base mode, one message, with HKDF-SHA256 and ChaCha20-Poly1305, for the KEM
//! of [`crate::xwing`]: exactly what age's `mlkem768x25519` stanza needs and no more.
//!
//! X-Wing's shared secret goes straight into the key schedule; the extract-and-expand of the
//! Diffie-Hellman KEMs is not part of it. Every encapsulation is used for one message, so the
//! nonce is the base nonce and the associated data is empty.

use crate::xwing::SharedSecret;
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::ChaCha20Poly1305;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// "HPKE" and the ids of MLKEM768-X25519 (0x647a), HKDF-SHA256 (1) and ChaCha20-Poly1305 (3).
const SUITE: &[u8; 10] = b"HPKE\x64\x7a\x00\x01\x00\x03";
const VERSION: &[u8; 7] = b"HPKE-v1";
const MODE_BASE: u8 = 0;

/// The key and nonce for the one message of an encapsulation.
struct Context {
    key: Zeroizing<[u8; 32]>,
    nonce: [u8; 12],
}

/// Encrypts one message under the shared secret of one fresh encapsulation.
pub(crate) fn seal(shared: &SharedSecret, info: &Info, message: &[u8]) -> Vec<u8> {
    let context = key_schedule(shared, info);
    ChaCha20Poly1305::new(context.key.as_slice().into())
        .encrypt(&context.nonce.into(), message)
        .expect("a message in memory is below the limit of ChaCha20")
}

/// Decrypts it again, or says only that this was not the right secret.
pub(crate) fn open(
    shared: &SharedSecret,
    info: &Info,
    ciphertext: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let context = key_schedule(shared, info);
    ChaCha20Poly1305::new(context.key.as_slice().into())
        .decrypt(&context.nonce.into(), ciphertext)
        .ok()
        .map(Zeroizing::new)
}

/// What of the key schedule depends on the application only, and so is the same every time.
pub(crate) struct Info {
    /// `key_schedule_context` of RFC 9180, section 5.1.
    transcript: [u8; 1 + 32 + 32],
}

impl Info {
    /// For this application.
    pub(crate) fn new(info: &[u8]) -> Self {
        let (psk_id_hash, _) = labelled_extract(&[], b"psk_id_hash", &[]);
        let (info_hash, _) = labelled_extract(&[], b"info_hash", info);
        let mut transcript = [MODE_BASE; 1 + 32 + 32];
        transcript[1..33].copy_from_slice(psk_id_hash.as_slice());
        transcript[33..].copy_from_slice(info_hash.as_slice());
        Self { transcript }
    }
}

fn key_schedule(shared: &SharedSecret, info: &Info) -> Context {
    let (_, secret) = labelled_extract(shared.expose(), b"secret", &[]);
    let mut context = Context {
        key: Zeroizing::new([0; 32]),
        nonce: [0; 12],
    };
    labelled_expand(
        &secret,
        b"key",
        &info.transcript,
        context.key.as_mut_slice(),
    );
    labelled_expand(&secret, b"base_nonce", &info.transcript, &mut context.nonce);
    context
}

fn labelled_extract(
    salt: &[u8],
    label: &[u8],
    input: &[u8],
) -> (Zeroizing<[u8; 32]>, Hkdf<Sha256>) {
    let mut labelled = Zeroizing::new(Vec::new());
    for piece in [VERSION.as_slice(), SUITE, label, input] {
        labelled.extend_from_slice(piece);
    }
    let (key, expander) = Hkdf::<Sha256>::extract(Some(salt), &labelled);
    (Zeroizing::new(key.into()), expander)
}

fn labelled_expand(secret: &Hkdf<Sha256>, label: &[u8], info: &[u8], out: &mut [u8]) {
    let length = u16::try_from(out.len())
        .expect("keys and nonces are short")
        .to_be_bytes();
    secret
        .expand_multi_info(&[&length, VERSION, SUITE, label, info], out)
        .expect("keys and nonces are shorter than HKDF's limit");
}
