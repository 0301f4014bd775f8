//! From content to something that can be put: the next free place, the slot, the links, the seal.

use crate::audience::{Audience, AudienceError};
use crate::body::Body;
use crate::conversation::{Chain, Conversation};
use crate::conversation_key::ConversationKey;
use crate::message::{Message, MessageError};
use crate::outgoing::Outgoing;
use crate::place::{Place, LAST_NUMBER, LOOK_AHEAD};
use crate::seal::{seal, SealError};
use crate::signing::Signer;
use crate::slot_index::SlotIndex;
use crate::verify::VerifiedMessage;
use beistand_protocol::bytes::{DeleteKey, Slot};
use beistand_protocol::hash::delete_hash;
use beistand_protocol::roster::{Serial, Writer};
use beistand_protocol::snapshot::Snapshot;
use rand_core::{CryptoRng, RngCore};

/// Why nothing was composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// No list of readers signed by the reporter is in view: the reporter must be asked.
    #[error("it is not known who may read this; that must be asked first")]
    ReadersUnknown,
    /// The author is not on the list.
    #[error("the reporter did not allow the author to read this conversation")]
    NotAReader,
    /// The device is not on the roster, or is no longer trusted.
    #[error("this device is not on the roster, or no longer trusted")]
    Device,
    /// Two places past the last visible one are taken: the epoch must close first.
    #[error("what was sent before is not visible yet; please wait a little and try again")]
    Waiting,
    /// All places of the day are taken.
    #[error("no more messages can be sent today; please try again tomorrow")]
    DayFull,
    /// No conversation key is left.
    #[error("the readers of this conversation cannot be changed any more")]
    NoMoreKeys,
    /// Whom to seal to.
    #[error(transparent)]
    Audience(#[from] AudienceError),
    /// What to seal.
    #[error(transparent)]
    Message(MessageError),
}

/// Everything a message is made of but its place, its links and its seal.
pub(crate) struct Draft<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) conversation: &'a Conversation,
    pub(crate) writer: Writer,
    pub(crate) author: Option<Serial>,
    pub(crate) signer: &'a Signer,
    pub(crate) key_index: u8,
    pub(crate) key: &'a ConversationKey,
    pub(crate) audience: &'a Audience,
    pub(crate) body: Body,
    pub(crate) delete_key: &'a dyn Fn(&Slot) -> DeleteKey,
}

/// Seals a draft into the next free place.
pub(crate) fn compose(
    draft: Draft<'_>,
    rng: &mut (impl CryptoRng + RngCore),
) -> Result<Outgoing, ComposeError> {
    let Draft {
        snapshot,
        conversation,
        writer,
        key_index,
        key,
        audience,
        ..
    } = draft;
    let kind = draft.body.kind();
    let chain = Chain::of(kind);
    let place = next_place(&draft, chain)?;
    let slot = match chain {
        Chain::WithReporter => key.slot(&place),
        Chain::Team => random_slot(rng),
    };
    let message = Message {
        instance: snapshot.instance().instance,
        conversation: conversation.id(),
        place,
        key_index,
        prev: conversation.newest_of(chain, writer),
        roster: snapshot.signed_roster().digest,
        slot,
        checkpoint: snapshot.state().checkpoint.head,
        readers: audience.readers().clone(),
        reply_to: kind
            .carries_reply_to()
            .then(|| conversation.keys().reply_to().clone()),
        body: draft.body,
    };
    let sealed = seal(&message, draft.signer, audience, rng).map_err(|error| match error {
        SealError::Message(error) => ComposeError::Message(error),
        // The message was made from this very audience a few lines above.
        SealError::Readers | SealError::Conversation | SealError::Reporter => {
            ComposeError::ReadersUnknown
        }
    })?;
    let message = VerifiedMessage::own(message, sealed.line1, sealed.line2, draft.author);
    Ok(Outgoing {
        day: place.day,
        slot,
        delete_hash: delete_hash(&(draft.delete_key)(&slot)),
        shard: key.shard(snapshot.roster().shard_bits),
        blob: sealed.blob,
        message: Some(message),
    })
}

/// A slot that means nothing to anybody.
pub(crate) fn random_slot(rng: &mut (impl CryptoRng + RngCore)) -> Slot {
    let mut slot = [0; Slot::LENGTH];
    rng.fill_bytes(&mut slot);
    Slot(slot)
}

fn next_place(draft: &Draft<'_>, chain: Chain) -> Result<Place, ComposeError> {
    let day = draft.snapshot.today();
    let place = |number| Place {
        day,
        writer: draft.writer,
        number,
    };
    let taken = |number| {
        draft
            .conversation
            .is_taken(chain, draft.key_index, &place(number))
    };
    let free = match chain {
        // Random slots cannot collide: the writer's own list says what is free.
        Chain::Team => (0..=LAST_NUMBER).find(|number| !taken(*number)),
        Chain::WithReporter => {
            let index = SlotIndex::new(draft.snapshot.index());
            let indexed = index.places_of(draft.key, day, &[draft.writer]);
            let first = indexed.last().map_or(0, |(place, ..)| place.number + 1);
            let mut numbers = first..first.saturating_add(LOOK_AHEAD).min(LAST_NUMBER + 1);
            let free = numbers.find(|number| !taken(*number));
            if free.is_none() && first + LOOK_AHEAD <= LAST_NUMBER {
                return Err(ComposeError::Waiting);
            }
            free
        }
    };
    free.map(place).ok_or(ComposeError::DayFull)
}
