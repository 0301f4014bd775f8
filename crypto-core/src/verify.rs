//! From a message somebody sealed to us to one we may believe (section 4): signed by the right
//! key, in the slot and conversation it says, on its day.

use crate::body::{Body, Kind};
use crate::conversation_key::ConversationKey;
use crate::message::{line_hash, Message};
use crate::open::OpenedEnvelope;
use crate::ordered::Ordered;
use crate::reply_to::ReplyTo;
use crate::signing::line_is_signed;
use beistand_protocol::bytes::{ConversationId, Digest, InstanceId, Slot};
use beistand_protocol::roster::{Device, Serial, Writer};
use beistand_protocol::roster_chain::RosterChain;
use beistand_protocol::time::Day;
use std::fmt;
use zeroize::Zeroizing;

/// How many days a message's own day and that of the index may be apart.
pub const DAY_TOLERANCE: u32 = 1;

/// Where an envelope was found on the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Its slot.
    pub slot: Slot,
    /// The day of the index it stands in.
    pub day: Day,
}

/// Why a message is refused. A person is told; nothing crashes, and nothing else is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Written for another instance.
    #[error("the message was written for another instance")]
    Instance,
    /// The signature is not by the key it must be by.
    #[error("the message's signature is wrong")]
    Signature,
    /// Its id is not that of the reporter's keys in it.
    #[error("the message claims a conversation that its keys do not belong to")]
    Conversation,
    /// The first report was not seen (yet): nobody knows whose signature this must be.
    #[error("the message belongs to a conversation whose beginning is not known")]
    UnknownConversation,
    /// The conversation key was not seen (yet), so its slot cannot be checked.
    #[error("the message is under a conversation key that is not known")]
    UnknownKey,
    /// A second conversation key of the same index.
    #[error("the message brings another conversation key under an index that is taken")]
    OtherKey,
    /// The roster it names is not among those served.
    #[error("the message was written under a roster that is not known")]
    UnknownRoster,
    /// No such device on the roster at that time.
    #[error("the message is from a device that was not on the roster")]
    UnknownDevice,
    /// A device that is no longer trusted, that day or later.
    #[error("the message is from a device that is not trusted since before that day")]
    DistrustedDevice,
    /// A counselor writes who is not on the list.
    #[error("the message is from somebody who may not read this conversation")]
    NotAReader,
    /// A counselor writes whom the reporter has excluded on an earlier day.
    #[error("the message is from somebody whom the reporter had excluded before")]
    Excluded,
    /// It names other readers than the reporter did under this conversation key.
    #[error("the message names other readers than the reporter allowed")]
    OtherReaders,
    /// It lies in another slot than it says, or says another than its place gives.
    #[error("the message does not belong into the slot where it lay")]
    Slot,
    /// Its day and that of the index are too far apart.
    #[error("the message is dated otherwise than where it lay")]
    Day,
    /// Another message has the same place.
    #[error("the message claims a place that another one has")]
    RepeatedPlace,
}

impl Refusal {
    /// Whether what is missing may still come: such a message is kept and tried again.
    pub fn may_resolve(self) -> bool {
        matches!(self, Self::UnknownConversation | Self::UnknownKey)
    }
}

/// What a reader knows of a conversation's keys.
#[derive(Clone)]
pub struct ConversationKeys {
    conversation: ConversationId,
    reply_to: ReplyTo,
    keys: Ordered<u8, KnownKey>,
}

/// A conversation key, and whose word there is for it. The reporter signs every key but the
/// first, of which the conversation's id is made. What a colleague alone says may be wrong, and
/// must not stand in the way of what the reporter says later: a reader who is about to be
/// excluded could otherwise give the others a wrong kc_{i+1} beforehand.
#[derive(Clone)]
struct KnownKey {
    key: ConversationKey,
    by_reporter: bool,
}

impl ConversationKeys {
    /// Those that the reporter's frozen keys give.
    pub fn new(reply_to: ReplyTo, instance: &InstanceId) -> Self {
        let first = KnownKey {
            key: ConversationKey::new(reply_to.kc0.clone()),
            by_reporter: true,
        };
        let mut keys = Ordered::default();
        keys.insert(0, first);
        Self {
            conversation: reply_to.conversation(instance),
            reply_to,
            keys,
        }
    }

    /// The conversation's id.
    pub fn conversation(&self) -> ConversationId {
        self.conversation
    }

