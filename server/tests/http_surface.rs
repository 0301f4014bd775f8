//! The HTTP surface: every refusal has its code, every answer its headers, and nothing of a
//! request comes back.

use beistand_protocol::bytes::{DeleteKey, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::fetch::FetchRequest;
use beistand_protocol::put::PutRequest;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::stamp::{bits, StampUse};
use beistand_protocol::time::{Day, Epoch};
use beistand_server::clock::Clock as _;
use beistand_server::http::body::{Inbox, MOST_IN_FLIGHT};
use beistand_server::http::headers;
use beistand_server::startup::ADDRESSES;
use beistand_server::store::memory::Fault;
use beistand_server::testing::in_process::Wishes;
use beistand_server::testing::{put_of, Answer, InProcess};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

const MARKER: &str = "m4rk3r-of-a-request";

/// Every address with the methods it takes.
fn routes() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    ADDRESSES.iter().map(|address| {
        let methods = [address.get.map(|_| "GET"), address.post.map(|_| "POST")];
        (address.path, methods.into_iter().flatten().collect())
    })
}

fn check_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (status, code),
        "{}",
        answer.head
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    check_headers(answer);
}

fn check_headers(answer: &Answer) {
    for (name, value) in headers::ALL {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    for name in [
        "server",
        "set-cookie",
        "etag",
        "last-modified",
        "x-powered-by",
    ] {
        assert_eq!(answer.header(name), None, "{name}");
    }
    let text = [answer.head.as_bytes(), &answer.body].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(!text.contains(MARKER), "{text}");
}

fn snapshot(server: &InProcess) -> Snapshot {
    let now = server.clock.now();
    server
        .visitor
        .snapshot(now, now.day().back(60))
        .unwrap()
        .into_inner()
}

/// A stamp that is worth nothing.
fn worthless(snapshot: &Snapshot, purpose: StampUse, slot: &Slot) -> u64 {
    (0..)
        .find(|stamp| bits(purpose, snapshot.challenge(), slot, *stamp) == 0)
        .unwrap()
}

#[test]
fn every_refusal_of_a_put_has_its_code() {
    let server = InProcess::with(Wishes {
        roster: |roster| roster.shard_bits = 1,
        ..Wishes::default()
    });
    let snapshot = snapshot(&server);
    let today = snapshot.today();
    let put = |class, day| put_of(&snapshot, class, day).0;
    let post = |target: &str, request: &PutRequest| {
        server.visitor.post(target, &request.encode()).unwrap()
    };
    let good = put(BlobClass::Envelope8, today);
    assert_eq!(
        post(
            "/v1/envelopes",
            &PutRequest {
                shard: 1,
                ..good.clone()
            }
        )
        .status,
        200
    );

    let check = |target: &str, request: &PutRequest, status, code| {
        check_problem(&post(target, request), status, code);
    };
    let good = put(BlobClass::Envelope8, today);
    check("/v1/parts", &good, 400, "wrong-class");
    check(
        "/v1/envelopes",
        &put(BlobClass::Part, today),
        413,
        "too-large",
    );
    check(
        "/v1/envelopes",
        &put(BlobClass::Envelope16, today),
        400,
        "wrong-class",
    );
    check(
        "/v1/envelopes",
        &put(BlobClass::Envelope8, today.forward(2)),
        400,
        "wrong-day",
    );
    check(
        "/v1/envelopes",
        &put(BlobClass::Envelope8, today.back(2)),
        400,
        "wrong-day",
    );
    check(
        "/v1/envelopes",
        &PutRequest {
            shard: 2,
            ..good.clone()
        },
        400,
        "wrong-shard",
    );
    let stamp = worthless(&snapshot, StampUse::Envelope, &good.slot);
    check(
        "/v1/envelopes",
        &PutRequest {
            stamp,
            ..good.clone()
        },
        403,
        "weak-stamp",
    );
    // A stamp for another slot is no stamp for this one, except by chance.
    for (day, request) in [(today.forward(1), &good), (today.back(1), &good)] {
        let request = PutRequest {
            day,
            slot: put(BlobClass::Envelope8, day).slot,
            ..request.clone()
        };
        assert!([200, 403].contains(&post("/v1/envelopes", &request).status));
    }

    let frame = good.encode();
    let refuse = |body: &[u8], status, code| {
        check_problem(
            &server.visitor.post("/v1/envelopes", body).unwrap(),
            status,
            code,
        );
    };
    refuse(b"", 400, "malformed-request");
    refuse(MARKER.as_bytes(), 400, "malformed-request");
    refuse(&frame[..45], 400, "malformed-request");
    refuse(&frame[..frame.len() - 1], 400, "malformed-blob");
    refuse(&[&frame[..], b"x"].concat(), 400, "malformed-blob");
    let mut plain = frame.clone();
    let end = 46 + MARKER.len();
    plain[46..end].copy_from_slice(MARKER.as_bytes());
    refuse(&plain, 400, "malformed-blob");
    let mut unknown = frame.clone();
    unknown[0] = 9;
    refuse(&unknown, 400, "malformed-request");
    refuse(&vec![b'm'; 200_000], 413, "too-large");
    // After all that it still goes through, and once more.
    assert_eq!(
        server.visitor.post("/v1/envelopes", &frame).unwrap().status,
        200
    );
    assert_eq!(
        server.visitor.post("/v1/envelopes", &frame).unwrap().status,
        200
    );
    let other = PutRequest {
        blob: put(BlobClass::Envelope8, today).blob,
        ..good
    };
    check("/v1/envelopes", &other, 409, "slot-occupied");
}

#[test]
fn fetch_delete_sync_and_index_refuse_what_is_malformed_or_not_permitted() {
    let server = InProcess::start();
    let snapshot = snapshot(&server);
    let check = |target: &str, body: &[u8], status, code| {
        check_problem(&server.visitor.post(target, body).unwrap(), status, code);
    };
    let slots: Vec<Slot> = (0..4).map(|byte| Slot([byte; 16])).collect();
    let stamp = worthless(&snapshot, StampUse::Fetch, &slots[0]);
    let fetch = |class, slots: &[Slot]| {
        FetchRequest {
            class,
            stamp,
            slots: slots.to_vec(),
        }
        .encode()
    };
    check(
        "/v1/fetch",
        &fetch(BlobClass::Envelope8, &slots),
        403,
        "weak-stamp",
    );
    check(
        "/v1/fetch",
        &fetch(BlobClass::Envelope8, &slots[..3]),
        400,
        "malformed-request",
    );
    check(
        "/v1/fetch",
        &fetch(BlobClass::Part, &slots),
        400,
        "malformed-request",
    );
    check("/v1/fetch", b"", 400, "malformed-request");
    check("/v1/fetch", MARKER.as_bytes(), 400, "malformed-request");
    check("/v1/fetch", &[1; 1_000], 413, "too-large");

    check("/v1/delete", &[1; 47], 400, "malformed-request");
    check("/v1/delete", &[1; 48], 403, "delete-refused");
    check("/v1/delete", &[1; 49], 413, "too-large");
    let (request, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    server.visitor.put(&snapshot, &request).unwrap();
    assert_eq!(
        server
            .visitor
            .delete(&request.slot, &DeleteKey([1; 32]))
            .unwrap(),
        403
    );

    let today = snapshot.today();
    check("/v1/sync", MARKER.as_bytes(), 403, "sync-refused");
    let stale = server.team.sync(0, today.back(2), today, Epoch(0));
    check("/v1/sync", stale.as_bytes(), 403, "sync-refused");
    let stranger = beistand_server::testing::Team::new(2).sync(0, today, today, Epoch(0));
    check("/v1/sync", stranger.as_bytes(), 403, "sync-refused");
    let good = server.team.sync(0, today, today, Epoch(0));
    check(
        "/v1/sync",
        good.replace("\"after\":0", "\"after\":1").as_bytes(),
        403,
        "sync-refused",
    );

    check("/v1/prekeys", MARKER.as_bytes(), 400, "prekey-refused");
    let late = server.team.prekey(0, today.back(8));
    check("/v1/prekeys", late.as_bytes(), 400, "prekey-refused");
    check("/v1/prekeys", &[b'x'; 9_000], 413, "too-large");
    check("/v1/rosters", MARKER.as_bytes(), 400, "roster-refused");
    check("/v1/rosters", &[0xff; 10], 400, "malformed-request");

    for query in [
        "",
        "?",
        "?from",
        "?from=",
        "?from=x",
        "?from=-1",
        "?from=01",
        "?from=1&",
        "?from=1&a=b",
        "?from=99999999999",
        "?a=m4rk3r-of-a-request",
        "?from=%31",
    ] {
        let answer = server.visitor.get(&format!("/v1/index{query}")).unwrap();
        check_problem(&answer, 400, "malformed-request");
    }
    assert_eq!(server.visitor.get("/v1/index?from=0").unwrap().status, 200);
}

#[test]
fn every_route_refuses_other_methods_and_encodings_and_echoes_nothing() {
    let server = InProcess::start();
    for (route, methods) in routes() {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            let noise = format!(
                "X-Marker: {MARKER}\r\nUser-Agent: {MARKER}\r\nCookie: a={MARKER}\r\n\
                 Referer: http://{MARKER}/\r\n"
            );
            let target = format!("{route}?marker={MARKER}");
            let answer = server
                .visitor
                .send(method, &target, &noise, MARKER.as_bytes())
                .unwrap();
            check_headers(&answer);
            if methods.contains(&method) {
                assert_ne!(answer.status, 405, "{method} {route}");
            } else {
                check_problem(&answer, 405, "method-not-allowed");
            }
        }
        if methods.contains(&"POST") {
            for encoding in ["gzip", "identity", MARKER] {
                let header = format!("Content-Encoding: {encoding}\r\n");
                let answer = server.visitor.send("POST", route, &header, b"x").unwrap();
                check_problem(&answer, 415, "unsupported-media");
            }
        }
    }
    for nowhere in [
        "/v1",
        "/v1/",
        "/v1/m4rk3r-of-a-request",
        "/m4rk3r-of-a-request",
        "/v2/state",
        "/..%2f..%2fetc/passwd",
        "/../etc/passwd",
        "//etc/passwd",
        "/%00",
        "/log/checkpoint",
    ] {
        check_problem(&server.visitor.get(nowhere).unwrap(), 404, "not-found");
    }
    assert_eq!(server.visitor.get("/healthz").unwrap().status, 200);
}

#[test]
fn a_name_that_is_not_served_here_is_refused() {
    let server = InProcess::start();
    let ask = |host: &str| {
        let mut stream = TcpStream::connect(server.visitor.address).unwrap();
        let head = format!("GET /healthz HTTP/1.1\r\nConnection: close\r\n{host}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    for host in ["Host: localhost:1\r\n", "Host: 127.0.0.1\r\n"] {
        assert!(ask(host).starts_with("HTTP/1.1 200 "), "{host}");
    }
    // What is no HTTP/1.1 does not come that far.
    for host in ["", "Host: localhost\r\nHost: localhost\r\n"] {
        let answer = ask(host);
        assert!(answer.starts_with("HTTP/1.1 4"), "{host}: {answer}");
    }
    for host in [
        "Host: example.org\r\n",
        "Host: localhost.\u{e9}\r\n",
        "Host: \r\n",
    ] {
        let answer = ask(host);
        assert!(answer.starts_with("HTTP/1.1 421 "), "{host}: {answer}");
        assert!(answer.contains("unknown-host"));
        let answer = answer.to_ascii_lowercase();
        for (name, _) in headers::ALL {
            let name = name.to_ascii_lowercase();
            assert!(answer.contains(&format!("\r\n{name}: ")), "{name}");
        }
    }
}

#[test]
fn before_the_first_roster_only_site_and_health_answer() {
    let server = InProcess::with(Wishes {
        begins_with_roster: false,
        ..Wishes::default()
    });
    for (route, methods) in routes() {
        let index = if route == "/v1/index" { "?from=0" } else { "" };
        for method in methods {
            let mut body = vec![1; 48];
            if ["/v1/envelopes", "/v1/parts"].contains(&route) {
                let class = BlobClass::Envelope8;
                let blob = beistand_server::testing::sealed_blob(class, &mut rand::thread_rng());
                body = vec![0; 46];
                body[0] = class.wire();
                body.extend_from_slice(blob.bytes());
            }
            let target = format!("{route}{index}");
            let answer = server.visitor.send(method, &target, "", &body).unwrap();
            match (route, method) {
                ("/instance.json" | "/healthz", _) => assert_eq!(answer.status, 200),
                ("/v1/rosters", "POST") => check_problem(&answer, 400, "roster-refused"),
                _ => check_problem(&answer, 503, "not-ready"),
            }
        }
    }
    assert_eq!(server.visitor.get("/").unwrap().status, 200);
    let foreign = beistand_server::testing::Team::new(2);
    let note = foreign.sign_roster(&foreign.first_roster(&server.roster.log, server.clock.now()));
    let answer = server.visitor.post("/v1/rosters", note.as_bytes()).unwrap();
    check_problem(&answer, 400, "roster-refused");
    let mut unsigned_log = server.roster.clone();
    unsigned_log.log = server.team.device_verifier(0);
    let note = server.team.sign_roster(&unsigned_log);
    let answer = server.visitor.post("/v1/rosters", note.as_bytes()).unwrap();
    check_problem(&answer, 400, "roster-refused");
    let note = server.team.sign_roster(&server.roster);
    assert_eq!(
        server
            .visitor
            .post("/v1/rosters", note.as_bytes())
            .unwrap()
            .status,
        204
    );
    assert_eq!(server.visitor.get("/readyz").unwrap().status, 200);
}

#[test]
fn instance_and_site_are_served_as_they_are() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("index.html"), "<p>plain").unwrap();
    std::fs::write(directory.path().join("a.wasm"), "plain and longer").unwrap();
    std::fs::write(directory.path().join("a.wasm.gz"), "compressed").unwrap();
    std::fs::write(directory.path().join("a.wasm.br"), "smaller").unwrap();
    let site = beistand_server::site::Site::read(directory.path()).unwrap();
    let server = InProcess::with(Wishes {
        site,
        ..Wishes::default()
    });
    let instance = server.visitor.get("/instance.json").unwrap();
    assert_eq!(instance.body, server.team.instance_file());
    check_headers(&instance);

    let page = server.visitor.get("/").unwrap();
    assert_eq!(page.body, b"<p>plain");
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    check_headers(&page);
    let plain = server.visitor.get("/a.wasm").unwrap();
    assert_eq!(
        (plain.body.as_slice(), plain.header("content-encoding")),
        (&b"plain and longer"[..], None)
    );
    assert_eq!(plain.header("content-type"), Some("application/wasm"));
    let get = |accepted: &str| {
        let header = format!("Accept-Encoding: {accepted}\r\n");
        server.visitor.send("GET", "/a.wasm", &header, b"").unwrap()
    };
    for accepted in ["gzip", "br;q=0, gzip;q=0.5", "deflate,GZIP"] {
        let answer = get(accepted);
        assert_eq!(answer.body, b"compressed");
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
    }
    for accepted in ["br", "gzip, deflate, br, zstd"] {
        let answer = get(accepted);
        assert_eq!(answer.body, b"smaller");
        assert_eq!(answer.header("content-encoding"), Some("br"));
    }
    for accepted in ["zstd", "gzip;q=0", "br;q=0.0", "identity", ""] {
        assert_eq!(get(accepted).body, b"plain and longer");
    }
    let head = server.visitor.send("HEAD", "/", "", b"").unwrap();
    assert_eq!(
        (head.status, head.header("content-length")),
        (200, Some("8"))
    );
    check_problem(
        &server.visitor.post("/", b"").unwrap(),
        405,
        "method-not-allowed",
    );
    check_problem(&server.visitor.get("/a.wasm.gz").unwrap(), 404, "not-found");
    // Nothing of the wall is compressed, whatever a client takes.
    let state = server
        .visitor
        .send("GET", "/v1/state", "Accept-Encoding: gzip\r\n", b"")
        .unwrap();
    assert_eq!(state.header("content-encoding"), None);
}

