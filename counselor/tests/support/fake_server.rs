//! A server on loopback that keeps everything in memory and obeys the test.
#![allow(clippy::result_large_err, reason = "a problem is an answer here")]

use beistand_crypto_core::outgoing::Outgoing;
use beistand_crypto_core::signing::Signer;
use beistand_protocol::bytes::{CommitmentNonce, DeleteHash, InstanceId, Slot};
use beistand_protocol::checkpoint::{self, TreeHead};
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::fetch::FetchRecord;
use beistand_protocol::hash::{delete_hash, sha256};
use beistand_protocol::index::{Index, IndexDay};
use beistand_protocol::instance::Instance;
use beistand_protocol::json;
use beistand_protocol::merkle::CompactRange;
use beistand_protocol::note;
use beistand_protocol::prekey::PrekeysFile;
use beistand_protocol::problem::{Problem, ProblemCode};
use beistand_protocol::promise::{self, Promise, PutResponse, Putting};
use beistand_protocol::put::PutRequest;
use beistand_protocol::roster_chain::{RosterChain, RostersFile};
use beistand_protocol::state::{StateDay, StateLeaf, StateResponse};
use beistand_protocol::sync::{SyncRecord, SyncRequest};
use beistand_protocol::time::{Day, Epoch, UnixTime};
use beistand_protocol::tombstone::Tombstone;
use beistand_protocol::verifier_key::VerifierKey;
use rand::rngs::OsRng;
use rand::RngCore;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

pub const EPOCH_SECONDS: u32 = 60;

/// How the server misbehaves.
#[derive(Default)]
pub struct Mischief {
    /// Shows no prekeys, and says so in its state.
    pub hide_prekeys: bool,
    /// Shows so many of the first prekeys only.
    pub old_prekeys: Option<usize>,
    /// Leaves these out of syncs.
    pub withhold: Vec<Slot>,
    /// Leaves these out of the index.
    pub unlist: Vec<Slot>,
    /// Cuts a sync off after so many records.
    pub cut_after: Option<usize>,
    /// Stores puts and goes away before it answers.
    pub swallow_answers: bool,
    /// Answers nothing at all.
    pub dead: bool,
}

struct Item {
    put: PutRequest,
    epoch: Epoch,
    r: CommitmentNonce,
    blob: Vec<u8>,
}

struct World {
    instance: Instance,
    log: Signer,
    now: UnixTime,
    tree: CompactRange,
    rosters: Vec<String>,
    prekeys: Vec<String>,
    items: Vec<Item>,
    state: Option<State>,
    mischief: Mischief,
    deleted: usize,
}

/// What is served until the next epoch closes.
struct State {
    state: Vec<u8>,
    rosters: Vec<u8>,
    prekeys: Vec<u8>,
    index: Index,
}

pub struct FakeServer {
    world: Arc<Mutex<World>>,
    address: String,
}

impl FakeServer {
    pub fn start(instance: &Instance, now: UnixTime) -> Self {
        let world = Arc::new(Mutex::new(World {
            instance: instance.clone(),
            log: Signer::generate(&mut OsRng),
            now,
            tree: CompactRange::new(),
            rosters: Vec::new(),
            prekeys: Vec::new(),
            items: Vec::new(),
            state: None,
            mischief: Mischief::default(),
            deleted: 0,
        }));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let served = Arc::clone(&world);
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                if let Some((line, body)) = read_request(&mut stream) {
                    let answer = served.lock().unwrap().answer(&line, &body);
                    let _ = answer.map(|answer| stream.write_all(&answer));
                }
            }
        });
        Self { world, address }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn now(&self) -> UnixTime {
        self.world().now
    }

    pub fn log_key(&self) -> VerifierKey {
        self.world().log_key()
    }

    /// The file of rosters, where there is one.
    pub fn rosters(&self) -> Option<Vec<u8>> {
        let world = self.world();
        (!world.rosters.is_empty()).then(|| world.rosters_file())
    }

    /// Moves the clock.
    pub fn set_time(&self, now: UnixTime) {
        self.world().now = now;
    }

    /// Moves the clock to the next epoch and shows what the last one brought.
    pub fn close_epoch(&self) {
        let mut world = self.world();
        world.now.0 += u64::from(EPOCH_SECONDS);
        if !world.rosters.is_empty() {
            world.close();
        }
    }

    pub fn misbehave(&self, how: impl FnOnce(&mut Mischief)) {
        how(&mut self.world().mischief);
    }

    /// Puts without a network.
    pub fn put(&self, outgoing: &Outgoing) {
        self.store(outgoing.to_put(0));
    }

    /// Stores what no honest program would put.
    pub fn store(&self, put: PutRequest) {
        self.world().store(put);
    }

    /// How many things are on the wall, and how many of them were deleted.
    pub fn counts(&self) -> (usize, usize) {
        let world = self.world();
        (world.items.len(), world.deleted)
    }

    /// The envelope in a slot.
    pub fn blob(&self, slot: &Slot) -> Vec<u8> {
        let world = self.world();
        world
            .items
            .iter()
            .find(|item| item.put.slot == *slot)
            .unwrap()
            .blob
            .clone()
    }
}

