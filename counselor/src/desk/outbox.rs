//! What counselors write, on its way. One is written down before it is sent, so that whatever breaks in
//! between, it arrives once or is said not to have arrived.

use super::{promises, Desk, DeskError};
use crate::vault::VaultError;
use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use beistand_client::{deliver, Client, ClientError, DeliverError, Sealed};
use beistand_crypto_core::archive::ArchivedMessage;
use beistand_crypto_core::body::{NoteBody, ReplyBody, SharedMessage};
use beistand_crypto_core::compose::ComposeError;
use beistand_crypto_core::conversation::Conversation;
use beistand_crypto_core::counselor::{compose_note, compose_reply, compose_share};
use beistand_crypto_core::outgoing::Outgoing;
use beistand_crypto_core::place::LOOK_AHEAD;
use beistand_crypto_core::verify::VerifiedMessage;
use beistand_protocol::bytes::{ConversationId, Digest, Slot};
use beistand_protocol::problem::ProblemCode;
use beistand_protocol::promise::Promise;
use beistand_protocol::put::PutRequest;
use beistand_protocol::roster::Serial;
use beistand_protocol::snapshot::Snapshot;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};

const PREFIX: &str = "outbox/";

/// What a counselor writes, before it has a place: it can be composed again.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Draft {
    /// To the reporter and all readers.
    Reply(ReplyBody),
    /// To the readers.
    Note(NoteBody),
    /// Messages, for readers who lack them.
    Share {
        with: Vec<Serial>,
        messages: Vec<Digest>,
    },
}

/// A draft as it waits.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    conversation: ConversationId,
    draft: Draft,
    frame: String,
    message: ArchivedMessage,
}

/// What became of an attempt to send.
enum Attempt {
    Arrived(Promise),
    /// The place is taken, or the day is over: it must be written anew.
    Stale,
}

