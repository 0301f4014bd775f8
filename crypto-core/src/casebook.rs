//! All conversations a device can read, filled from what a sync brings. Pure: the vault around
//! it keeps [`crate::archive::ArchivedConversation`]s.

use crate::body::{Body, ShareBody, SharedMessage};
use crate::conversation::Conversation;
use crate::conversation_key::ConversationKey;
use crate::device_keys::DeviceKeys;
use crate::hybrid_identity::HybridIdentity;
use crate::message::line_hash;
use crate::open::{open, OpenError, OpenedEnvelope};
use crate::verify::{verify, Found, Refusal, VerifiedMessage};
use beistand_protocol::bytes::{ConversationId, Digest, InstanceId, Slot};
use beistand_protocol::roster_chain::RosterChain;
use beistand_protocol::sync::SyncRecord;
use beistand_protocol::tombstone::Tombstone;
use std::collections::BTreeMap;
use std::fmt;

/// Every conversation that could be read, and what waits for its beginning.
///
/// Anybody can send what waits and what is refused, as much as a wall holds. Whoever keeps a
/// casebook takes both out of it again and again ([`Self::take_waiting`], [`Self::take_refused`])
/// and lays them down where there is room.
#[derive(Debug)]
pub struct Casebook {
    instance: InstanceId,
    conversations: BTreeMap<ConversationId, Conversation>,
    waiting: BTreeMap<ConversationId, Vec<(OpenedEnvelope, Found)>>,
    refused: Vec<Refused>,
}

/// A message that waits, as it was opened: to be kept, and to be
/// [taken in](Casebook::take_in) again once more is known of its conversation, when the key that
/// opened its envelope may be destroyed.
pub struct WaitingMessage {
    /// The conversation it claims.
    pub conversation: ConversationId,
    /// Where it lay.
    pub found: Found,
    /// SHA-256 of its line 1.
    pub digest: Digest,
    /// Its two lines, verbatim.
    pub lines: SharedMessage,
}

/// Something that opened and is not to be believed; shown to the counselor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Where it lay.
    pub slot: Slot,
    /// The conversation it claims.
    pub conversation: ConversationId,
    /// Why.
    pub refusal: Refusal,
}

/// What became of one thing on the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// A message, now in this conversation under this hash.
    Message {
        /// The conversation.
        conversation: ConversationId,
        /// The message.
        digest: Digest,
    },
    /// Not for this device: by far the most of what is on the wall.
    NotForUs,
    /// Its writer deleted it.
    Deleted,
    /// It waits until the beginning of its conversation, or its key, is seen.
    Waiting,
    /// It opened and is not to be believed; see [`Casebook::refused`].
    Refused(Refusal),
    /// It opened and is malformed, or of a version this program does not know.
    Malformed,
    /// The server serves something that is no envelope.
    NotAnEnvelope,
}

impl Casebook {
    /// An empty casebook.
    pub fn new(instance: InstanceId) -> Self {
        Self {
            instance,
            conversations: BTreeMap::new(),
            waiting: BTreeMap::new(),
            refused: Vec::new(),
        }
    }

    /// Puts a conversation back that rested in the vault.
    pub fn insert(&mut self, conversation: Conversation) {
        self.conversations.insert(conversation.id(), conversation);
    }

    /// All conversations.
    pub fn conversations(&self) -> impl Iterator<Item = &Conversation> {
        self.conversations.values()
    }

    /// One conversation.
    pub fn conversation(&self, id: &ConversationId) -> Option<&Conversation> {
        self.conversations.get(id)
    }

    /// One conversation, to note what was sent in it.
    pub fn conversation_mut(&mut self, id: &ConversationId) -> Option<&mut Conversation> {
        self.conversations.get_mut(id)
    }

    /// What opened and was refused so far, but for what was taken out.
    pub fn refused(&self) -> &[Refused] {
        &self.refused
    }

    /// Takes out what opened and was refused.
    pub fn take_refused(&mut self) -> Vec<Refused> {
        std::mem::take(&mut self.refused)
    }

    /// How many messages wait here for the beginning of their conversation.
    pub fn waiting(&self) -> usize {
        self.waiting.values().map(Vec::len).sum()
    }

    /// Takes out what waits.
    pub fn take_waiting(&mut self) -> Vec<WaitingMessage> {
        std::mem::take(&mut self.waiting)
            .into_values()
            .flatten()
            .map(|(opened, found)| WaitingMessage {
                conversation: opened.conversation(),
                found,
                digest: line_hash(opened.line1()),
                lines: opened.lines(),
            })
            .collect()
    }

    /// Tries the device's [likely](DeviceKeys::candidates) keys on one thing on the wall and takes
    /// it in if it opens. Parts are not for this: they are fetched when a file is saved.
    pub fn receive(
        &mut self,
        device: &DeviceKeys,
        rosters: &RosterChain,
        record: &SyncRecord,
    ) -> Received {
        self.receive_with(&device.candidates(record.day), rosters, record)
    }

