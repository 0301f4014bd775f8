//! Ed25519 keys that sign: messages (section 4) and notes (section 3). The secret never leaves
//! its value; what it is used for is a label inside the signed bytes.

use beistand_protocol::bytes::Digest;
use beistand_protocol::verifier_key::{VerifierKey, VerifierKeyError};
use beistand_protocol::LABEL_PREFIX;
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use rand_core::{CryptoRng, RngCore};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha512};
use std::fmt;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Bytes of a signer's seed.
pub const SIGNING_SEED_SIZE: usize = 32;

/// Somebody who signs. Wiped when dropped.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Signer(SigningKey);

impl Signer {
    /// The signer of a seed.
    pub fn from_seed(seed: &[u8; SIGNING_SEED_SIZE]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// A new signer.
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Self {
        let mut seed = Zeroizing::new([0; SIGNING_SEED_SIZE]);
        rng.fill_bytes(seed.as_mut_slice());
        Self::from_seed(&seed)
    }

    /// The seed, to be kept in a vault.
    pub fn seed(&self) -> Zeroizing<[u8; SIGNING_SEED_SIZE]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The public key.
    pub fn public_key(&self) -> SigningPublicKey {
        SigningPublicKey(self.0.verifying_key().to_bytes())
    }

    /// The public key under a name, as notes want it.
    ///
    /// # Errors
    /// [`VerifierKeyError::Name`] where the name cannot stand in a note.
    pub fn verifier_key(&self, name: &str) -> Result<VerifierKey, VerifierKeyError> {
        VerifierKey::new(name, self.public_key().as_bytes())
    }

    /// Signs the text of a note: to be given to `beistand_protocol::note::sign` and `cosign`,
    /// which put the note's kind and instance into its first line.
    pub fn sign_note(&self, text: &[u8]) -> [u8; 64] {
        self.0.sign(text).to_bytes()
    }

    /// Line 2 for a line 1: for vectors. Messages are signed where they are sealed.
    pub fn sign_message(&self, line: &str) -> String {
        crate::seal::signature_line(&self.sign_line(line))
    }

    /// Signs line 1 of a message.
    pub(crate) fn sign_line(&self, line: &str) -> [u8; 64] {
        self.0.sign(&line_digest(line)).to_bytes()
    }
}

/// An Ed25519 public key, in lower-case hexadecimal where it stands in a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SigningPublicKey([u8; 32]);

impl SigningPublicKey {
    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Serialize for SigningPublicKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Digest(self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SigningPublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The same 32 bytes in the same hexadecimal as a digest.
        Ok(Self(Digest::deserialize(deserializer)?.0))
    }
}

impl fmt::Debug for SigningPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningPublicKey({})", hex::encode(self.0))
    }
}

/// Whether `signature` over line 1 of a message is by this key. Weak keys and second encodings
/// of a signature are refused.
pub(crate) fn line_is_signed(line: &str, public_key: &[u8; 32], signature: &[u8; 64]) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(public_key) else {
        return false;
    };
    let signature = ed25519_dalek::Signature::from_bytes(signature);
    key.verify_strict(&line_digest(line), &signature).is_ok()
}

fn line_digest(line: &str) -> [u8; 64] {
    Sha512::new()
        .chain_update(LABEL_PREFIX)
        .chain_update("message")
        .chain_update(line)
        .finalize()
        .into()
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(…)")
    }
}
