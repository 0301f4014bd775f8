//! What a reader needs to answer a reporter, frozen for the life of the conversation (section 4).

use crate::hybrid_recipient::HybridRecipient;
use crate::secret_hex::SecretHex;
use crate::signing::SigningPublicKey;
use beistand_protocol::bytes::{ConversationId, InstanceId};
use beistand_protocol::hash::labelled;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The reporter's keys for one conversation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyTo {
    /// Checks the reporter's signatures.
    pub sign: SigningPublicKey,
    /// Answers are sealed to it.
    pub recipient: HybridRecipient,
    /// The first conversation key.
    pub kc0: SecretHex<32>,
}

impl ReplyTo {
    /// The conversation's id. Every reader computes it anew, so nobody who merely knows the
    /// conversation key can put other keys in the reporter's place.
    pub fn conversation(&self, instance: &InstanceId) -> ConversationId {
        let digest = labelled(
            "conversation",
            &[
                &instance.0,
                self.sign.as_bytes(),
                self.recipient.as_bytes(),
                self.kc0.expose(),
            ],
        );
        let mut id = [0; ConversationId::LENGTH];
        id.copy_from_slice(&digest.0[..ConversationId::LENGTH]);
        ConversationId(id)
    }
}

impl fmt::Debug for ReplyTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReplyTo(…)")
    }
}
