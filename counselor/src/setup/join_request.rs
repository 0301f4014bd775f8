//! A counselor's device asks to be put on the roster: its public keys, signed by itself, so that
//! nobody can pass off another's keys as their own or change what it asks for on the way.
//! Whether it is the right person's, the fingerprint tells that both compare.

use super::instance_file::grouped;
use beistand_crypto_core::device_keys::DeviceKeys;
use beistand_crypto_core::hybrid_recipient::HybridRecipient;
use beistand_protocol::bytes::InstanceId;
use beistand_protocol::hash::sha256;
use beistand_protocol::json;
use beistand_protocol::note::{self, Domain, Note};
use beistand_protocol::roster::Member;
use beistand_protocol::verifier_key::VerifierKey;
use serde::{Deserialize, Serialize};

/// What is signed, and under which label.
struct JoinDomain;

impl Domain for JoinDomain {
    const WHAT: &'static str = "join";
    const LIMIT: usize = 16 * 1024;
}

/// The keys of a device that asks, verified to be its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    /// Whose device it is, as the invitation said.
    pub member: Member,
    /// Checks what it signs.
    pub sign: VerifierKey,
    /// Its long-lived recipient.
    pub identity: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    v: u8,
    sign: VerifierKey,
    note: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    member: Member,
    sign: VerifierKey,
    identity: String,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoinRequestError {
    /// Not the file of one.
    #[error("the file is not a join request, or one of a later version")]
    Form,
    /// Made for another instance, changed, or not signed by its own key.
    #[error("the join request is for another instance, or was changed on its way")]
    Signature,
    /// A recipient nobody could seal to.
    #[error("the join request holds a key that cannot be used")]
    Identity,
}

impl JoinRequest {
    /// The file with which the device of `keys` asks.
    pub fn encode(instance: &InstanceId, member: &Member, keys: &DeviceKeys) -> Vec<u8> {
        let line = Line {
            member: member.clone(),
            sign: keys.verifier().clone(),
            identity: keys.identity().recipient().to_string(),
        };
        let line = json::encode(&line).expect("keys and texts are always JSON");
        let text = note::text::<JoinDomain>(instance, &format!("{line}\n"));
        let note = note::sign(&text, keys.verifier(), |text| keys.signer().sign_note(text));
        let file = File {
            v: 1,
            sign: keys.verifier().clone(),
            note,
        };
        let mut text = serde_json::to_string_pretty(&file).expect("texts are always JSON");
        text.push('\n');
        text.into_bytes()
    }

    /// Reads and verifies the file.
    ///
    /// # Errors
    /// One [`JoinRequestError`] a way it can be wrong.
    pub fn parse(instance: &InstanceId, bytes: &[u8]) -> Result<Self, JoinRequestError> {
        let file: File = serde_json::from_slice(bytes).map_err(|_| JoinRequestError::Form)?;
        if file.v != 1 {
            return Err(JoinRequestError::Form);
        }
        let note = Note::<JoinDomain>::parse(instance, file.note.as_bytes())
            .and_then(|note| note.verify(std::slice::from_ref(&file.sign), 1))
            .map_err(|_| JoinRequestError::Signature)?;
        let line = note
            .body()
            .strip_suffix('\n')
            .ok_or(JoinRequestError::Form)?;
        let line: Line = json::parse_canonical(line).map_err(|_| JoinRequestError::Form)?;
        if line.sign != file.sign {
            return Err(JoinRequestError::Signature);
        }
        if line.identity.parse::<HybridRecipient>().is_err() {
            return Err(JoinRequestError::Identity);
        }
        Ok(Self {
            member: line.member,
            sign: line.sign,
            identity: line.identity,
        })
    }

    /// What the two who handle it compare.
    pub fn fingerprint(&self) -> String {
        let keys = format!("{}\n{}\n", self.sign, self.identity);
        grouped(&sha256(keys.as_bytes()).0)
    }
}
