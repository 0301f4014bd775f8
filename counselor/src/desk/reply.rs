//! What a counselor writes: to the reporter and all readers, or to the readers alone.

use super::case_number::CaseNumber;
use super::outbox::Draft;
use super::{Desk, DeskError};
use beistand_client::Client;
use beistand_crypto_core::body::{Kind, NoteBody, ReplyBody, Status};
use beistand_crypto_core::compose::ComposeError;
use beistand_crypto_core::conversation::Conversation;
use beistand_crypto_core::message::MessageError;
use beistand_protocol::bytes::{Digest, Slot};
use beistand_protocol::roster::Serial;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::{Epoch, UnixTime};
use serde::Serialize;

/// A message the server has promised to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SentReply {
    /// The case it is in.
    pub case: CaseNumber,
    /// Where it lies.
    pub slot: Slot,
    /// The epoch at whose end it becomes visible.
    pub epoch: Epoch,
}

impl Desk {
    /// Seals an answer to the reporter and all readers the reporter allowed, and sends it.
    ///
    /// # Errors
    /// As [`Self::reply_with`].
    pub fn reply(
        &mut self,
        client: &Client,
        number: CaseNumber,
        text: &str,
        status: Option<Status>,
        now: UnixTime,
    ) -> Result<SentReply, DeskError> {
        let body = ReplyBody {
            text: text.to_owned(),
            status,
            ..ReplyBody::default()
        };
        if body.text.trim().is_empty() {
            return Err(DeskError::NothingToSay);
        }
        self.reply_with(client, number, body, now)
    }

    /// The same with everything a reply can have. It may lack words where it has something else.
    ///
    /// # Errors
    /// [`DeskError`]. Where the connection broke, the reply is kept and the next sync sends it.
    pub fn reply_with(
        &mut self,
        client: &Client,
        number: CaseNumber,
        mut body: ReplyBody,
        now: UnixTime,
    ) -> Result<SentReply, DeskError> {
        body.text.truncate(body.text.trim_end().len());
        let says_more =
            body.status.is_some() || body.consent.is_some() || !body.attachments.is_empty();
        if body.text.trim().is_empty() && !says_more {
            return Err(DeskError::NothingToSay);
        }
        self.write(client, number, &Draft::Reply(body), now)
    }

    /// Seals a note to all readers; the reporter cannot see that it exists.
    ///
    /// # Errors
    /// As [`Self::reply_with`].
    pub fn note(
        &mut self,
        client: &Client,
        number: CaseNumber,
        text: &str,
        now: UnixTime,
    ) -> Result<SentReply, DeskError> {
        let text = text.trim_end().to_owned();
        if text.trim().is_empty() {
            return Err(DeskError::NothingToSay);
        }
        self.write(client, number, &Draft::Note(NoteBody { text }), now)
    }

    /// Seals all messages of a case again, for readers who lack them: who was allowed later, or has
    /// a new device. In as many shares as it takes; answers them.
    ///
    /// # Errors
    /// As [`Self::reply_with`]; [`DeskError::TooLongToShare`] where one message alone does not fit.
    /// What was shared before it was met is shared.
    pub fn share(
        &mut self,
        client: &Client,
        number: CaseNumber,
        with: &[Serial],
        now: UnixTime,
    ) -> Result<Vec<SentReply>, DeskError> {
        let mut conversation = self.conversation_of(number)?;
        let snapshot = self.ready_to_write(client, &conversation, now)?;
        let messages: Vec<Digest> = conversation
            .messages()
            // What a share holds is here by itself.
            .filter(|(message, _)| message.kind() != Kind::Share)
            .map(|(message, _)| message.digest())
            .collect();
        let mut sent = Vec::new();
        let mut left = vec![messages];
        while let Some(messages) = left.pop() {
            let draft = Draft::Share {
                with: with.to_vec(),
                messages: messages.clone(),
            };
            match self.send_draft(client, &snapshot, &mut conversation, &draft) {
                Ok((slot, promise)) => sent.push(SentReply {
                    case: number,
                    slot,
                    epoch: promise.epoch,
                }),
                Err(DeskError::Compose(ComposeError::Message(MessageError::TooLong))) => {
                    if messages.len() < 2 {
                        return Err(DeskError::TooLongToShare);
                    }
                    // The earlier half first: later messages lean on it.
                    let (earlier, later) = messages.split_at(messages.len() / 2);
                    left.extend([later.to_vec(), earlier.to_vec()]);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(sent)
    }

    fn write(
        &mut self,
        client: &Client,
        number: CaseNumber,
        draft: &Draft,
        now: UnixTime,
    ) -> Result<SentReply, DeskError> {
        let mut conversation = self.conversation_of(number)?;
        let snapshot = self.ready_to_write(client, &conversation, now)?;
        let (slot, promise) = self.send_draft(client, &snapshot, &mut conversation, draft)?;
        Ok(SentReply {
            case: number,
            slot,
            epoch: promise.epoch,
        })
    }

    fn ready_to_write(
        &self,
        client: &Client,
        conversation: &Conversation,
        now: UnixTime,
    ) -> Result<Snapshot, DeskError> {
        self.check_no_backup()?;
        if self.is_sending(&conversation.id())? {
            return Err(DeskError::StillSending);
        }
        Ok(self.snapshot(client, now)?.into_inner())
    }
}
