//! Whoever holds connections open keeps nobody out: the ones that get the least done have to go.

use beistand_protocol::class::BlobClass;
use beistand_server::clock::Clock as _;
use beistand_server::http::body::{Inbox, MOST_IN_FLIGHT};
use beistand_server::http::connection::Patience;
use beistand_server::testing::in_process::Wishes;
use beistand_server::testing::{put_of, InProcess};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

const MOST: usize = 16;

fn impatient() -> Wishes {
    Wishes {
        patience: Patience {
            head: Duration::from_secs(2),
            answer: Duration::from_millis(500),
        },
        ..Wishes::default()
    }
}

fn connect(server: &InProcess, first: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.visitor.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    stream.write_all(first).unwrap();
    stream
}

fn visit(server: &InProcess) {
    let now = server.clock.now();
    let snapshot = server.visitor.snapshot(now, now.day()).unwrap();
    let (put, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    server.visitor.put(&snapshot, &put).unwrap();
    let slots = [put.slot; 4];
    server
        .visitor
        .fetch(&snapshot, BlobClass::Envelope8, &slots)
        .unwrap();
}

/// Whether the server has ended a connection, waiting for it.
fn is_ended(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).is_ok()
}

#[test]
fn idle_and_dripping_connections_give_way_to_visitors() {
    let server = InProcess::with(Wishes {
        most_connections: MOST,
        // Of themselves the slow ones would stay for longer than a visitor waits.
        inbox: Inbox::new(MOST_IN_FLIGHT, Duration::from_secs(3600)),
        ..Wishes::default()
    });
    let slow = b"POST /v1/envelopes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 81966\r\n\r\nx";
    let idle: Vec<TcpStream> = (0..4 * MOST).map(|_| connect(&server, b"")).collect();
    visit(&server);
    let half: Vec<TcpStream> = (0..4 * MOST)
        .map(|_| connect(&server, b"GET /v1/state HTTP/1.1\r\nHo"))
        .collect();
    visit(&server);
    let mut slow: Vec<TcpStream> = (0..4 * MOST).map(|_| connect(&server, slow)).collect();
    for _ in 0..5 {
        visit(&server);
        // Dripping helps nobody.
        for stream in &mut slow {
            let _ = stream.write_all(b"x");
        }
    }
    drop(half);
    let ended = idle
        .into_iter()
        .filter_map(|mut stream| is_ended(&mut stream).then_some(()));
    assert_eq!(ended.count(), 4 * MOST);
}

#[test]
fn a_head_that_does_not_end_is_cut_off_also_after_an_answer() {
    let server = InProcess::with(impatient());
    let good = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut stream = connect(&server, good);
    let mut answer = [0; 4096];
    let read = stream.read(&mut answer).unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 200"));
    stream.write_all(b"GET /healthz HT").unwrap();
    assert!(is_ended(&mut stream));
}

#[test]
fn bodies_that_stall_make_room_for_those_that_come() {
    let one = 82_000;
    let server = InProcess::with(Wishes {
        // Room for two bodies and a half.
        inbox: Inbox::new(5 * one / 2, Duration::from_secs(30)),
        ..Wishes::default()
    });
    let head = b"POST /v1/envelopes HTTP/1.1\r\nHost: localhost\r\nContent-Length: 81966\r\n\r\n";
    let stalled = [&head[..], &vec![b'x'; 80_000]].concat();
    let mut all = Vec::new();
    for _ in 0..8 {
        all.push(connect(&server, &stalled));
        visit(&server);
    }
}

#[test]
fn answers_nobody_takes_are_cut_off() {
    let server = InProcess::with(impatient());
    visit(&server);
    server.next_epoch();
    let now = server.clock.now();
    let today = now.day();
    let snapshot = server.visitor.snapshot(now, today).unwrap();
    for _ in 0..100 {
        let (put, _) = put_of(&snapshot, BlobClass::Envelope8, today);
        server.visitor.put(&snapshot, &put).unwrap();
    }
    server.next_epoch();
    let note = server
        .team
        .sync(0, today, today, beistand_protocol::time::Epoch(0));
    let head = format!(
        "POST /v1/sync HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{note}",
        note.len()
    );
    let mut stream = connect(&server, head.as_bytes());
    let mut piece = [0; 1024];
    stream.read_exact(&mut piece).unwrap();
    // Nothing is taken while the server closes other connections that do nothing.
    assert!(is_ended(&mut connect(&server, b"")));
    let mut rest = Vec::new();
    let outcome = stream.read_to_end(&mut rest);
    let whole = 100 * 81_920;
    assert!(outcome.is_err() || rest.len() < whole, "it was still there");
}
