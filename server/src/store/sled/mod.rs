//! The store of a single machine: sled 0.34.7 with a durability discipline of our own, blobs in
//! files beside it, all of it sealed once more under keys that are destroyed to forget. `server/STORAGE.md` describes every
//! file and value.

mod blob_files;
mod closing;
mod committer;
mod control;
mod durable;
mod export;
mod import;
mod key_files;
mod layout;
mod places;
mod queue;
mod reading;
mod recovery;
mod saving;
mod sealing;
mod staging;
mod stream;
mod turns;
mod watch;

pub use committer::FatalHandler;
pub use export::Exported;
pub use import::{import, Imported};
pub use saving::save_export;

use self::blob_files::BlobFiles;
use self::committer::Committer;
use self::control::Control;
use self::durable::DurableDatabase;
use self::export::Source;
use self::key_files::KeyFiles;
use self::layout::meta;
use self::queue::Queue;
use self::reading::failed;
use self::staging::Staged;
use self::turns::Turns;
use self::watch::Watch;
use crate::disk::{make_directory, Purpose, Watermark};
use crate::store::{
    Closing, Contents, DeleteOutcome, ItemRecord, NewItem, PutOutcome, Store, StoreError,
    StoredItem, StoredPrekey, StoredRoster, MOST_REPLACED_PREKEYS,
};
use beistand_protocol::bytes::{DeleteKey, Digest, InstanceId, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::hash::{delete_hash, sha256};
use beistand_protocol::roster::Writer;
use beistand_protocol::time::{Day, Epoch};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// See the module.
#[derive(Debug)]
pub struct SledStore {
    directory: PathBuf,
    instance: InstanceId,
    database: sled::Db,
    keys: Arc<KeyFiles>,
    blobs: Arc<BlobFiles>,
    ending: Arc<Ending>,
    watermark: Watermark,
    turns: Turns,
    watch: Arc<Watch>,
    control: Option<Control>,
    queue: Option<Queue>,
    thread: Option<JoinHandle<()>>,
    // Behind every other handle, and before the lock.
    _last: LastHandle,
    // Held as long as the store is open.
    _lock: File,
}

/// The handle of the database that goes last. sled panics where it cannot sync what it closes; all
/// that was acknowledged is durable by then, and whoever closes it may have something to say.
#[derive(Debug)]
struct LastHandle(Option<sled::Db>);

impl Drop for LastHandle {
    fn drop(&mut self) {
        let database = self.0.take();
        // The hook has reported it.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(database)));
    }
}

/// Which epochs are over, and which items wait for theirs to close.
#[derive(Debug, Default)]
pub struct Ending(Mutex<EndingState>);

#[derive(Debug, Default)]
struct EndingState {
    ended: Option<Epoch>,
    waiting: HashMap<Slot, Epoch>,
}

impl Ending {
    fn lock(&self) -> MutexGuard<'_, EndingState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, waiting: &[(Slot, Epoch)], no_longer: &[Slot]) {
        let mut state = self.lock();
        state.waiting.extend(waiting.iter().copied());
        no_longer.iter().for_each(|slot| {
            state.waiting.remove(slot);
        });
    }
}

impl SledStore {
    /// Opens the store in `directory`, or makes it.
    ///
    /// `fatal` is called when a disk failed in a way after which nothing more can be promised;
    /// the program should end then.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::Full`] (sled is never opened without room),
    /// [`StoreError::Schema`], [`StoreError::Instance`], [`StoreError::Damaged`],
    /// [`StoreError::Failed`].
    pub fn open(
        directory: &Path,
        instance: &InstanceId,
        watermark: Watermark,
        fatal: FatalHandler,
    ) -> Result<Self, StoreError> {
        // On a failing disk sled does not always answer with an error, also when it is closed.
        let open = || Self::open_or_panic(directory, instance, watermark, fatal);
        let sentence = "the disk failed while the database was opened";
        catch_unwind(AssertUnwindSafe(open))
            .unwrap_or_else(|_| Err(StoreError::Failed(sentence.to_owned())))
    }

