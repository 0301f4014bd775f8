//! The keys that are destroyed to forget, one file a day: `keys/<day>`.
//!
//! ```text
//! "beistand/v1/keys" ‖ day[4] ‖ zeros[12] ‖ day key[32] ‖ item key[32] × n
//! ```
//!
//! The day key seals records (`r`, tombstones), an item key one blob. A place is all zeros while
//! it belongs to nobody. To destroy a key its place is overwritten and synced, to destroy a day
//! all of its keys are, and then the file is removed. A key never crosses a 512-byte sector.
//!
//! Order is what makes this crash-safe: a key is durable **before** the database refers to it and
//! destroyed **after** the database does not need it any more. So a key without an item is the
//! trace of a crash and is destroyed at the next start; an item without a key is damage.

use super::places::Places;
use super::sealing::{new_key, ShreddingKey};
use crate::disk::{create_durably, make_directory, sync_directory};
use beistand_protocol::time::Day;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

const MAGIC: &[u8; 16] = b"beistand/v1/keys";
const KEY_SIZE: u64 = 32;
const HEADER_SIZE: u64 = 64;
const DAY_KEY_OFFSET: u64 = 32;

/// All key files.
#[derive(Debug)]
pub struct KeyFiles {
    directory: PathBuf,
    days: RwLock<BTreeMap<Day, Arc<DayKeys>>>,
}

/// The key file of one day.
pub struct DayKeys {
    file: File,
    day_key: ShreddingKey,
    places: Places,
}

impl std::fmt::Debug for DayKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DayKeys(…)")
    }
}

fn offset(place: u32) -> u64 {
    HEADER_SIZE + u64::from(place) * KEY_SIZE
}

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a key file is malformed")
}

impl DayKeys {
    fn create(path: &Path, day: Day) -> io::Result<Self> {
        let mut header = Zeroizing::new(Vec::with_capacity(64));
        header.extend_from_slice(MAGIC);
        header.extend_from_slice(&day.0.to_be_bytes());
        header.extend_from_slice(&[0; 12]);
        header.extend_from_slice(new_key().as_ref());
        create_durably(path, &header)?;
        Self::open(path, day)
    }

