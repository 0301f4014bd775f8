//! A deadline for the disk. A full one was seen to keep sled busy for ever, without an error; who
//! waits for such a disk waits in vain, so the program ends with a sentence instead.

use super::committer::FatalHandler;
use std::collections::BTreeMap;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The longest that one blob may take to be written, or one group to become durable. Callers give up
/// long before.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Looks whether what is being written comes to an end, on any number of threads.
#[derive(Debug)]
pub struct Watch {
    begun: Arc<Mutex<Begun>>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// When each thing that has not ended yet began, the oldest first.
#[derive(Debug, Default)]
struct Begun {
    next: u64,
    times: BTreeMap<u64, Instant>,
}

fn lock(begun: &Mutex<Begun>) -> MutexGuard<'_, Begun> {
    begun.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch {
    /// Starts to look; `fatal` is told, once, when something takes longer than `patience`.
    pub fn start(patience: Duration, fatal: FatalHandler) -> io::Result<Self> {
        let begun: Arc<Mutex<Begun>> = Arc::default();
        let (stop, stopped) = mpsc::channel::<()>();
        let seen = Arc::clone(&begun);
        let thread = std::thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || {
                let pause = patience / 10;
                while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                    let oldest = lock(&seen).times.values().next().copied();
                    if oldest.is_some_and(|oldest| oldest.elapsed() > patience) {
                        fatal("the disk does not answer, so nothing more is accepted");
                        return;
                    }
                }
            })?;
        Ok(Self {
            begun,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Does `work`, which must not take longer than the deadline.
    pub fn over<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut begun = lock(&self.begun);
        let number = begun.next;
        begun.next += 1;
        begun.times.insert(number, Instant::now());
        drop(begun);
        let outcome = work();
        lock(&self.begun).times.remove(&number);
        outcome
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was reported by the hook already.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_end_is_told_and_what_ends_is_not() {
        let (told, sentence) = mpsc::channel();
        let told = Mutex::new(told);
        let fatal: FatalHandler = Arc::new(move |said: &str| {
            let told = told.lock().unwrap();
            told.send(said.to_owned()).unwrap();
        });
        let watch = Watch::start(Duration::from_millis(50), fatal).unwrap();
        watch.over(|| ());
        // On several threads at once, in any order.
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..100).for_each(|_| watch.over(std::thread::yield_now)));
            }
        });
        assert!(lock(&watch.begun).times.is_empty());
        // Until it is told, this does not end.
        let said = watch.over(|| sentence.recv().unwrap());
        assert!(said.contains("the disk does not answer"));
    }
}