#[test]
fn an_answer_to_a_fetch_has_one_size() {
    let server = InProcess::start();
    let before = snapshot(&server);
    let mut sizes = std::collections::BTreeSet::new();
    let fetch = |snapshot: &Snapshot, slots: &[Slot]| {
        let stamp = beistand_protocol::stamp::search(
            StampUse::Fetch,
            snapshot.challenge(),
            &slots[0],
            1,
            rand::random(),
            1_000,
        );
        let stamp = stamp.unwrap();
        let request = FetchRequest {
            class: BlobClass::Envelope8,
            stamp,
            slots: slots.to_vec(),
        };
        let answer = server.visitor.post("/v1/fetch", &request.encode()).unwrap();
        assert_eq!(answer.status, 200);
        (answer.body.len(), answer.head.len())
    };
    let (kept, _) = put_of(&before, BlobClass::Envelope8, before.today());
    let (deleted, key) = put_of(&before, BlobClass::Envelope8, before.today());
    let slots = [kept.slot, deleted.slot, Slot([1; 16]), Slot([2; 16])];
    sizes.insert(fetch(&before, &slots));
    server.visitor.put(&before, &kept).unwrap();
    server.visitor.put(&before, &deleted).unwrap();
    sizes.insert(fetch(&before, &slots));
    server.next_epoch();
    let after = snapshot(&server);
    sizes.insert(fetch(&after, &slots));
    server.visitor.delete(&deleted.slot, &key).unwrap();
    sizes.insert(fetch(&after, &slots));
    assert_eq!(sizes.len(), 1, "{sizes:?}");
}

