//! Files that travel in parts (section 5): what a message says about one, and the two ways
//! through it, [`AttachmentSealer`] and [`AttachmentOpener`]. Neither reads nor sends anything:
//! they say which bytes or which slot they want next.

mod digest;
mod limits;
mod opener;
mod sealer;

pub use digest::FileDigest;
pub use limits::{check_sizes, largest_file, parts_for, MAX_FILE_SIZE};
pub use opener::AttachmentOpener;
pub use sealer::{About, AttachmentSealer, SealedPart};

use crate::hybrid_identity::HybridIdentity;
use crate::part::{part_slot, PartError, PartKeys};
use crate::secret_hex::SecretHex;
use beistand_protocol::bytes::{Digest, Slot};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The most parts one file may have.
pub const MAX_PARTS: u16 = 65;

/// A file, cut into parts that lie on the wall. Its name and type are the reporter's words:
/// never to be trusted as a path or to choose a program.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
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
    #[zeroize(skip)]
    pub sha256: Digest,
    /// The identity, used for this file only, that opens its parts.
    pub identity: AttachmentIdentity,
    /// The key from which the parts' slots are computed.
    pub key: SecretHex<32>,
    /// Number of parts: [`parts_for`] the size.
    pub parts: u16,
    /// Whether this is the file as it was, metadata included.
    pub kept_original: bool,
    /// What was taken out of the file before it was sealed, in plain words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_metadata: Vec<String>,
}

impl Attachment {
    /// What its parts are found and opened with.
    pub fn keys(&self) -> PartKeys {
        PartKeys::new(self.identity.identity(), self.key.clone())
    }

    /// The slots of all its parts.
    pub fn slots(&self) -> Vec<Slot> {
        let slot = |part| part_slot(&self.key, part);
        (0..self.parts).map(slot).collect()
    }

    /// Whether the numbers fit each other.
    pub(crate) fn is_consistent(&self) -> bool {
        parts_for(self.size) == Ok(self.parts)
    }
}

/// Why a file is not sealed, or not opened. Nothing of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AttachmentError {
    /// Longer than a file may be.
    #[error("a file may have at most {limit} bytes")]
    FileTooLarge {
        /// How many bytes it may have.
        limit: u64,
    },
    /// All files of one message together are longer than they may be.
    #[error("all files of a message together may have at most {limit} bytes")]
    MessageTooLarge {
        /// How many bytes they may have.
        limit: u64,
    },
    /// The file became longer or shorter while it was read.
    #[error("the file was changed while it was read")]
    Changed,
    /// Asked for too early: parts are missing.
    #[error("not all parts of the file are here yet")]
    Incomplete,
    /// Asked for too late: there are no more parts.
    #[error("all parts of the file are here already")]
    Complete,
    /// A part is not what it must be.
    #[error("part {number} of the file cannot be used: {error}")]
    Part {
        /// Which, from 1.
        number: u16,
        /// What is wrong with it.
        error: PartError,
    },
    /// Whoever sent the file deleted it.
    #[error("the file was deleted by whoever sent it")]
    Deleted,
    /// All parts open, and together they are another file than the message speaks of.
    #[error("the file is not the one the message speaks of")]
    OtherContent,
}

impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attachment({} parts)", self.parts)
    }
}

/// `AGE-SECRET-KEY-PQ-1…` inside a message, so that stock age opens the parts too.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct AttachmentIdentity(SecretHex<32>);

impl AttachmentIdentity {
    /// The identity of this seed.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(SecretHex::new(seed))
    }

    /// The identity that opens the parts.
    pub fn identity(&self) -> HybridIdentity {
        HybridIdentity::from_seed(self.0.expose())
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
        Ok(Self::from_seed(*identity.seed()))
    }
}

impl fmt::Debug for AttachmentIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttachmentIdentity(…)")
    }
}
