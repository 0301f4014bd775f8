//! A message, and its one encoding as line 1 of an envelope (section 4).

use crate::body::{Body, Kind};
use crate::place::Place;
use crate::readers::Readers;
use crate::reply_to::ReplyTo;
use beistand_protocol::bytes::{ConversationId, Digest, InstanceId, Slot};
use beistand_protocol::checkpoint::TreeHead;
use beistand_protocol::hash::sha256;
use beistand_protocol::json::{self, JsonError, Value, LARGEST_INTEGER};
use beistand_protocol::roster::Writer;
use beistand_protocol::time::Day;
use serde::de::value::StrDeserializer;
use serde::de::IntoDeserializer as _;
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// Most bytes of line 1. What is longer travels as an attachment.
pub const LINE_LIMIT: usize = 48 * 1024;
/// Most bytes of line 1 of a share: it wraps whole messages, and what could be sent can be shared.
/// As much as every class of envelope has room for.
pub const SHARE_LINE_LIMIT: usize = 64 * 1024;
/// The version of the message format.
pub const MESSAGE_VERSION: u8 = 1;

/// Everything a writer signs.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The instance it was written for.
    pub instance: InstanceId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// Its place.
    pub place: Place,
    /// Index of the conversation key its slot is computed with.
    pub key_index: u8,
    /// SHA-256 of this writer's line 1 before in this conversation; none where none is visible.
    /// What reaches the reporter and what does not are two chains.
    pub prev: Option<Digest>,
    /// The roster it was written under.
    pub roster: Digest,
    /// Where it lies.
    pub slot: Slot,
    /// The newest head of the log its writer had seen.
    pub checkpoint: TreeHead,
    /// Who may read.
    pub readers: Readers,
    /// The reporter's keys, in kinds that carry them.
    pub reply_to: Option<ReplyTo>,
    /// What it says.
    pub body: Body,
}

/// Why a line is not a message, or a message cannot be a line. Nothing of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// Longer than [`LINE_LIMIT`], or [`SHARE_LINE_LIMIT`] in a share.
    #[error("the message is too long for an envelope")]
    TooLong,
    /// Not JSON of the expected form.
    #[error("the message is malformed")]
    Form,
    /// Of a later version than this program knows.
    #[error("the message is of a version this program does not know: please update")]
    Version,
    /// Of a kind this program does not know.
    #[error("the message is of a kind this program does not know: please update")]
    Kind,
    /// Another spelling than the one encoding: duplicate keys, white space, escapes.
    #[error("the message is not in its one encoding")]
    NotCanonical,
    /// An integer of 2^53 or more.
    #[error("the message has a number that is too large")]
    Integer,
    /// A place outside the ranges.
    #[error("the message's place is out of range")]
    Place,
    /// A counselor's kind from a reporter, or the other way round.
    #[error("the message's kind does not fit who wrote it")]
    Writer,
    /// Keys of the reporter missing, or where they do not belong.
    #[error("the message carries reporter's keys where it must not, or lacks them")]
    ReplyTo,
    /// A report under another key than the first, a key change under the first.
    #[error("the message's key index does not fit its kind")]
    KeyIndex,
    /// An attachment whose numbers do not fit each other.
    #[error("the message has an attachment that cannot be right")]
    Attachment,
    /// A request for consent, or an answer to one, without items or with too many.
    #[error("the message asks for consent, or answers, in a way that cannot be right")]
    Consent,
}

/// Field order is the encoding's.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<B> {
    v: u8,
    instance: InstanceId,
    kind: Kind,
    conversation: ConversationId,
    from: Writer,
    day: Day,
    n: u8,
    kc: u8,
    prev: Option<Digest>,
    roster: Digest,
    slot: Slot,
    checkpoint: TreeHead,
    readers: Readers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<ReplyTo>,
    body: B,
}

/// What every version has, so that a later one can be told from rubbish.
#[derive(Deserialize)]
struct Preface {
    v: u64,
    kind: String,
}

impl Message {
    /// The kind.
    pub fn kind(&self) -> Kind {
        self.body.kind()
    }

