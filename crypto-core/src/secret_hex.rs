//! Secret bytes that travel inside a message as lower-case hexadecimal.

use serde::{Deserialize, Serialize};
use std::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// `N` secret bytes. Wiped when dropped, silent when printed.
#[derive(Clone, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SecretHex<const N: usize>([u8; N]);

impl<const N: usize> SecretHex<N> {
    /// These bytes, as a secret.
    pub fn new(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> PartialEq for SecretHex<N> {
    /// In the same time whatever differs.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl<const N: usize> Serialize for SecretHex<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(hex::encode(self.0)))
    }
}

impl<'de, const N: usize> Deserialize<'de> for SecretHex<N> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let mut bytes = Zeroizing::new([0; N]);
        let lower = !text.bytes().any(|b| b.is_ascii_uppercase());
        if !lower || hex::decode_to_slice(text.as_bytes(), bytes.as_mut_slice()).is_err() {
            return Err(serde::de::Error::custom(
                "expected a secret in lower-case hexadecimal",
            ));
        }
        Ok(Self(*bytes))
    }
}

impl<const N: usize> fmt::Debug for SecretHex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHex(…)")
    }
}
