//! Handing work to the committer, and waiting until it is durable.

use super::committer::{Answer, Job, Jobs};
use super::staging::Staged;
use crate::store::StoreError;
use beistand_protocol::bytes::Slot;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// How long a caller waits for its answer. What is done later is found by trying again.
const DEADLINE: Duration = Duration::from_secs(10);
/// Jobs that may wait. There are never as many: a caller has one, and there are fewer callers.
pub const SIZE: usize = 256;

/// The sending end of the committer's queue.
#[derive(Debug, Clone)]
pub struct Queue {
    jobs: Jobs,
    deadline: Duration,
}

impl Queue {
    /// The end that goes with `jobs`.
    pub fn new(jobs: Jobs) -> Self {
        Self {
            jobs,
            deadline: DEADLINE,
        }
    }

    /// Has `stage` written by the committer and waits until that is durable. See [`Job`] for
    /// `slot`, `alone` and `bytes`.
    pub fn commit<T: Send + 'static>(
        &self,
        slot: Option<Slot>,
        alone: bool,
        bytes: usize,
        stage: impl FnOnce(&mut Staged) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let stage = Box::new(move |staged: &mut Staged| -> Answer {
            let mark = staged.mark();
            let outcome = stage(staged);
            if outcome.is_err() {
                staged.roll_back(&mark);
            }
            Box::new(move |written| {
                // A caller who gave up has dropped the receiver.
                let _ = sender.send(written.and(outcome));
            })
        });
        let job = Job {
            slot,
            alone,
            bytes,
            stage,
        };
        self.jobs.send(job).map_err(|_| StoreError::Stopped)?;
        match receiver.recv_timeout(self.deadline) {
            Ok(outcome) => outcome,
            Err(RecvTimeoutError::Disconnected) => Err(StoreError::Stopped),
            Err(RecvTimeoutError::Timeout) => Err(StoreError::Failed(
                "the disk did not answer in time".to_owned(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waits_for_ever_for_a_disk_that_does_not_answer() {
        let (jobs, waiting) = mpsc::sync_channel(1);
        let queue = Queue {
            jobs,
            deadline: Duration::from_millis(20),
        };
        // Nobody works on it.
        let outcome = queue.commit(None, false, 0, |_| Ok(()));
        assert!(matches!(outcome, Err(StoreError::Failed(_))));
        // And where nobody ever will, that is said at once.
        drop(waiting);
        let outcome = queue.commit(None, false, 0, |_| Ok(()));
        assert_eq!(outcome, Err(StoreError::Stopped));
    }
}