    /// Line 1, without its newline.
    ///
    /// # Errors
    /// [`MessageError::TooLong`], and whatever rule the message breaks.
    pub fn to_line(&self) -> Result<Zeroizing<String>, MessageError> {
        self.check()?;
        let wire = Wire {
            v: MESSAGE_VERSION,
            instance: self.instance,
            kind: self.kind(),
            conversation: self.conversation,
            from: self.place.writer,
            day: self.place.day,
            n: self.place.number,
            kc: self.key_index,
            prev: self.prev,
            roster: self.roster,
            slot: self.slot,
            checkpoint: self.checkpoint,
            readers: self.readers.clone(),
            reply_to: self.reply_to.clone(),
            body: &self.body,
        };
        let line = Zeroizing::new(json::encode(&wire).map_err(|_| MessageError::Form)?);
        let limit = match self.kind() {
            Kind::Share => SHARE_LINE_LIMIT,
            _ => LINE_LIMIT,
        };
        if line.len() > limit {
            return Err(MessageError::TooLong);
        }
        Ok(line)
    }

    /// Reads line 1, without its newline. Whose words they are is another question: see
    /// [`crate::verify`].
    ///
    /// # Errors
    /// One [`MessageError`] for each rule.
    pub fn from_line(line: &str) -> Result<Self, MessageError> {
        if line.len() > SHARE_LINE_LIMIT {
            return Err(MessageError::TooLong);
        }
        let preface: Preface = json::parse_text(line).map_err(|_| MessageError::Form)?;
        if preface.v != u64::from(MESSAGE_VERSION) {
            return Err(MessageError::Version);
        }
        let kind: StrDeserializer<'_, JsonError> = preface.kind.as_str().into_deserializer();
        if Kind::deserialize(kind).is_err() {
            return Err(MessageError::Kind);
        }
        let wire: Wire<Value<'_>> = json::parse_text(line).map_err(|_| MessageError::Form)?;
        let message = Self {
            instance: wire.instance,
            conversation: wire.conversation,
            place: Place {
                day: wire.day,
                writer: wire.from,
                number: wire.n,
            },
            key_index: wire.kc,
            prev: wire.prev,
            roster: wire.roster,
            slot: wire.slot,
            checkpoint: wire.checkpoint,
            readers: wire.readers,
            reply_to: wire.reply_to,
            body: Body::read(wire.kind, wire.body).map_err(|_| MessageError::Form)?,
        };
        if *message.to_line()? != line {
            return Err(MessageError::NotCanonical);
        }
        Ok(message)
    }

    fn check(&self) -> Result<(), MessageError> {
        let kind = self.kind();
        let ensure = |holds: bool, error: MessageError| if holds { Ok(()) } else { Err(error) };
        ensure(self.place.is_valid(), MessageError::Place)?;
        let by_reporter = self.place.writer == Writer::REPORTER;
        ensure(kind.is_by_reporter() == by_reporter, MessageError::Writer)?;
        ensure(
            kind.carries_reply_to() == self.reply_to.is_some(),
            MessageError::ReplyTo,
        )?;
        let index_fits = match kind {
            Kind::Report => self.key_index == 0,
            Kind::KeyChange => self.key_index > 0,
            _ => true,
        };
        ensure(index_fits, MessageError::KeyIndex)?;
        ensure(
            self.checkpoint.size <= LARGEST_INTEGER,
            MessageError::Integer,
        )?;
        let attachments = self.body.attachments();
        ensure(
            attachments.iter().all(|file| file.size <= LARGEST_INTEGER),
            MessageError::Integer,
        )?;
        ensure(
            attachments.iter().all(|file| file.is_consistent()),
            MessageError::Attachment,
        )?;
        ensure(self.body.consent_is_complete(), MessageError::Consent)
    }
}

/// SHA-256 of line 1, by which messages refer to each other.
pub fn line_hash(line: &str) -> Digest {
    sha256(line.as_bytes())
}

impl fmt::Debug for Message {
    /// Where it stands and its kind: what people wrote is not for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({:?}, {:?})", self.kind(), self.place)
    }
}
