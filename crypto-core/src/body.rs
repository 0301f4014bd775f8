//! What a message says, by its kind (section 4). Words the person did not give are left out, so
//! that every content has one encoding.

use crate::attachment::Attachment;
use crate::consent::{ConsentAnswer, ConsentRequest};
use crate::reply_to::ReplyTo;
use crate::secret_hex::SecretHex;
use beistand_protocol::json::{JsonError, Value};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The kind of a message, as it stands in line 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The reporter's first.
    Report,
    /// The reporter's follow-up.
    Message,
    /// A counselor's answer.
    Reply,
    /// Between counselors; the reporter cannot see that it exists.
    Note,
    /// Original messages and keys, re-sealed for a reader who lacks them.
    Share,
    /// The reporter changed who may read: everything from here on is under a new key.
    KeyChange,
    /// The reporter asks that everything be deleted.
    Withdraw,
}

impl Kind {
    /// Whether the reporter writes this kind; counselors write the others.
    pub fn is_by_reporter(self) -> bool {
        matches!(
            self,
            Self::Report | Self::Message | Self::KeyChange | Self::Withdraw
        )
    }

    /// Whether the reporter is among those it is sealed to. What is not travels in random slots
    /// and counts its places apart (section 6).
    pub fn reaches_reporter(self) -> bool {
        !matches!(self, Self::Note | Self::Share)
    }

    /// Whether it carries what a reader needs to answer.
    pub fn carries_reply_to(self) -> bool {
        matches!(self, Self::Report | Self::KeyChange)
    }
}

/// The content of a message.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// See [`Kind::Report`].
    Report(ReportBody),
    /// See [`Kind::Message`].
    Message(MessageBody),
    /// See [`Kind::Reply`].
    Reply(ReplyBody),
    /// See [`Kind::Note`].
    Note(NoteBody),
    /// See [`Kind::Share`].
    Share(ShareBody),
    /// See [`Kind::KeyChange`].
    KeyChange(KeyChangeBody),
    /// See [`Kind::Withdraw`].
    Withdraw(WithdrawBody),
}

/// A report. Only the text is required; nothing else is ever demanded of somebody in trouble.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct ReportBody {
    /// What happened.
    pub text: String,
    /// Where it happened.
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Pages, diffs, logs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// Accounts involved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
    /// Kinds of harm, in the site's vocabulary.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Whether it is still going on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[zeroize(skip)]
    pub ongoing: Option<Answer>,
    /// Whether anyone is in danger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[zeroize(skip)]
    pub danger: Option<Answer>,
    /// What would help, in the site's vocabulary.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wishes: Vec<String>,
    /// Languages the reporter would like to be answered in, as language tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// When it is safe to be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safe_times: Option<String>,
    /// Pronouns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pronouns: Option<String>,
    /// A name to be called by, made up or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_me: Option<String>,
    /// Whom it happened to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[zeroize(skip)]
    pub for_whom: Option<ForWhom>,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// An answer that may be a doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// The reporter is not sure.
    Unsure,
}

/// Whom a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForWhom {
    /// The reporter.
    Me,
    /// Somebody the reporter speaks for.
    SomeoneElse,
    /// Somebody the reporter saw it happen to.
    Witness,
}

/// A follow-up.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct MessageBody {
    /// What the reporter adds.
    pub text: String,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What may be shown to somebody, where a counselor asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[zeroize(skip)]
    pub consent: Option<ConsentAnswer>,
}

/// A counselor's answer.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct ReplyBody {
    /// The answer.
    pub text: String,
    /// Where the case stands, where that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[zeroize(skip)]
    pub status: Option<Status>,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Asks whether something may be shown to somebody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentRequest>,
}

/// Where a case stands, in words for the reporter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It has arrived.
    Received,
    /// Somebody is reading it.
    Reading,
    /// It was answered.
    Answered,
    /// The counselors wait for the reporter.
    WaitingForYou,
    /// It is closed; writing again opens it.
    Closed,
}

/// A note between counselors.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct NoteBody {
    /// The note.
    pub text: String,
}

/// Original messages for a reader who lacks them: one who joined late, or has a new device.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct ShareBody {
    /// The reporter's keys; they must give the conversation's id again.
    #[zeroize(skip)]
    pub reply_to: ReplyTo,
    /// Conversation keys the reader may have, by index.
    pub keys: Vec<SharedKey>,
    /// Messages, verbatim.
    pub messages: Vec<SharedMessage>,
}

