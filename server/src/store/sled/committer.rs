//! The one thread that commits: it takes whatever waits, writes it as one batch, syncs once and
//! acknowledges all of it (group commit).
//!
//! ```text
//! new blobs and keys written, synced together → batch applied, flushed, synced
//!     → old keys destroyed, synced → answers
//! ```
//!
//! The batch is what makes a group happen or not; keys and blobs that a crash leaves over before
//! or after are destroyed at the next start. Any failure on the way stops the store for good.

use super::blob_files::BlobFiles;
use super::durable::DurableDatabase;
use super::key_files::{DayKeys, KeyFiles};
use super::layout::Record;
use super::staging::Staged;
use super::watch::Watch;
use super::Ending;
use crate::store::StoreError;
use beistand_protocol::bytes::Slot;
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::Arc;

/// Jobs of a group, at most.
const MOST_JOBS: usize = 128;
/// Bytes of a group, at most (and one job more).
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What one call asks to be written.
pub struct Job {
    /// The slot it reads before it writes. Two jobs of one slot are never in one group.
    pub slot: Option<Slot>,
    /// Whether it must be a group of its own.
    pub alone: bool,
    /// About how many bytes it writes.
    pub bytes: usize,
    /// Adds what is to be written to the group; the answer is sent once that is durable.
    pub stage: Box<dyn FnOnce(&mut Staged) -> Answer + Send>,
}

/// Sends the result to whoever waits: what was decided, or the failure of the whole group.
pub type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// Called with a sentence when the store can never again keep what it says it keeps.
pub type FatalHandler = Arc<dyn Fn(&str) + Send + Sync>;

/// What the thread owns.
pub struct Committer {
    /// The database.
    pub durable: DurableDatabase,
    /// The keys.
    pub keys: Arc<KeyFiles>,
    /// The blobs.
    pub blobs: Arc<BlobFiles>,
    /// Epochs that are over and items that wait.
    pub ending: Arc<Ending>,
    /// Looks whether the disk answers.
    pub watch: Arc<Watch>,
    /// Whom to tell of a failure.
    pub fatal: FatalHandler,
}

impl Committer {
    /// Works until all senders are gone.
    pub fn run(self, jobs: &Receiver<Job>) {
        let fatal = Arc::clone(&self.fatal);
        if catch_unwind(AssertUnwindSafe(|| self.work(jobs))).is_err() {
            fatal("the store met a fault of its own, so nothing more is accepted");
        }
    }

    fn work(mut self, jobs: &Receiver<Job>) {
        let mut carried = None;
        let mut stopped = false;
        while let Some(first) = carried.take().or_else(|| jobs.recv().ok()) {
            let mut group = Vec::new();
            carried = collect(first, jobs, &mut group);
            if stopped {
                refuse(group);
            } else if let Err(error) = self.commit(group) {
                stopped = true;
                (self.fatal)(&format!(
                    "the disk failed, so nothing more is accepted: {error}"
                ));
            }
        }
    }

    fn commit(&mut self, group: Vec<Job>) -> io::Result<()> {
        let mut staged = Staged::new(
            self.durable.database().clone(),
            Arc::clone(&self.keys),
            Arc::clone(&self.blobs),
            Arc::clone(&self.ending),
        );
        let answers: Vec<Answer> = group
            .into_iter()
            .map(|job| (job.stage)(&mut staged))
            .collect();
        let written = self.write(&mut staged);
        if written.is_ok() {
            staged.settle();
        }
        for answer in answers {
            answer(written.as_ref().map_err(|_| StoreError::Stopped).copied());
        }
        written
    }

    fn write(&mut self, staged: &mut Staged) -> io::Result<()> {
        if let Some(failure) = staged.take_failure() {
            return Err(failure);
        }
        if !staged.is_empty() {
            let Self { watch, durable, .. } = self;
            watch.over(|| {
                sync_new(staged)?;
                durable
                    .database()
                    .apply_batch(staged.take_batch())
                    .map_err(io::Error::other)?;
                durable.sync()
            })?;
        }
        self.destroy(&staged.destroyed)?;
        for day in &staged.gone {
            super::recovery::finish_day(self.durable.database(), &self.keys, &self.blobs, *day)?;
        }
        Ok(())
    }

