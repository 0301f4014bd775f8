//! What a new counselor is handed: which instance, and as whom. Nothing in it is secret; that it
//! is the right one is compared by its fingerprint, in person or by telephone.

use super::instance_file;
use beistand_protocol::instance::Instance;
use beistand_protocol::roster::{Member, Serial};
use serde::{Deserialize, Serialize};

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// Version: 1.
    v: u8,
    /// The instance to pin.
    pub instance: Instance,
    /// Who is invited, as reporters will see them.
    pub member: Member,
}

/// The bytes are no invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file is not an invitation, or one of a later version")]
pub struct InvitationError;

impl Invitation {
    /// An invitation of this person to this instance.
    ///
    /// # Errors
    /// [`InvitationError`] for a serial of 0: numbers begin with 1.
    pub fn new(instance: Instance, member: Member) -> Result<Self, InvitationError> {
        if member.serial == Serial(0) {
            return Err(InvitationError);
        }
        Ok(Self {
            v: 1,
            instance,
            member,
        })
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`InvitationError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, InvitationError> {
        let invitation: Self = serde_json::from_slice(bytes).map_err(|_| InvitationError)?;
        // The instance obeys its own rules wherever it comes from.
        let instance = Instance::parse(&instance_file::encode(&invitation.instance));
        if invitation.v != 1 || instance.is_err() {
            return Err(InvitationError);
        }
        Self::new(invitation.instance, invitation.member)
    }

    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        let mut text = serde_json::to_string_pretty(self).expect("an invitation is always JSON");
        text.push('\n');
        text.into_bytes()
    }
}
