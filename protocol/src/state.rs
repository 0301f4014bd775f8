//! The state: what all visitors are shown in an epoch, and the answer of `GET /v1/state`
//! (section 7).

use crate::bytes::{Digest, InstanceId};
use crate::checkpoint::{self, Checkpoint};
use crate::json;
use crate::merkle::{leaf_hash, root_from_proof};
use crate::note::NoteError;
use crate::time::{Day, Epoch};
use crate::trust::Verified;
use crate::verifier_key::VerifierKey;
use serde::{Deserialize, Serialize};

/// The state leaf: `state|epoch|day|stamp bits|H(rosters)|H(prekeys)|day:count:H(index),…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateLeaf {
    /// The epoch it closes.
    pub epoch: Epoch,
    /// The server's day; believed where it is within a day of the visitor's own.
    pub day: Day,
    /// Bits an envelope's stamp needs now.
    pub stamp_bits: u8,
    /// SHA-256 of the body of `GET /v1/rosters`.
    pub rosters: Digest,
    /// SHA-256 of the body of `GET /v1/prekeys`.
    pub prekeys: Digest,
    /// Each live day that has envelopes, ascending.
    pub index: Vec<StateDay>,
}

/// What the state says of one day of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateDay {
    /// The day.
    pub day: Day,
    /// How many envelopes are visible.
    pub count: u32,
    /// SHA-256 of the day's section.
    pub digest: Digest,
}

/// The body of `GET /v1/state`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateResponse {
    /// The state leaf.
    pub leaf: String,
    /// Its inclusion proof as the checkpoint's last leaf.
    pub proof: Vec<Digest>,
    /// The checkpoint, a signed note.
    pub checkpoint: String,
    /// The first checkpoint of the day; its hash is the stamp challenge.
    pub challenge: String,
}

/// A state whose leaf is the last of a signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// What the leaf says.
    pub leaf: StateLeaf,
    /// The checkpoint it is the last leaf of.
    pub checkpoint: Checkpoint,
    /// What stamps are found against.
    pub challenge: Digest,
}

/// Why a state is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Not JSON of the expected form, or the leaf is none.
    #[error("the server's state is malformed")]
    Form,
    /// The checkpoint or the challenge is not signed by the log key of the roster.
    #[error("the log's checkpoint is refused: {0}")]
    Checkpoint(#[from] NoteError),
    /// The leaf is not the last of the checkpoint.
    #[error("the server's state is not what its log says")]
    Proof,
}

impl StateLeaf {
    /// The leaf's data.
    pub fn encode(&self) -> String {
        let days: Vec<String> = self
            .index
            .iter()
            .map(|day| format!("{}:{}:{}", day.day, day.count, day.digest))
            .collect();
        format!(
            "state|{}|{}|{}|{}|{}|{}",
            self.epoch,
            self.day,
            self.stamp_bits,
            self.rosters,
            self.prekeys,
            days.join(",")
        )
    }

    /// Reads a leaf's data; `None` for anything this type would not write itself.
    pub fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split('|').collect();
        let ["state", epoch, day, bits, rosters, prekeys, days] = fields[..] else {
            return None;
        };
        let index = if days.is_empty() {
            Vec::new()
        } else {
            days.split(',').map(parse_day).collect::<Option<Vec<_>>>()?
        };
        let leaf = Self {
            epoch: Epoch(epoch.parse().ok()?),
            day: Day(day.parse().ok()?),
            stamp_bits: bits.parse().ok()?,
            rosters: rosters.parse().ok()?,
            prekeys: prekeys.parse().ok()?,
            index,
        };
        let ascending = leaf.index.windows(2).all(|pair| pair[0].day < pair[1].day);
        (ascending && leaf.encode() == text).then_some(leaf)
    }
}

fn parse_day(text: &str) -> Option<StateDay> {
    let fields: Vec<&str> = text.split(':').collect();
    let [day, count, digest] = fields[..] else {
        return None;
    };
    Some(StateDay {
        day: Day(day.parse().ok()?),
        count: count.parse().ok()?,
        digest: digest.parse().ok()?,
    })
}

impl State {
    /// Verifies the body of `GET /v1/state` by the log key the roster names.
    ///
    /// # Errors
    /// One [`StateError`] a way it can be wrong. How old it is, the caller decides.
    pub fn verify(
        instance: &InstanceId,
        log: &VerifierKey,
        body: &[u8],
    ) -> Result<Verified<Self>, StateError> {
        let response: StateResponse = json::parse(body).map_err(|_| StateError::Form)?;
        let leaf = StateLeaf::parse(&response.leaf).ok_or(StateError::Form)?;
        let checkpoint = checkpoint::verify(instance, log, response.checkpoint.as_bytes())?;
        let challenge = checkpoint::verify(instance, log, response.challenge.as_bytes())?;
        let size = checkpoint.head.size;
        let last = size.checked_sub(1).ok_or(StateError::Proof)?;
        let hash = leaf_hash(response.leaf.as_bytes());
        if root_from_proof(hash, last, size, &response.proof) != Some(checkpoint.head.root)
            || challenge.head.size > size
        {
            return Err(StateError::Proof);
        }
        Ok(Verified::vouch(Self {
            leaf,
            challenge: challenge.digest,
            checkpoint: checkpoint.into_inner(),
        }))
    }
}