    /// The reporter's frozen keys.
    pub fn reply_to(&self) -> &ReplyTo {
        &self.reply_to
    }

    /// kc_i, where known.
    pub fn key(&self, index: u8) -> Option<&ConversationKey> {
        self.keys.get(&index).map(|known| &known.key)
    }

    /// All known keys with their indexes, ascending.
    pub fn all(&self) -> impl Iterator<Item = (u8, &ConversationKey)> {
        self.keys.iter().map(|(index, known)| (*index, &known.key))
    }

    /// Remembers kc_i as the reporter derived or signed it. It takes the place of one that a
    /// colleague gave; one by the reporter is not replaced.
    pub fn learn(&mut self, index: u8, key: ConversationKey) {
        if self.by_reporter(index).is_none() {
            let by_reporter = true;
            self.keys.insert(index, KnownKey { key, by_reporter });
        }
    }

    /// Remembers kc_i as a colleague gave it, where none is known.
    pub fn learn_from_colleague(&mut self, index: u8, key: ConversationKey) {
        let by_reporter = false;
        if self.keys.get(&index).is_none() {
            self.keys.insert(index, KnownKey { key, by_reporter });
        }
    }

    /// kc_i, where the reporter gave it.
    fn by_reporter(&self, index: u8) -> Option<&ConversationKey> {
        let known = self.keys.get(&index).filter(|known| known.by_reporter)?;
        Some(&known.key)
    }
}

/// A message that was verified. Only this module makes one.
#[derive(Clone)]
pub struct VerifiedMessage {
    message: Message,
    author: Option<Serial>,
    digest: Digest,
    line1: Zeroizing<String>,
    line2: String,
}

/// Verifies a message against what is known: `known` are the keys of the conversation it claims,
/// where there are any. A first report or key change brings the reporter's keys itself.
///
/// Whether its place is free, and whether it continues its writer's previous one, the
/// [`crate::conversation::Conversation`] decides that takes it in.
///
/// # Errors
/// One [`Refusal`] a rule.
pub fn verify(
    opened: OpenedEnvelope,
    found: &Found,
    instance: &InstanceId,
    rosters: &RosterChain,
    known: Option<&ConversationKeys>,
) -> Result<VerifiedMessage, Refusal> {
    let ensure = |holds: bool, refusal: Refusal| if holds { Ok(()) } else { Err(refusal) };
    let message = opened.unverified();
    ensure(message.instance == *instance, Refusal::Instance)?;
    ensure(message.slot == found.slot, Refusal::Slot)?;
    ensure(
        message.place.day.distance(found.day) <= DAY_TOLERANCE,
        Refusal::Day,
    )?;

    let known = known.filter(|known| known.conversation == message.conversation);
    let reply_to = match (carried_reply_to(message), known) {
        (Some(reply_to), _) => {
            ensure(
                reply_to.conversation(instance) == message.conversation,
                Refusal::Conversation,
            )?;
            reply_to
        }
        (None, Some(known)) => &known.reply_to,
        (None, None) => return Err(Refusal::UnknownConversation),
    };

    let device = match message.place.writer {
        Writer::REPORTER => None,
        _ => Some(device_of(message, found, rosters)?),
    };
    let key = device.map_or(reply_to.sign.as_bytes(), |device| device.sign.public_key());
    ensure(
        line_is_signed(opened.line1(), key, opened.signature()),
        Refusal::Signature,
    )?;
    let author = device.map(|device| device.serial);
    ensure(
        author.is_none_or(|serial| message.readers.contains(serial)),
        Refusal::NotAReader,
    )?;

    if message.kind().reaches_reporter() {
        let (key, otherwise) = key_of(message, reply_to, known)?;
        ensure(key.slot(&message.place) == found.slot, otherwise)?;
    }
    Ok(VerifiedMessage::vouch(opened, author))
}

/// The reporter's keys in a message, if its kind brings them.
fn carried_reply_to(message: &Message) -> Option<&ReplyTo> {
    match &message.body {
        Body::Share(share) => Some(&share.reply_to),
        _ => message.reply_to.as_ref(),
    }
}

