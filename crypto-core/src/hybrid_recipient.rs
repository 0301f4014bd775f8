//! age's native post-quantum recipient, `age1pq1…` with stanza `mlkem768x25519` (section 2).

use crate::hpke::{self, Info};
use crate::key_text::{self, Letters};
use crate::xwing::{EncapsulationPair, KeyError, RANDOMNESS_SIZE};
use age_core::format::{FileKey, Stanza, FILE_KEY_BYTES};
use age_core::secrecy::ExposeSecret as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::Engine as _;
use beistand_protocol::grammar::STANZA_TAG;
use rand_core::{CryptoRng, RngCore};
use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;
use zeroize::Zeroizing;

/// What HPKE binds every stanza to.
pub(crate) static INFO: LazyLock<Info> =
    LazyLock::new(|| Info::new(b"age-encryption.org/mlkem768x25519"));
/// Stanzas with this label may stand beside each other only: one classical stanza would make
/// the file as weak as itself.
pub(crate) const POSTQUANTUM_LABEL: &str = "postquantum";
const PREFIX: &str = "age1pq";

/// Somebody a file can be encrypted to. Its text form is `age1pq1…`.
#[derive(Clone)]
pub struct HybridRecipient(Box<EncapsulationPair>);

/// Why a text is not a hybrid recipient. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    /// Not bech32 with the prefix `age1pq`, or not in lower case.
    #[error("not an age recipient that starts with age1pq1")]
    Form,
    /// The bytes are not a usable key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl HybridRecipient {
    pub(crate) fn new(pair: EncapsulationPair) -> Self {
        Self(Box::new(pair))
    }

    /// The recipient with this X-Wing public key (1,216 bytes).
    ///
    /// # Errors
    /// [`KeyError`] where the key is of another length, unreduced or of low order.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        EncapsulationPair::from_bytes(bytes).map(Self::new)
    }

    /// The X-Wing public key (1,216 bytes).
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// A stanza that wraps `file_key`, made with the given randomness. The same randomness gives
    /// the same stanza: it is for vectors; everything else goes through [`Self::wrap`].
    pub fn wrap_with(
        &self,
        file_key: &[u8; FILE_KEY_BYTES],
        randomness: &[u8; RANDOMNESS_SIZE],
    ) -> Stanza {
        let (encapsulated, shared) = self.0.encapsulate(randomness);
        Stanza {
            tag: STANZA_TAG.to_owned(),
            args: vec![STANDARD_NO_PAD.encode(encapsulated)],
            body: hpke::seal(&shared, &INFO, file_key),
        }
    }

    /// A stanza that wraps `file_key` for this recipient.
    pub fn wrap(&self, file_key: &FileKey, rng: &mut (impl CryptoRng + RngCore)) -> Stanza {
        let mut randomness = Zeroizing::new([0; RANDOMNESS_SIZE]);
        rng.fill_bytes(randomness.as_mut_slice());
        self.wrap_with(file_key.expose_secret(), &randomness)
    }

    /// This recipient as the age crate wants it, with the randomness it will use.
    pub fn with_rng<'a, R: CryptoRng + RngCore>(
        &'a self,
        rng: &'a RefCell<R>,
    ) -> impl age::Recipient + 'a {
        WithRng {
            recipient: self,
            rng,
        }
    }
}

/// age's trait has no place for an rng, so it is lent beforehand.
struct WithRng<'a, R> {
    recipient: &'a HybridRecipient,
    rng: &'a RefCell<R>,
}

impl<R: CryptoRng + RngCore> age::Recipient for WithRng<'_, R> {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), age::EncryptError> {
        let stanza = self.recipient.wrap(file_key, &mut *self.rng.borrow_mut());
        Ok((vec![stanza], HashSet::from([POSTQUANTUM_LABEL.to_owned()])))
    }
}

impl FromStr for HybridRecipient {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, RecipientError> {
        let bytes = key_text::decode(PREFIX, Letters::Lower, text).ok_or(RecipientError::Form)?;
        Ok(Self::from_bytes(&bytes)?)
    }
}

impl fmt::Display for HybridRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&key_text::encode_lower(PREFIX, self.as_bytes()))
    }
}

impl fmt::Debug for HybridRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.to_string();
        write!(f, "HybridRecipient({}…)", &text[..16])
    }
}

impl PartialEq for HybridRecipient {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for HybridRecipient {}

impl serde::Serialize for HybridRecipient {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for HybridRecipient {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
