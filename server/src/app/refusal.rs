//! Why the wall does not do what it was asked. Each says who misbehaved, none repeats what came.

use crate::store::StoreError;
use beistand_protocol::grammar::GrammarError;
use beistand_protocol::prekey::PrekeyError;
use beistand_protocol::roster_chain::RosterError;
use beistand_protocol::sync::SyncError;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A frame that is none.
    #[error("the request is malformed")]
    Malformed,
    /// A blob that breaks the grammar.
    #[error("the blob is refused: {0}")]
    Blob(GrammarError),
    /// A class that does not belong here.
    #[error("this kind of blob does not belong here")]
    Class,
    /// A day more than one off.
    #[error("the day is not today")]
    Day,
    /// A shard outside the roster's bits.
    #[error("the shard does not exist")]
    Shard,
    /// A stamp worth too little.
    #[error("the stamp is too weak")]
    Stamp {
        /// The bits it needs now.
        needed: u8,
    },
    /// A stamp of a fetch that was used before.
    #[error("the stamp was used before")]
    StampUsed,
    /// More than an epoch takes.
    #[error("this epoch takes no more")]
    Quota,
    /// The slot holds something else.
    #[error("the slot is occupied")]
    Occupied {
        /// The promise of what it holds, a signed note.
        promise: String,
    },
    /// Nothing there, or a key that does not fit.
    #[error("nothing was deleted")]
    Delete,
    /// A roster that cannot be the next.
    #[error("the roster is refused: {0}")]
    Roster(#[from] RosterError),
    /// A roster that names another log key.
    #[error("the roster names another log key than this server's")]
    RosterLogKey,
    /// A roster whose epochs are longer: their numbers would go back.
    #[error("the roster makes epochs longer, which would number them backwards")]
    RosterEpochs,
    /// A prekey that is not of a device on the roster, or not of today.
    #[error("the prekey is refused: {0}")]
    Prekey(#[from] PrekeyError),
    /// A prekey that was replaced before, or one too many.
    #[error("the prekey was replaced before")]
    PrekeyReplaced,
    /// A sync not signed by a device on the roster.
    #[error("the sync is refused: {0}")]
    Sync(#[from] SyncError),
    /// No roster in force.
    #[error("the server is not ready")]
    NotReady,
    /// No room on the disk.
    #[error("the server has no room left")]
    StorageFull,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::StorageFull,
            other => Self::Store(other),
        }
    }
}
