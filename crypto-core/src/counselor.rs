//! What a counselor's device writes (section 6): to the reporter and the readers, or to the
//! readers alone; and to nobody else.

use crate::attachment::SealedPart;
use crate::audience::Audience;
use crate::body::{Body, NoteBody, ReplyBody, ShareBody, SharedKey, SharedMessage};
use crate::compose::{compose, ComposeError, Draft};
use crate::conversation::{AuthenticReaders, Conversation};
use crate::conversation_key::ConversationKey;
use crate::device_keys::DeviceKeys;
use crate::outgoing::{decoy, Outgoing};
use crate::verify::VerifiedMessage;
use beistand_protocol::bytes::{DeleteKey, Digest, Slot};
use beistand_protocol::hash::delete_hash;
use beistand_protocol::roster::{Device, Serial};
use beistand_protocol::snapshot::Snapshot;
use rand_core::{CryptoRng, RngCore};

/// An answer to the reporter, readable by all readers.
///
/// # Errors
/// [`ComposeError`]; [`ComposeError::ReadersUnknown`] where no message of the reporter is here.
pub fn compose_reply(
    snapshot: &Snapshot,
    keys: &DeviceKeys,
    conversation: &Conversation,
    body: ReplyBody,
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<Outgoing, ComposeError> {
    let author = Author::of(snapshot, keys, conversation)?;
    let audience = Audience::of_reply(snapshot, &author.readers)?;
    author.compose(&audience, Body::Reply(body), rng)
}

/// A note between the readers; the reporter cannot see that it exists.
///
/// # Errors
/// As [`compose_reply`].
pub fn compose_note(
    snapshot: &Snapshot,
    keys: &DeviceKeys,
    conversation: &Conversation,
    body: NoteBody,
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<Outgoing, ComposeError> {
    let author = Author::of(snapshot, keys, conversation)?;
    let audience = Audience::of_team(snapshot, &author.readers)?;
    author.compose(&audience, Body::Note(body), rng)
}

/// Original messages and all known conversation keys, sealed again for some of the readers: who
/// joined later and was allowed since, or has a new device.
///
/// # Errors
/// As [`compose_reply`]; [`crate::audience::AudienceError::NotAReader`] for anybody the reporter
/// did not allow; [`crate::message::MessageError::TooLong`] where the messages do not fit in one.
pub fn compose_share(
    snapshot: &Snapshot,
    keys: &DeviceKeys,
    conversation: &Conversation,
    with: &[Serial],
    messages: &[Digest],
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<Outgoing, ComposeError> {
    let author = Author::of(snapshot, keys, conversation)?;
    let audience = Audience::of_some(snapshot, &author.readers, with)?;
    let shared = |message: &VerifiedMessage| SharedMessage {
        line1: message.line1().to_owned(),
        line2: message.line2().to_owned(),
    };
    let found = messages
        .iter()
        .filter_map(|digest| conversation.message(digest));
    let body = ShareBody {
        reply_to: conversation.keys().reply_to().clone(),
        keys: conversation
            .keys()
            .all()
            .map(|(index, key)| SharedKey {
                index,
                key: key.secret().clone(),
            })
            .collect(),
        messages: found.map(shared).collect(),
    };
    author.compose(&audience, Body::Share(body), rng)
}

/// A part of a file that is to go with a reply in this conversation. Parts are put first: a
/// message never speaks of a file that is not there.
///
/// # Errors
/// As [`compose_reply`].
pub fn compose_part(
    snapshot: &Snapshot,
    keys: &DeviceKeys,
    conversation: &Conversation,
    part: SealedPart,
) -> Result<Outgoing, ComposeError> {
    let author = Author::of(snapshot, keys, conversation)?;
    let (_, key) = author.key()?;
    let delete_key = |slot: &Slot| keys.delete_key(slot);
    Ok(Outgoing::part(snapshot, part, key, &delete_key))
}

/// A decoy this device can delete again, with the key that does.
pub fn compose_decoy(
    snapshot: &Snapshot,
    keys: &DeviceKeys,
    rng: &mut (impl CryptoRng + RngCore),
) -> (Outgoing, DeleteKey) {
    let (mut outgoing, _) = decoy(snapshot, rng);
    let key = keys.delete_key(&outgoing.slot);
    outgoing.delete_hash = delete_hash(&key);
    (outgoing, key)
}

/// A device that may write in a conversation.
struct Author<'a> {
    snapshot: &'a Snapshot,
    keys: &'a DeviceKeys,
    device: &'a Device,
    conversation: &'a Conversation,
    readers: AuthenticReaders,
}

impl<'a> Author<'a> {
    fn of(
        snapshot: &'a Snapshot,
        keys: &'a DeviceKeys,
        conversation: &'a Conversation,
    ) -> Result<Self, ComposeError> {
        let today = snapshot.today();
        let device = keys
            .find(snapshot.roster(), today)
            .ok_or(ComposeError::Device)?;
        let readers = conversation.readers().ok_or(ComposeError::ReadersUnknown)?;
        if !readers.readers().contains(device.serial) {
            return Err(ComposeError::NotAReader);
        }
        Ok(Self {
            snapshot,
            keys,
            device,
            conversation,
            readers,
        })
    }

    /// The conversation key to write under.
    fn key(&self) -> Result<(u8, &'a ConversationKey), ComposeError> {
        let index = self.conversation.key_index();
        let key = index.and_then(|index| Some((index, self.conversation.keys().key(index)?)));
        key.ok_or(ComposeError::ReadersUnknown)
    }

    fn compose(
        &self,
        audience: &Audience,
        body: Body,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Outgoing, ComposeError> {
        let (key_index, key) = self.key()?;
        let draft = Draft {
            snapshot: self.snapshot,
            conversation: self.conversation,
            writer: self.device.writer,
            author: Some(self.device.serial),
            signer: self.keys.signer(),
            key_index,
            key,
            audience,
            body,
            delete_key: &|slot| self.keys.delete_key(slot),
        };
        compose(draft, rng)
    }
}
