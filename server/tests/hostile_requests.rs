//! Every address × every kind of malformed request, made from the table of addresses: each is
//! refused or answered, the server goes on, and nothing of what was sent comes back: not in an
//! answer, not in what the program says, not in any file.

use beistand_server::startup::ADDRESSES;
use beistand_server::testing::Watched;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");
/// Stands in every field of every request here.
const MARKER: &str = "m4rk3r-7a19c3";

/// What a request of a kind may be answered with.
#[derive(Clone, Copy)]
enum Expected {
    /// A refusal that says it is the visitor's fault.
    Refusal,
    /// As the address pleases, or a refusal.
    Answer,
    /// As [`Self::Answer`]; or the visitor is told to send the body.
    ContinueOrAnswer,
    /// As [`Self::Answer`]; or the connection ends, because it is hardly HTTP.
    AnswerOrEnd,
    /// A refusal, or the end: it is no HTTP at all.
    RefusalOrEnd,
}

impl Expected {
    /// Never another status, and never a server's fault but "I do not speak that".
    fn allows(self, status: Option<u16>) -> bool {
        let refusal = matches!(status, Some(400 | 403..=405 | 413..=415 | 421 | 431));
        match self {
            Self::Refusal => refusal,
            Self::Answer => refusal || status == Some(200),
            Self::ContinueOrAnswer => refusal || matches!(status, Some(100 | 200)),
            Self::AnswerOrEnd => refusal || matches!(status, Some(200 | 501 | 505) | None),
            Self::RefusalOrEnd => matches!(status, Some(400 | 405 | 414 | 431) | None),
        }
    }
}

struct Kind {
    name: String,
    bytes: Vec<u8>,
    expected: Expected,
}

/// A request with this first line and these header lines.
fn request(first: &str, headers: &[String], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{first}\r\n").into_bytes();
    for header in headers {
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body);
    bytes
}

fn own(headers: &[&str]) -> Vec<String> {
    headers.iter().map(|header| (*header).to_owned()).collect()
}

/// Headers that every request of a browser or a prying proxy could have, with the marker in each.
fn telling() -> Vec<String> {
    [
        "User-Agent",
        "Cookie",
        "Referer",
        "Origin",
        "Authorization",
        "From",
        "X-Forwarded-For",
        "Forwarded",
        "X-Real-IP",
        "Accept",
        "Accept-Language",
        "Accept-Encoding",
        "If-None-Match",
        "If-Modified-Since",
        "Range",
        "X-Request-Id",
        "Via",
        "Content-Type",
    ]
    .iter()
    .map(|name| format!("{name}: {MARKER}"))
    .collect()
}

