//! Sealed blobs, in one file a day and class: `blobs/<day>-<class>`, blobs of equal size one
//! after the other. A blob's place is its number in the file.
//!
//! They lie outside the database because sled neither gives back the space of values that are
//! gone nor writes large ones only once. Here a day that is gone is a file that is removed, and a
//! deleted blob a hole in one.
//!
//! A blob is durable **before** the database refers to it, so what nothing refers to is the trace
//! of a crash, and its place is used again. Nothing in these files can be opened without its key
//! in the key files.

use super::places::Places;
use crate::disk::{make_directory, punch_hole, sync_directory};
use beistand_protocol::class::BlobClass;
use beistand_protocol::time::Day;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// Bytes that sealing adds to a blob.
pub const TAG_SIZE: usize = 16;

/// A day and the wire byte of a class.
pub type FileKey = (Day, u8);

/// All files of blobs.
#[derive(Debug)]
pub struct BlobFiles {
    directory: PathBuf,
    files: RwLock<BTreeMap<FileKey, Arc<BlobFile>>>,
}

/// The blobs of one day and class.
#[derive(Debug)]
pub struct BlobFile {
    file: File,
    size: usize,
    places: Places,
}

/// A blob that was written, and that nothing refers to yet. Where nothing comes to, its place is free
/// again once this is dropped.
#[derive(Debug)]
pub struct WrittenBlob {
    file: Arc<BlobFile>,
    place: u32,
    kept: bool,
}

impl WrittenBlob {
    /// What is about to be referred to: the file, which is to be synced before, and the place in it.
    pub fn keep(mut self) -> (Arc<BlobFile>, u32) {
        self.kept = true;
        (Arc::clone(&self.file), self.place)
    }
}

impl Drop for WrittenBlob {
    fn drop(&mut self) {
        if !self.kept {
            // Without a hole the place is taken just the same.
            let _ = self.file.free(self.place);
        }
    }
}

impl BlobFile {
    fn open(path: &Path, class: BlobClass, new: bool) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(new).mode(0o600);
        let file = options.open(path)?;
        let size = class.size() + TAG_SIZE;
        // A blob half written by a crash counts as a place too.
        let count = file.metadata()?.len().div_ceil(size as u64);
        let count = u32::try_from(count).map_err(io::Error::other)?;
        Ok(Self {
            file,
            size,
            places: Places::new(count),
        })
    }

    fn offset(&self, place: u32) -> u64 {
        u64::from(place) * self.size as u64
    }

    /// Writes a sealed blob to a free place. Durable after [`BlobFile::sync`].
    fn add(self: Arc<Self>, sealed: &[u8]) -> io::Result<WrittenBlob> {
        let written = WrittenBlob {
            place: self.places.take(),
            file: self,
            kept: false,
        };
        let offset = written.file.offset(written.place);
        written.file.file.write_all_at(sealed, offset)?;
        Ok(written)
    }

    /// Writes a sealed blob to a place of its own, when a store is made from an export.
    pub fn put_at(&self, place: u32, sealed: &[u8]) -> io::Result<()> {
        self.file.write_all_at(sealed, self.offset(place))
    }

    /// The sealed blob in `place`.
    pub fn read(&self, place: u32) -> io::Result<Vec<u8>> {
        let mut sealed = vec![0; self.size];
        self.file.read_exact_at(&mut sealed, self.offset(place))?;
        Ok(sealed)
    }

    /// Makes what was written durable.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Gives the room of `place` back to the disk where its file system can, and the place to
    /// the next blob. Its key is destroyed already.
    pub fn free(&self, place: u32) -> io::Result<()> {
        punch_hole(&self.file, self.offset(place), self.size as u64)?;
        self.places.give_back(place);
        Ok(())
    }

    /// Frees all places but those in `live`.
    fn keep_only(&self, live: &BTreeSet<u32>) -> io::Result<()> {
        for place in self.places.keep_only(live) {
            punch_hole(&self.file, self.offset(place), self.size as u64)?;
        }
        Ok(())
    }
}

impl BlobFiles {
    /// Opens all files in `directory`, which is made if it is not there.
    pub fn open(directory: &Path) -> io::Result<Self> {
        make_directory(directory)?;
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let (day, class) = name.and_then(parse).ok_or_else(|| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a file of blobs has no such name",
                )
            })?;
            let file = BlobFile::open(&path, class, false)?;
            files.insert((day, class.wire()), Arc::new(file));
        }
        Ok(Self {
            directory: directory.to_owned(),
            files: RwLock::new(files),
        })
    }

    /// The blobs of that day and class, if there are any.
    pub fn file(&self, day: Day, class: BlobClass) -> Option<Arc<BlobFile>> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.get(&(day, class.wire())).cloned()
    }

    /// The blobs of that day and class; the file is made durably where there is none yet.
    pub fn file_or_new(&self, day: Day, class: BlobClass) -> io::Result<Arc<BlobFile>> {
        if let Some(file) = self.file(day, class) {
            return Ok(file);
        }
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        let key = (day, class.wire());
        if let Some(file) = files.get(&key) {
            // Somebody else was faster.
            return Ok(Arc::clone(file));
        }
        let file = Arc::new(BlobFile::open(&self.path(&key), class, true)?);
        sync_directory(&self.directory)?;
        files.insert(key, Arc::clone(&file));
        Ok(file)
    }

    /// Writes a sealed blob of that day and class to a free place. Any number of threads may.
    pub fn write(&self, day: Day, class: BlobClass, sealed: &[u8]) -> io::Result<WrittenBlob> {
        self.file_or_new(day, class)?.add(sealed)
    }

    /// Removes all blobs of `day`, whose keys are destroyed already.
    pub fn remove_day(&self, day: Day) -> io::Result<()> {
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        let of_day: Vec<FileKey> = files.keys().filter(|key| key.0 == day).copied().collect();
        for key in &of_day {
            files.remove(key);
            fs::remove_file(self.path(key))?;
        }
        match of_day.is_empty() {
            true => Ok(()),
            false => sync_directory(&self.directory),
        }
    }

    /// Frees every place that no item in `live` uses: what a crash may have left.
    pub fn keep_only(&self, live: &BTreeMap<FileKey, BTreeSet<u32>>) -> io::Result<()> {
        let files = self
            .files
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let none = BTreeSet::new();
        for (key, file) in files {
            file.keep_only(live.get(&key).unwrap_or(&none))?;
        }
        Ok(())
    }

    /// The days that have files.
    pub fn days(&self) -> BTreeSet<Day> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.keys().map(|(day, _)| *day).collect()
    }

    fn path(&self, (day, class): &FileKey) -> PathBuf {
        self.directory.join(format!("{day}-{class}"))
    }
}

/// Day and class of a file's name.
fn parse(name: &str) -> Option<(Day, BlobClass)> {
    let (day, class) = name.split_once('-')?;
    let day = Day(day.parse().ok()?);
    let class = BlobClass::from_wire(class.parse().ok()?)?;
    (format!("{day}-{}", class.wire()) == name).then_some((day, class))
}