/// The key the message's slot must be computed with, and what it means if it was not.
fn key_of(
    message: &Message,
    reply_to: &ReplyTo,
    known: Option<&ConversationKeys>,
) -> Result<(ConversationKey, Refusal), Refusal> {
    let index = message.key_index;
    let by_reporter = known.and_then(|known| known.by_reporter(index));
    match &message.body {
        Body::Report(_) => Ok((ConversationKey::new(reply_to.kc0.clone()), Refusal::Slot)),
        Body::KeyChange(change) => {
            let key = ConversationKey::new(change.key.clone());
            match by_reporter {
                Some(before) if *before != key => Err(Refusal::OtherKey),
                _ => Ok((key, Refusal::Slot)),
            }
        }
        _ if index == 0 => Ok((ConversationKey::new(reply_to.kc0.clone()), Refusal::Slot)),
        _ => match (by_reporter, known.and_then(|known| known.key(index))) {
            (Some(key), _) => Ok((key.clone(), Refusal::Slot)),
            // The colleague's key may be wrong, and the right one still come.
            (None, Some(key)) => Ok((key.clone(), Refusal::UnknownKey)),
            (None, None) => Err(Refusal::UnknownKey),
        },
    }
}

/// The device that wrote it, if it was one of the roster's when the envelope appeared.
fn device_of<'a>(
    message: &Message,
    found: &Found,
    rosters: &'a RosterChain,
) -> Result<&'a Device, Refusal> {
    let all = rosters.all();
    let named = all
        .iter()
        .position(|signed| signed.digest == message.roster);
    let named = named.ok_or(Refusal::UnknownRoster)?;
    let writer = message.place.writer;
    let device = all[named]
        .roster
        .device(writer)
        .ok_or(Refusal::UnknownDevice)?;
    // The server vouches for the index day and the writer for the message's: neither may hide
    // behind the other. What the newest roster distrusts was distrusted all along.
    let day = found.day.max(message.place.day);
    let same = |other: &&Device| other.sign.public_key() == device.sign.public_key();
    let later = || {
        all[named..]
            .iter()
            .filter_map(|signed| signed.roster.device(writer))
    };
    if !later().filter(same).all(|device| device.is_trusted_on(day)) {
        return Err(Refusal::DistrustedDevice);
    }
    // A device that has left cannot go on writing under the roster that still had it.
    let succeeded = all
        .get(named + 1)
        .is_some_and(|next| next.roster.not_before.day().forward(DAY_TOLERANCE) < found.day);
    let left = rosters
        .current()
        .roster
        .device(writer)
        .as_ref()
        .is_none_or(|now| !same(now));
    if succeeded && left {
        return Err(Refusal::UnknownDevice);
    }
    Ok(device)
}

impl VerifiedMessage {
    fn vouch(opened: OpenedEnvelope, author: Option<Serial>) -> Self {
        let (message, line1, line2) = opened.into_parts();
        let digest = line_hash(&line1);
        Self {
            message,
            author,
            digest,
            line1,
            line2,
        }
    }

    /// A message this end has just signed.
    pub(crate) fn own(
        message: Message,
        line1: Zeroizing<String>,
        line2: String,
        author: Option<Serial>,
    ) -> Self {
        let digest = line_hash(&line1);
        Self {
            message,
            author,
            digest,
            line1,
            line2,
        }
    }

    /// A message that was verified before and has since lain in a sealed vault, where its roster
    /// may have outlived the server's memory. Nothing is checked but its form.
    ///
    /// # Errors
    /// [`crate::open::OpenError`] where the lines are damaged.
    pub fn restore(
        line1: &str,
        line2: &str,
        author: Option<Serial>,
    ) -> Result<Self, crate::open::OpenError> {
        OpenedEnvelope::from_lines(line1, line2).map(|opened| Self::vouch(opened, author))
    }

    /// What was written.
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// The kind.
    pub fn kind(&self) -> Kind {
        self.message.kind()
    }

    /// The counselor who wrote it, or none for the reporter.
    pub fn author(&self) -> Option<Serial> {
        self.author
    }

    /// The reporter's frozen keys, where the message brings them.
    pub fn reply_to(&self) -> Option<&ReplyTo> {
        carried_reply_to(&self.message)
    }

    /// SHA-256 of line 1.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Line 1, verbatim.
    pub fn line1(&self) -> &str {
        &self.line1
    }

    /// Line 2, verbatim.
    pub fn line2(&self) -> &str {
        &self.line2
    }
}

impl fmt::Debug for VerifiedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifiedMessage({:?})", self.message)
    }
}

impl fmt::Debug for ConversationKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConversationKeys({})", self.conversation)
    }
}
