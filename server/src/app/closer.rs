//! The thread that closes epochs when they are over.

use super::Wall;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// How often it looks. A look costs a few comparisons.
const INTERVAL: Duration = Duration::from_millis(200);

/// Closes epochs until it is dropped.
#[derive(Debug)]
pub struct Closer {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Closer {
    /// Starts the thread. `complain` is told, once in a row, why an epoch could not be closed.
    ///
    /// # Errors
    /// Those of starting a thread.
    pub fn start(
        wall: Arc<Wall>,
        complain: impl Fn(&str) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("closer".to_owned())
            .spawn(move || {
                let mut last = None;
                while stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                    let now = wall
                        .close_epoch_if_due()
                        .err()
                        .map(|error| error.to_string());
                    if let Some(sentence) = now.as_ref().filter(|_| now != last) {
                        complain(&format!("an epoch could not be closed: {sentence}"));
                    }
                    last = now;
                }
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Closer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was reported by the hook already.
            let _ = thread.join();
        }
    }
}
