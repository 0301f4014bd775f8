//! Fixed-length byte strings, each a type of its own so that a slot cannot stand where a
//! delete key belongs. In JSON they are lower-case hexadecimal; one encoding a value.

use std::fmt;
use std::str::FromStr;

/// A byte string had the wrong length or was not lower-case hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {bytes} bytes in lower-case hexadecimal")]
pub struct HexError {
    /// The length the type has, in bytes.
    pub bytes: usize,
}

macro_rules! byte_string {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $length]);

        impl $name {
            /// Length in bytes.
            pub const LENGTH: usize = $length;

            /// The bytes, as they stand in frames.
            pub fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = HexError;

            fn from_str(text: &str) -> Result<Self, HexError> {
                let error = HexError { bytes: $length };
                if text.bytes().any(|b| b.is_ascii_uppercase()) {
                    return Err(error);
                }
                let mut bytes = [0; $length];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| error)?;
                Ok(Self(bytes))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

macro_rules! public_byte_string {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        byte_string!($(#[$doc])* $name, $length);
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}

public_byte_string!(
    /// The instance's name for ever: 16 random bytes (section 3).
    InstanceId, 16
);
public_byte_string!(
    /// The address of an envelope or part on the wall; only its two ends can compute it (section 6).
    Slot, 16
);
public_byte_string!(
    /// What a put commits to and only the holder of the [`DeleteKey`] can answer (section 6).
    DeleteHash, 16
);
public_byte_string!(
    /// A SHA-256 value.
    Digest, 32
);
public_byte_string!(
    /// `r`: the server's random 32 bytes that hide a slot in the log's commitment (section 7).
    CommitmentNonce, 32
);
public_byte_string!(
    /// Binds all messages between one reporter and their readers (section 4).
    ConversationId, 16
);

byte_string!(
    /// The preimage that deletes a blob. Secret until it is used.
    DeleteKey, 32
);
impl fmt::Debug for DeleteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeleteKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_encoding_a_value() {
        let slot: Slot = "000102030405060708090a0b0c0d0e0f".parse().unwrap();
        assert_eq!(slot.to_string(), "000102030405060708090a0b0c0d0e0f");
        assert!("000102030405060708090A0B0C0D0E0F".parse::<Slot>().is_err());
        assert!("00".parse::<Slot>().is_err());
    }

    #[test]
    fn a_delete_key_does_not_print_itself() {
        assert_eq!(format!("{:?}", DeleteKey([7; 32])), "DeleteKey(…)");
    }
}