    fn open_or_panic(
        directory: &Path,
        instance: &InstanceId,
        watermark: Watermark,
        fatal: FatalHandler,
    ) -> Result<Self, StoreError> {
        make_directory(directory).map_err(failed)?;
        let lock = lock(directory)?;
        if !watermark.has_room(Purpose::Upkeep) {
            return Err(StoreError::Full);
        }
        let wall = directory.join("wall");
        let mut durable =
            DurableDatabase::open(&wall, &directory.join("aside")).map_err(|error| match error
                .kind()
            {
                ErrorKind::WouldBlock => StoreError::Locked,
                ErrorKind::InvalidData => StoreError::Damaged(error.to_string()),
                _ => failed(error),
            })?;
        let database = durable.database().clone();
        recovery::identify(&database, instance)?;
        let keys = Arc::new(KeyFiles::open(&directory.join("keys")).map_err(failed)?);
        let ending = Arc::new(Ending::default());
        let blobs = Arc::new(BlobFiles::open(&directory.join("blobs")).map_err(failed)?);
        recovery::reconcile(&database, &keys, &blobs, &ending)?;
        let closed = number(&database, meta::CLOSED)?;
        ending.lock().ended = closed.map(Epoch);
        durable.sync().map_err(failed)?;

        let last = LastHandle(Some(database.clone()));
        let (sender, jobs) = mpsc::sync_channel(queue::SIZE);
        let watch = Watch::start(watch::PATIENCE, Arc::clone(&fatal)).map_err(failed)?;
        let watch = Arc::new(watch);
        let committer = Committer {
            durable,
            keys: Arc::clone(&keys),
            blobs: Arc::clone(&blobs),
            ending: Arc::clone(&ending),
            watch: Arc::clone(&watch),
            fatal,
        };
        let thread = std::thread::Builder::new()
            .name("committer".to_owned())
            .spawn(move || committer.run(&jobs))
            .map_err(failed)?;
        Ok(Self {
            directory: directory.to_owned(),
            instance: *instance,
            database,
            keys,
            blobs,
            ending,
            watermark,
            turns: Turns::of_cores(),
            watch,
            control: None,
            queue: Some(Queue::new(sender)),
            thread: Some(thread),
            _last: last,
            _lock: lock,
        })
    }

    /// Has `stage` written by the committer and waits until that is durable.
    fn commit<T: Send + 'static>(
        &self,
        slot: Option<Slot>,
        alone: bool,
        bytes: usize,
        stage: impl FnOnce(&mut Staged) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let queue = self.queue.as_ref().ok_or(StoreError::Stopped)?;
        queue.commit(slot, alone, bytes, stage)
    }

    fn source(&self) -> Result<Source, StoreError> {
        Ok(Source {
            instance: self.instance,
            database: self.database.clone(),
            keys: Arc::clone(&self.keys),
            blobs: Arc::clone(&self.blobs),
            queue: self.queue.clone().ok_or(StoreError::Stopped)?,
        })
    }

    /// Writes everything it holds, as of one moment, as a stream that [`import`] reads. Others
    /// may go on writing.
    ///
    /// # Errors
    /// [`StoreError::Failed`] with the words of whom it is written to, and those of the store.
    pub fn export(&self, out: &mut dyn Write) -> Result<Exported, StoreError> {
        self.source()?.export(out)
    }

    /// Lets the operator's other processes take exports ([`save_export`]) while this store is open.
    ///
    /// # Errors
    /// Those of making a socket in the data directory, whose path may be too long for one.
    pub fn serve_exports(&mut self) -> Result<(), StoreError> {
        let control = Control::start(&self.directory, self.source()?).map_err(failed)?;
        self.control = Some(control);
        Ok(())
    }

    /// Refuses where the disk has no room for that. What is there already is found before: who
    /// sends it again only wants to know.
    fn room_for(
        &self,
        purpose: Purpose,
    ) -> impl FnOnce() -> Result<(), StoreError> + Send + 'static {
        let watermark = self.watermark.clone();
        move || match watermark.has_room(purpose) {
            true => Ok(()),
            false => Err(StoreError::Full),
        }
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        // The committer works until nobody can give it anything more to do.
        drop(self.control.take());
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was reported by the hook already.
            let _ = thread.join();
        }
    }
}

fn lock(directory: &Path) -> Result<File, StoreError> {
    let path = directory.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path);
    let file = file.map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Locked),
        Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn number(database: &sled::Db, name: &[u8]) -> Result<Option<u64>, StoreError> {
    let value = database
        .get(layout::key(layout::META, &[name]))
        .map_err(failed)?;
    value
        .map(|value| value.as_ref().try_into().map(u64::from_be_bytes))
        .transpose()
        .map_err(|_| StoreError::Damaged("a number is malformed".to_owned()))
}

fn text(value: &[u8]) -> Result<String, StoreError> {
    String::from_utf8(value.to_vec())
        .map_err(|_| StoreError::Damaged("a text is not UTF-8".to_owned()))
}

fn malformed(what: &str) -> StoreError {
    StoreError::Damaged(format!("{what} is malformed"))
}

