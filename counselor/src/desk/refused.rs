//! What opened and was not to be believed, for people to see.
//!
//! Anybody can send such messages, and nobody needs the thousandth: of the first ones the reason
//! is kept, of the rest their number. Every conversation of this desk has a list of its own, which
//! nobody else can fill; what claims a conversation the desk does not know shares one.

use super::{Desk, DeskError};
use crate::vault::{Vault, VaultError};
use beistand_crypto_core::casebook::Refused;
use beistand_protocol::bytes::{ConversationId, Slot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const PREFIX: &str = "refused/";
/// The list of what claims conversations that are not known.
const OF_STRANGERS: &str = "refused/unknown";
/// So many are kept in a list.
const MOST: usize = 1_000;

/// Something that opened and was not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedMessage {
    /// Where it lay.
    pub slot: Slot,
    /// The conversation it claimed.
    pub conversation: ConversationId,
    /// Why, in a sentence.
    pub reason: String,
}

/// The first that were refused, and how many more there were.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RefusedMessages {
    pub(super) first: Vec<RefusedMessage>,
    pub(super) more: usize,
}

impl RefusedMessages {
    fn add(&mut self, refused: &Refused) {
        if self.first.len() >= MOST {
            self.more += 1;
        } else if self.first.iter().all(|old| old.slot != refused.slot) {
            self.first.push(RefusedMessage {
                slot: refused.slot,
                conversation: refused.conversation,
                reason: refused.refusal.to_string(),
            });
        }
    }
}

impl Desk {
    /// How much opened and was not to be believed.
    ///
    /// # Errors
    /// [`DeskError::Vault`].
    pub fn refused(&self) -> Result<usize, DeskError> {
        let mut count = 0;
        for name in self.vault.names(PREFIX)? {
            let list = load(&self.vault, &name)?;
            count += list.first.len() + list.more;
        }
        Ok(count)
    }

    /// What claimed to belong to a conversation, also before the desk knew it.
    pub(super) fn refused_in(&self, id: &ConversationId) -> Result<RefusedMessages, DeskError> {
        let mut refused = load(&self.vault, &own_list(id))?;
        let strangers = load(&self.vault, OF_STRANGERS)?.first;
        let here = strangers.into_iter().filter(|one| one.conversation == *id);
        refused.first.extend(here);
        Ok(refused)
    }

    /// Remembers what was refused; `is_known` tells the conversations of this desk.
    pub(super) fn keep_refused(
        &self,
        refused: &[Refused],
        is_known: impl Fn(&ConversationId) -> bool,
    ) -> Result<(), DeskError> {
        let mut lists: BTreeMap<String, RefusedMessages> = BTreeMap::new();
        for new in refused {
            let name = if is_known(&new.conversation) {
                own_list(&new.conversation)
            } else {
                OF_STRANGERS.to_owned()
            };
            if !lists.contains_key(&name) {
                lists.insert(name.clone(), load(&self.vault, &name)?);
            }
            lists.entry(name).or_default().add(new);
        }
        for (name, list) in &lists {
            self.vault.write_json(name, list)?;
        }
        Ok(())
    }

    /// Forgets what was refused in a conversation.
    pub(super) fn forget_refused(&self, id: &ConversationId) -> Result<(), DeskError> {
        self.vault.remove(&own_list(id))?;
        let mut strangers = load(&self.vault, OF_STRANGERS)?;
        let before = strangers.first.len();
        strangers.first.retain(|one| one.conversation != *id);
        if strangers.first.len() < before {
            self.vault.write_json(OF_STRANGERS, &strangers)?;
        }
        Ok(())
    }
}

fn own_list(conversation: &ConversationId) -> String {
    format!("{PREFIX}{conversation}")
}

fn load(vault: &Vault, name: &str) -> Result<RefusedMessages, VaultError> {
    Ok(vault.read_json(name)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use beistand_crypto_core::verify::Refusal;

    #[test]
    fn the_first_are_kept_and_the_rest_is_counted() {
        let mut list = RefusedMessages::default();
        let refused = |number: u32| {
            let mut slot = [0; Slot::LENGTH];
            slot[..4].copy_from_slice(&number.to_be_bytes());
            Refused {
                slot: Slot(slot),
                conversation: ConversationId([1; 16]),
                refusal: Refusal::Signature,
            }
        };
        for number in 0..MOST as u32 + 7 {
            list.add(&refused(number));
        }
        assert_eq!((list.first.len(), list.more), (MOST, 7));
        // The same once more is not a second one.
        let mut list = RefusedMessages::default();
        list.add(&refused(1));
        list.add(&refused(1));
        assert_eq!((list.first.len(), list.more), (1, 0));
    }
}
