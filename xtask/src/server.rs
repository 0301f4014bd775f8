//! A running `beistand-server`: started, asked whether it serves the site, ended by its id.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::failure::{Failure, While};
use crate::process;

/// What the server prints when it is ready, before its address.
const READY: &str = "listening on ";

/// A server that listens. Ended when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
}

impl Server {
    /// Starts a server and waits until it listens.
    ///
    /// # Errors
    /// It does not start; its own words stand on the terminal.
    pub fn start(program: &Path, data: &Path, instance: &Path, port: u16) -> Result<Self, Failure> {
        let mut child = Command::new(program)
            .arg("serve")
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .arg("--data")
            .arg(data)
            .arg("--instance")
            .arg(instance)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .while_("starting beistand-server")?;
        let mut lines = BufReader::new(child.stdout.take().expect("stdout was asked to be piped"));
        loop {
            let mut line = String::new();
            let count = lines
                .read_line(&mut line)
                .while_("reading from beistand-server")?;
            if count == 0 {
                let status = child.wait().while_("waiting for beistand-server")?;
                return Err(Failure::new(format!("beistand-server ended with {status}")));
            }
            if let Some(url) = line.trim_end().strip_prefix(READY) {
                process::forward(lines, |line| println!("{line}"));
                let url = url.to_string();
                return Ok(Server { child, url });
            }
        }
    }

    /// Whether the server has ended by itself, and how.
    ///
    /// # Errors
    /// The system does not say.
    pub fn ended(&mut self) -> Result<Option<Failure>, Failure> {
        let status = self.child.try_wait().while_("asking for beistand-server")?;
        Ok(status.map(|status| Failure::new(format!("beistand-server ended with {status}"))))
    }

    /// Asks the server to end and waits until it has.
    ///
    /// # Errors
    /// It does not end well.
    pub fn stop(mut self) -> Result<(), Failure> {
        if self.ended()?.is_none() {
            let id = self.child.id().to_string();
            // It may end between the two lines; then there is nobody left to ask.
            let _ = process::capture(Command::new("kill").args(["-TERM", &id]));
        }
        let status = self.child.wait().while_("waiting for beistand-server")?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure::new(format!("beistand-server ended with {status}")))
        }
    }

    /// The body of a static file, over plain HTTP.
    ///
    /// # Errors
    /// The server does not answer, or not with 200.
    pub fn file(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let doing = format!("asking the server for {path}");
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).while_(&doing)?;
        let patience = Some(Duration::from_secs(30));
        stream.set_read_timeout(patience).while_(&doing)?;
        // HTTP/1.0, so that the answer is neither chunked nor kept open.
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").while_(&doing)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).while_(&doing)?;
        body(&answer).ok_or_else(|| Failure::new(format!("{doing}: it did not answer with 200")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended where `stop` was called.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The body of an answer with status 200.
fn body(answer: &[u8]) -> Option<Vec<u8>> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let status = head.lines().next()?.split(' ').nth(1)?;
    (status == "200").then(|| answer[end + 4..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_taken_from_a_good_answer_only() {
        let good = b"HTTP/1.0 200 OK\r\nA: b\r\n\r\nhello\r\n\r\n";
        assert_eq!(body(good).as_deref(), Some(&b"hello\r\n\r\n"[..]));
        assert_eq!(body(b"HTTP/1.1 404 Not Found\r\n\r\nno"), None);
        assert_eq!(body(b"nonsense"), None);
    }
}
