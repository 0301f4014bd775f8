//! What a message says about a file that travels in parts (section 5).

use crate::hybrid_identity::HybridIdentity;
use crate::secret_hex::SecretHex;
use beistand_protocol::bytes::Digest;
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The most parts one file may have; the number is a power of two.
pub const MAX_PARTS: u16 = 64;

/// A file, cut into parts that lie on the wall. Its name and type are the reporter's words:
/// never to be trusted as a path or to choose a program.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// File name as given.
    pub name: String,
    /// Media type as given.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Bytes of the file, without padding.
    pub size: u64,
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// The identity, used for this file only, that opens its parts.
    pub identity: AttachmentIdentity,
    /// The key from which the parts' slots are computed.
    pub key: SecretHex<32>,
    /// Number of parts, a power of two up to [`MAX_PARTS`].
    pub parts: u16,
    /// Whether this is the file as it was, metadata included.
    pub kept_original: bool,
    /// What was taken out of the file before it was sealed, in plain words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_metadata: Vec<String>,
}

impl Attachment {
    /// Whether the numbers fit each other.
    pub(crate) fn is_consistent(&self) -> bool {
        self.parts.is_power_of_two()
            && self.parts <= MAX_PARTS
            && self.size <= u64::from(self.parts) * crate::part::PART_DATA_SIZE as u64
    }
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachment({} parts)", self.parts)
    }
}

/// `AGE-SECRET-KEY-PQ-1…` inside a message, so that stock age opens the parts too.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct AttachmentIdentity([u8; 32]);

impl AttachmentIdentity {
    /// The identity of this seed.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    /// The identity that opens the parts.
    pub fn identity(&self) -> HybridIdentity {
        HybridIdentity::from_seed(&self.0)
    }
}

impl Serialize for AttachmentIdentity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.identity().to_text())
    }
}

impl<'de> Deserialize<'de> for AttachmentIdentity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = zeroize::Zeroizing::new(String::deserialize(deserializer)?);
        let identity: HybridIdentity = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(*identity.seed()))
    }
}

impl fmt::Debug for AttachmentIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttachmentIdentity(…)")
    }
}