/// The two lines of a message as they were, so that its signature still holds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub struct SharedMessage {
    /// Line 1, without its newline.
    pub line1: String,
    /// Line 2, without its newline.
    pub line2: String,
}

/// A conversation key and its index.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct SharedKey {
    /// i of kc_i.
    pub index: u8,
    /// kc_i.
    pub key: SecretHex<32>,
}

/// A new conversation key for the readers from now on, with or without words beside it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct KeyChangeBody {
    /// kc_i, where i is the message's `kc`.
    pub key: SecretHex<32>,
    /// What the reporter adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What may be shown to somebody, where a counselor asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[zeroize(skip)]
    pub consent: Option<ConsentAnswer>,
}

/// The wish that everything be deleted.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawBody {
    /// A last word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Zeroize for Body {
    fn zeroize(&mut self) {
        match self {
            Self::Report(body) => body.zeroize(),
            Self::Message(body) => body.zeroize(),
            Self::Reply(body) => body.zeroize(),
            Self::Note(body) => body.zeroize(),
            Self::Share(body) => body.zeroize(),
            Self::KeyChange(body) => body.zeroize(),
            Self::Withdraw(body) => body.zeroize(),
        }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.zeroize();
    }
}

impl ZeroizeOnDrop for Body {}

impl Body {
    /// The kind of this content.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Report(_) => Kind::Report,
            Self::Message(_) => Kind::Message,
            Self::Reply(_) => Kind::Reply,
            Self::Note(_) => Kind::Note,
            Self::Share(_) => Kind::Share,
            Self::KeyChange(_) => Kind::KeyChange,
            Self::Withdraw(_) => Kind::Withdraw,
        }
    }

    /// The words in it, where it has some.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Report(body) => Some(&body.text),
            Self::Message(body) => Some(&body.text),
            Self::Reply(body) => Some(&body.text),
            Self::Note(body) => Some(&body.text),
            Self::Share(_) => None,
            Self::KeyChange(body) => body.text.as_deref(),
            Self::Withdraw(body) => body.text.as_deref(),
        }
    }

    /// The files that go with it.
    pub fn attachments(&self) -> &[Attachment] {
        match self {
            Self::Report(body) => &body.attachments,
            Self::Message(body) => &body.attachments,
            Self::Reply(body) => &body.attachments,
            Self::KeyChange(body) => &body.attachments,
            Self::Note(_) | Self::Share(_) | Self::Withdraw(_) => &[],
        }
    }

    /// The answer to a request for consent in it.
    pub fn consent_answer(&self) -> Option<&ConsentAnswer> {
        match self {
            Self::Message(body) => body.consent.as_ref(),
            Self::KeyChange(body) => body.consent.as_ref(),
            _ => None,
        }
    }

    /// Whether what it asks or answers about consent says enough and not too much.
    pub(crate) fn consent_is_complete(&self) -> bool {
        let asks = match self {
            Self::Reply(body) => body.consent.as_ref(),
            _ => None,
        };
        asks.is_none_or(ConsentRequest::is_complete)
            && self.consent_answer().is_none_or(ConsentAnswer::is_complete)
    }

    pub(crate) fn read(kind: Kind, body: Value<'_>) -> Result<Self, JsonError> {
        Ok(match kind {
            Kind::Report => Self::Report(Deserialize::deserialize(body)?),
            Kind::Message => Self::Message(Deserialize::deserialize(body)?),
            Kind::Reply => Self::Reply(Deserialize::deserialize(body)?),
            Kind::Note => Self::Note(Deserialize::deserialize(body)?),
            Kind::Share => Self::Share(Deserialize::deserialize(body)?),
            Kind::KeyChange => Self::KeyChange(Deserialize::deserialize(body)?),
            Kind::Withdraw => Self::Withdraw(Deserialize::deserialize(body)?),
        })
    }
}

impl Serialize for Body {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Report(body) => body.serialize(serializer),
            Self::Message(body) => body.serialize(serializer),
            Self::Reply(body) => body.serialize(serializer),
            Self::Note(body) => body.serialize(serializer),
            Self::Share(body) => body.serialize(serializer),
            Self::KeyChange(body) => body.serialize(serializer),
            Self::Withdraw(body) => body.serialize(serializer),
        }
    }
}

impl fmt::Debug for Body {
    /// The kind only: what people wrote is not for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({:?})", self.kind())
    }
}
