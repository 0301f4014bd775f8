//! Names and public keys of those who sign notes, as C2SP signed-note writes them:
//! `<name>+<key id>+<base64 of 0x01 and the Ed25519 public key>`.

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

const ALGORITHM_ED25519: u8 = 1;

/// A verifier key: somebody who signs, and how to check it.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: ed25519_dalek::VerifyingKey,
}

/// The text is not a verifier key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    /// Not `<name>+<8 hexadecimal digits>+<base64>`.
    #[error("not a verifier key: expected NAME+ID+KEY")]
    Form,
    /// The name is empty or has white space or a plus sign.
    #[error("the name in the verifier key is not allowed")]
    Name,
    /// Not an Ed25519 key of the algorithm byte 0x01, or a weak point.
    #[error("the verifier key is not a usable Ed25519 key")]
    Key,
    /// The id does not belong to this name and key.
    #[error("the id in the verifier key does not fit its name and key")]
    Id,
}

impl VerifierKey {
    /// A verifier of that name.
    ///
    /// # Errors
    /// [`VerifierKeyError::Name`] and [`VerifierKeyError::Key`].
    pub fn new(name: &str, public_key: &[u8; 32]) -> Result<Self, VerifierKeyError> {
        if !name_is_allowed(name) {
            return Err(VerifierKeyError::Name);
        }
        let key = ed25519_dalek::VerifyingKey::from_bytes(public_key)
            .ok()
            .filter(|key| !key.is_weak())
            .ok_or(VerifierKeyError::Key)?;
        Ok(Self {
            name: name.to_owned(),
            key,
        })
    }

    /// The signer's name, as it stands in signature lines.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The Ed25519 public key.
    pub fn public_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// The first four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ key): a hint, not a proof.
    pub fn id(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(&self.name);
        hasher.update(b"\n");
        hasher.update([ALGORITHM_ED25519]);
        hasher.update(self.key.as_bytes());
        let digest = hasher.finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// Whether `signature` is this key's over exactly `message` (`verify_strict`: no second
    /// signature or key passes for the first).
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.key.verify_strict(message, &signature).is_ok()
    }
}

fn name_is_allowed(name: &str) -> bool {
    (1..=100).contains(&name.len())
        && !name
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ALGORITHM_ED25519];
        key.extend_from_slice(self.key.as_bytes());
        write!(
            f,
            "{}+{}+{}",
            self.name,
            hex::encode(self.id()),
            STANDARD.encode(key)
        )
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, VerifierKeyError> {
        // The key is base64 and may hold plus signs, so only the first two separate.
        let mut fields = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (fields.next(), fields.next(), fields.next())
        else {
            return Err(VerifierKeyError::Form);
        };
        let key = STANDARD.decode(key).map_err(|_| VerifierKeyError::Form)?;
        let Some((&ALGORITHM_ED25519, key)) = key.split_first() else {
            return Err(VerifierKeyError::Key);
        };
        let key: &[u8; 32] = key.try_into().map_err(|_| VerifierKeyError::Key)?;
        let verifier = Self::new(name, key)?;
        if hex::encode(verifier.id()) != id {
            return Err(VerifierKeyError::Id);
        }
        Ok(verifier)
    }
}

impl serde::Serialize for VerifierKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for VerifierKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification() {
        // C2SP signed-note: the key of the Go project's example note.
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key: VerifierKey = text.parse().unwrap();
        assert_eq!(key.name(), "PeterNeumann");
        assert_eq!(key.to_string(), text);
        let other = text.replace("c74f20a3", "c74f20a4");
        assert_eq!(other.parse::<VerifierKey>(), Err(VerifierKeyError::Id));
    }
}