    fn open(path: &Path, day: Day) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut start = [0; DAY_KEY_OFFSET as usize];
        file.read_exact_at(&mut start, 0)?;
        let expected = [&MAGIC[..], &day.0.to_be_bytes(), &[0; 12]].concat();
        if start[..] != expected[..] {
            return Err(malformed());
        }
        let mut day_key: ShreddingKey = Zeroizing::new([0; 32]);
        file.read_exact_at(day_key.as_mut(), DAY_KEY_OFFSET)?;
        // A key half written by a crash counts as a place too.
        let length = file.metadata()?.len().saturating_sub(HEADER_SIZE);
        let count = u32::try_from(length.div_ceil(KEY_SIZE)).map_err(|_| malformed())?;
        Ok(Self {
            file,
            day_key,
            places: Places::new(count),
        })
    }

    /// The key of the day's records.
    pub fn day_key(&self) -> &ShreddingKey {
        &self.day_key
    }

    /// Writes `key` to a free place. Durable after [`DayKeys::sync`].
    pub fn add(&self, key: &ShreddingKey) -> io::Result<u32> {
        let place = self.places.take();
        self.file.write_all_at(key.as_ref(), offset(place))?;
        Ok(place)
    }

    /// The key in `place`, or `None` where there is none.
    pub fn read(&self, place: u32) -> io::Result<Option<ShreddingKey>> {
        let mut key: ShreddingKey = Zeroizing::new([0; 32]);
        match self.file.read_exact_at(key.as_mut(), offset(place)) {
            Ok(()) => Ok(key.iter().any(|byte| *byte != 0).then_some(key)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Overwrites the key in `place`. Gone for good after [`DayKeys::sync`].
    pub fn destroy(&self, place: u32) -> io::Result<()> {
        self.file.write_all_at(&[0; 32], offset(place))
    }

    /// Lets `place` be used again, once its key is gone for good.
    pub fn free(&self, place: u32) {
        self.places.give_back(place);
    }

    /// Makes what was written durable.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Destroys all keys but those in `live` and notes their places as free.
    fn keep_only(&self, live: &BTreeSet<u32>) -> io::Result<()> {
        let free = self.places.keep_only(live);
        for place in &free {
            // Not only where there is a whole key: a crash can leave half of one.
            self.destroy(*place)?;
        }
        match free.is_empty() {
            true => Ok(()),
            false => self.sync(),
        }
    }

    /// Overwrites all keys. What says of which day they were stays, so that a start that finds the
    /// file, because the machine stopped right here, knows what it is.
    fn destroy_all(&self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        let zeros = vec![0; 64 * 1024];
        let mut at = DAY_KEY_OFFSET;
        while at < length {
            let step = (length - at).min(zeros.len() as u64);
            let piece = zeros
                .get(..usize::try_from(step).unwrap_or(0))
                .unwrap_or_default();
            self.file.write_all_at(piece, at)?;
            at += step;
        }
        self.file.sync_all()
    }
}

impl KeyFiles {
    /// Opens all files in `directory`, which is made if it is not there.
    pub fn open(directory: &Path) -> io::Result<Self> {
        make_directory(directory)?;
        let mut days = BTreeMap::new();
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            match name.parse::<u32>() {
                Ok(day) if day.to_string() == name => {
                    days.insert(Day(day), Arc::new(DayKeys::open(&path, Day(day))?));
                }
                // What a crash left of making a file; nothing was sealed under it.
                _ if name.ends_with(".draft") => fs::remove_file(&path)?,
                _ => return Err(malformed()),
            }
        }
        Ok(Self {
            directory: directory.to_owned(),
            days: RwLock::new(days),
        })
    }

    /// The keys of `day`, if it has any.
    pub fn day(&self, day: Day) -> Option<Arc<DayKeys>> {
        self.days
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&day)
            .cloned()
    }

    /// The keys of `day`, made durably where it has none yet.
    pub fn day_or_new(&self, day: Day) -> io::Result<Arc<DayKeys>> {
        if let Some(keys) = self.day(day) {
            return Ok(keys);
        }
        let mut days = self.days.write().unwrap_or_else(PoisonError::into_inner);
        let keys = Arc::new(DayKeys::create(&self.path(day), day)?);
        days.insert(day, Arc::clone(&keys));
        Ok(keys)
    }

    /// Destroys all keys of `day`. Whoever holds them still can read, but not find, anything.
    pub fn destroy_day(&self, day: Day) -> io::Result<()> {
        let keys = self
            .days
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&day);
        if let Some(keys) = keys {
            keys.destroy_all()?;
            fs::remove_file(self.path(day))?;
            sync_directory(&self.directory)?;
        }
        Ok(())
    }

    /// Destroys every key that no item in `live` uses: what a crash may have left.
    pub fn keep_only(&self, live: &BTreeMap<Day, BTreeSet<u32>>) -> io::Result<()> {
        let days = self
            .days
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for (day, keys) in days {
            match live.get(&day) {
                Some(places) => keys.keep_only(places)?,
                None => self.destroy_day(day)?,
            }
        }
        Ok(())
    }

    fn path(&self, day: Day) -> PathBuf {
        self.directory.join(day.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_whose_destruction_was_interrupted_is_destroyed_at_the_next_start() {
        let directory = tempfile::tempdir().unwrap();
        let day = Day(20_000);
        {
            let keys = KeyFiles::open(directory.path()).unwrap();
            let keys = keys.day_or_new(day).unwrap();
            keys.add(&new_key()).unwrap();
            // And now the machine stops.
            keys.destroy_all().unwrap();
        }
        let path = directory.path().join(day.to_string());
        let left = fs::read(&path).unwrap();
        assert!(left[DAY_KEY_OFFSET as usize..]
            .iter()
            .all(|byte| *byte == 0));
        let keys = KeyFiles::open(directory.path()).unwrap();
        keys.destroy_day(day).unwrap();
        assert!(!path.exists());
    }
}
