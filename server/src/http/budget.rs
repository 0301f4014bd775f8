//! How much of what passes through may be in memory at once.

use super::connection::Activity;
use actix_web::rt::time::sleep;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

/// How often it is tried to make room.
const TRIES: u32 = 60;
/// How long one waits in between for the connections that were ended to be gone.
const PAUSE: Duration = Duration::from_millis(50);

/// Counts bytes in memory, for all threads.
#[derive(Debug, Clone)]
pub struct Budget {
    held: Arc<AtomicUsize>,
    most: usize,
}

/// Some bytes of a budget, given back when dropped.
#[derive(Debug)]
pub struct Share {
    budget: Budget,
    bytes: usize,
    /// The count of the connection it is held for.
    on_behalf: Option<Arc<AtomicUsize>>,
}

/// There is no room, and none could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted;

impl Budget {
    /// A budget of `most` bytes.
    pub fn new(most: usize) -> Self {
        Self {
            held: Arc::default(),
            most,
        }
    }

    /// An empty share, held for a connection.
    pub fn share(&self, activity: Option<&Activity>) -> Share {
        Share {
            budget: self.clone(),
            bytes: 0,
            on_behalf: activity.map(Activity::held),
        }
    }
}

impl Share {
    /// Takes `bytes` more. Where there is no room, the slowest of the other connections of this
    /// thread that hold some are ended, one after the other.
    ///
    /// # Errors
    /// [`Exhausted`]: nothing more was taken.
    pub async fn grow(
        &mut self,
        bytes: usize,
        activity: Option<&Activity>,
    ) -> Result<(), Exhausted> {
        for _ in 0..TRIES {
            if self.try_grow(bytes) {
                return Ok(());
            }
            // What is more than all there is never fits.
            let (Some(activity), true) = (activity, bytes <= self.budget.most) else {
                return Err(Exhausted);
            };
            activity.push();
            sleep(PAUSE).await;
        }
        Err(Exhausted)
    }

    fn try_grow(&mut self, bytes: usize) -> bool {
        let most = self.budget.most;
        let fits = |held: usize| held.checked_add(bytes).filter(|sum| *sum <= most);
        let held = &self.budget.held;
        let taken = held.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fits);
        if taken.is_err() {
            return false;
        }
        self.bytes += bytes;
        if let Some(count) = &self.on_behalf {
            count.fetch_add(bytes, Ordering::SeqCst);
        }
        true
    }

    /// Gives everything back.
    pub fn release(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        self.budget.held.fetch_sub(bytes, Ordering::SeqCst);
        if let Some(count) = &self.on_behalf {
            count.fetch_sub(bytes, Ordering::SeqCst);
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn a_share_fits_or_is_refused_and_comes_back() {
        let budget = Budget::new(100);
        let (mut one, mut other) = (budget.share(None), budget.share(None));
        assert_eq!(one.grow(60, None).await, Ok(()));
        assert_eq!(other.grow(41, None).await, Err(Exhausted));
        assert_eq!(other.grow(40, None).await, Ok(()));
        drop(one);
        assert_eq!(other.grow(60, None).await, Ok(()));
        other.release();
        let mut all = budget.share(None);
        assert_eq!(all.grow(usize::MAX, None).await, Err(Exhausted));
        assert_eq!(all.grow(100, None).await, Ok(()));
    }
}