impl World {
    fn id(&self) -> InstanceId {
        self.instance.instance
    }

    fn log_key(&self) -> VerifierKey {
        self.log.verifier_key("log-1").unwrap()
    }

    fn epoch(&self) -> Epoch {
        self.now.epoch(EPOCH_SECONDS)
    }

    fn rosters_file(&self) -> Vec<u8> {
        json::encode(&RostersFile {
            v: 1,
            rosters: self.rosters.clone(),
        })
        .unwrap()
        .into_bytes()
    }

    fn sign_log(&self, text: &str) -> String {
        note::sign(text, &self.log_key(), |text| self.log.sign_note(text))
    }

    /// Everything put before this epoch becomes visible.
    fn close(&mut self) {
        let closed = Epoch(self.epoch().0 - 1);
        let rosters = self.rosters_file();
        let shown = if self.mischief.hide_prekeys {
            Vec::new()
        } else {
            let count = self.mischief.old_prekeys.unwrap_or(usize::MAX);
            self.prekeys.iter().take(count).cloned().collect()
        };
        let prekeys = PrekeysFile {
            v: 1,
            prekeys: shown,
        };
        let prekeys = json::encode(&prekeys).unwrap().into_bytes();
        let index = self.index(closed);
        let leaf = StateLeaf {
            epoch: closed,
            day: self.now.day(),
            stamp_bits: 1,
            rosters: sha256(&rosters),
            prekeys: sha256(&prekeys),
            index: index
                .days
                .iter()
                .map(|day| StateDay {
                    day: day.day,
                    count: day.slots.len() as u32,
                    digest: day.digest(),
                })
                .collect(),
        };
        let proof = self.tree.proof_of_next();
        self.tree.append(beistand_protocol::merkle::leaf_hash(
            leaf.encode().as_bytes(),
        ));
        let head = TreeHead {
            size: self.tree.size(),
            root: self.tree.root(),
        };
        let checkpoint = self.sign_log(&checkpoint::text(&self.id(), &head));
        let state = StateResponse {
            leaf: leaf.encode(),
            proof,
            challenge: checkpoint.clone(),
            checkpoint,
        };
        let state = json::encode(&state).unwrap().into_bytes();
        self.state = Some(State {
            state,
            rosters,
            prekeys,
            index,
        });
    }

    fn index(&self, closed: Epoch) -> Index {
        let oldest = self.now.day().back(60);
        let listed = |item: &&Item| {
            item.put.blob.class().is_envelope()
                && item.epoch <= closed
                && item.put.day >= oldest
                && !self.mischief.unlist.contains(&item.put.slot)
        };
        let mut items: Vec<&Item> = self.items.iter().filter(listed).collect();
        items.sort_by_key(|item| (item.put.day, item.epoch, item.put.slot));
        let mut days: Vec<IndexDay> = Vec::new();
        for item in items {
            match days.last_mut() {
                Some(day) if day.day == item.put.day => day.slots.push(item.put.slot),
                _ => days.push(IndexDay {
                    day: item.put.day,
                    slots: vec![item.put.slot],
                }),
            }
        }
        Index { days }
    }

    fn answer(&mut self, line: &str, body: &[u8]) -> Option<Vec<u8>> {
        if self.mischief.dead {
            return None;
        }
        let (method, path) = line.split_once(' ').unwrap();
        let path = path.split(' ').next().unwrap();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let answer = match (method, path, &self.state) {
            ("POST", "/v1/rosters", _) => self.take_roster(body),
            (_, _, None) => Err(ProblemCode::NotReady.into()),
            ("GET", "/v1/state", Some(state)) => Ok(state.state.clone()),
            ("GET", "/v1/rosters", Some(state)) => Ok(state.rosters.clone()),
            ("GET", "/v1/prekeys", Some(state)) => Ok(state.prekeys.clone()),
            ("GET", "/v1/index", Some(state)) => {
                let from = Day(query.strip_prefix("from=").unwrap().parse().unwrap());
                let days = state
                    .index
                    .days
                    .iter()
                    .filter(|day| day.day >= from)
                    .cloned();
                Ok(Index {
                    days: days.collect(),
                }
                .encode())
            }
            ("POST", "/v1/prekeys", _) => self.take_prekey(body),
            ("POST", "/v1/envelopes", _) => {
                let stored = self.take_put(body);
                if self.mischief.swallow_answers {
                    return None;
                }
                stored
            }
            ("POST", "/v1/sync", _) => self.sync(body),
            ("POST", "/v1/delete", _) => self.delete(body),
            _ => Err(ProblemCode::NotFound.into()),
        };
        Some(match answer {
            Ok(body) => response(200, &body),
            Err(problem) => {
                let body = serde_json::to_vec(&problem).unwrap();
                response(problem.status, &body)
            }
        })
    }