impl Desk {
    /// Whether a reply in this conversation is still on its way.
    pub(super) fn is_sending(&self, conversation: &ConversationId) -> Result<bool, DeskError> {
        for name in self.vault.names(PREFIX)? {
            let stored: Stored = self.vault.read_json(&name)?.ok_or(VaultError::Damaged)?;
            if stored.conversation == *conversation {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How many replies are on their way.
    pub(super) fn sending(&self) -> Result<usize, DeskError> {
        Ok(self.vault.names(PREFIX)?.len())
    }

    /// Sends what is waiting; answers how many arrived.
    pub(super) fn send_waiting(
        &self,
        client: &Client,
        snapshot: &Snapshot,
    ) -> Result<usize, DeskError> {
        let names = self.vault.names(PREFIX)?;
        for name in &names {
            let stored: Stored = self.vault.read_json(name)?.ok_or(VaultError::Damaged)?;
            let mut conversation = self.conversation_by_id(&stored.conversation)?;
            let put = STANDARD
                .decode(&stored.frame)
                .map_err(|_| VaultError::Damaged)?;
            let put = PutRequest::parse(&put).map_err(|_| VaultError::Damaged)?;
            let waiting = Sealed::from(put);
            let (day, slot) = (waiting.day, waiting.slot);
            let SharedMessage { line1, line2 } = &stored.message.lines;
            let message = VerifiedMessage::restore(line1, line2, stored.message.author)
                .map_err(|_| VaultError::Damaged)?;
            if snapshot.index_holds(&slot, day) {
                // It had arrived; only the answer was lost.
                self.arrived(&mut conversation, &slot, message)?;
                continue;
            }
            match self.attempt(client, snapshot, &mut conversation, &waiting, message)? {
                Attempt::Arrived(_) => {}
                Attempt::Stale => {
                    self.send_draft(client, snapshot, &mut conversation, &stored.draft)?;
                    self.vault.remove(name)?;
                }
            }
        }
        Ok(names.len())
    }

    /// Writes a draft into the next free place and sends it.
    pub(super) fn send_draft(
        &self,
        client: &Client,
        snapshot: &Snapshot,
        conversation: &mut Conversation,
        draft: &Draft,
    ) -> Result<(Slot, Promise), DeskError> {
        // The place may be taken by what is not visible yet; composing stops by itself then.
        for _ in 0..=LOOK_AHEAD {
            let outgoing = self.compose(snapshot, conversation, draft)?;
            let message = own_message(&outgoing)?;
            self.write_down(conversation.id(), draft, &outgoing, &message)?;
            let sealed = Sealed::from(outgoing.to_put(0));
            if let Attempt::Arrived(promise) =
                self.attempt(client, snapshot, conversation, &sealed, message)?
            {
                return Ok((sealed.slot, promise));
            }
        }
        Err(DeliverError::Occupied.into())
    }

    fn compose(
        &self,
        snapshot: &Snapshot,
        conversation: &Conversation,
        draft: &Draft,
    ) -> Result<Outgoing, ComposeError> {
        let (keys, rng) = (&self.keys, &mut OsRng);
        match draft {
            Draft::Reply(body) => compose_reply(snapshot, keys, conversation, body.clone(), rng),
            Draft::Note(body) => compose_note(snapshot, keys, conversation, body.clone(), rng),
            Draft::Share { with, messages } => {
                compose_share(snapshot, keys, conversation, with, messages, rng)
            }
        }
    }

    /// Strikes off what waits in a conversation that is forgotten.
    pub(super) fn forget_waiting_to_send(
        &self,
        conversation: &ConversationId,
    ) -> Result<(), DeskError> {
        for name in self.vault.names(PREFIX)? {
            let stored: Stored = self.vault.read_json(&name)?.ok_or(VaultError::Damaged)?;
            if stored.conversation == *conversation {
                self.vault.remove(&name)?;
            }
        }
        Ok(())
    }

    /// Sends what was written down; strikes it off where it arrived or never can.
    fn attempt(
        &self,
        client: &Client,
        snapshot: &Snapshot,
        conversation: &mut Conversation,
        sealed: &Sealed,
        message: VerifiedMessage,
    ) -> Result<Attempt, DeskError> {
        match deliver(client, snapshot, sealed) {
            Ok(delivered) => {
                promises::keep(&self.vault, sealed.day, &sealed.slot, &delivered)?;
                self.arrived(conversation, &sealed.slot, message)?;
                Ok(Attempt::Arrived(delivered.promise))
            }
            Err(DeliverError::Occupied) => {
                let message = message.message();
                conversation.mark_occupied(message.key_index, message.place);
                self.vault.remove(&record(&sealed.slot))?;
                Ok(Attempt::Stale)
            }
            Err(DeliverError::Client(ClientError::Problem {
                code: Some(ProblemCode::WrongDay | ProblemCode::WrongClass),
                ..
            })) if !is_of_today(sealed, snapshot) => Ok(Attempt::Stale),
            Err(
                error @ DeliverError::Client(ClientError::Problem {
                    code: Some(code), ..
                }),
            ) if !code.is_temporary() => {
                // The server knows it and does not want it: sending it again would not help.
                self.vault.remove(&record(&sealed.slot))?;
                Err(error.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn arrived(
        &self,
        conversation: &mut Conversation,
        slot: &Slot,
        message: VerifiedMessage,
    ) -> Result<(), DeskError> {
        // One that came back by a sync meanwhile is here already.
        let _ = conversation.add(message);
        self.keep_conversation(conversation)?;
        Ok(self.vault.remove(&record(slot))?)
    }

    fn write_down(
        &self,
        conversation: ConversationId,
        draft: &Draft,
        outgoing: &Outgoing,
        message: &VerifiedMessage,
    ) -> Result<(), DeskError> {
        let lines = SharedMessage {
            line1: message.line1().to_owned(),
            line2: message.line2().to_owned(),
        };
        let stored = Stored {
            conversation,
            draft: draft.clone(),
            frame: STANDARD.encode(outgoing.to_put(0).encode()),
            message: ArchivedMessage {
                author: message.author(),
                lines,
            },
        };
        Ok(self.vault.write_json(&record(&outgoing.slot), &stored)?)
    }
}

fn own_message(outgoing: &Outgoing) -> Result<VerifiedMessage, DeskError> {
    Ok(outgoing.message().cloned().ok_or(VaultError::Damaged)?)
}

fn is_of_today(sealed: &Sealed, snapshot: &Snapshot) -> bool {
    sealed.day == snapshot.today() && sealed.blob.class() == snapshot.envelope_class()
}

fn record(slot: &Slot) -> String {
    format!("{PREFIX}{slot}")
}
