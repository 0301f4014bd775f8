//! Durable puts of envelopes over HTTP, beside raw append and fdatasync with group commit of the
//! same bytes in the same run, and beside what hashing and sealing them takes of all cores; and the
//! server's memory. `cargo xtask bench put` runs this; with `BEISTAND_MINUTES=60` it goes on for so
//! long and says each minute how much memory there is.

use beistand_protocol::bytes::{DeleteKey, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::hash::delete_hash;
use beistand_protocol::put::{PutRequest, HEADER_SIZE};
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::stamp;
use beistand_protocol::time::Day;
use beistand_server::clock::{Clock as _, SystemClock};
use beistand_server::testing::{put_of, Program, Team};
use chacha20poly1305::aead::{AeadInPlace as _, KeyInit as _};
use chacha20poly1305::XChaCha20Poly1305;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{sync_channel, SyncSender};
use std::time::{Duration, Instant};

/// How long each figure is measured.
const TIME: Duration = Duration::from_secs(4);
/// What `docs` of the project ask for: the share of raw writes, and megabytes.
const SHARE: f64 = 0.4;
const PEERS: f64 = 40.0;
/// Submissions a second of Hush Line (Flask, gunicorn, PostgreSQL) to one client; measured before,
/// on a machine of the same kind, and not in this run.
const PEER_RATE: f64 = 38.0;
const IDLE_MEMORY: u64 = 40;
const BUSY_MEMORY: u64 = 200;
/// Between the parts of a connection while memory is watched: the machine is left to others, and the
/// server, which ends a connection after five idle seconds, does not take it for one.
const PAUSE: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let Some(program) = std::env::args_os().nth(1) else {
        eprintln!("error: the path of beistand-server is missing\nhint: cargo xtask bench put");
        return ExitCode::from(2);
    };
    let place = tempfile::tempdir().expect("there is a temporary folder");
    let data = place.path().join("data");
    let team = Team::new(1);
    let instance = Program::write_instance(place.path(), &team).expect("it can be written");
    let mut command = Program::command(Path::new(&program), &data, &instance);
    // The disk is to be the limit, and not what an epoch takes.
    let quota = u32::MAX.to_string();
    command.args(["--envelopes-per-epoch", &quota, "--parts-per-epoch", &quota]);
    let mut server = Program::start_command(&mut command).expect("it starts");
    let visitor = server.visitor(&team);
    let log = Program::log_key(&data).expect("the server has made it");
    let roster = team.sign_roster(&team.first_roster(&log, SystemClock.now()));
    let answer = visitor.post("/v1/rosters", roster.as_bytes());
    assert_eq!(answer.expect("the server answers").status, 204);
    let snapshot = visitor.snapshot(SystemClock.now(), Day(0));
    let snapshot = snapshot.expect("the server is sound").into_inner();
    let process = server.child().id();
    let idle = megabytes(process, "VmRSS");

    println!(
        "envelopes of {} bytes, durable before each answer",
        BlobClass::Envelope8.size()
    );
    let computing = computing();
    println!("hashing and sealing alone, on all cores: {computing:.0} per s");
    println!("connections   raw append + fdatasync      puts over HTTP   ratio");
    let (mut share, mut first_rate) = (0.0, 0.0);
    for connections in [1, 16, 64] {
        // Before and after, for other work on this machine changes both.
        let before = raw(place.path(), connections);
        let puts = puts(
            visitor.address,
            &snapshot,
            BlobClass::Envelope8,
            connections,
        );
        let limit = (before + raw(place.path(), connections)) / 2.0;
        share = puts / limit;
        if connections == 1 {
            first_rate = puts;
        }
        println!("{connections:>11} {limit:>22.0} per s {puts:>12.0} per s {share:>7.2}");
    }
    let parts = puts(visitor.address, &snapshot, BlobClass::Part, 64);
    let busy = megabytes(process, "VmHWM");
    println!("parts of 1 MiB over 64 connections: {parts:.0} per s");
    println!("memory: {idle} MiB idle, {busy} MiB at most");

    let minutes = std::env::var("BEISTAND_MINUTES").ok();
    if let Some(minutes) = minutes.and_then(|minutes| minutes.parse().ok()) {
        watch_memory(visitor.address, &snapshot, process, minutes);
    }

    let checks = [
        (
            share >= SHARE,
            format!("64 connections: at least {SHARE} of raw writes: {share:.2}"),
        ),
        (
            first_rate >= PEERS * PEER_RATE,
            format!("one connection: at least {PEERS} times what Hush Line was seen to take from one client, {PEER_RATE} a second: {:.0} times", first_rate / PEER_RATE),
        ),
        (
            idle <= IDLE_MEMORY,
            format!("idle: at most {IDLE_MEMORY} MiB: {idle}"),
        ),
        (
            busy <= BUSY_MEMORY,
            format!("busy with parts: at most {BUSY_MEMORY} MiB: {busy}"),
        ),
    ];
    for (met, bar) in &checks {
        println!("{} {bar}", if *met { "met    " } else { "NOT MET" });
    }
    ExitCode::from(u8::from(checks.iter().any(|(met, _)| !met)))
}

