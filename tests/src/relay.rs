//! A relay between a program and a server that keeps everything that passes: what somebody on
//! the line, or a server that writes everything down, would have.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Passes everything on and keeps it.
#[derive(Debug)]
pub struct Relay {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    passed: Arc<Mutex<Vec<Arc<Mutex<Passed>>>>>,
}

/// What passed on one connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Passed {
    /// From the program to the server.
    pub up: Vec<u8>,
    /// From the server to the program.
    pub down: Vec<u8>,
}

/// A request as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Method and address.
    pub what: String,
    /// Bytes of head and body together.
    pub size: usize,
}

impl Relay {
    /// A relay to the server at `url`. It ends with the test program.
    pub fn to(url: &str) -> Self {
        let server = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let passed: Arc<Mutex<Vec<Arc<Mutex<Passed>>>>> = Arc::default();
        let all = Arc::clone(&passed);
        std::thread::spawn(move || {
            for program in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&server) else {
                    continue;
                };
                let kept = Arc::<Mutex<Passed>>::default();
                all.lock()
                    .expect("nobody panics with the lock")
                    .push(Arc::clone(&kept));
                pass(&program, &server, Arc::clone(&kept), |passed| {
                    &mut passed.up
                });
                pass(&server, &program, kept, |passed| &mut passed.down);
            }
        });
        Self {
            url: format!("http://{address}"),
            passed,
        }
    }

    /// Everything that passed so far, by connection.
    pub fn passed(&self) -> Vec<Passed> {
        let passed = self.passed.lock().expect("nobody panics with the lock");
        passed
            .iter()
            .map(|one| one.lock().expect("nobody panics with the lock").clone())
            .collect()
    }

    /// The requests of everything that passed so far, in order, and forgets them.
    pub fn take_requests(&self) -> Vec<Sent> {
        let requests = self
            .passed()
            .iter()
            .flat_map(|passed| requests(&passed.up))
            .collect();
        self.passed
            .lock()
            .expect("nobody panics with the lock")
            .clear();
        requests
    }
}

fn pass(
    from: &TcpStream,
    to: &TcpStream,
    kept: Arc<Mutex<Passed>>,
    side: fn(&mut Passed) -> &mut Vec<u8>,
) {
    let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else {
        return;
    };
    std::thread::spawn(move || {
        let mut block = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut block) {
            // Kept before it is passed on: who has the answer finds the question here.
            side(&mut kept.lock().expect("nobody panics with the lock"))
                .extend_from_slice(&block[..length]);
            if to.write_all(&block[..length]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}

fn requests(mut bytes: &[u8]) -> Vec<Sent> {
    let mut requests = Vec::new();
    while let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.trim().parse::<usize>().ok())
            .unwrap_or(0);
        let size = (end + 4 + length).min(bytes.len());
        let what = head.split(' ').take(2).collect::<Vec<_>>().join(" ");
        requests.push(Sent { what, size });
        bytes = &bytes[size..];
    }
    requests
}
