//! A conversation at rest, inside a sealed vault: what the wall forgets, a desk keeps.

use crate::body::{SharedKey, SharedMessage};
use crate::conversation::Conversation;
use crate::conversation_key::ConversationKey;
use crate::open::OpenError;
use crate::reply_to::ReplyTo;
use crate::verify::{ConversationKeys, VerifiedMessage};
use beistand_protocol::bytes::InstanceId;
use beistand_protocol::roster::Serial;
use serde::{Deserialize, Serialize};

/// Everything that is needed to have a conversation again. Secret as a whole.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedConversation {
    /// The reporter's frozen keys.
    pub reply_to: ReplyTo,
    /// Conversation keys.
    pub keys: Vec<SharedKey>,
    /// The messages.
    pub messages: Vec<ArchivedMessage>,
}

/// A message as it was verified once, and whose it was found to be.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedMessage {
    /// The counselor who wrote it, or none for the reporter.
    pub author: Option<Serial>,
    /// Its two lines, verbatim.
    pub lines: SharedMessage,
}

impl Conversation {
    /// The conversation, to be sealed away.
    pub fn archive(&self) -> ArchivedConversation {
        let archived = |message: &VerifiedMessage| ArchivedMessage {
            author: message.author(),
            lines: SharedMessage {
                line1: message.line1().to_owned(),
                line2: message.line2().to_owned(),
            },
        };
        ArchivedConversation {
            reply_to: self.keys().reply_to().clone(),
            keys: self
                .keys()
                .all()
                .map(|(index, key)| SharedKey {
                    index,
                    key: key.secret().clone(),
                })
                .collect(),
            messages: self
                .messages()
                .map(|(message, _)| archived(message))
                .collect(),
        }
    }

    /// The conversation again. The vault vouches for it: signatures are not checked anew, because
    /// the rosters they were made under may be gone.
    ///
    /// # Errors
    /// [`OpenError`] where a message is damaged.
    pub fn restore(
        archived: &ArchivedConversation,
        instance: &InstanceId,
    ) -> Result<Self, OpenError> {
        let keys = ConversationKeys::new(archived.reply_to.clone(), instance);
        let mut conversation = Self::new(keys);
        // Which of them the reporter signed, the messages say again.
        for shared in &archived.keys {
            let key = ConversationKey::new(shared.key.clone());
            conversation.learn_from_colleague(shared.index, key);
        }
        for message in &archived.messages {
            let SharedMessage { line1, line2 } = &message.lines;
            let restored = VerifiedMessage::restore(line1, line2, message.author)?;
            if restored.message().conversation != conversation.id() {
                return Err(OpenError::Content);
            }
            conversation.insert(restored);
        }
        Ok(conversation)
    }
}
