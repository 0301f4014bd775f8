//! Something ready to be put on the wall, but for its stamp.

use crate::attachment::SealedPart;
use crate::compose::random_slot;
use crate::conversation_key::{shard_bits, ConversationKey};
use crate::reporter_keys::delete_key;
use crate::seal;
use crate::verify::VerifiedMessage;
use beistand_protocol::bytes::{DeleteHash, DeleteKey, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::SealedBlob;
use beistand_protocol::hash::delete_hash;
use beistand_protocol::put::PutRequest;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::Day;
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

/// A put without its stamp. The stamp is found over `slot` with `beistand_protocol::stamp`.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// The day it says.
    pub day: Day,
    /// Its slot.
    pub slot: Slot,
    /// What its delete key hashes to.
    pub delete_hash: DeleteHash,
    /// Its shard.
    pub shard: u8,
    /// The sealed envelope or part.
    pub blob: SealedBlob,
    pub(crate) message: Option<VerifiedMessage>,
}

impl Outgoing {
    /// A part of a file that goes with a message under `key`.
    pub(crate) fn part(
        snapshot: &Snapshot,
        part: SealedPart,
        key: &ConversationKey,
        delete_key: &dyn Fn(&Slot) -> DeleteKey,
    ) -> Self {
        let SealedPart { slot, blob, .. } = part;
        Self {
            day: snapshot.today(),
            slot,
            delete_hash: delete_hash(&delete_key(&slot)),
            shard: key.shard(snapshot.roster().shard_bits),
            blob,
            message: None,
        }
    }

    /// The class of the blob.
    pub fn class(&self) -> BlobClass {
        self.blob.class()
    }

    /// The put, with the stamp that was found.
    pub fn to_put(&self, stamp: u64) -> PutRequest {
        PutRequest {
            day: self.day,
            slot: self.slot,
            delete_hash: self.delete_hash,
            shard: self.shard,
            stamp,
            blob: self.blob.clone(),
        }
    }

    /// The message inside; none in a decoy or a part.
    pub fn message(&self) -> Option<&VerifiedMessage> {
        self.message.as_ref()
    }
}

/// An envelope nobody can open, in a slot that means nothing, with the key that deletes it.
pub fn decoy(snapshot: &Snapshot, rng: &mut (impl CryptoRng + RngCore)) -> (Outgoing, DeleteKey) {
    let mut secret = Zeroizing::new([0; 32]);
    rng.fill_bytes(secret.as_mut_slice());
    let slot = random_slot(rng);
    // As likely in any shard as the messages are.
    let shard = shard_bits(
        rng.next_u32().to_be_bytes()[0],
        snapshot.roster().shard_bits,
    );
    let key = delete_key(&secret, &slot);
    let outgoing = Outgoing {
        day: snapshot.today(),
        slot,
        delete_hash: delete_hash(&key),
        shard,
        blob: seal::decoy(snapshot.envelope_class(), rng),
        message: None,
    };
    (outgoing, key)
}