/// A line of what Linux says of a process, in MiB.
fn megabytes(process: u32, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
    kilobytes
        .and_then(|number| number.parse::<u64>().ok())
        .unwrap_or(0)
        >> 10
}

/// SHA-256 and XChaCha20-Poly1305 of an envelope, which every put needs, on all cores and with
/// nothing else to do. Envelopes a second.
fn computing() -> f64 {
    let start = Instant::now();
    let compute = || {
        let mut bytes = vec![0; BlobClass::Envelope8.size()];
        let key = XChaCha20Poly1305::new(&[7; 32].into());
        let mut count = 0u32;
        while start.elapsed() < TIME / 4 {
            std::hint::black_box(ring::digest::digest(&ring::digest::SHA256, &bytes));
            let sealed = key.encrypt_in_place_detached(&[0; 24].into(), b"", &mut bytes);
            std::hint::black_box(sealed.expect("it is short enough"));
            count += 1;
        }
        count
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let count: u32 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(compute)).collect();
        let counts = threads.into_iter().map(|thread| thread.join());
        counts.map(|count| count.expect("nothing fails")).sum()
    });
    f64::from(count) / start.elapsed().as_secs_f64()
}

/// Writers who wait until their bytes are durable, and one thread that writes and syncs for all
/// who wait. Writes a second.
fn raw(folder: &Path, writers: u32) -> f64 {
    let size = HEADER_SIZE + BlobClass::Envelope8.size();
    let (queue, jobs) = sync_channel::<SyncSender<()>>(256);
    let path = folder.join("raw");
    let mut file = File::create(&path).expect("it can be made");
    let bytes: Vec<u8> = (0..size).map(|_| rand::random()).collect();
    let start = Instant::now();
    let count = std::thread::scope(|scope| {
        for _ in 0..writers {
            let queue = queue.clone();
            scope.spawn(move || {
                while start.elapsed() < TIME {
                    let (done, is_done) = sync_channel(1);
                    queue.send(done).expect("the writer lives");
                    is_done.recv().expect("the writer answers");
                }
            });
        }
        drop(queue);
        let mut count = 0u32;
        while let Ok(first) = jobs.recv() {
            let group: Vec<_> = std::iter::once(first).chain(jobs.try_iter()).collect();
            for _ in &group {
                file.write_all(&bytes).expect("there is room");
            }
            file.sync_data().expect("the disk keeps it");
            for done in group {
                done.send(()).expect("somebody waits");
                count += 1;
            }
        }
        count
    });
    let rate = f64::from(count) / start.elapsed().as_secs_f64();
    std::fs::remove_file(path).expect("it is there");
    rate
}

