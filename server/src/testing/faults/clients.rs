//! Clients that put and delete as fast as they can until their server is gone.

use super::known::{Deletion, Known};
use crate::testing::Visitor;
use beistand_protocol::class::BlobClass;
use beistand_protocol::snapshot::Snapshot;
use rand::Rng as _;
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What they do.
#[derive(Debug, Clone)]
pub struct Habits {
    /// How many there are.
    pub clients: u32,
    /// One put in so many is a part; 0 for none.
    pub parts_one_in: u32,
    /// The number of the server, for complaints.
    pub server: u32,
    /// The trace, whose length says when something was acknowledged.
    pub trace: Option<PathBuf>,
}

/// Clients at work.
#[derive(Debug)]
pub struct Clients {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    visitor: Visitor,
    snapshot: Snapshot,
    habits: Habits,
    known: Mutex<Vec<Known>>,
    stop: AtomicBool,
    slowest: AtomicU64,
}

impl Clients {
    /// Lets them begin.
    pub fn start(visitor: &Visitor, snapshot: Snapshot, habits: Habits) -> Self {
        let count = habits.clients;
        let shared = Arc::new(Shared {
            visitor: visitor.clone(),
            snapshot,
            habits,
            known: Mutex::default(),
            stop: AtomicBool::new(false),
            slowest: AtomicU64::new(0),
        });
        let threads = (0..count)
            .map(|_| {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || while shared.step() {})
            })
            .collect();
        Self { shared, threads }
    }

    /// Acknowledgements so far.
    pub fn acknowledged(&self) -> u64 {
        let known = self.shared.known.lock();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        known.iter().map(Known::acknowledgements).sum()
    }

    /// Whether all of them have noticed that the server is gone.
    pub fn have_ended(&self) -> bool {
        self.threads.iter().all(JoinHandle::is_finished)
    }

    /// Waits until their last requests have ended. Answers what they know, and how long the
    /// slowest answer took.
    ///
    /// # Errors
    /// A client that panicked.
    pub fn end(self) -> Result<(Vec<Known>, Duration), String> {
        self.shared.stop.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().map_err(|_| "a client panicked")?;
        }
        let known = self.shared.known.lock();
        let known = known.unwrap_or_else(PoisonError::into_inner).clone();
        let slowest = self.shared.slowest.load(Ordering::SeqCst);
        Ok((known, Duration::from_millis(slowest)))
    }
}

impl Shared {
    /// One put, and sometimes its deletion. False once the server is gone.
    fn step(&self) -> bool {
        let mut random = rand::thread_rng();
        let parts = self.habits.parts_one_in;
        let class = if parts > 0 && random.gen_ratio(1, parts) {
            BlobClass::Part
        } else {
            self.snapshot.envelope_class()
        };
        let day = self.snapshot.today();
        let (mut known, request) = Known::new(&self.snapshot, class, day, self.habits.server);
        let answer = self.timed(|| self.visitor.put(&self.snapshot, &request));
        let mut answered = answer.is_ok();
        known.promised = answer.ok().map(|(_, response)| (response, self.position()));
        if answered && random.gen_ratio(1, 6) {
            known.deletion = Deletion::Tried;
            let (request, key) = known.request();
            match self.timed(|| self.visitor.delete(&request.slot, &key)) {
                Ok(204) => known.deletion = Deletion::Acknowledged(self.position()),
                _ => answered = false,
            }
        }
        let all = self.known.lock();
        all.unwrap_or_else(PoisonError::into_inner).push(known);
        // A server that refuses is still there; one that is gone does not even connect.
        let goes_on = answered || TcpStream::connect(self.visitor.address).is_ok();
        goes_on && !self.stop.load(Ordering::SeqCst)
    }

    fn timed<T>(&self, ask: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let answer = ask();
        let took = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.slowest.fetch_max(took, Ordering::SeqCst);
        answer
    }

    /// Everything recorded before this position was done before now.
    fn position(&self) -> u64 {
        let trace = self.habits.trace.as_ref();
        trace.map_or(0, |trace| trace.metadata().map_or(0, |trace| trace.len()))
    }
}
