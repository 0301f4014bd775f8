//! Where the wall is kept: the contract every engine fulfils.
//!
//! Engines differ in where the bytes lie; what they promise is written here once and tested by
//! one suite (`tests/store_conformance.rs`) that knows nothing but this page.

pub mod memory;
pub mod sled;
mod types;

pub use types::*;

use beistand_protocol::bytes::{DeleteKey, Slot};
use beistand_protocol::time::Epoch;

/// A store of sealed blobs, their log and the signed notes around them.
///
/// **Durability.** A method that returns `Ok` has made what it did durable: it survives the end
/// of the process and a power cut in that very moment. Nothing is acknowledged before.
///
/// **Atomicity.** What one call does is there as a whole or not at all, whenever the process
/// ends. [`Store::close_epoch`] is one such call, however much it moves.
///
/// **Concurrency.** All methods may be called from any thread at any time; each behaves as if it
/// ran alone. Of two puts to one slot exactly one is [`PutOutcome::Stored`]. Several servers over
/// one store are possible: [`StoreError::Conflict`] tells a server that another one closed first.
///
/// **Idempotency.** After an error that leaves it open whether something was done, the same call
/// may be made again and leads to the same end: `put` answers [`PutOutcome::Same`], `delete`
/// answers [`DeleteOutcome::Deleted`], `accept_roster` and `accept_prekey` answer `Ok`;
/// `close_epoch` answers [`StoreError::Conflict`], after which [`Store::contents`] tells.
///
/// **Forgetting.** Once `delete` returns, no file of the store holds what is needed to open the
/// blob; once a `close_epoch` that names a day as gone returns, the same is true of the blobs,
/// nonces and tombstones of that day.
pub trait Store: Send + Sync + 'static {
    /// Stores an item nobody sees yet. Its epoch is `epoch`, or the one after the last that was
    /// ended if that is later, so that no item is ever promised for an epoch that is over.
    ///
    /// The same item again (same class, day, slot, delete hash and blob) changes nothing and
    /// answers the record of the first, also when it was deleted since.
    ///
    /// # Errors
    /// [`StoreError::Full`], [`StoreError::Failed`], [`StoreError::Stopped`]: not acknowledged.
    fn put(&self, item: NewItem, epoch: Epoch) -> Result<PutOutcome, StoreError>;

    /// Destroys the blob in `slot` if `key` is the preimage of its delete hash. Its record stays
    /// until its day is gone.
    ///
    /// # Errors
    /// [`StoreError::Failed`], [`StoreError::Stopped`]: not acknowledged.
    fn delete(&self, slot: &Slot, key: &DeleteKey) -> Result<DeleteOutcome, StoreError>;

    /// What lies in `slot`, visible or not, or `None`.
    ///
    /// # Errors
    /// [`StoreError::Failed`], [`StoreError::Damaged`].
    fn read(&self, slot: &Slot) -> Result<Option<StoredItem>, StoreError>;

    /// Keeps a roster. Its version must be one more than the newest (1 in an empty store); the
    /// newest one again, to the byte, changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] for any other version; otherwise as `put`.
    fn accept_roster(&self, roster: StoredRoster) -> Result<(), StoreError>;

    /// Keeps a prekey in the place of another one of the same device and day, if there was one.
    /// A note that was replaced can never come back: whoever replays it is refused.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] for a note that was replaced, and after
    /// [`MOST_REPLACED_PREKEYS`] replacements; otherwise as `put`.
    fn accept_prekey(&self, prekey: StoredPrekey) -> Result<(), StoreError>;

    /// Ends all epochs up to `epoch`: from now on no put is given one of them. Answers the
    /// records that wait to be logged in them, in no order that means anything.
    ///
    /// # Errors
    /// As `read`.
    fn end_epoch(&self, epoch: Epoch) -> Result<Vec<ItemRecord>, StoreError>;

    /// Appends to the log and makes everything in `closing` true at once; destroys what it says
    /// is gone.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the log does not end at `closing.first_leaf`; otherwise as
    /// `put`.
    fn close_epoch(&self, closing: Closing) -> Result<(), StoreError>;

    /// The earliest epoch of an item that waits to be logged.
    ///
    /// # Errors
    /// As `read`.
    fn oldest_pending(&self) -> Result<Option<Epoch>, StoreError>;

    /// Everything but the items.
    ///
    /// # Errors
    /// As `read`.
    fn contents(&self) -> Result<Contents, StoreError>;

    /// Shows every record to `visit`, in no particular order.
    ///
    /// # Errors
    /// As `read`.
    fn visit_records(&self, visit: &mut dyn FnMut(ItemRecord)) -> Result<(), StoreError>;

    /// A leaf of the log, by its index.
    ///
    /// # Errors
    /// As `read`.
    fn leaf(&self, index: u64) -> Result<Option<String>, StoreError>;
}