    /// Destroys the keys of deleted items, then lets their places be used again.
    fn destroy(&self, items: &[Record]) -> io::Result<()> {
        let mut touched = BTreeMap::new();
        for item in items {
            if let Some(keys) = self.keys.day(item.day) {
                keys.destroy(item.key_place)?;
                touched.insert(item.day, keys);
            }
        }
        sync_all(&touched)?;
        for item in items {
            if let Some(keys) = touched.get(&item.day) {
                keys.free(item.key_place);
            }
            if let Some(file) = self.blobs.file(item.day, item.class) {
                file.free(item.blob_place)?;
            }
        }
        Ok(())
    }
}

/// Makes new blobs and new keys durable, both at the same time: the disk then writes once for both.
fn sync_new(staged: &Staged) -> io::Result<()> {
    std::thread::scope(|scope| {
        let sync_blobs = || staged.new_blobs.values().try_for_each(|file| file.sync());
        if staged.new_blobs.is_empty() {
            return sync_all(&staged.new_keys);
        }
        let blobs = std::thread::Builder::new().spawn_scoped(scope, sync_blobs)?;
        let keys = sync_all(&staged.new_keys);
        let blobs = blobs.join();
        blobs.unwrap_or_else(|_| Err(io::Error::other("a sync met a fault")))?;
        keys
    })
}

fn sync_all(days: &BTreeMap<beistand_protocol::time::Day, Arc<DayKeys>>) -> io::Result<()> {
    days.values().try_for_each(|keys| keys.sync())
}

/// Fills `group` with `first` and what waits behind it; answers the job that did not fit.
fn collect(first: Job, jobs: &Receiver<Job>, group: &mut Vec<Job>) -> Option<Job> {
    let mut slots = HashSet::new();
    let mut bytes = first.bytes;
    let mut alone = first.alone;
    slots.extend(first.slot);
    group.push(first);
    while !alone && group.len() < MOST_JOBS && bytes < MOST_BYTES {
        let Ok(next) = jobs.try_recv() else {
            return None;
        };
        if next.alone || next.slot.is_some_and(|slot| !slots.insert(slot)) {
            return Some(next);
        }
        bytes += next.bytes;
        alone = next.alone;
        group.push(next);
    }
    None
}

fn refuse(group: Vec<Job>) {
    // The answer of a job that is not staged is never made: its sender is dropped, and whoever
    // waits learns that the store has stopped.
    drop(group);
}

/// The sending end of the queue; a full queue makes its callers wait.
pub type Jobs = SyncSender<Job>;

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::sync_channel;

    fn job(slot: u8) -> Job {
        Job {
            slot: Some(Slot([slot; 16])),
            alone: false,
            bytes: 1,
            stage: Box::new(|_| Box::new(|_| ())),
        }
    }

    /// Sizes of the groups that these jobs are written in.
    fn groups(jobs: Vec<Job>) -> Vec<usize> {
        let (sender, waiting) = sync_channel(jobs.len());
        jobs.into_iter().for_each(|job| sender.send(job).unwrap());
        let (mut sizes, mut carried) = (Vec::new(), None);
        while let Some(first) = carried.take().or_else(|| waiting.try_recv().ok()) {
            let mut group = Vec::new();
            carried = collect(first, &waiting, &mut group);
            sizes.push(group.len());
        }
        sizes
    }

    #[test]
    fn whatever_waits_is_one_group() {
        assert_eq!(groups((0..64).map(job).collect()), [64]);
        let too_many = (0..200).map(job).collect();
        assert_eq!(groups(too_many), [MOST_JOBS, 200 - MOST_JOBS]);
    }

    #[test]
    fn large_jobs_make_small_groups() {
        let large = |slot| Job {
            bytes: MOST_BYTES / 2,
            ..job(slot)
        };
        assert_eq!(groups((0..5).map(large).collect()), [2, 2, 1]);
    }

    #[test]
    fn two_jobs_of_one_slot_and_what_is_to_be_alone_are_apart() {
        // The second one of a slot has to see what became of the first.
        assert_eq!(groups(vec![job(1), job(2), job(1), job(3)]), [2, 2]);
        let alone = Job {
            alone: true,
            ..job(9)
        };
        assert_eq!(groups(vec![job(1), alone, job(2), job(3)]), [1, 1, 2]);
    }
}
