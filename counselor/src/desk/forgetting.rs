//! Deleting what a reporter asked to have deleted.
//!
//! Not at once: whoever finds the twelve words could otherwise destroy evidence on the spot. The
//! case is marked from the sync on that brought the wish, people see the date, and after
//! [`GRACE_DAYS`] the desk deletes it by itself, as reporters are told; unless a counselor decided
//! to keep it because somebody else seems to have asked.

use super::case_number::CaseNumber;
use super::{waiting, Desk, DeskError};
use beistand_client::Client;
use beistand_crypto_core::body::Kind;
use beistand_crypto_core::conversation::Conversation;
use beistand_protocol::bytes::{ConversationId, Slot};
use beistand_protocol::roster::Writer;
use beistand_protocol::time::Day;
use serde::{Deserialize, Serialize};

/// Days between the sync that brought the wish and the deletion.
pub const GRACE_DAYS: u32 = 7;

const PREFIX: &str = "withdrawn/";

/// How it stands with the deletion of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Deletion {
    /// The first day on which it may be deleted.
    pub from: Day,
    /// Whether a counselor decided that the desk does not delete it by itself.
    pub kept: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    seen: Day,
    kept: bool,
}

/// Whether the last thing the reporter said is that everything be deleted.
pub(super) fn is_withdrawn(conversation: &Conversation) -> bool {
    let by_reporter = conversation
        .messages()
        .map(|(message, _)| message.kind())
        .filter(|kind| kind.is_by_reporter());
    by_reporter.last() == Some(Kind::Withdraw)
}

impl Desk {
    /// How it stands with the deletion of a conversation; none where nobody asked for it.
    pub(super) fn deletion(
        &self,
        conversation: &Conversation,
    ) -> Result<Option<Deletion>, DeskError> {
        if !is_withdrawn(conversation) {
            return Ok(None);
        }
        let stored: Option<Stored> = self.vault.read_json(&record(&conversation.id()))?;
        Ok(stored.map(|stored| Deletion {
            from: stored.seen.forward(GRACE_DAYS),
            kept: stored.kept,
        }))
    }

    /// Keeps a case although its reporter asked for its deletion: for when somebody else seems to
    /// have the words.
    ///
    /// # Errors
    /// [`DeskError::NotWithdrawn`], [`DeskError::UnknownCase`].
    pub fn keep(&self, number: CaseNumber) -> Result<(), DeskError> {
        self.check_no_backup()?;
        let conversation = self.conversation_of(number)?;
        let deletion = self.deletion(&conversation)?;
        let deletion = deletion.ok_or(DeskError::NotWithdrawn)?;
        let stored = Stored {
            seen: deletion.from.back(GRACE_DAYS),
            kept: true,
        };
        Ok(self
            .vault
            .write_json(&record(&conversation.id()), &stored)?)
    }

    /// Deletes a case here, and what this desk wrote in it from the wall.
    ///
    /// # Errors
    /// [`DeskError::NotWithdrawn`]; [`DeskError::Grace`] before its day; and where the server
    /// cannot be reached: nothing was deleted here then.
    pub fn forget(&self, client: &Client, number: CaseNumber, today: Day) -> Result<(), DeskError> {
        self.check_no_backup()?;
        let conversation = self.conversation_of(number)?;
        let deletion = self.deletion(&conversation)?;
        let from = deletion.ok_or(DeskError::NotWithdrawn)?.from;
        if today < from {
            return Err(DeskError::Grace { from });
        }
        self.forget_conversation(client, &conversation)
    }

    /// Marks what was withdrawn since, and deletes what is due. Answers the cases that are gone.
    pub(super) fn tend_withdrawn(
        &self,
        client: &Client,
        today: Day,
    ) -> Result<Vec<CaseNumber>, DeskError> {
        let mut gone = Vec::new();
        for conversation in self.conversations()? {
            let name = record(&conversation.id());
            if !is_withdrawn(&conversation) {
                // Who writes again has changed their mind.
                self.vault.remove(&name)?;
                continue;
            }
            match self.deletion(&conversation)? {
                None => {
                    let stored = Stored {
                        seen: today,
                        kept: false,
                    };
                    self.vault.write_json(&name, &stored)?;
                }
                Some(deletion) if deletion.from <= today && !deletion.kept => {
                    self.forget_conversation(client, &conversation)?;
                    gone.push(CaseNumber::of(&conversation.id()));
                }
                Some(_) => {}
            }
        }
        Ok(gone)
    }

    /// From the wall first: once it is forgotten here, nobody knows what to delete there.
    fn forget_conversation(
        &self,
        client: &Client,
        conversation: &Conversation,
    ) -> Result<(), DeskError> {
        let id = conversation.id();
        let own = self.own_writers(conversation);
        let is_own = |writer: Writer| own.contains(&writer);
        let messages = conversation
            .messages()
            .map(|(message, _)| message.message())
            .filter(|message| is_own(message.place.writer));
        let files = conversation
            .attachments()
            .filter(|(message, _)| is_own(message.message().place.writer))
            .flat_map(|(_, file)| file.slots());
        let slots: Vec<Slot> = messages.map(|message| message.slot).chain(files).collect();
        self.delete_from_wall(client, &slots)?;
        self.forget_waiting_to_send(&id)?;
        waiting::forget_all(&self.vault, &id)?;
        self.forget_refused(&id)?;
        self.forget_archived(&id)?;
        Ok(self.vault.remove(&record(&id))?)
    }

    /// The writer numbers under which this desk has written here.
    fn own_writers(&self, conversation: &Conversation) -> Vec<Writer> {
        conversation
            .messages()
            .filter(|(message, _)| message.author() == Some(self.member.serial))
            .map(|(message, _)| message.message().place.writer)
            .collect()
    }
}

fn record(conversation: &ConversationId) -> String {
    format!("{PREFIX}{conversation}")
}
