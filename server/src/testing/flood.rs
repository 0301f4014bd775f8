//! Slow bodies and idle connections by the thousands, and visitors among them: what a visit takes
//! meanwhile, and what the server's memory grows by.

use super::{put_of, Visitor, Watched};
use crate::clock::{Clock as _, SystemClock};
use crate::hardening::raise_open_files;
use beistand_protocol::class::BlobClass;
use std::fmt;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How hard to try.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Bodies that come at a byte a second, at any time.
    pub slow: usize,
    /// Connections on which nothing is sent, at any time.
    pub idle: usize,
    /// Visitors at once.
    pub visitors: usize,
    /// Visits in all.
    pub visits: usize,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Tally {
    /// What each visit took that succeeded, ascending.
    pub took: Vec<Duration>,
    /// Why visits failed.
    pub failed: Vec<String>,
    /// Connections of the flood that the server has ended.
    pub ended: u64,
    /// Bytes of memory before the flood.
    pub memory_before: u64,
    /// The most bytes of memory during it.
    pub memory_most: u64,
}

impl Tally {
    /// What 99 of 100 visits took at most.
    pub fn p99(&self) -> Duration {
        let rank = (self.took.len() * 99).div_ceil(100);
        rank.checked_sub(1)
            .and_then(|rank| self.took.get(rank))
            .copied()
            .unwrap_or_default()
    }

    /// What the memory grew by.
    pub fn growth(&self) -> u64 {
        self.memory_most.saturating_sub(self.memory_before)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let median = self.took.get(self.took.len() / 2);
        write!(
            f,
            "visits={} failed={} median={} ms p99={} ms ended={} memory={} MiB growth={} MiB",
            self.took.len() + self.failed.len(),
            self.failed.len(),
            median.map_or(0, Duration::as_millis),
            self.p99().as_millis(),
            self.ended,
            self.memory_most >> 20,
            self.growth() >> 20
        )
    }
}

/// Runs the plan against the program at `program`, on a fresh data directory.
///
/// # Errors
/// Where the harness itself cannot go on, in words.
pub fn run(program: &Path, plan: &Plan) -> Result<Tally, String> {
    raise_open_files();
    let words = |error: std::io::Error| error.to_string();
    let server = Watched::start(program, &[], |_| {}).map_err(words)?;
    // What the first visits make it allocate is no growth.
    for _ in 0..10 {
        visit(&server.visitor())?;
    }
    let memory_before = server.memory().map_err(words)?;
    let memory_most = AtomicU64::new(memory_before);
    let flood = Flood::default();
    let (took, failed) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let left = AtomicU64::new(plan.visits as u64);
    std::thread::scope(|scope| {
        let slow =
            b"POST /v1/envelopes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 81966\r\n\r\n";
        scope.spawn(|| flood.keep_up(server.address, plan.slow, slow, true));
        scope.spawn(|| flood.keep_up(server.address, plan.idle, b"", false));
        scope.spawn(|| {
            while !flood.over.load(Ordering::SeqCst) {
                if let Ok(memory) = server.memory() {
                    memory_most.fetch_max(memory, Ordering::SeqCst);
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        flood.wait_until_there((plan.slow + plan.idle) as u64);
        std::thread::scope(|scope| {
            for _ in 0..plan.visitors {
                scope.spawn(|| {
                    let one_less = |left: u64| left.checked_sub(1);
                    let order = Ordering::SeqCst;
                    while left.fetch_update(order, order, one_less).is_ok() {
                        match visit(&server.visitor()) {
                            Ok(time) => lock(&took).push(time),
                            Err(reason) => lock(&failed).push(reason),
                        }
                    }
                });
            }
        });
        flood.over.store(true, Ordering::SeqCst);
    });
    let mut took = took.into_inner().unwrap_or_else(PoisonError::into_inner);
    took.sort_unstable();
    Ok(Tally {
        took,
        failed: failed.into_inner().unwrap_or_else(PoisonError::into_inner),
        ended: flood.ended.load(Ordering::SeqCst),
        memory_before,
        memory_most: memory_most.into_inner(),
    })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Everything a visit asks for: state, rosters, prekeys, index, a fetch and a put.
fn visit(visitor: &Visitor) -> Result<Duration, String> {
    let start = Instant::now();
    let now = SystemClock.now();
    let snapshot = visitor.snapshot(now, now.day().back(60))?;
    let (put, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    visitor.fetch(&snapshot, BlobClass::Envelope8, &[put.slot; 4])?;
    visitor.put(&snapshot, &put)?;
    Ok(start.elapsed())
}

#[derive(Debug, Default)]
struct Flood {
    over: AtomicBool,
    opened: Arc<AtomicU64>,
    ended: AtomicU64,
}

impl Flood {
    /// Keeps `count` connections open that begin with `first`, until it is over; on those that
    /// drip, a byte a second follows.
    fn keep_up(&self, address: SocketAddr, count: usize, first: &[u8], drips: bool) {
        let mut streams: Vec<TcpStream> = Vec::new();
        let mut dripped = Instant::now();
        while !self.over.load(Ordering::SeqCst) {
            let before = streams.len();
            streams.retain_mut(is_open);
            let ended = before - streams.len();
            self.ended.fetch_add(ended as u64, Ordering::SeqCst);
            while streams.len() < count && !self.over.load(Ordering::SeqCst) {
                let Ok(stream) = open(address, first) else {
                    break;
                };
                streams.push(stream);
                self.opened.fetch_add(1, Ordering::SeqCst);
            }
            if drips && dripped.elapsed() >= Duration::from_secs(1) {
                dripped = Instant::now();
                for stream in &mut streams {
                    // One that was ended is replaced in the next round.
                    let _ = stream.write(b"x");
                }
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn wait_until_there(&self, count: u64) {
        while self.opened.load(Ordering::SeqCst) < count {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn open(address: SocketAddr, first: &[u8]) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.write_all(first)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

fn is_open(stream: &mut TcpStream) -> bool {
    let mut piece = [0; 1024];
    match stream.read(&mut piece) {
        Ok(read) => read > 0,
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}
