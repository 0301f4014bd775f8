//! `instance.json`: what a client pins before it believes anything (section 3).

use crate::bytes::InstanceId;
use crate::json;
use crate::verifier_key::VerifierKey;
use serde::{Deserialize, Serialize};

/// The pinned identity of an instance: its id, its root keys and where it lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// Version of this file: 1.
    pub v: u8,
    /// The instance's name for ever.
    pub instance: InstanceId,
    /// 1 to 5 keys kept offline.
    pub roots: Vec<VerifierKey>,
    /// How many of them a roster needs.
    pub threshold: u8,
    /// Where the instance can be reached; the first is the one to show.
    pub addresses: Vec<String>,
}

/// Why a file is not a usable `instance.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstanceError {
    /// Not JSON of the expected form.
    #[error("the instance file is not of the expected form")]
    Form,
    /// Another version than 1.
    #[error("the instance file is of a version this program does not know")]
    Version,
    /// Not 1 to 5 distinct root keys, or a threshold they cannot meet.
    #[error("the instance file needs 1 to 5 different root keys and a threshold they can meet")]
    Roots,
}

impl Instance {
    /// Reads and checks `instance.json`.
    ///
    /// # Errors
    /// One [`InstanceError`] a rule.
    pub fn parse(bytes: &[u8]) -> Result<Self, InstanceError> {
        let instance: Self = json::parse(bytes).map_err(|_| InstanceError::Form)?;
        if instance.v != 1 {
            return Err(InstanceError::Version);
        }
        if !roots_are_usable(&instance.roots, instance.threshold) {
            return Err(InstanceError::Roots);
        }
        Ok(instance)
    }
}

/// 1 to 5 keys, no two alike by key or name, and a threshold of at least 1 that they can meet.
pub(crate) fn roots_are_usable(roots: &[VerifierKey], threshold: u8) -> bool {
    let distinct = roots.iter().enumerate().all(|(i, root)| {
        roots[..i]
            .iter()
            .all(|other| other.public_key() != root.public_key() && other.name() != root.name())
    });
    (1..=5).contains(&roots.len())
        && distinct
        && (1..=roots.len()).contains(&usize::from(threshold))
}
