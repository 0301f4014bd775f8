//! The list of those who may read, as it travels signed in every message (section 4).

use beistand_protocol::roster::Serial;
use serde::{Deserialize, Serialize};

/// Serials of members, ascending, none twice, at least one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Serial>", into = "Vec<Serial>")]
pub struct Readers(Vec<Serial>);

/// Why serials are no list of readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadersError {
    /// Nobody left.
    #[error("at least one person must be able to read")]
    Nobody,
    /// Not ascending, or one twice.
    #[error("the list of readers is not in its one order")]
    Order,
}

impl Readers {
    /// A list of these members, in whatever order.
    ///
    /// # Errors
    /// [`ReadersError::Nobody`].
    pub fn new(serials: impl IntoIterator<Item = Serial>) -> Result<Self, ReadersError> {
        let mut serials: Vec<Serial> = serials.into_iter().collect();
        serials.sort_unstable();
        serials.dedup();
        Self::try_from(serials)
    }

    /// Whether a member is on it.
    pub fn contains(&self, serial: Serial) -> bool {
        self.0.binary_search(&serial).is_ok()
    }

    /// The serials, ascending.
    pub fn serials(&self) -> &[Serial] {
        &self.0
    }

    /// Whether everybody on it is on `other` too.
    pub fn is_subset_of(&self, other: &Self) -> bool {
        self.0.iter().all(|serial| other.contains(*serial))
    }
}

impl TryFrom<Vec<Serial>> for Readers {
    type Error = ReadersError;

    fn try_from(serials: Vec<Serial>) -> Result<Self, ReadersError> {
        if serials.is_empty() {
            return Err(ReadersError::Nobody);
        }
        if serials.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(ReadersError::Order);
        }
        Ok(Self(serials))
    }
}

impl From<Readers> for Vec<Serial> {
    fn from(readers: Readers) -> Self {
        readers.0
    }
}