impl Store for SledStore {
    fn put(&self, item: NewItem, epoch: Epoch) -> Result<PutOutcome, StoreError> {
        let ensure_room = self.room_for(match item.blob.class() {
            BlobClass::Part => Purpose::Part,
            BlobClass::Envelope8 | BlobClass::Envelope16 => Purpose::Envelope,
        });
        // Everything that takes time happens here, on the caller's thread.
        let turn = self.turns.take();
        let record = item.record(epoch);
        let key = sealing::new_key();
        let sealed = sealing::seal_blob(&key, &record, item.blob.into_bytes())?;
        drop(turn);
        let (slot, bytes) = (record.slot, sealed.len());
        let place = layout::item_key(&slot);
        let written = match self.database.contains_key(place).map_err(failed)? {
            // Not written again. It may not be durable yet, so the answer still waits its turn.
            true => None,
            false => {
                ensure_room()?;
                let write = || self.blobs.write(record.day, record.class, &sealed);
                Some(self.watch.over(write))
            }
        };
        drop(sealed);
        self.commit(Some(slot), false, bytes, move |staged| {
            if let Some((_, there)) = staged.record(&slot)? {
                return Ok(already_there(&record, there));
            }
            let gone = || StoreError::Failed("what lay there is gone".to_owned());
            let written = written.ok_or_else(gone)?;
            let mut record = record;
            if let Some(ended) = staged.ending.lock().ended {
                record.promised = record.promised.max(Epoch(ended.0 + 1));
            }
            staged.insert_item(&record, written, &key)?;
            Ok(PutOutcome::Stored(record))
        })
    }

    fn delete(&self, slot: &Slot, key: &DeleteKey) -> Result<DeleteOutcome, StoreError> {
        let (slot, key) = (*slot, *key);
        self.commit(Some(slot), false, 0, move |staged| {
            let Some((stored, mut record)) = staged.record(&slot)? else {
                return Ok(DeleteOutcome::Refused);
            };
            if record.delete_hash != delete_hash(&key) {
                return Ok(DeleteOutcome::Refused);
            }
            if record.deleted.is_none() {
                record.deleted = Some(key);
                staged.insert_record(stored.places(), &record)?;
                staged.destroyed.push(stored);
            }
            Ok(DeleteOutcome::Deleted)
        })
    }

    fn read(&self, slot: &Slot) -> Result<Option<StoredItem>, StoreError> {
        reading::item(&self.database, &self.keys, &self.blobs, slot)
    }

    fn accept_roster(&self, roster: StoredRoster) -> Result<(), StoreError> {
        let ensure_room = self.room_for(Purpose::Upkeep);
        self.commit(None, true, roster.note.len(), move |staged| {
            let newest = staged.database.scan_prefix([layout::ROSTER]).next_back();
            let newest = newest.transpose().map_err(failed)?;
            let newest = newest
                .map(|(key, value)| parse_roster(&key, &value))
                .transpose()?;
            if newest.as_ref().is_some_and(|newest| {
                newest.version == roster.version && newest.note == roster.note
            }) {
                return Ok(());
            }
            if roster.version != newest.map_or(0, |newest| newest.version) + 1 {
                return Err(StoreError::Conflict);
            }
            ensure_room()?;
            let key = layout::key(layout::ROSTER, &[&roster.version.to_be_bytes()]);
            let value = [&roster.accepted.0.to_be_bytes(), roster.note.as_bytes()].concat();
            staged.insert(key, value);
            Ok(())
        })
    }

    fn accept_prekey(&self, prekey: StoredPrekey) -> Result<(), StoreError> {
        let ensure_room = self.room_for(Purpose::Upkeep);
        self.commit(None, true, prekey.note.len(), move |staged| {
            let of = |kind, digest: Option<&Digest>| {
                layout::prekey_key(kind, prekey.device, prekey.day, digest)
            };
            let place = of(layout::PREKEY, None);
            let there = staged.database.get(&place).map_err(failed)?;
            if there.as_deref() == Some(prekey.note.as_bytes()) {
                return Ok(());
            }
            ensure_room()?;
            let digest = sha256(prekey.note.as_bytes());
            let was_replaced = of(layout::REPLACED, Some(&digest));
            if staged.database.contains_key(was_replaced).map_err(failed)? {
                return Err(StoreError::Conflict);
            }
            if let Some(there) = there {
                let replaced = staged.database.scan_prefix(of(layout::REPLACED, None));
                if replaced.count() >= MOST_REPLACED_PREKEYS {
                    return Err(StoreError::Conflict);
                }
                staged.insert(of(layout::REPLACED, Some(&sha256(&there))), Vec::new());
            }
            staged.insert(place, prekey.note.clone().into_bytes());
            Ok(())
        })
    }

