//! A visitor who speaks just enough HTTP, and verifies everything a client would.

use beistand_protocol::bytes::{DeleteKey, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::fetch::{parse_answer, FetchRecord, FetchRequest};
use beistand_protocol::hash::delete_hash;
use beistand_protocol::index::Index;
use beistand_protocol::instance::Instance;
use beistand_protocol::promise::{self, Promise, PutResponse};
use beistand_protocol::put::PutRequest;
use beistand_protocol::snapshot::{Served, Snapshot, SnapshotError};
use beistand_protocol::stamp::{self, StampUse};
use beistand_protocol::sync::{self, SyncRecord, COUNT_SIZE};
use beistand_protocol::time::{Day, UnixTime};
use beistand_protocol::trust::Verified;
use rand::RngCore;
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// All header lines, as they came.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The code of a problem.
    pub fn code(&self) -> String {
        let problem = serde_json::from_slice::<beistand_protocol::problem::Problem>(&self.body);
        problem.map(|problem| problem.code).unwrap_or_default()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Whom to ask.
    pub address: SocketAddr,
    /// What is pinned.
    pub instance: Instance,
}

impl Visitor {
    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// Those of the connection, and an answer that is cut off.
    pub fn send(
        &self,
        method: &str,
        target: &str,
        headers: &str,
        body: &[u8],
    ) -> io::Result<Answer> {
        let mut stream = self.ask(method, target, headers, body)?;
        let (answer, begun) = read_head(&mut stream)?;
        read_body(answer, begun, &mut stream, method == "HEAD")
    }

    fn ask(&self, method: &str, target: &str, headers: &str, body: &[u8]) -> io::Result<TcpStream> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.set_nodelay(true)?;
        let (length, body) = match method {
            "GET" | "HEAD" => (String::new(), &[][..]),
            _ => (format!("Content-Length: {}\r\n", body.len()), body),
        };
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{length}{headers}\r\n",
            self.address
        );
        stream.write_all(&[head.as_bytes(), body].concat())?;
        Ok(stream)
    }

    /// `GET`.
    ///
    /// # Errors
    /// As [`Visitor::send`].
    pub fn get(&self, target: &str) -> io::Result<Answer> {
        self.send("GET", target, "", &[])
    }

    /// `POST`.
    ///
    /// # Errors
    /// As [`Visitor::send`].
    pub fn post(&self, target: &str, body: &[u8]) -> io::Result<Answer> {
        self.send("POST", target, "", body)
    }

    /// Everything a visit loads, verified; once more where an epoch closed in between.
    ///
    /// # Errors
    /// What does not verify, in words.
    pub fn snapshot(&self, now: UnixTime, from: Day) -> Result<Verified<Snapshot>, String> {
        let load = |target: &str| -> Result<Vec<u8>, String> {
            let answer = self.get(target).map_err(|error| error.to_string())?;
            match answer.status {
                200 => Ok(answer.body),
                _ => Err(answer.code()),
            }
        };
        let mut tries = 0;
        loop {
            let state = load("/v1/state")?;
            let rosters = load("/v1/rosters")?;
            let prekeys = load("/v1/prekeys")?;
            let index = load(&format!("/v1/index?from={from}"))?;
            let served = Served {
                state: &state,
                rosters: &rosters,
                prekeys: &prekeys,
                index: &index,
                index_from: from,
            };
            tries += 1;
            match Snapshot::verify(&self.instance, &served, now, None) {
                Err(SnapshotError::Mismatch) if tries < 5 => {}
                other => return other.map_err(|error| error.to_string()),
            }
        }
    }

    /// Puts, and verifies the promise.
    ///
    /// # Errors
    /// The problem's code, or what does not verify.
    pub fn put(
        &self,
        snapshot: &Snapshot,
        request: &PutRequest,
    ) -> Result<(Verified<Promise>, PutResponse), String> {
        let target = match request.blob.class() {
            BlobClass::Part => "/v1/parts",
            _ => "/v1/envelopes",
        };
        let answer = self
            .post(target, &request.encode())
            .map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(answer.code());
        }
        let log = &snapshot.roster().log;
        let putting = request.putting();
        let promise = promise::verify(&self.instance.instance, log, &putting, &answer.body)
            .map_err(|error| error.to_string())?;
        let response = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        Ok((promise, response))
    }

    /// Fetches as many slots as every fetch has.
    ///
    /// # Errors
    /// The problem's code, or what is wrong with the answer.
    pub fn fetch(
        &self,
        snapshot: &Snapshot,
        class: BlobClass,
        slots: &[Slot],
    ) -> Result<Vec<FetchRecord>, String> {
        let stamp = stamp::search(
            StampUse::Fetch,
            snapshot.challenge(),
            &slots[0],
            snapshot.stamp_bits(StampUse::Fetch),
            rand::random(),
            1 << 24,
        );
        let stamp = stamp.ok_or("no stamp")?;
        let request = FetchRequest {
            class,
            stamp,
            slots: slots.to_vec(),
        };
        let answer = self
            .post("/v1/fetch", &request.encode())
            .map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(answer.code());
        }
        parse_answer(class, slots.len(), &answer.body).map_err(|error| error.to_string())
    }

    /// Deletes; answers the status.
    ///
    /// # Errors
    /// As [`Visitor::send`].
    pub fn delete(&self, slot: &Slot, key: &DeleteKey) -> io::Result<u16> {
        let request = DeleteRequest {
            slot: *slot,
            key: *key,
        };
        Ok(self.post("/v1/delete", &request.encode())?.status)
    }

    /// Syncs, and reads every record.
    ///
    /// # Errors
    /// The problem's code, or what is wrong with the answer.
    pub fn sync(&self, note: &str) -> Result<Vec<SyncRecord>, String> {
        let mut records = Vec::new();
        self.sync_each(note, &mut |record| records.push(record))?;
        Ok(records)
    }

    /// Syncs, and shows one record after the other, so that a large wall fits into memory.
    ///
    /// # Errors
    /// As [`Visitor::sync`].
    pub fn sync_each(&self, note: &str, visit: &mut dyn FnMut(SyncRecord)) -> Result<(), String> {
        let words = |error: io::Error| error.to_string();
        let mut stream = self
            .ask("POST", "/v1/sync", "", note.as_bytes())
            .map_err(words)?;
        let (answer, mut body) = read_head(&mut stream).map_err(words)?;
        if answer.status != 200 {
            let answer = read_body(answer, body, &mut stream, false).map_err(words)?;
            return Err(answer.code());
        }
        let mut fill = |bytes: &mut Vec<u8>, size: usize| -> io::Result<()> {
            let missing = size.saturating_sub(bytes.len()) as u64;
            let read = (&mut stream).take(missing).read_to_end(bytes)?;
            match read as u64 == missing {
                true => Ok(()),
                false => Err(io::ErrorKind::UnexpectedEof.into()),
            }
        };
        fill(&mut body, COUNT_SIZE).map_err(words)?;
        let rest = body.split_off(COUNT_SIZE);
        let count = u64::from_be_bytes(body.try_into().map_err(|_| "no count")?);
        let mut bytes = rest;
        for _ in 0..count {
            fill(&mut bytes, 1).map_err(words)?;
            let class = BlobClass::from_wire(bytes[0]).ok_or("an unknown class")?;
            fill(&mut bytes, sync::HEADER_SIZE + class.size()).map_err(words)?;
            let record = SyncRecord::parse_first(&bytes).map_err(|error| error.to_string())?;
            let (record, size) = record.ok_or("a record is missing")?;
            bytes.drain(..size);
            visit(record);
        }
        match bytes.is_empty() {
            true => Ok(()),
            false => Err("the answer does not hold what it says".to_owned()),
        }
    }

    /// The index from a day on, unverified.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn index(&self, from: Day) -> Result<Index, String> {
        let answer = self.get(&format!("/v1/index?from={from}"));
        let answer = answer.map_err(|error| error.to_string())?;
        Index::parse(&answer.body).map_err(|error| error.to_string())
    }
}

