//! Answering a reporter.

use super::case_number::CaseNumber;
use super::{Desk, DeskError};
use beistand_client::Client;
use beistand_crypto_core::body::{ReplyBody, Status};
use beistand_protocol::bytes::Slot;
use beistand_protocol::time::{Epoch, UnixTime};
use serde::Serialize;

/// A reply the server has promised to show.
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
    /// [`DeskError`]. Where the connection broke, the reply is kept and the next sync sends it.
    pub fn reply(
        &mut self,
        client: &Client,
        number: CaseNumber,
        text: &str,
        status: Option<Status>,
        now: UnixTime,
    ) -> Result<SentReply, DeskError> {
        let text = text.trim_end();
        if text.trim().is_empty() {
            return Err(DeskError::NothingToSay);
        }
        let mut conversation = self.conversation_of(number)?;
        if self.is_sending(&conversation.id())? {
            return Err(DeskError::StillSending);
        }
        let snapshot = self.snapshot(client, now)?;
        let body = ReplyBody {
            text: text.to_owned(),
            status,
            attachments: Vec::new(),
        };
        let (slot, promise) = self.send_reply(client, &snapshot, &mut conversation, &body)?;
        Ok(SentReply {
            case: number,
            slot,
            epoch: promise.epoch,
        })
    }
}
