//! `control`: a socket in the data directory of a running server, through which the operator's
//! other process takes an export. Whoever may open it may read the data directory anyway.

use super::export::Source;
use std::io::{self, BufWriter, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// The name of the socket.
pub const FILE: &str = "control";
/// How often it is looked whether somebody asks, or the server stops.
const PAUSE: Duration = Duration::from_millis(100);
/// How long somebody who takes an export may take nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// Answers everybody who connects with an export, one after the other.
#[derive(Debug)]
pub struct Control {
    path: PathBuf,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Ends an export when the server stops.
struct Stoppable<'a> {
    stream: BufWriter<UnixStream>,
    stop: &'a AtomicBool,
}

impl Write for Stoppable<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.stop.load(Ordering::SeqCst) {
            true => Err(io::ErrorKind::ConnectionAborted.into()),
            false => self.stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Control {
    /// Listens in `directory`, which is locked by this process: a socket that is there already is
    /// one a killed server left.
    pub fn start(directory: &Path, source: Source) -> io::Result<Self> {
        let path = directory.join(FILE);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        listener.set_nonblocking(true)?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new()
            .name("control".to_owned())
            .spawn(move || {
                while !stopped.load(Ordering::SeqCst) {
                    match listener.accept() {
                        // Whoever goes away or is cut off sees that the end is missing.
                        Ok((stream, _)) => drop(answer(stream, &source, &stopped)),
                        Err(_) => std::thread::sleep(PAUSE),
                    }
                }
            })?;
        Ok(Self {
            path,
            stop,
            thread: Some(thread),
        })
    }
}

fn answer(stream: UnixStream, source: &Source, stop: &AtomicBool) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let stream = BufWriter::new(stream);
    let exported = source.export(&mut Stoppable { stream, stop });
    exported.map(|_| ()).map_err(io::Error::other)
}

impl Drop for Control {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            // A panic there was reported by the hook already.
            let _ = thread.join();
        }
        // The next start removes it otherwise.
        let _ = std::fs::remove_file(&self.path);
    }
}
