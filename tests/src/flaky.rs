//! A line that breaks: passes on what it is given, and cuts some connections in the middle.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

/// A bad line to a server. It ends with the test program.
#[derive(Debug)]
pub struct Flaky {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    broken: Arc<AtomicUsize>,
}

impl Flaky {
    /// A line to the server at `url` that breaks the first `times` connections on which more than
    /// `bytes` go to the server.
    pub fn to(url: &str, bytes: usize, times: usize) -> Self {
        Self::line(url, bytes, times, true)
    }

    /// The same where more than `bytes` come from the server.
    pub fn from(url: &str, bytes: usize, times: usize) -> Self {
        Self::line(url, bytes, times, false)
    }

    fn line(url: &str, bytes: usize, times: usize, upwards: bool) -> Self {
        let server = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let broken: Arc<AtomicUsize> = Arc::default();
        let count = Arc::clone(&broken);
        std::thread::spawn(move || {
            for program in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(&server) else {
                    continue;
                };
                let count = Arc::clone(&count);
                let breaks = move |passed| {
                    let once = |broken| (broken < times).then_some(broken + 1);
                    let order = Ordering::SeqCst;
                    passed > bytes && count.fetch_update(order, order, once).is_ok()
                };
                let (breaking, whole) = if upwards {
                    ((&program, &server), (&server, &program))
                } else {
                    ((&server, &program), (&program, &server))
                };
                pass(breaking.0, breaking.1, breaks);
                pass(whole.0, whole.1, |_| false);
            }
        });
        Self {
            url: format!("http://{address}"),
            broken,
        }
    }

    /// How many connections were broken.
    pub fn broken(&self) -> usize {
        self.broken.load(Ordering::SeqCst)
    }
}

fn pass(from: &TcpStream, to: &TcpStream, breaks: impl Fn(usize) -> bool + Send + 'static) {
    let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else {
        return;
    };
    std::thread::spawn(move || {
        let mut block = [0; 16 * 1024];
        let mut passed = 0;
        while let Ok(length @ 1..) = from.read(&mut block) {
            passed += length;
            if breaks(passed) {
                let _ = from.shutdown(Shutdown::Both);
                let _ = to.shutdown(Shutdown::Both);
                return;
            }
            if to.write_all(&block[..length]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}
