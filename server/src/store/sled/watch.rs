//! A deadline for the disk. A full one was seen to keep sled busy for ever, without an error; who
//! waits for such a disk waits in vain, so the program ends with a sentence instead.

use super::committer::FatalHandler;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The longest that one group may take to become durable. Callers give up long before.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Looks whether what is being written comes to an end.
pub struct Watch {
    begun: Arc<Mutex<Option<Instant>>>,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts to look; `fatal` is told, once, when something takes longer than `patience`.
    pub fn start(patience: Duration, fatal: FatalHandler) -> io::Result<Self> {
        let begun: Arc<Mutex<Option<Instant>>> = Arc::default();
        let (stop, stopped) = mpsc::channel::<()>();
        let seen = Arc::clone(&begun);
        let thread = std::thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || {
                let pause = patience / 10;
                while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                    let begun = *seen.lock().unwrap_or_else(PoisonError::into_inner);
                    if begun.is_some_and(|begun| begun.elapsed() > patience) {
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
        let set = |to| *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = to;
        set(Some(Instant::now()));
        let outcome = work();
        set(None);
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
        // Until it is told, this does not end.
        let said = watch.over(|| sentence.recv().unwrap());
        assert!(said.contains("the disk does not answer"));
    }
}
