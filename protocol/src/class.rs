//! The sizes a blob can have. Nothing else is ever stored, so size says nothing.

use serde::{Deserialize, Serialize};

/// The kind of a stored blob; it fixes its size and how many stanzas its header has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum BlobClass {
    /// An envelope of a roster with 8 stanzas.
    #[serde(rename = "envelope-8")]
    Envelope8,
    /// An envelope of a roster with 16 stanzas.
    #[serde(rename = "envelope-16")]
    Envelope16,
    /// One slice of an attachment, with a single stanza.
    #[serde(rename = "part")]
    Part,
}

/// Bytes of an envelope with 8 stanzas.
pub const ENVELOPE_8_SIZE: usize = 81_920;
/// Bytes of an envelope with 16 stanzas.
pub const ENVELOPE_16_SIZE: usize = 98_304;
/// Bytes of a part.
pub const PART_SIZE: usize = 1_048_576;

impl BlobClass {
    /// All classes, in the order of their wire bytes.
    pub const ALL: [BlobClass; 3] = [Self::Envelope8, Self::Envelope16, Self::Part];

    /// The size every blob of this class has, in bytes.
    pub fn size(self) -> usize {
        match self {
            Self::Envelope8 => ENVELOPE_8_SIZE,
            Self::Envelope16 => ENVELOPE_16_SIZE,
            Self::Part => PART_SIZE,
        }
    }

    /// The number of `mlkem768x25519` stanzas in the header.
    pub fn stanzas(self) -> usize {
        match self {
            Self::Envelope8 => 8,
            Self::Envelope16 => 16,
            Self::Part => 1,
        }
    }

    /// The byte that stands for it in frames.
    pub fn wire(self) -> u8 {
        match self {
            Self::Envelope8 => 1,
            Self::Envelope16 => 2,
            Self::Part => 3,
        }
    }

    /// The class a frame's byte stands for.
    pub fn from_wire(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.wire() == byte)
    }

    /// The class of envelopes in a roster with so many stanzas (8 or 16).
    pub fn envelope(stanzas: u8) -> Option<Self> {
        match stanzas {
            8 => Some(Self::Envelope8),
            16 => Some(Self::Envelope16),
            _ => None,
        }
    }

    /// The name that stands in log leaves.
    pub fn name(self) -> &'static str {
        match self {
            Self::Envelope8 => "envelope-8",
            Self::Envelope16 => "envelope-16",
            Self::Part => "part",
        }
    }

    /// The class of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// Whether this is an envelope: envelopes stand in the index, parts do not.
    pub fn is_envelope(self) -> bool {
        self != Self::Part
    }
}
