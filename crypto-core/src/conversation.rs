//! All verified messages between one reporter and their readers, in order, with what is missing
//! made visible.

use crate::attachment::Attachment;
use crate::body::{Body, Kind};
use crate::conversation_key::ConversationKey;
use crate::hybrid_recipient::HybridRecipient;
use crate::message::Message;
use crate::place::Place;
use crate::readers::Readers;
use crate::verify::{ConversationKeys, Refusal, VerifiedMessage};
use beistand_protocol::bytes::{ConversationId, Digest, InstanceId};
use beistand_protocol::roster::Writer;
use beistand_protocol::time::Day;
use serde::Serialize;

/// Whether a message follows its writer's previous one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Continuity {
    /// Its writer's first that is known, and it says so.
    Begins,
    /// It names the one before.
    Continues,
    /// Something between is missing: expired, deleted, not loaded yet, or withheld.
    Gap,
}

/// The list of readers as the reporter last signed it: the only thing replies and notes can be
/// sealed by. Made from a verified message of the reporter and nothing else.
#[derive(Debug, Clone)]
pub struct AuthenticReaders {
    conversation: ConversationId,
    readers: Readers,
    reporter: HybridRecipient,
}

impl AuthenticReaders {
    /// The conversation it is for.
    pub fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// The list.
    pub fn readers(&self) -> &Readers {
        &self.readers
    }

    /// Where answers go.
    pub fn reporter(&self) -> &HybridRecipient {
        &self.reporter
    }
}

/// One conversation, as far as it is known here.
#[derive(Debug, Clone)]
pub struct Conversation {
    keys: ConversationKeys,
    messages: Vec<VerifiedMessage>,
    /// The places that others have, by key and place.
    occupied: Vec<(u8, Place)>,
}

/// Messages that reach the reporter and those that do not count their places and name their
/// previous ones apart: what the reporter sees must not hint at what they cannot see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chain {
    WithReporter,
    Team,
}

impl Chain {
    pub(crate) fn of(kind: Kind) -> Self {
        if kind.reaches_reporter() {
            Self::WithReporter
        } else {
            Self::Team
        }
    }
}

/// What no two messages of a conversation share.
#[derive(PartialEq, Eq)]
struct Address {
    chain: Chain,
    key_index: u8,
    place: Place,
}

impl Conversation {
    /// An empty conversation whose keys are known.
    pub fn new(keys: ConversationKeys) -> Self {
        Self {
            keys,
            messages: Vec::new(),
            occupied: Vec::new(),
        }
    }

    /// The conversation a message begins that carries the reporter's keys; `None` for others.
    pub fn begin(first: &VerifiedMessage, instance: &InstanceId) -> Option<Self> {
        let reply_to = first.reply_to()?.clone();
        Some(Self::new(ConversationKeys::new(reply_to, instance)))
    }

    /// The conversation's id.
    pub fn id(&self) -> ConversationId {
        self.keys.conversation()
    }

    /// What is known of its keys.
    pub fn keys(&self) -> &ConversationKeys {
        &self.keys
    }

    /// Remembers a conversation key the reporter has derived.
    pub(crate) fn learn(&mut self, index: u8, key: ConversationKey) {
        self.keys.learn(index, key);
    }

    /// Remembers a conversation key, as a share carries them. It gives way to the reporter's.
    pub(crate) fn learn_from_colleague(&mut self, index: u8, key: ConversationKey) {
        self.keys.learn_from_colleague(index, key);
    }

    /// Takes a message in. One that is here already is passed over.
    ///
    /// # Errors
    /// [`Refusal::RepeatedPlace`] where another message has its place;
    /// [`Refusal::OtherReaders`] where a counselor quotes another list than the reporter's;
    /// [`Refusal::Excluded`] where the reporter has excluded its author before;
    /// [`Refusal::UnknownConversation`] where it belongs to another conversation.
    pub fn add(&mut self, message: VerifiedMessage) -> Result<(), Refusal> {
        if message.message().conversation != self.id() {
            return Err(Refusal::UnknownConversation);
        }
        if self.message(&message.digest()).is_some() {
            return Ok(());
        }
        if self
            .messages
            .iter()
            .any(|other| address(other) == address(&message))
        {
            return Err(Refusal::RepeatedPlace);
        }
        if !self.quotes_the_list(&message) {
            return Err(Refusal::OtherReaders);
        }
        if self.was_excluded_before(&message) {
            return Err(Refusal::Excluded);
        }
        self.insert(message);
        Ok(())
    }

    /// Takes a message in that was taken in before. Whether it would be today is not asked: what
    /// came in since may speak against it, and what was believed must not be lost with it.
    pub(crate) fn insert(&mut self, message: VerifiedMessage) {
        if let Body::KeyChange(change) = &message.message().body {
            let key = ConversationKey::new(change.key.clone());
            self.keys.learn(message.message().key_index, key);
        }
        let position = self
            .messages
            .partition_point(|other| order(other) <= order(&message));
        self.messages.insert(position, message);
    }

    /// All messages in the order in which they can have been written, and whether each follows
    /// its writer's previous one.
    pub fn messages(&self) -> impl Iterator<Item = (&VerifiedMessage, Continuity)> {
        self.messages
            .iter()
            .map(|message| (message, self.continuity(message)))
    }

