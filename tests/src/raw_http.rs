//! Requests no client of ours would make.

use std::io::{Read, Write};
use std::net::TcpStream;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// Head, as it came.
    pub head: String,
    /// Body.
    pub body: Vec<u8>,
}

/// Posts `body` to `path` of the server at `url` on a connection of its own.
pub fn post(url: &str, path: &str, body: &[u8]) -> Answered {
    ask(url, "POST", path, body)
}

/// The same with any method.
pub fn ask(url: &str, method: &str, path: &str, body: &[u8]) -> Answered {
    let authority = url.trim_start_matches("http://");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(authority).expect("the server listens");
    stream
        .write_all(head.as_bytes())
        .expect("the server takes a head");
    // A server may refuse before it has read everything; its answer is what counts.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("an answer has a head");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Answered {
        status: status.expect("an answer has a status"),
        head,
        body: answer.split_off(end + 4),
    }
}
