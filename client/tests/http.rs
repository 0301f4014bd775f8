//! The client against a scripted server: what it sends, and what it makes of good, refusing,
//! hostile and absent servers.

use beistand_client::{AddressError, Client, ClientError, PutAnswer, Route, ServerAddress};
use beistand_protocol::bytes::{CommitmentNonce, DeleteHash, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::fetch::{FetchRecord, FetchRequest};
use beistand_protocol::problem::{Problem, ProblemCode};
use beistand_protocol::sync::SyncRecord;
use beistand_protocol::time::{Day, Epoch};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

/// Serves one connection: reads a whole request, answers `answer`, returns the request.
fn serve_once(answer: Vec<u8>) -> (Client, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 65_536];
        while !is_whole(&request) {
            let count = stream.read(&mut buffer).unwrap();
            assert!(count > 0, "the client went away");
            request.extend_from_slice(&buffer[..count]);
        }
        stream.write_all(&answer).unwrap();
        request
    });
    let address: ServerAddress = address.parse().unwrap();
    (Client::new(address, None).unwrap(), served)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some(end) = text.find("\r\n\r\n") else {
        return false;
    };
    let length = text[..end]
        .lines()
        .find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length: ")
                .map(str::to_owned)
        })
        .map_or(0, |length| length.parse::<usize>().unwrap());
    request.len() >= end + 4 + length
}

fn response(status: &str, extra: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{extra}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn problem(code: ProblemCode, promise: Option<&str>) -> Vec<u8> {
    let problem = Problem {
        promise: promise.map(str::to_owned),
        ..Problem::from(code)
    };
    let body = serde_json::to_vec(&problem).unwrap();
    response(&format!("{} x", code.status()), "", &body)
}

fn record(byte: u8) -> SyncRecord {
    SyncRecord {
        class: BlobClass::Envelope8,
        day: Day(20_000),
        slot: Slot([byte; 16]),
        epoch: Epoch(7),
        record: FetchRecord {
            r: CommitmentNonce([byte; 32]),
            leaf: 9,
            delete_hash: DeleteHash([byte; 16]),
            blob: vec![byte; BlobClass::Envelope8.size()],
        },
    }
}

#[test]
fn a_request_says_nothing_about_its_client() {
    let (client, served) = serve_once(response("200 OK", "set-cookie: a=b\r\n", b"{}"));
    assert_eq!(client.index(Day(20_000)).unwrap(), b"{}");
    let request = String::from_utf8(served.join().unwrap())
        .unwrap()
        .to_ascii_lowercase();
    assert!(
        request.starts_with("get /v1/index?from=20000 http/1.1\r\n"),
        "{request}"
    );
    let mut names: Vec<&str> = request
        .lines()
        .skip(1)
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "host", "user-agent"]);
    assert!(request.contains("user-agent: beistand\r\n"));
}

#[test]
fn a_redirect_is_not_followed() {
    let (client, served) = serve_once(response(
        "302 Found",
        "location: http://127.0.0.1:1/v1/state\r\n",
        b"",
    ));
    let error = client.state().unwrap_err();
    assert!(
        matches!(
            error,
            ClientError::Problem {
                code: None,
                status: 302,
                ..
            }
        ),
        "{error}"
    );
    served.join().unwrap();
}

#[test]
fn a_refusal_is_told_in_our_words() {
    let (client, served) = serve_once(problem(ProblemCode::RosterRefused, None));
    let error = client.publish_roster("note").unwrap_err();
    assert_eq!(error.code(), Some(ProblemCode::RosterRefused));
    assert_eq!(error.hint(), ProblemCode::RosterRefused.detail());
    served.join().unwrap();

    let foreign =
        br#"{"code":"\u001b[31mboo","type":"about:blank","title":"x","status":400,"detail":"x"}"#;
    let (client, served) = serve_once(response("400 x", "", foreign));
    let error = client.publish_roster("note").unwrap_err();
    assert!(!error.to_string().contains("boo"), "{error}");
    assert!(matches!(
        error,
        ClientError::Problem {
            code: None,
            status: 400,
            ..
        }
    ));
    served.join().unwrap();
}

#[test]
fn an_occupied_slot_is_an_answer() {
    let (client, served) = serve_once(problem(ProblemCode::SlotOccupied, Some("a note")));
    let put = beistand_protocol::put::PutRequest {
        day: Day(1),
        slot: Slot([1; 16]),
        delete_hash: DeleteHash([2; 16]),
        shard: 0,
        stamp: 0,
        blob: sealed_blob(),
    };
    assert_eq!(
        client.put(&put).unwrap(),
        PutAnswer::Occupied(Some("a note".to_owned()))
    );
    let request = served.join().unwrap();
    assert!(request.starts_with(b"POST /v1/envelopes HTTP/1.1\r\n"));
    assert!(request.ends_with(&put.encode()));
}