#[test]
fn a_full_disk_is_said_before_anything_is_written() {
    let server = InProcess::start();
    assert_eq!(server.visitor.get("/readyz").unwrap().status, 200);
    let snapshot = snapshot(&server);
    let (request, _) = put_of(&snapshot, BlobClass::Envelope8, snapshot.today());
    server.store.fail_next(Fault::Full);
    let answer = server
        .visitor
        .post("/v1/envelopes", &request.encode())
        .unwrap();
    check_problem(&answer, 507, "storage-full");
    server.visitor.put(&snapshot, &request).unwrap();
    let server = InProcess::with(Wishes {
        keep_free: u64::MAX,
        ..Wishes::default()
    });
    check_problem(&server.visitor.get("/readyz").unwrap(), 503, "not-ready");
}

#[test]
fn slow_and_large_bodies_are_cut_off() {
    let inbox = Inbox::new(MOST_IN_FLIGHT, Duration::from_millis(300));
    let server = InProcess::with(Wishes {
        inbox,
        ..Wishes::default()
    });
    let mut stream = TcpStream::connect(server.visitor.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let head = "POST /v1/delete HTTP/1.1\r\nHost: localhost\r\nContent-Length: 48\r\n\r\nm";
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    let mut piece = [0; 4096];
    while !answer.contains("too-slow") {
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "{answer}");
        answer.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    assert!(answer.starts_with("HTTP/1.1 408"));

    let inbox = Inbox::new(1_000, Duration::from_secs(5));
    let server = InProcess::with(Wishes {
        inbox,
        begins_with_roster: false,
        ..Wishes::default()
    });
    let answer = server.visitor.post("/v1/rosters", &[b'x'; 5_000]).unwrap();
    check_problem(&answer, 503, "overloaded");
    // What was refused is not counted any more.
    let answer = server.visitor.post("/v1/rosters", &[b'x'; 900]).unwrap();
    check_problem(&answer, 400, "roster-refused");
    let answer = server
        .visitor
        .get(&format!("/v1/index?from={}", Day(0)))
        .unwrap();
    check_problem(&answer, 503, "not-ready");
}