/// Parts over 64 connections, each deleted again so that the disk lasts, and every minute a line.
fn watch_memory(address: SocketAddr, snapshot: &Snapshot, process: u32, minutes: u64) {
    let (request, _) = put_of(snapshot, BlobClass::Part, snapshot.today());
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    let count = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..64 {
            let mut client = Client::new(address, request.clone());
            let count = &count;
            scope.spawn(move || {
                while Instant::now() < end {
                    client.put(snapshot);
                    client.delete();
                    count.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(PAUSE);
                }
            });
        }
        for minute in 1..=minutes {
            std::thread::sleep(Duration::from_secs(60));
            let (memory, most) = (megabytes(process, "VmRSS"), megabytes(process, "VmHWM"));
            let count = count.load(Ordering::SeqCst);
            println!("minute {minute}: {memory} MiB, {most} MiB at most, {count} parts");
        }
    });
}

/// Puts a second, over so many connections that are kept open.
fn puts(address: SocketAddr, snapshot: &Snapshot, class: BlobClass, connections: u32) -> f64 {
    let (request, _) = put_of(snapshot, class, snapshot.today());
    let start = Instant::now();
    let count: u32 = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..connections)
            .map(|_| {
                let mut client = Client::new(address, request.clone());
                scope.spawn(move || {
                    let mut count = 0u32;
                    while start.elapsed() < TIME {
                        client.put(snapshot);
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        clients
            .into_iter()
            .map(|client| client.join().expect("no client fails"))
            .sum()
    });
    f64::from(count) / start.elapsed().as_secs_f64()
}

/// A connection and the bytes of a request, of which only the frame's header changes: on a machine
/// of few cores, what clients do is missing to the server.
struct Client {
    stream: TcpStream,
    request: PutRequest,
    key: DeleteKey,
    bytes: Vec<u8>,
    frame: usize,
}

impl Client {
    fn new(address: SocketAddr, request: PutRequest) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket can do that");
        let target = match request.blob.class() {
            BlobClass::Part => "/v1/parts",
            _ => "/v1/envelopes",
        };
        let frame = request.encode();
        let length = frame.len();
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n"
        );
        Self {
            stream,
            request,
            key: DeleteKey([0; 32]),
            bytes: [head.as_bytes(), &frame].concat(),
            frame: head.len(),
        }
    }

    /// Puts the same blob into another slot: the server does all its work again.
    fn put(&mut self, snapshot: &Snapshot) {
        self.request.slot = Slot(rand::random());
        self.key = DeleteKey(rand::random());
        self.request.delete_hash = delete_hash(&self.key);
        let (purpose, slot) = (self.request.stamp_use(), &self.request.slot);
        let bits = snapshot.stamp_bits(purpose);
        let found = stamp::search(purpose, snapshot.challenge(), slot, bits, 0, 1 << 24);
        self.request.stamp = found.expect("a few bits are found soon");
        self.bytes[self.frame..][..HEADER_SIZE].copy_from_slice(&self.request.header());
        self.stream
            .write_all(&self.bytes)
            .expect("the server reads");
        read_answer(&mut self.stream, "200");
    }

    /// Deletes what was put last.
    fn delete(&mut self) {
        let request = DeleteRequest {
            slot: self.request.slot,
            key: self.key,
        };
        let body = request.encode();
        let host = self.stream.peer_addr().expect("it is connected");
        let length = body.len();
        let head =
            format!("POST /v1/delete HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n");
        let bytes = [head.as_bytes(), &body].concat();
        self.stream.write_all(&bytes).expect("the server reads");
        read_answer(&mut self.stream, "204");
    }
}

fn read_answer(stream: &mut TcpStream, status: &str) {
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).expect("the server answers");
        assert!(read > 0, "the server went away");
        answer.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&answer);
        assert!(text.starts_with(&format!("HTTP/1.1 {status}")), "{text}");
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length: ")?
                .parse()
                .ok()
        });
        if status == "204" || body.len() >= length.unwrap_or(usize::MAX) {
            return;
        }
    }
}