    /// The message of that hash.
    pub fn message(&self, digest: &Digest) -> Option<&VerifiedMessage> {
        self.messages
            .iter()
            .find(|message| message.digest() == *digest)
    }

    /// All files, in the order of the messages they go with.
    pub fn attachments(&self) -> impl Iterator<Item = (&VerifiedMessage, &Attachment)> {
        self.messages.iter().flat_map(|message| {
            let files = message.message().body.attachments();
            files.iter().map(move |file| (message, file))
        })
    }

    /// The file whose SHA-256, in hexadecimal, begins with `id`; none where there is none, or where
    /// there are two that differ.
    pub fn attachment(&self, id: &str) -> Option<&Attachment> {
        let mut found = self
            .attachments()
            .map(|(_, file)| file)
            .filter(|file| !id.is_empty() && file.sha256.to_string().starts_with(id));
        let first = found.next()?;
        found
            .all(|file| file.sha256 == first.sha256)
            .then_some(first)
    }

    /// The list of readers the reporter signed last, where a message of theirs is here.
    pub fn readers(&self) -> Option<AuthenticReaders> {
        let newest = self
            .messages
            .iter()
            .filter(|message| message.message().place.writer == Writer::REPORTER)
            .max_by_key(|message| succession(message))?;
        Some(AuthenticReaders {
            conversation: self.id(),
            readers: newest.message().readers.clone(),
            reporter: self.keys.reply_to().recipient.clone(),
        })
    }

    /// The key index to write under: that of the reporter's newest message.
    pub fn key_index(&self) -> Option<u8> {
        let by_reporter = self
            .messages
            .iter()
            .filter(|message| message.kind().is_by_reporter());
        by_reporter.map(|message| message.message().key_index).max()
    }

    /// Remembers that a place is taken by something not to be seen yet: an answer 409.
    pub fn mark_occupied(&mut self, key_index: u8, place: Place) {
        self.occupied.push((key_index, place));
    }

    pub(crate) fn is_taken(&self, chain: Chain, key_index: u8, place: &Place) -> bool {
        let wanted = Address {
            chain,
            key_index,
            place: *place,
        };
        let occupied = chain == Chain::WithReporter && self.occupied.contains(&(key_index, *place));
        occupied || self.messages.iter().any(|other| address(other) == wanted)
    }

    /// Hash of the newest message of `writer` in `chain`.
    pub(crate) fn newest_of(&self, chain: Chain, writer: Writer) -> Option<Digest> {
        let own = self.messages.iter().filter(|message| {
            Chain::of(message.kind()) == chain && message.message().place.writer == writer
        });
        own.max_by_key(|message| succession(message))
            .map(VerifiedMessage::digest)
    }

    /// Whether a counselor's message names the readers the reporter named. Every change of the
    /// list is a new conversation key, so a list belongs to a key; where no message of the
    /// reporter's is here under this one, nothing can be said against it.
    fn quotes_the_list(&self, message: &VerifiedMessage) -> bool {
        let message = message.message();
        let mut lists = self
            .messages
            .iter()
            .map(VerifiedMessage::message)
            .filter(|other| other.kind().is_by_reporter() && other.key_index == message.key_index)
            .map(|other| &other.readers)
            .peekable();
        message.kind().is_by_reporter()
            || lists.peek().is_none()
            || lists.any(|readers| *readers == message.readers)
    }

    /// Whether the reporter had left a message's author out of the list on an earlier day than
    /// the message is of. On the same day the two may have crossed.
    fn was_excluded_before(&self, message: &VerifiedMessage) -> bool {
        let Some(author) = message.author() else {
            return false;
        };
        let message = message.message();
        let left_out = |change: &Message| {
            change.key_index > message.key_index
                && change.place.day < message.place.day
                && !change.readers.contains(author)
        };
        self.messages
            .iter()
            .filter(|other| other.kind().is_by_reporter())
            .any(|other| left_out(other.message()))
    }

    fn continuity(&self, message: &VerifiedMessage) -> Continuity {
        let chain = Chain::of(message.kind());
        let writer = message.message().place.writer;
        let before = self
            .messages
            .iter()
            .filter(|other| {
                Chain::of(other.kind()) == chain && other.message().place.writer == writer
            })
            .filter(|other| succession(other) < succession(message))
            .max_by_key(|other| succession(other));
        match (message.message().prev, before) {
            (None, None) => Continuity::Begins,
            (Some(prev), Some(before)) if before.digest() == prev => Continuity::Continues,
            _ => Continuity::Gap,
        }
    }
}

/// Reading order. The size of the newest log a writer had seen is a clock they all share: an
/// answer to a message has seen a later log than the message itself.
fn order(message: &VerifiedMessage) -> (Day, u64, Writer, u8, u8) {
    let message = message.message();
    let place = message.place;
    (
        place.day,
        message.checkpoint.size,
        place.writer,
        message.key_index,
        place.number,
    )
}

/// The order of one writer's messages: a key is never used again once the next one is.
fn succession(message: &VerifiedMessage) -> (u8, Day, u8) {
    let message = message.message();
    (message.key_index, message.place.day, message.place.number)
}

fn address(message: &VerifiedMessage) -> Address {
    let (kind, message) = (message.kind(), message.message());
    Address {
        chain: Chain::of(kind),
        key_index: message.key_index,
        place: message.place,
    }
}