    fn end_epoch(&self, epoch: Epoch) -> Result<Vec<ItemRecord>, StoreError> {
        // Behind everything that was put before, and before everything that comes after.
        self.commit(None, true, 0, move |staged| {
            let mut state = staged.ending.lock();
            state.ended = state.ended.max(Some(epoch));
            let ended = state
                .waiting
                .iter()
                .filter(|(_, promised)| **promised <= epoch);
            let slots: Vec<Slot> = ended.map(|(slot, _)| *slot).collect();
            drop(state);
            let mut records = Vec::with_capacity(slots.len());
            for slot in slots {
                let record = staged.record(&slot)?;
                let (_, record) = record.ok_or_else(|| malformed("what waits to be logged"))?;
                records.push(record);
            }
            Ok(records)
        })
    }

    fn close_epoch(&self, closing: Closing) -> Result<(), StoreError> {
        // Deliberately without asking for room: forgetting makes some.
        self.commit(None, true, 0, move |staged| {
            closing::close(staged, &closing)
        })
    }

    fn oldest_pending(&self) -> Result<Option<Epoch>, StoreError> {
        Ok(self.ending.lock().waiting.values().min().copied())
    }

    fn contents(&self) -> Result<Contents, StoreError> {
        let database = &self.database;
        let mut contents = Contents {
            closed: number(database, meta::CLOSED)?.map(Epoch),
            logged_roster: number(database, meta::LOGGED_ROSTER)?.unwrap_or(0),
            ..Contents::default()
        };
        if let Some(tree) = database
            .get(layout::key(layout::META, &[meta::TREE]))
            .map_err(failed)?
        {
            contents.tree = layout::parse_tree(&tree).ok_or_else(|| malformed("the log's tree"))?;
        }
        for entry in database.scan_prefix([layout::ROSTER]) {
            let (key, value) = entry.map_err(failed)?;
            contents.rosters.push(parse_roster(&key, &value)?);
        }
        for entry in database.scan_prefix([layout::PREKEY]) {
            let (key, value) = entry.map_err(failed)?;
            let mut fields = layout::Fields(key.get(1..).unwrap_or_default());
            let place = fields.array().and_then(|[device]| {
                Some((Writer(device), Day(u32::from_be_bytes(fields.array()?))))
            });
            let (device, day) = place.ok_or_else(|| malformed("the key of a prekey"))?;
            contents.prekeys.push(StoredPrekey {
                device,
                day,
                note: text(&value)?,
            });
        }
        for entry in database.scan_prefix([layout::FIRST_CHECKPOINT]) {
            let (key, value) = entry.map_err(failed)?;
            let day = layout::Fields(key.get(1..).unwrap_or_default()).array();
            let day = day
                .map(u32::from_be_bytes)
                .ok_or_else(|| malformed("a checkpoint's key"))?;
            contents.first_checkpoints.push((Day(day), text(&value)?));
        }
        Ok(contents)
    }

    fn visit_records(&self, visit: &mut dyn FnMut(ItemRecord)) -> Result<(), StoreError> {
        for entry in self.database.scan_prefix([layout::ITEM]).keys() {
            let key = entry.map_err(failed)?;
            let slot = key.get(1..).and_then(|slot| slot.try_into().ok()).map(Slot);
            let slot = slot.ok_or_else(|| malformed("the key of a record"))?;
            if let Some((_, record)) = reading::record(&self.database, &self.keys, &slot)? {
                visit(record);
            }
        }
        Ok(())
    }

    fn leaf(&self, index: u64) -> Result<Option<String>, StoreError> {
        let key = layout::key(layout::LEAF, &[&index.to_be_bytes()]);
        let value = self.database.get(key).map_err(failed)?;
        value.map(|value| text(&value)).transpose()
    }
}

/// What becomes of a put into a slot in which something lies.
fn already_there(record: &ItemRecord, there: ItemRecord) -> PutOutcome {
    match there.is_same_put(record) {
        true => PutOutcome::Same(there),
        false => PutOutcome::Occupied(there),
    }
}

fn parse_roster(key: &[u8], value: &[u8]) -> Result<StoredRoster, StoreError> {
    let version = layout::Fields(key.get(1..).unwrap_or_default()).array();
    let mut fields = layout::Fields(value);
    let accepted = fields.array();
    match (version, accepted) {
        (Some(version), Some(accepted)) => Ok(StoredRoster {
            version: u64::from_be_bytes(version),
            accepted: Day(u32::from_be_bytes(accepted)),
            note: text(fields.0)?,
        }),
        _ => Err(malformed("a roster")),
    }
}
