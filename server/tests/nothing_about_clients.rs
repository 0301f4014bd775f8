//! Nothing about a client is kept: under load from known addresses, with known headers, at known
//! times, everything the program says and every file it keeps is searched for them.

use beistand_protocol::class::BlobClass;
use beistand_protocol::time::{Day, Epoch, UnixTime};
use beistand_server::clock::{Clock as _, SystemClock};
use beistand_server::testing::{put_of, Watched};
use socket2::{Domain, Socket, Type};
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, SystemTime};

const PROGRAM: &str = env!("CARGO_BIN_EXE_beistand-server");
/// All of 127.0.0.0/8 is this machine.
const ADDRESSES: [Ipv4Addr; 2] = [
    Ipv4Addr::new(127, 201, 77, 13),
    Ipv4Addr::new(127, 93, 211, 159),
];
const AGENT: &str = "Telltale/7.31 (Xyzzy; 4f1e)";

/// Sends a request from `address` and answers its status.
fn send(server: &Watched, address: Ipv4Addr, method: &str, target: &str, body: &[u8]) -> u16 {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let from = SocketAddr::new(IpAddr::V4(address), 0);
    socket.bind(&from.into()).unwrap();
    socket.connect(&server.address.into()).unwrap();
    let mut stream: TcpStream = socket.into();
    stream
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         User-Agent: {AGENT}\r\nX-Forwarded-For: {address}\r\nAccept-Language: {AGENT}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let status = answer.get(9..12).map(String::from_utf8_lossy);
    status.unwrap().parse().unwrap()
}

fn seconds() -> u64 {
    SystemClock.now().0
}

fn microseconds() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    u64::try_from(since.unwrap().as_micros()).unwrap()
}

/// What there is to find in some bytes.
fn found(bytes: &[u8], times: &Times) -> Vec<String> {
    let mut needles = vec![(AGENT.to_owned(), AGENT.as_bytes().to_vec())];
    for address in ADDRESSES {
        let octets = address.octets();
        let reversed: Vec<u8> = octets.iter().rev().copied().collect();
        needles.push((format!("{address}"), address.to_string().into_bytes()));
        needles.push((
            format!("{address} in hex"),
            hex::encode(octets).into_bytes(),
        ));
        needles.push((format!("{address} in bytes"), octets.to_vec()));
        needles.push((format!("{address} in bytes, reversed"), reversed));
    }
    // As text, in whatever unit: 8 digits are a hundred seconds.
    for hundred in times.from_second / 100..=times.to_second / 100 {
        needles.push((
            "a time as text".to_owned(),
            hundred.to_string().into_bytes(),
        ));
    }
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let mut found: Vec<String> = needles
        .into_iter()
        .filter(|(_, needle)| holds(needle))
        .map(|(name, _)| name)
        .collect();
    // As a number of 8 bytes.
    for window in bytes.windows(8) {
        let number: [u8; 8] = window.try_into().unwrap();
        for number in [u64::from_be_bytes(number), u64::from_le_bytes(number)] {
            if times.hold(number) {
                found.push(format!("a time as a number: {number}"));
            }
        }
    }
    found
}

/// When the load was.
struct Times {
    from_second: u64,
    to_second: u64,
    from_microsecond: u64,
    to_microsecond: u64,
}

impl Times {
    fn hold(&self, number: u64) -> bool {
        let micros = self.from_microsecond..=self.to_microsecond;
        let millis = self.from_microsecond / 1_000..=self.to_microsecond / 1_000;
        (self.from_second..=self.to_second).contains(&number)
            || micros.contains(&number)
            || millis.contains(&number)
    }
}

#[test]
fn no_address_agent_or_time_is_in_any_file_or_output() {
    let server = Watched::start(Path::new(PROGRAM), &[], |roster| {
        roster.epoch_seconds = 1_800;
        // Of this morning, so that it does not itself hold the time.
        let day = u64::from(roster.not_before.day().0);
        roster.not_before = UnixTime(day * UnixTime::DAY_SECONDS);
        roster.not_after = UnixTime(roster.not_before.0 + 100 * UnixTime::DAY_SECONDS);
    })
    .unwrap();
    let (from_second, from_microsecond) = (seconds(), microseconds());
    let snapshot = server
        .visitor()
        .snapshot(SystemClock.now(), SystemClock.now().day().back(1))
        .unwrap();
    let today = snapshot.today();
    let load = |address: Ipv4Addr| {
        let get = |target: &str| assert_eq!(send(&server, address, "GET", target, b""), 200);
        let post = |target: &str, body: &[u8], expected: u16| {
            assert_eq!(
                send(&server, address, "POST", target, body),
                expected,
                "{target}"
            );
        };
        for round in 0..40 {
            [
                "/v1/state",
                "/v1/rosters",
                "/v1/prekeys",
                "/v1/index?from=0",
                "/",
                "/readyz",
            ]
            .into_iter()
            .for_each(get);
            let class = if round % 8 == 0 {
                BlobClass::Part
            } else {
                BlobClass::Envelope8
            };
            let target = if round % 8 == 0 {
                "/v1/parts"
            } else {
                "/v1/envelopes"
            };
            let (put, key) = put_of(&snapshot, class, today);
            post(target, &put.encode(), 200);
            post(target, b"malformed", 400);
            post(target, &put.encode(), 200);
            if round % 4 == 0 {
                let delete = [&put.slot.0[..], &key.0].concat();
                post("/v1/delete", &delete, 204);
                post("/v1/delete", &[7; 48], 403);
            }
        }
        let device = usize::from(address == ADDRESSES[0]);
        post(
            "/v1/prekeys",
            server.team.prekey(device, today).as_bytes(),
            204,
        );
        post(
            "/v1/sync",
            server.team.sync(device, today, Day(0), Epoch(0)).as_bytes(),
            200,
        );
        assert_eq!(send(&server, address, "GET", "/nowhere", b""), 404);
        assert_eq!(send(&server, address, "PUT", "/v1/state", b""), 405);
    };
    std::thread::scope(|scope| {
        for address in ADDRESSES {
            scope.spawn(move || load(address));
        }
    });
    let mut watcher = server.visitor();
    watcher.address = server.metrics;
    let figures = watcher.get("/metrics").unwrap().body;
    let times = Times {
        from_second,
        to_second: seconds(),
        from_microsecond,
        to_microsecond: microseconds(),
    };

    let files = server.files().unwrap();
    assert!(files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > 80 * 81_920);
    for (path, bytes) in &files {
        assert_eq!(found(bytes, &times), [""; 0], "{}", path.display());
        let name = path.to_string_lossy();
        assert_eq!(found(name.as_bytes(), &times), [""; 0]);
    }
    let said = server.said();
    assert!(said.is_empty(), "{}", String::from_utf8_lossy(&said));
    assert_eq!(found(&figures, &times), [""; 0]);

    // The search does search.
    let planted = [
        format!("x{AGENT}x").into_bytes(),
        b"from 127.93.211.159:4711".to_vec(),
        [&[0; 9][..], &[127, 201, 77, 13]].concat(),
        format!("[{}] GET", from_second).into_bytes(),
        (from_microsecond / 1_000).to_string().into_bytes(),
        [&[1; 5][..], &(from_second).to_be_bytes()].concat(),
        [&[1; 5][..], &(from_microsecond).to_le_bytes()].concat(),
    ];
    for bytes in planted {
        assert_eq!(found(&bytes, &times).len(), 1, "{bytes:?}");
    }
}
