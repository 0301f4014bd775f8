//! Making a sled database keep what it says it keeps.
//!
//! sled's own `flush` ends in `sync_file_range`, which saves neither the growth of a file nor
//! survives a power cut on every disk; `conf` and the files in `blobs/` are never synced. So
//! everything is synced once at the start, and before every acknowledgement `flush` is followed
//! by syncing what is new in `blobs/` and the database file, through a descriptor of our own.

use crate::disk::{make_directory, sync_directory};
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Bytes of a segment. A page from a quarter of it on would go to a file of its own: with this
/// size not even one full of rosters does.
const SEGMENT_SIZE: usize = 2 * 1024 * 1024;
/// Bytes of sled's cache, which otherwise grows with whatever memory there is.
const CACHE_SIZE: u64 = 8 * 1024 * 1024;
/// How long sled may take to let go of its lock.
const LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// An open database and what it takes to make it durable.
#[derive(Debug)]
pub struct DurableDatabase {
    database: sled::Db,
    descriptor: File,
    blobs: PathBuf,
    synced_blobs: HashSet<OsString>,
}

fn failed(error: sled::Error) -> io::Error {
    match error {
        sled::Error::Io(error) => error,
        // Its own words are for its authors.
        sled::Error::Corruption { .. } => {
            io::Error::new(io::ErrorKind::InvalidData, "the database does not add up")
        }
        other => io::Error::other(other.to_string()),
    }
}

impl DurableDatabase {
    /// Opens the database in `directory`, or makes it, and makes all of its files durable.
    ///
    /// # Errors
    /// sled's and those of syncing; [`io::ErrorKind::WouldBlock`] where somebody else has it open,
    /// [`io::ErrorKind::InvalidData`] where it is damaged.
    pub fn open(directory: &Path, aside: &Path) -> io::Result<Self> {
        if !directory.exists() {
            create(directory)?;
        }
        move_leftovers(directory, aside)?;
        let database = open_unlocked(directory)?;
        let descriptor = sync_files(&database, directory)?;
        let blobs = directory.join("blobs");
        let mut durable = Self {
            database,
            descriptor,
            blobs,
            synced_blobs: HashSet::new(),
        };
        durable.sync_blobs()?;
        sync_directory(&durable.blobs)?;
        sync_directory(directory)?;
        Ok(durable)
    }

    /// The database.
    pub fn database(&self) -> &sled::Db {
        &self.database
    }

    /// Makes everything written so far durable. After an error nothing is known any more, and
    /// trying again would lie: kernels report a lost write only once.
    ///
    /// # Errors
    /// sled's and those of syncing.
    pub fn sync(&mut self) -> io::Result<()> {
        self.database.flush().map_err(failed)?;
        self.sync_blobs()?;
        self.descriptor.sync_data()
    }

    fn sync_blobs(&mut self) -> io::Result<()> {
        let mut present = HashSet::new();
        let mut news = false;
        for entry in fs::read_dir(&self.blobs)? {
            let name = entry?.file_name();
            if !self.synced_blobs.contains(&name) {
                match File::open(self.blobs.join(&name)) {
                    Ok(file) => file.sync_all()?,
                    // sled removes such files on threads of its own.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(error),
                }
                news = true;
            }
            present.insert(name);
        }
        self.synced_blobs = present;
        if news {
            sync_directory(&self.blobs)?;
        }
        Ok(())
    }
}

/// Makes an empty database, whole or not at all: sled cannot open one whose making was interrupted.
fn create(directory: &Path) -> io::Result<()> {
    let draft = directory.with_extension("draft");
    match fs::remove_dir_all(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    make_directory(&draft)?;
    let database = open_unlocked(&draft)?;
    let descriptor = sync_files(&database, &draft)?;
    sync_directory(&draft)?;
    drop(database);
    // sled closes it on threads of its own.
    let start = Instant::now();
    while descriptor.try_lock().is_err() && start.elapsed() < LOCK_PATIENCE {
        std::thread::sleep(Duration::from_millis(2));
    }
    drop(descriptor);
    fs::rename(&draft, directory)?;
    directory.parent().map_or(Ok(()), sync_directory)
}

/// Makes the files durable that sled makes at the start; answers a descriptor of the database.
fn sync_files(database: &sled::Db, directory: &Path) -> io::Result<File> {
    database.flush().map_err(failed)?;
    File::open(directory.join("conf"))?.sync_all()?;
    let descriptor = File::open(directory.join("db"))?;
    descriptor.sync_all()?;
    Ok(descriptor)
}

/// Opens the database, and waits a little where sled has it locked. Only one server comes this
/// far, so that is either a thread of sled's that still closes what this very process had open
/// before, or somebody who looks into the data of a stopped server.
fn open_unlocked(directory: &Path) -> io::Result<sled::Db> {
    let start = Instant::now();
    loop {
        let config = sled::Config::new()
            .path(directory)
            .segment_size(SEGMENT_SIZE)
            .cache_capacity(CACHE_SIZE)
            .flush_every_ms(None);
        match config.open().map_err(failed) {
            Err(error) if is_lock_error(&error) => {
                if start.elapsed() > LOCK_PATIENCE {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            other => return other,
        }
    }
}

fn is_lock_error(error: &io::Error) -> bool {
    // sled says so in words only.
    error.to_string().starts_with("could not acquire lock")
}

/// Moves away the unfinished snapshots that an opening on a full disk leaves, and that make sled
/// take its own database for damaged. They hold nothing that is not in the database.
fn move_leftovers(directory: &Path, aside: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            make_directory(aside)?;
            let mut number = 0u32;
            let target = loop {
                let target = aside.join(format!("{name}.{number}"));
                if !target.exists() {
                    break target;
                }
                number += 1;
            };
            fs::rename(&path, target)?;
            sync_directory(aside)?;
            sync_directory(directory)?;
        }
    }
    Ok(())
}