#[test]
fn nobody_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(address.parse().unwrap(), None).unwrap();
    let error = client.state().unwrap_err();
    assert!(matches!(error, ClientError::Unreachable { .. }), "{error}");
}

#[test]
fn an_onion_needs_a_proxy() {
    let onion = || "http://example.onion".parse::<ServerAddress>().unwrap();
    assert_eq!(
        Client::new(onion(), None).err(),
        Some(AddressError::OnionWithoutProxy)
    );
    assert!(Client::new(onion(), Some(&"127.0.0.1:9050".parse().unwrap())).is_ok());
}

#[test]
fn the_proxy_is_given_the_name_to_resolve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = listener.local_addr().unwrap().to_string().parse().unwrap();
    let asked = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut greeting = [0; 2];
        stream.read_exact(&mut greeting).unwrap();
        let mut methods = vec![0; usize::from(greeting[1])];
        stream.read_exact(&mut methods).unwrap();
        stream.write_all(&[5, 0]).unwrap();
        let mut request = [0; 5];
        stream.read_exact(&mut request).unwrap();
        let mut name = vec![0; usize::from(request[4])];
        stream.read_exact(&mut name).unwrap();
        (request[3], name)
    });
    let client = Client::new("http://example.onion".parse().unwrap(), Some(&proxy)).unwrap();
    assert!(matches!(
        client.state(),
        Err(ClientError::Unreachable { .. })
    ));
    assert_eq!(
        asked.join().unwrap(),
        (3, b"example.onion".to_vec()),
        "3 means a name, not an IP"
    );
}

#[test]
fn an_endless_answer_is_not_read() {
    let (client, served) = serve_once(response("200 OK", "", &vec![b' '; (1 << 20) + 1]));
    assert!(matches!(
        client.state(),
        Err(ClientError::Malformed {
            route: Route::State
        })
    ));
    served.join().unwrap();
}

#[test]
fn a_fetch_of_another_size_is_refused() {
    let request = FetchRequest {
        class: BlobClass::Envelope8,
        stamp: 0,
        slots: vec![Slot([1; 16])],
    };
    let mut answer = Vec::new();
    record(3).record.encode_into(&mut answer);
    let (client, served) = serve_once(response("200 OK", "", &answer));
    assert_eq!(client.fetch(&request).unwrap(), vec![record(3).record]);
    served.join().unwrap();
    answer.pop();
    let (client, served) = serve_once(response("200 OK", "", &answer));
    assert!(matches!(
        client.fetch(&request),
        Err(ClientError::Malformed { .. })
    ));
    served.join().unwrap();
}

#[test]
fn a_sync_is_as_long_as_it_says() {
    let mut body = 2_u64.to_be_bytes().to_vec();
    record(1).encode_into(&mut body);
    record(2).encode_into(&mut body);
    let (client, served) = serve_once(response("200 OK", "", &body));
    let stream = client.sync("note").unwrap();
    assert_eq!(stream.announced(), 2);
    let records: Vec<SyncRecord> = stream.map(Result::unwrap).collect();
    assert_eq!(records, [record(1), record(2)]);
    served.join().unwrap();

    for wrong in [
        &body[..body.len() - 1],
        &[&body[..], b"x"].concat(),
        &body[..9],
        &body[..4],
    ] {
        let (client, served) = serve_once(response("200 OK", "", wrong));
        let outcome = client
            .sync("note")
            .and_then(|stream| stream.collect::<Result<Vec<_>, _>>());
        assert!(matches!(
            outcome,
            Err(ClientError::Malformed { route: Route::Sync })
        ));
        served.join().unwrap();
    }
}

/// Bytes that follow the grammar of an envelope; nobody can open them.
fn sealed_blob() -> beistand_protocol::grammar::SealedBlob {
    let line = |length: usize| "A".repeat((length * 4).div_ceil(3));
    let mut bytes = b"age-encryption.org/v1\n".to_vec();
    for _ in 0..8 {
        bytes.extend_from_slice(
            format!("-> mlkem768x25519 {}\n{}\n", line(1120), line(32)).as_bytes(),
        );
    }
    bytes.extend_from_slice(format!("--- {}\n", line(32)).as_bytes());
    bytes.resize(BlobClass::Envelope8.size(), 0);
    beistand_protocol::grammar::SealedBlob::parse(BlobClass::Envelope8, bytes).unwrap()
}
