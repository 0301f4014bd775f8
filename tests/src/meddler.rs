//! Somebody between a program and its server, or a server, who gives out other records than those that
//! were asked for.

use crate::raw_http::ask;
use crate::static_server::{read, write, Answer};
use std::net::TcpListener;

/// Passes every request on; the answers of fetches are what it makes of them.
#[derive(Debug)]
pub struct Meddler {
    /// `http://127.0.0.1:PORT`
    pub url: String,
}

impl Meddler {
    /// One before the server at `url`. `meddle` is given the body of a fetch and of its answer, and
    /// gives the answer that is passed on. It ends with the test program.
    pub fn before(
        url: &str,
        mut meddle: impl FnMut(&[u8], Vec<u8>) -> Vec<u8> + Send + 'static,
    ) -> Self {
        let server = url.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        std::thread::spawn(move || {
            for mut program in listener.incoming().flatten() {
                let Some(request) = read(&mut program) else {
                    continue;
                };
                let mut line = request.head.split(' ');
                let (Some(method), Some(path)) = (line.next(), line.next()) else {
                    continue;
                };
                let answered = ask(&server, method, path, &request.body);
                let body = if path == "/v1/fetch" {
                    meddle(&request.body, answered.body)
                } else {
                    answered.body
                };
                let answer = Answer {
                    status: answered.status,
                    ..Answer::bytes(body)
                };
                // A program that goes away early is its own affair.
                let _ = write(&mut program, &answer);
            }
        });
        Self {
            url: format!("http://{address}"),
        }
    }
}
