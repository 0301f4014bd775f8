//! Messages that wait until the beginning of their conversation, or its key, is seen.
//!
//! Anybody can send what waits, so it must not be able to push anything out: there is no limit to
//! it but the wall's own, and it takes less room here than its envelope takes there. It rests in
//! the vault, one record a message, and only its names are held in memory. It goes when its day
//! has gone from the wall, or when it is a message of a conversation, or refused.

use crate::vault::{Vault, VaultError};
use beistand_crypto_core::body::SharedMessage;
use beistand_crypto_core::casebook::WaitingMessage;
use beistand_crypto_core::open::OpenedEnvelope;
use beistand_crypto_core::verify::Found;
use beistand_protocol::bytes::{ConversationId, Digest, Slot};
use beistand_protocol::time::Day;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

const PREFIX: &str = "waiting/";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    slot: Slot,
    lines: SharedMessage,
}

/// Which message waits: its conversation, the day it was found under, SHA-256 of its line 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket {
    pub(super) conversation: ConversationId,
    day: Day,
    digest: Digest,
}

impl Ticket {
    /// The name of its record.
    fn name(&self) -> String {
        let Self {
            conversation,
            day,
            digest,
        } = self;
        format!("{PREFIX}{conversation}/{day}/{digest}")
    }

    fn parse(name: &str) -> Option<Self> {
        let mut pieces = name.strip_prefix(PREFIX)?.splitn(3, '/');
        Some(Self {
            conversation: pieces.next()?.parse().ok()?,
            day: Day(pieces.next()?.parse().ok()?),
            digest: pieces.next()?.parse().ok()?,
        })
    }
}

/// Everything that waits.
pub(super) struct Waiting {
    tickets: BTreeMap<ConversationId, BTreeSet<Ticket>>,
}

impl Waiting {
    /// What was found since `from`; what is older is forgotten.
    pub(super) fn load(vault: &Vault, from: Day) -> Result<Self, VaultError> {
        let mut tickets: BTreeMap<_, BTreeSet<Ticket>> = BTreeMap::new();
        for name in vault.names(PREFIX)? {
            let ticket = Ticket::parse(&name).ok_or(VaultError::Damaged)?;
            if ticket.day < from {
                vault.remove(&name)?;
            } else {
                let of_conversation = tickets.entry(ticket.conversation).or_default();
                of_conversation.insert(ticket);
            }
        }
        Ok(Self { tickets })
    }

    /// How many messages wait.
    pub(super) fn count(&self) -> usize {
        self.tickets.values().map(BTreeSet::len).sum()
    }

    /// The conversations something waits for.
    pub(super) fn conversations(&self) -> Vec<ConversationId> {
        self.tickets.keys().copied().collect()
    }

    /// What waits for a conversation, the oldest first.
    pub(super) fn of(&self, conversation: &ConversationId) -> Vec<Ticket> {
        let tickets = self.tickets.get(conversation);
        tickets.into_iter().flatten().copied().collect()
    }

    /// Keeps a message as it was opened: its envelope could not be opened for ever.
    pub(super) fn keep(
        &mut self,
        vault: &Vault,
        message: &WaitingMessage,
    ) -> Result<(), VaultError> {
        let ticket = Ticket {
            conversation: message.conversation,
            day: message.found.day,
            digest: message.digest,
        };
        let of_conversation = self.tickets.entry(ticket.conversation).or_default();
        if of_conversation.contains(&ticket) {
            return Ok(());
        }
        let stored = Stored {
            slot: message.found.slot,
            lines: message.lines.clone(),
        };
        vault.write_json(&ticket.name(), &stored)?;
        of_conversation.insert(ticket);
        Ok(())
    }

    /// A message that waits, and where it was found.
    pub(super) fn read(
        &self,
        vault: &Vault,
        ticket: &Ticket,
    ) -> Result<(OpenedEnvelope, Found), VaultError> {
        let stored: Option<Stored> = vault.read_json(&ticket.name())?;
        let Stored { slot, lines } = stored.ok_or(VaultError::Damaged)?;
        let opened = OpenedEnvelope::from_lines(&lines.line1, &lines.line2)
            .map_err(|_| VaultError::Damaged)?;
        let day = ticket.day;
        Ok((opened, Found { slot, day }))
    }

    /// It waits no longer. Its record stays until [`forget`]: it must not go before what became of
    /// it is in the vault.
    pub(super) fn leave(&mut self, ticket: &Ticket) {
        if let Some(of_conversation) = self.tickets.get_mut(&ticket.conversation) {
            of_conversation.remove(ticket);
        }
    }
}

/// Removes the record of a message that waits no longer.
pub(super) fn forget(vault: &Vault, ticket: &Ticket) -> Result<(), VaultError> {
    vault.remove(&ticket.name())
}

/// Forgets everything that waits for a conversation.
pub(super) fn forget_all(vault: &Vault, conversation: &ConversationId) -> Result<(), VaultError> {
    for name in vault.names(&format!("{PREFIX}{conversation}/"))? {
        vault.remove(&name)?;
    }
    Ok(())
}