    fn take_roster(&mut self, body: &[u8]) -> Result<Vec<u8>, Problem> {
        let note = std::str::from_utf8(body).unwrap();
        let taken = if self.rosters.is_empty() {
            RosterChain::first(&self.instance, note, self.now)
        } else {
            let chain = RosterChain::verify(&self.instance, &self.rosters_file(), None).unwrap();
            chain.next(&self.instance, note, self.now)
        };
        taken.map_err(|_| Problem::from(ProblemCode::RosterRefused))?;
        self.rosters.push(note.to_owned());
        Ok(Vec::new())
    }

    fn take_prekey(&mut self, body: &[u8]) -> Result<Vec<u8>, Problem> {
        let chain = RosterChain::verify(&self.instance, &self.rosters_file(), None).unwrap();
        let roster = &chain.current().roster;
        beistand_protocol::prekey::verify(&self.id(), roster, body, self.now.day())
            .map_err(|_| Problem::from(ProblemCode::PrekeyRefused))?;
        self.prekeys
            .push(std::str::from_utf8(body).unwrap().to_owned());
        Ok(Vec::new())
    }

    fn take_put(&mut self, body: &[u8]) -> Result<Vec<u8>, Problem> {
        let put = PutRequest::parse(body).map_err(|_| Problem::from(ProblemCode::MalformedBlob))?;
        if put.day.distance(self.now.day()) > 1 {
            return Err(ProblemCode::WrongDay.into());
        }
        let there = self.items.iter().position(|item| item.put.slot == put.slot);
        let position = there.unwrap_or_else(|| self.store(put.clone()));
        let item = &self.items[position];
        let leaf = item.put.putting().leaf(&item.r).hash();
        let promise = Promise {
            epoch: item.epoch,
            leaf,
        };
        let promise = self.sign_log(&promise::text(&self.id(), &promise));
        if item.put.blob.bytes() != put.blob.bytes() {
            let problem = Problem::from(ProblemCode::SlotOccupied);
            return Err(Problem {
                promise: Some(promise),
                ..problem
            });
        }
        Ok(json::encode(&PutResponse { promise, r: item.r })
            .unwrap()
            .into_bytes())
    }

    fn store(&mut self, put: PutRequest) -> usize {
        let mut r = [0; 32];
        OsRng.fill_bytes(&mut r);
        let blob = put.blob.bytes().to_vec();
        let epoch = self.epoch();
        self.items.push(Item {
            put,
            epoch,
            r: CommitmentNonce(r),
            blob,
        });
        self.items.len() - 1
    }

    fn sync(&self, body: &[u8]) -> Result<Vec<u8>, Problem> {
        let chain = RosterChain::verify(&self.instance, &self.rosters_file(), None).unwrap();
        let roster = &chain.current().roster;
        let request = SyncRequest::verify(&self.id(), roster, body, self.now.day())
            .map_err(|_| Problem::from(ProblemCode::SyncRefused))?;
        let visible = |item: &&Item| {
            item.epoch < self.epoch()
                && item.epoch > request.after
                && item.put.day >= request.from
                && !self.mischief.withhold.contains(&item.put.slot)
        };
        let records: Vec<SyncRecord> = self.items.iter().filter(visible).map(record).collect();
        let mut answer = (records.len() as u64).to_be_bytes().to_vec();
        for record in records
            .iter()
            .take(self.mischief.cut_after.unwrap_or(usize::MAX))
        {
            record.encode_into(&mut answer);
        }
        Ok(answer)
    }

    fn delete(&mut self, body: &[u8]) -> Result<Vec<u8>, Problem> {
        let request = DeleteRequest::parse(body).unwrap();
        let fits = |item: &&mut Item| {
            item.put.slot == request.slot && item.put.delete_hash == delete_hash(&request.key)
        };
        let item = self.items.iter_mut().find(fits);
        let item = item.ok_or(Problem::from(ProblemCode::DeleteRefused))?;
        let tombstone = Tombstone {
            key: request.key,
            blob: sha256(item.put.blob.bytes()),
        };
        item.blob = tombstone.encode(item.put.blob.class());
        self.deleted += 1;
        Ok(Vec::new())
    }
}

fn record(item: &Item) -> SyncRecord {
    let delete_hash: DeleteHash = item.put.delete_hash;
    SyncRecord {
        class: item.put.blob.class(),
        day: item.put.day,
        slot: item.put.slot,
        epoch: item.epoch,
        record: FetchRecord {
            r: item.r,
            leaf: 0,
            delete_hash,
            blob: item.blob.clone(),
        },
    }
}

/// What a server must promise about a put; for tests that compare.
pub fn putting(outgoing: &Outgoing) -> Putting {
    outgoing.to_put(0).putting()
}

fn response(status: u16, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// The request line and the body; none where the client went away.
fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let length = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, length)| length.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                let body = bytes[end + 4..end + 4 + length].to_vec();
                return Some((head.lines().next().unwrap().to_owned(), body));
            }
        }
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
    }
}