/// A put of noise into a random slot, with its stamp, and the key that deletes it.
pub fn put_of(snapshot: &Snapshot, class: BlobClass, day: Day) -> (PutRequest, DeleteKey) {
    let (mut request, key) = draw_put(class, day, &mut rand::thread_rng());
    find_stamp(snapshot, &mut request);
    (request, key)
}

/// A put without a stamp; the same `random` draws the same put.
pub(super) fn draw_put(
    class: BlobClass,
    day: Day,
    random: &mut impl RngCore,
) -> (PutRequest, DeleteKey) {
    let (mut slot, mut key) = (Slot([0; 16]), DeleteKey([0; 32]));
    random.fill_bytes(&mut slot.0);
    random.fill_bytes(&mut key.0);
    let request = PutRequest {
        day,
        slot,
        delete_hash: delete_hash(&key),
        shard: 0,
        stamp: 0,
        blob: super::sealed_blob(class, random),
    };
    (request, key)
}

/// Stamps a put with as many bits as are asked for now.
fn find_stamp(snapshot: &Snapshot, request: &mut PutRequest) {
    let bits = snapshot.stamp_bits(request.stamp_use());
    request.stamp = stamp_of(snapshot, request, bits);
}

/// Stamps a put with as many bits as can ever be asked for under this roster.
pub(super) fn find_dear_stamp(snapshot: &Snapshot, request: &mut PutRequest) {
    let stamps = &snapshot.roster().stamps;
    let bits = stamps.needed(request.stamp_use(), stamps.envelope_max);
    request.stamp = stamp_of(snapshot, request, bits);
}

fn stamp_of(snapshot: &Snapshot, request: &PutRequest, bits: u8) -> u64 {
    let (purpose, challenge) = (request.stamp_use(), snapshot.challenge());
    stamp::search(purpose, challenge, &request.slot, bits, 0, 1 << 24)
        .expect("tests ask for few bits")
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Status and headers, and what came of the body with them.
fn read_head(stream: &mut TcpStream) -> io::Result<(Answer, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        let read = stream.read(&mut piece)?;
        if read == 0 {
            return Err(invalid("the answer has no end of its head"));
        }
        bytes.extend_from_slice(&piece[..read]);
    };
    let body = bytes.split_off(head_end + 4);
    let head = String::from_utf8(bytes).map_err(|_| invalid("the head is not UTF-8"))?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let answer = Answer {
        status: status.ok_or_else(|| invalid("there is no status"))?,
        head,
        body: Vec::new(),
    };
    Ok((answer, body))
}

fn read_body(
    answer: Answer,
    mut body: Vec<u8>,
    stream: &mut TcpStream,
    without_body: bool,
) -> io::Result<Answer> {
    let length = answer
        .header("content-length")
        .and_then(|length| length.parse::<usize>().ok());
    // Without a length there is no body (204), since nothing is sent in chunks.
    let length = if without_body { 0 } else { length.unwrap_or(0) };
    let missing = length.saturating_sub(body.len());
    if stream.take(missing as u64).read_to_end(&mut body)? < missing {
        return Err(invalid("the body is shorter than it says"));
    }
    Ok(Answer { body, ..answer })
}
