//! A server that says what a test wants it to say: fixed bodies for fixed addresses.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Media type.
    pub kind: &'static str,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// 200 with these bytes.
    pub fn bytes(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            kind: "application/octet-stream",
            body: body.into(),
        }
    }

    /// 404 with nothing in it.
    fn unknown() -> Self {
        Self {
            status: 404,
            kind: "text/plain",
            body: Vec::new(),
        }
    }
}

/// Serves fixed answers until dropped; what it does not know is 404 with an empty body.
#[derive(Debug)]
pub struct StaticServer {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A request that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Method and address, without the query.
    pub what: String,
    /// The whole head, as it came.
    pub head: String,
    /// Bytes of the body.
    pub body: Vec<u8>,
}

impl Seen {
    fn address(&self) -> &str {
        self.what.split(' ').nth(1).unwrap_or_default()
    }
}

impl StaticServer {
    /// Serves `answers` by address without the query, such as `/v1/state`.
    pub fn start(answers: BTreeMap<String, Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let (seen, over) = (
            Arc::new(Mutex::new(Vec::new())),
            Arc::new(AtomicBool::new(false)),
        );
        let thread = std::thread::spawn({
            let (seen, over) = (Arc::clone(&seen), Arc::clone(&over));
            move || {
                for stream in listener.incoming() {
                    if over.load(Ordering::SeqCst) {
                        break;
                    }
                    let Ok(mut stream) = stream else { continue };
                    let Some(request) = read(&mut stream) else {
                        continue;
                    };
                    let answer = answers.get(request.address()).cloned();
                    // Noted before it is answered: who has the answer may ask what was seen.
                    seen.lock()
                        .expect("nobody panics with the lock")
                        .push(request);
                    // A client that goes away early is its own affair.
                    let _ = write(&mut stream, &answer.unwrap_or_else(Answer::unknown));
                }
            }
        });
        Self {
            url: format!("http://{address}"),
            seen,
            over,
            thread: Some(thread),
        }
    }

    /// What was asked so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen
            .lock()
            .expect("nobody panics with the lock")
            .clone()
    }
}

impl Drop for StaticServer {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.url.trim_start_matches("http://"));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads one request; none where the client goes away before its end.
pub(crate) fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        let mut block = [0; 4096];
        let length = stream.read(&mut block).ok().filter(|length| *length > 0)?;
        bytes.extend_from_slice(&block[..length]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok())
        .unwrap_or(0);
    let mut body = bytes.split_off(end + 4);
    let missing = length.saturating_sub(body.len());
    let mut rest = vec![0; missing];
    stream.read_exact(&mut rest).ok()?;
    body.extend_from_slice(&rest);

    let mut words = head.split(' ');
    let (method, address) = (words.next()?, words.next()?);
    let address = address.split('?').next().unwrap_or_default();
    Some(Seen {
        what: format!("{method} {address}"),
        head,
        body,
    })
}

/// Answers it, and nothing more on this connection.
pub(crate) fn write(stream: &mut TcpStream, answer: &Answer) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {} -\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        answer.status,
        answer.kind,
        answer.body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&answer.body)
}