    /// As [`Self::receive`], trying these keys.
    pub fn receive_with(
        &mut self,
        candidates: &[&HybridIdentity],
        rosters: &RosterChain,
        record: &SyncRecord,
    ) -> Received {
        if !record.class.is_envelope() {
            return Received::NotForUs;
        }
        let found = Found {
            slot: record.slot,
            day: record.day,
        };
        if let Some(tombstone) = Tombstone::parse(&record.record.blob) {
            let delete_hash = &record.record.delete_hash;
            let fits = tombstone
                .commitment(&record.record.r, &found.slot, delete_hash)
                .is_some();
            return if fits {
                Received::Deleted
            } else {
                Received::NotAnEnvelope
            };
        }
        match open(
            record.class,
            &record.record.blob,
            candidates.iter().copied(),
        ) {
            Ok(opened) => self.take_in(rosters, opened, found),
            Err(OpenError::Closed) => Received::NotForUs,
            Err(OpenError::NotAnEnvelope(_)) => Received::NotAnEnvelope,
            Err(OpenError::Content | OpenError::Message(_)) => Received::Malformed,
        }
    }

    /// Takes in a message that was opened elsewhere, on another thread perhaps.
    pub fn take_in(
        &mut self,
        rosters: &RosterChain,
        opened: OpenedEnvelope,
        found: Found,
    ) -> Received {
        let received = self.take_in_once(rosters, opened, found);
        if let Received::Message { conversation, .. } = &received {
            self.retry_waiting(rosters, conversation);
        }
        received
    }

    fn take_in_once(
        &mut self,
        rosters: &RosterChain,
        opened: OpenedEnvelope,
        found: Found,
    ) -> Received {
        let conversation = opened.conversation();
        let known = self
            .conversations
            .get(&conversation)
            .map(Conversation::keys);
        let again = opened.clone();
        let outcome = verify(opened, &found, &self.instance, rosters, known)
            .and_then(|message| self.add(rosters, message));
        match outcome {
            Ok(digest) => Received::Message {
                conversation,
                digest,
            },
            Err(refusal) if refusal.may_resolve() => {
                let waiting = self.waiting.entry(conversation).or_default();
                // A second sync of the same days brings it again. Another message may claim to
                // have lain in the same slot, in a share: both wait.
                let same = |(other, there): &(OpenedEnvelope, Found)| {
                    *there == found && other.line1() == again.line1()
                };
                if !waiting.iter().any(same) {
                    waiting.push((again, found));
                }
                Received::Waiting
            }
            Err(refusal) => {
                let refused = Refused {
                    slot: found.slot,
                    conversation,
                    refusal,
                };
                if !self.refused.contains(&refused) {
                    self.refused.push(refused);
                }
                Received::Refused(refusal)
            }
        }
    }

    fn add(&mut self, rosters: &RosterChain, message: VerifiedMessage) -> Result<Digest, Refusal> {
        let id = message.message().conversation;
        let digest = message.digest();
        if !self.conversations.contains_key(&id) {
            let begun = Conversation::begin(&message, &self.instance);
            self.conversations
                .insert(id, begun.ok_or(Refusal::UnknownConversation)?);
        }
        let conversation = self
            .conversations
            .get_mut(&id)
            .expect("it was there or has just been inserted");
        let share = match &message.message().body {
            Body::Share(share) => Some(share.clone()),
            _ => None,
        };
        conversation.add(message)?;
        if let Some(share) = share {
            self.unpack(rosters, &share, id);
        }
        Ok(digest)
    }

    /// Takes the messages of a share in as if they had been found in their own slots.
    fn unpack(&mut self, rosters: &RosterChain, share: &ShareBody, id: ConversationId) {
        if let Some(conversation) = self.conversations.get_mut(&id) {
            for shared in &share.keys {
                let key = ConversationKey::new(shared.key.clone());
                conversation.learn_from_colleague(shared.index, key);
            }
        }
        for shared in &share.messages {
            let Ok(opened) = OpenedEnvelope::from_lines(&shared.line1, &shared.line2) else {
                continue;
            };
            // A share inside a share would let one message unfold without end.
            let original = opened.unverified();
            if original.conversation != id || matches!(original.body, Body::Share(_)) {
                continue;
            }
            let found = Found {
                slot: original.slot,
                day: original.place.day,
            };
            self.take_in_once(rosters, opened, found);
        }
    }

    /// Tries what waits for a conversation of which something new is known.
    fn retry_waiting(&mut self, rosters: &RosterChain, id: &ConversationId) {
        let count = |book: &Self| book.waiting.get(id).map_or(0, Vec::len);
        loop {
            let before = count(self);
            for (opened, found) in self.waiting.remove(id).unwrap_or_default() {
                self.take_in_once(rosters, opened, found);
            }
            if count(self) == before {
                return;
            }
        }
    }
}

impl fmt::Debug for WaitingMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WaitingMessage({:?})", self.found)
    }
}
