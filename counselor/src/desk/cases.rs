//! Cases: what this desk has read, in the order and with the gaps it has.

use super::case_number::CaseNumber;
use super::forgetting::{is_withdrawn, Deletion};
use super::refused::{RefusedMessage, RefusedMessages};
use super::{Desk, DeskError};
use crate::vault::VaultError;
use beistand_crypto_core::archive::ArchivedConversation;
use beistand_crypto_core::body::Kind;
use beistand_crypto_core::conversation::Conversation;
use beistand_crypto_core::view::MessageView;
use beistand_protocol::bytes::{ConversationId, Slot};
use beistand_protocol::roster::{Member, Serial};
use beistand_protocol::time::Day;
use serde::Serialize;

const PREFIX: &str = "conversation/";

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseSummary {
    /// Its number.
    pub case: CaseNumber,
    /// The conversation it is about.
    pub conversation: ConversationId,
    /// The day of its first message.
    pub first_day: Day,
    /// The day of its last message.
    pub last_day: Day,
    /// How many messages there are, notes included.
    pub messages: usize,
    /// Whose turn it is.
    pub turn: Turn,
    /// Whether a message in it is known to be missing.
    pub has_gap: bool,
    /// How it stands with its deletion, where its reporter asked for it.
    pub deletion: Option<Deletion>,
}

/// Whose turn it is in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// Nobody has answered yet.
    New,
    /// The reporter has written since the last answer.
    Ours,
    /// It was answered.
    Reporters,
    /// The reporter asked that everything be deleted.
    Withdrawn,
}

/// A case in full.
#[derive(Clone, Serialize)]
pub struct Case {
    /// Its number.
    pub case: CaseNumber,
    /// The conversation it is about.
    pub conversation: ConversationId,
    /// Whose turn it is.
    pub turn: Turn,
    /// How it stands with its deletion, where its reporter asked for it.
    pub deletion: Option<Deletion>,
    /// How long the server keeps the files of each message: the last day.
    pub files_until: Vec<(Slot, Day)>,
    /// Who may read it: what the reporter signed last.
    pub readers: Vec<Reader>,
    /// The messages, oldest first.
    pub messages: Vec<MessageView>,
    /// What claimed to belong to it and was not to be believed.
    pub refused: Vec<RefusedMessage>,
    /// How much more of that there was.
    pub refused_besides: usize,
}

/// Somebody who may read a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reader {
    /// The member's number.
    pub serial: Serial,
    /// The name, where the roster still has it.
    pub name: Option<String>,
}

impl Desk {
    /// All cases, those with the latest message first.
    ///
    /// # Errors
    /// [`DeskError::Vault`].
    pub fn cases(&self) -> Result<Vec<CaseSummary>, DeskError> {
        let mut cases = Vec::new();
        for conversation in self.conversations()? {
            let deletion = self.deletion(&conversation)?;
            cases.extend(summary(&conversation, deletion));
        }
        cases.sort_by_key(|case| (std::cmp::Reverse(case.last_day), case.case));
        Ok(cases)
    }

    /// One case.
    ///
    /// # Errors
    /// [`DeskError::UnknownCase`], [`DeskError::Vault`].
    pub fn case(&self, number: CaseNumber) -> Result<Case, DeskError> {
        let conversation = self.conversation_of(number)?;
        let roster = self.roster()?.ok_or(VaultError::Damaged)?;
        let readers = conversation.readers();
        let readers = readers.iter().flat_map(|list| list.readers().serials());
        let RefusedMessages { first, more } = self.refused_in(&conversation.id())?;
        let name = |serial| {
            roster
                .member(serial)
                .map(|member: &Member| member.name.clone())
        };
        Ok(Case {
            case: number,
            conversation: conversation.id(),
            turn: turn(&conversation),
            deletion: self.deletion(&conversation)?,
            files_until: conversation
                .attachments()
                .map(|(message, _)| message.message())
                .map(|message| (message.slot, message.place.day.forward(roster.ttl_days)))
                .collect(),
            readers: readers
                .map(|&serial| Reader {
                    serial,
                    name: name(serial),
                })
                .collect(),
            messages: conversation.view(&roster),
            refused: first,
            refused_besides: more,
        })
    }

    /// All conversations in the vault.
    pub(super) fn conversations(&self) -> Result<Vec<Conversation>, DeskError> {
        let names = self.vault.names(PREFIX)?;
        names
            .iter()
            .map(|name| self.load_conversation(name))
            .collect()
    }

    /// The conversation of a case.
    pub(super) fn conversation_of(&self, number: CaseNumber) -> Result<Conversation, DeskError> {
        for name in self.vault.names(PREFIX)? {
            let id: Option<ConversationId> =
                name.strip_prefix(PREFIX).and_then(|id| id.parse().ok());
            if id.is_some_and(|id| CaseNumber::of(&id) == number) {
                return self.load_conversation(&name);
            }
        }
        Err(DeskError::UnknownCase)
    }

    /// The conversation of that id.
    pub(super) fn conversation_by_id(
        &self,
        id: &ConversationId,
    ) -> Result<Conversation, DeskError> {
        self.load_conversation(&format!("{PREFIX}{id}"))
    }

    fn load_conversation(&self, name: &str) -> Result<Conversation, DeskError> {
        let archived: ArchivedConversation =
            self.vault.read_json(name)?.ok_or(VaultError::Damaged)?;
        let restored = Conversation::restore(&archived, &self.instance.instance);
        Ok(restored.map_err(|_| VaultError::Damaged)?)
    }

    /// Writes a conversation back.
    pub(super) fn keep_conversation(&self, conversation: &Conversation) -> Result<(), DeskError> {
        let name = format!("{PREFIX}{}", conversation.id());
        Ok(self.vault.write_json(&name, &conversation.archive())?)
    }

    /// Removes a conversation from the vault.
    pub(super) fn forget_archived(&self, id: &ConversationId) -> Result<(), DeskError> {
        Ok(self.vault.remove(&format!("{PREFIX}{id}"))?)
    }
}

fn summary(conversation: &Conversation, deletion: Option<Deletion>) -> Option<CaseSummary> {
    use beistand_crypto_core::conversation::Continuity;
    let messages: Vec<_> = conversation.messages().collect();
    let days = || {
        messages
            .iter()
            .map(|(message, _)| message.message().place.day)
    };
    Some(CaseSummary {
        case: CaseNumber::of(&conversation.id()),
        conversation: conversation.id(),
        first_day: days().min()?,
        last_day: days().max()?,
        messages: messages.len(),
        turn: turn(conversation),
        has_gap: messages
            .iter()
            .any(|(_, continuity)| *continuity == Continuity::Gap),
        deletion,
    })
}

fn turn(conversation: &Conversation) -> Turn {
    if is_withdrawn(conversation) {
        return Turn::Withdrawn;
    }
    let kinds: Vec<Kind> = conversation
        .messages()
        .map(|(message, _)| message.kind())
        .collect();
    let answered = kinds.iter().rposition(|kind| *kind == Kind::Reply);
    let asked = kinds.iter().rposition(|kind| kind.is_by_reporter());
    match (asked, answered) {
        (_, None) => Turn::New,
        (Some(asked), Some(answered)) if asked > answered => Turn::Ours,
        (_, Some(_)) => Turn::Reporters,
    }
}