/// All kinds for an address.
fn kinds(method: &str, path: &str) -> Vec<Kind> {
    let first = format!("{method} {path} HTTP/1.1");
    let host = "Host: localhost";
    let close = "Connection: close";
    let mut kinds = Vec::new();
    let mut add = |name: &str, expected: Expected, bytes: Vec<u8>| {
        kinds.push(Kind {
            name: format!("{method} {path}: {name}"),
            bytes,
            expected,
        });
    };
    let with = |headers: &[&str], body: &[u8]| {
        let headers = [&[host, close], headers].concat();
        request(&first, &own(&headers), body)
    };

    // Well-formed HTTP that means nothing.
    let length = format!("Content-Length: {}", MARKER.len());
    let telling_headers = [own(&[host, close, &length]), telling()].concat();
    add(
        "telling headers and a body",
        Expected::Answer,
        request(&first, &telling_headers, MARKER.as_bytes()),
    );
    for query in [
        format!("?{MARKER}"),
        format!("?from={MARKER}"),
        format!("?from=1&{MARKER}=1"),
        format!("?from=%00{MARKER}"),
        format!("?from=1#{MARKER}"),
    ] {
        let line = format!("{method} {path}{query} HTTP/1.1");
        let bytes = request(&line, &own(&[host, close, "Content-Length: 0"]), b"");
        add("query", Expected::Answer, bytes);
    }
    for beyond in ["/", "/../", "%2f", "//", "/%2e%2e/", "\\", ";", "%"] {
        let line = format!("{method} {path}{beyond}{MARKER} HTTP/1.1");
        let bytes = request(&line, &own(&[host, close, "Content-Length: 0"]), b"");
        add("path beyond", Expected::Refusal, bytes);
    }
    let other = format!("{MARKER} {path} HTTP/1.1");
    add(
        "unknown method",
        Expected::Refusal,
        request(&other, &own(&[host, close]), b""),
    );
    for version in ["HTTP/1.0", "HTTP/1.1"] {
        let line = format!("{method} {path} {version}");
        let bytes = request(&line, &own(&[close, "Content-Length: 0"]), b"");
        add("no host", Expected::Refusal, bytes);
    }
    for hosts in [
        vec![format!("Host: {MARKER}.example")],
        vec!["Host: localhost".to_owned(), format!("Host: {MARKER}")],
        vec![format!("Host: localhost/{MARKER}")],
        vec!["Host: ".to_owned()],
        vec![format!("Host: {MARKER}@localhost")],
    ] {
        let headers = [own(&[close, "Content-Length: 0"]), hosts].concat();
        add("host", Expected::Refusal, request(&first, &headers, b""));
    }
    let absolute = format!("{method} http://{MARKER}.example{path} HTTP/1.1");
    add(
        "absolute target of another host",
        Expected::Refusal,
        request(&absolute, &own(&[host, close, "Content-Length: 0"]), b""),
    );

    // Bodies.
    for encoding in ["gzip", "identity", "br", MARKER] {
        let encoding = format!("Content-Encoding: {encoding}");
        add(
            "encoded",
            Expected::Answer,
            with(&[&encoding, "Content-Length: 1"], b"x"),
        );
    }
    for size in [0, 1, 45, 46, 47, 48, 49, 73] {
        let body: Vec<u8> = MARKER.bytes().cycle().take(size).collect();
        let length = format!("Content-Length: {size}");
        add(
            "body of the marker",
            Expected::Answer,
            with(&[&length], &body),
        );
    }
    let class = |class: u8| [&[class], MARKER.repeat(10_000).as_bytes()].concat();
    for class in [class(0), class(1), class(2), class(3), class(255)] {
        let length = format!("Content-Length: {}", class.len());
        add(
            "frame of the marker",
            Expected::Answer,
            with(&[&length], &class),
        );
    }
    add(
        "a length far too large",
        Expected::Answer,
        with(&["Content-Length: 99999999999"], MARKER.as_bytes()),
    );
    let chunk = format!("{:x}\r\n{MARKER}\r\n0\r\n\r\n", MARKER.len());
    add(
        "chunks",
        Expected::Answer,
        with(&["Transfer-Encoding: chunked"], chunk.as_bytes()),
    );
    let endless = format!("fffff\r\n{}", MARKER.repeat(90_000));
    add(
        "chunks without an end",
        Expected::Answer,
        with(&["Transfer-Encoding: chunked"], endless.as_bytes()),
    );
    let expect = with(&["Expect: 100-continue", &length], MARKER.as_bytes());
    add("expect", Expected::ContinueOrAnswer, expect);

    // HTTP that is none.
    for header in [
        "Content-Length: -1".to_owned(),
        format!("Content-Length: {MARKER}"),
        "Content-Length: 1\r\nContent-Length: 2".to_owned(),
        "Content-Length: 5\r\nTransfer-Encoding: chunked".to_owned(),
        format!("Transfer-Encoding: {MARKER}"),
        MARKER.to_owned(),
        format!("{MARKER} : x"),
        format!(": {MARKER}"),
        format!(" folded: {MARKER}"),
        format!("X: {MARKER}\0"),
        format!("X: {MARKER}\r"),
        format!("X: {}", MARKER.repeat(20_000)),
    ] {
        add(
            "header that is none",
            Expected::AnswerOrEnd,
            with(&[&header], b"x"),
        );
    }
    let many: Vec<String> = (0..2_000).map(|i| format!("X-{i}: {MARKER}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    add("too many headers", Expected::RefusalOrEnd, with(&many, b""));
    for line in [
        format!("{method} {path}"),
        format!("{method} {path} HTTP/9.9 {MARKER}"),
        format!("{method}  {path} HTTP/1.1"),
        format!("{method} {MARKER} HTTP/1.1"),
        format!("{method} {path}\u{e9}{MARKER} HTTP/1.1"),
        format!("{method} {path}{} HTTP/1.1", MARKER.repeat(20_000)),
        format!("\0{MARKER}"),
        format!("\u{16}\u{3}\u{1}{MARKER}"),
        "PRI * HTTP/2.0".to_owned(),
        String::new(),
    ] {
        let bytes = request(&line, &own(&[host, close]), MARKER.as_bytes());
        add("first line that is none", Expected::AnswerOrEnd, bytes);
    }
    let mut raw = request(&first, &own(&[host, close]), b"");
    let end = raw.len() - 2;
    raw.splice(end..end, [b'X', b':', b' ', 0xff, 0xfe, b'\r', b'\n']);
    add("bytes that are no text", Expected::Answer, raw);
    kinds
}

/// Sends bytes, and nothing more, and reads until the connection ends.
fn exchange(server: &Watched, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    // A server that has seen enough may end it before everything is sent.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

fn status(answer: &[u8]) -> Option<u16> {
    let text = String::from_utf8_lossy(answer.get(..answer.len().min(64))?).into_owned();
    text.strip_prefix("HTTP/1.1 ")
        .or(text.strip_prefix("HTTP/1.0 "))?
        .split(' ')
        .next()?
        .parse()
        .ok()
}

fn holds_marker(bytes: &[u8]) -> bool {
    let marker = &MARKER.as_bytes()[..6];
    let lower = bytes.to_ascii_lowercase();
    lower.windows(marker.len()).any(|window| window == marker)
}

#[test]
fn no_request_however_malformed_comes_back_or_ends_the_server() {
    let server = Watched::start(Path::new(PROGRAM), &[], |_| {}).unwrap();
    let mut addresses: Vec<&str> = ADDRESSES.iter().map(|address| address.path).collect();
    addresses.extend(["/", "/nowhere"]);
    let mut sent = 0;
    for path in addresses {
        for method in ["GET", "POST", "HEAD", "PUT", "OPTIONS"] {
            for kind in kinds(method, path) {
                let answer = exchange(&server, &kind.bytes);
                let status = status(&answer);
                assert!(
                    kind.expected.allows(status),
                    "{}: {status:?}\n{}",
                    kind.name,
                    String::from_utf8_lossy(&kind.bytes[..kind.bytes.len().min(300)])
                );
                assert!(!holds_marker(&answer), "{}", kind.name);
                sent += 1;
            }
        }
    }
    assert!(sent > 3_000, "only {sent} were sent");
    let alive = server.visitor().get("/readyz").unwrap();
    assert_eq!(alive.status, 200);
    let said = server.said();
    assert!(said.is_empty(), "{}", String::from_utf8_lossy(&said));
    let files = server.files().unwrap();
    assert!(!files.is_empty());
    for (path, bytes) in files {
        assert!(!holds_marker(&bytes), "{}", path.display());
    }
    assert!(holds_marker(b"xxM4RK3R-7"), "the search does search");
}

#[test]
fn the_figures_answer_their_one_address_and_name_nobody() {
    let server = Watched::start(Path::new(PROGRAM), &[], |_| {}).unwrap();
    let mut watcher = server.visitor();
    watcher.address = server.metrics;
    let figures = watcher.get("/metrics").unwrap();
    assert_eq!(figures.status, 200);
    let text = String::from_utf8(figures.body).unwrap();
    for figure in [
        "beistand_ready 1",
        "beistand_disk_has_room 1",
        "beistand_parts_have_room 1",
        "beistand_stamp_bits 1",
    ] {
        assert!(text.lines().any(|line| line == figure), "{text}");
    }
    // No desk has come yet; then one has.
    assert!(!text.contains("days_since_desk "), "{text}");
    let today = beistand_server::clock::Clock::now(&beistand_server::clock::SystemClock).day();
    let prekey = server.team.prekey(0, today);
    let answer = server.visitor().post("/v1/prekeys", prekey.as_bytes());
    assert_eq!(answer.unwrap().status, 204);
    let text = watcher.get("/metrics").unwrap().body;
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("beistand_days_since_desk 0\n"), "{text}");
    for elsewhere in ["/", "/v1/state", "/metrics/", "/healthz"] {
        assert_eq!(watcher.get(elsewhere).unwrap().status, 404, "{elsewhere}");
    }
    // Nor is it served where visitors come.
    assert_eq!(server.visitor().get("/metrics").unwrap().status, 404);
}
