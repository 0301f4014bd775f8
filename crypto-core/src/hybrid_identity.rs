//! age's native post-quantum identity, `AGE-SECRET-KEY-PQ-1…` (section 2).

use crate::hpke;
use crate::hybrid_recipient::{HybridRecipient, INFO};
use crate::key_text::{self, Letters};
use crate::xwing::{DecapsulationPair, ENCAPSULATED_KEY_SIZE, SEED_SIZE};
use age::DecryptError;
use age_core::format::{FileKey, Stanza};
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::Engine as _;
use beistand_protocol::grammar::{STANZA_TAG, WRAPPED_FILE_KEY_SIZE};
use rand_core::{CryptoRng, RngCore};
use std::fmt;
use std::str::FromStr;
use zeroize::{ZeroizeOnDrop, Zeroizing};

const PREFIX: &str = "age-secret-key-pq-";

/// The secret that opens what is encrypted to its [`HybridRecipient`]. Kept expanded, because a
/// desk tries it on everything.
#[derive(ZeroizeOnDrop)]
pub struct HybridIdentity {
    seed: Zeroizing<[u8; SEED_SIZE]>,
    pair: DecapsulationPair,
}

/// A text is not a hybrid identity. Says nothing about the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an age identity that starts with AGE-SECRET-KEY-PQ-1")]
pub struct IdentityError;

impl HybridIdentity {
    /// The identity of a seed.
    pub fn from_seed(seed: &[u8; SEED_SIZE]) -> Self {
        Self {
            seed: Zeroizing::new(*seed),
            pair: DecapsulationPair::from_seed(seed),
        }
    }

    /// A new identity.
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Self {
        let mut seed = Zeroizing::new([0; SEED_SIZE]);
        rng.fill_bytes(seed.as_mut_slice());
        Self::from_seed(&seed)
    }

    /// The seed, to be kept in a vault.
    pub fn seed(&self) -> &[u8; SEED_SIZE] {
        &self.seed
    }

    /// The public half.
    pub fn recipient(&self) -> HybridRecipient {
        HybridRecipient::new(self.pair.encapsulation_pair())
    }

    /// The identity as age tools read it. Secret.
    pub fn to_text(&self) -> Zeroizing<String> {
        key_text::encode_upper(PREFIX, self.seed.as_slice())
    }
}

impl age::Identity for HybridIdentity {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        if stanza.tag != STANZA_TAG {
            return None;
        }
        let Some(encapsulated) = encapsulated_key(stanza) else {
            return Some(Err(DecryptError::InvalidHeader));
        };
        // A share of low order is nobody's honest work: the file is malformed, not merely foreign.
        let Ok(shared) = self.pair.decapsulate(&encapsulated) else {
            return Some(Err(DecryptError::InvalidHeader));
        };
        let file_key = hpke::open(&shared, &INFO, &stanza.body)?;
        Some(Ok(FileKey::init_with_mut(|key| {
            key.copy_from_slice(&file_key)
        })))
    }
}

/// The one argument of a well-formed stanza with a body of the one length it can have.
fn encapsulated_key(stanza: &Stanza) -> Option<[u8; ENCAPSULATED_KEY_SIZE]> {
    let [argument] = stanza.args.as_slice() else {
        return None;
    };
    if stanza.body.len() != WRAPPED_FILE_KEY_SIZE {
        return None;
    }
    // The engine refuses padding and non-zero trailing bits.
    STANDARD_NO_PAD.decode(argument).ok()?.try_into().ok()
}

impl FromStr for HybridIdentity {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let bytes = key_text::decode(PREFIX, Letters::Upper, text).ok_or(IdentityError)?;
        let seed: Zeroizing<[u8; SEED_SIZE]> =
            Zeroizing::new(bytes.as_slice().try_into().map_err(|_| IdentityError)?);
        Ok(Self::from_seed(&seed))
    }
}

impl fmt::Debug for HybridIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HybridIdentity(…)")
    }
}
