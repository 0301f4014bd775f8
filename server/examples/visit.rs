//! `cargo xtask bench visit`: what a visit costs the server, by how much is stored, beside the
//! two group operations a stored message that the SecureDrop Protocol's fetch costs its server.
//!
//! The server is the real one over the real store. Its first envelopes lie on the disk; all
//! further ones stand in the index only, because a million would be 80 GB. What the visitor
//! fetches lies on the disk.

use beistand_protocol::bytes::{CommitmentNonce, DeleteHash, DeleteKey, Digest, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::fetch::FetchRequest;
use beistand_protocol::stamp::{search, StampUse};
use beistand_protocol::time::{Day, Epoch, UnixTime};
use beistand_server::app::{Quotas, Wall};
use beistand_server::clock::{Clock, SystemClock};
use beistand_server::disk::Watermark;
use beistand_server::http::body::Inbox;
use beistand_server::http::connection::Patience;
use beistand_server::http::hosts::Hosts;
use beistand_server::log_key::LogKey;
use beistand_server::site::Site;
use beistand_server::startup::{Application, Parts};
use beistand_server::store::sled::SledStore;
use beistand_server::store::{
    Closing, Contents, DeleteOutcome, ItemRecord, NewItem, PutOutcome, Store, StoreError,
    StoredItem, StoredPrekey, StoredRoster, Visible,
};
use beistand_server::testing::{put_of, Team, Visitor};
use curve25519_dalek::{RistrettoPoint, Scalar};
use rand::{Rng as _, SeedableRng as _};
use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Envelopes whose blobs lie on the disk.
const ON_DISK: usize = 64;
/// How much is stored, one line each.
const STORED: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// The bar, at the second of them.
const BAR: (usize, f64) = (10_000, 100.0);
/// Days the index covers.
const DAYS: u32 = 60;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let outcome = match arguments.get(1).map(String::as_str) {
        Some("serve") => {
            let stored = arguments.get(2).and_then(|count| count.parse().ok());
            serve(stored.unwrap_or(0)).map(|()| true)
        }
        _ => measure(),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}\nhint: this measures with /proc, so it needs Linux");
            ExitCode::FAILURE
        }
    }
}

/// Measures and prints; answers whether the bar is met.
fn measure() -> Result<bool, Box<dyn Error>> {
    let operation = group_operation()?;
    println!(
        "one group operation (Ristretto, a random point by a random scalar): {:.1} us\n",
        micros(operation)
    );
    println!("   stored |     state     index      fetch        put | bytes of a visit | CPU of a visit | 2 operations a message | times less");
    let mut is_met = true;
    for stored in STORED {
        let costs = Costs::of(stored)?;
        let visit: Duration = costs.cpu.iter().sum();
        let peer = operation * 2 * u32::try_from(stored)?;
        let ratio = peer.as_secs_f64() / visit.as_secs_f64();
        let [state, index, fetch, put] = costs.cpu.map(micros);
        println!(
            "{stored:9} | {state:6.0} us {index:6.0} us  {fetch:6.0} us  {put:6.0} us | {:16} | {:11.2} ms | {:19.1} ms | {ratio:9.0}",
            costs.bytes,
            visit.as_secs_f64() * 1e3,
            peer.as_secs_f64() * 1e3,
        );
        if stored == BAR.0 {
            is_met = ratio >= BAR.1;
        }
    }
    let (stored, bar) = BAR;
    println!(
        "\n{} at {stored} stored envelopes a visit costs the server at most 1/{bar:.0} of its peer",
        if is_met { "ok  " } else { "MISS" }
    );
    println!("CPU is user and system time of the whole process. The index is 16 bytes an envelope and 8 a day.");
    Ok(is_met)
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// CPU time of one, as the server's is measured: other programs on this machine do not count.
fn group_operation() -> Result<Duration, Box<dyn Error>> {
    let mut random = rand::rngs::StdRng::seed_from_u64(1);
    let mut scalar = || Scalar::from_bytes_mod_order(random.gen());
    let mut point = RistrettoPoint::mul_base(&scalar());
    let count = 20_000;
    let before = cpu("self")?;
    for _ in 0..count {
        point = std::hint::black_box(point * scalar());
    }
    Ok((cpu("self")? - before) / count)
}

/// User and system time of all threads of a process so far.
fn cpu(process: &str) -> Result<Duration, Box<dyn Error>> {
    let mut total = 0;
    for thread in std::fs::read_dir(format!("/proc/{process}/task"))? {
        // The first number is what the thread ran for, in nanoseconds.
        let schedule = std::fs::read_to_string(thread?.path().join("schedstat"))?;
        let ran = schedule.split(' ').next().ok_or("no schedstat")?;
        total += ran.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(total))
}

/// What the requests of a visit cost the server.
struct Costs {
    cpu: [Duration; 4],
    bytes: usize,
}

impl Costs {
    fn of(stored: usize) -> Result<Self, Box<dyn Error>> {
        let server = Server::start(stored)?;
        let visitor = server.visitor();
        let now = SystemClock.now();
        let from = now.day().back(DAYS);
        let snapshot = visitor.snapshot(now, from)?;
        let slots: Vec<Slot> = snapshot.index().slots().map(|(_, slot)| slot).collect();
        let real: Vec<Slot> = slots.into_iter().filter(|slot| slot.0[0] == 0).collect();
        let mut bytes = 0;
        let mut ask = |rounds: u32, mut one: Box<dyn FnMut(u32) -> std::io::Result<usize> + '_>| {
            let before = server.cpu()?;
            let mut size = 0;
            for round in 0..rounds {
                size = one(round)?;
            }
            bytes += size;
            Ok::<_, Box<dyn Error>>((server.cpu()? - before) / rounds)
        };
        let state = ask(500, Box::new(|_| body(visitor.get("/v1/state")?)))?;
        let target = format!("/v1/index?from={from}");
        let index = ask(100, Box::new(|_| body(visitor.get(&target)?)))?;
        let fetch = ask(
            300,
            Box::new(|round| {
                let at = |i: usize| real[(round as usize * 4 + i) % real.len()];
                let slots: Vec<Slot> = (0..4).map(at).collect();
                let bits = snapshot.stamp_bits(StampUse::Fetch);
                let start = u64::from(round) << 32;
                let challenge = snapshot.challenge();
                let stamp = search(StampUse::Fetch, challenge, &slots[0], bits, start, 1 << 30);
                let request = FetchRequest {
                    class: BlobClass::Envelope8,
                    stamp: stamp.unwrap_or_default(),
                    slots,
                };
                body(visitor.post("/v1/fetch", &request.encode())?)
            }),
        )?;
        let puts: Vec<Vec<u8>> = (0..200)
            .map(|_| put_of(&snapshot, BlobClass::Envelope8, snapshot.today()))
            .map(|(put, _)| put.encode())
            .collect();
        let put_size = puts[0].len();
        let put = ask(
            200,
            Box::new(|round| {
                Ok(body(visitor.post("/v1/envelopes", &puts[round as usize])?)? + put_size)
            }),
        )?;
        Ok(Self {
            cpu: [state, index, fetch, put],
            bytes,
        })
    }
}

fn body(answer: beistand_server::testing::Answer) -> std::io::Result<usize> {
    match answer.status {
        200 => Ok(answer.body.len()),
        _ => Err(std::io::Error::other(answer.code())),
    }
}

/// A server in a process of its own, so that only its own work is counted.
struct Server {
    child: Child,
    address: std::net::SocketAddr,
}

impl Server {
    fn start(stored: usize) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", &stored.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().ok_or("no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim_end().parse()?;
        Ok(Self { child, address })
    }

    fn visitor(&self) -> Visitor {
        Visitor {
            address: self.address,
            instance: Team::new(1).instance,
        }
    }

    /// User and system time so far.
    fn cpu(&self) -> Result<Duration, Box<dyn Error>> {
        cpu(&self.child.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until it is killed.
fn serve(stored: usize) -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let team = Team::new(1);
    let log_key = LogKey::open(directory.path(), None)?;
    let watermark = Watermark::new(directory.path(), 0);
    let instance = &team.instance.instance;
    let fatal = Arc::new(|sentence: &str| eprintln!("error: {sentence}"));
    let store = SledStore::open(directory.path(), instance, watermark.clone(), fatal)?;
    let store = Arc::new(Crowded {
        store,
        more: stored.saturating_sub(ON_DISK),
        today: SystemClock.now().day(),
    });
    let open = |log_key| {
        Wall::open(
            team.instance.clone(),
            Arc::clone(&store) as Arc<dyn Store>,
            Arc::new(SystemClock),
            log_key,
            watermark.clone(),
            Quotas {
                envelopes: u32::MAX,
                parts: u32::MAX,
                fetches: u32::MAX,
            },
        )
    };
    let mut roster = team.first_roster(log_key.verifier(), SystemClock.now());
    roster.not_before = UnixTime(roster.not_before.0 - 3600);
    let wall = open(log_key)?;
    wall.accept_roster(team.sign_roster(&roster).as_bytes())?;
    let epoch = Epoch(SystemClock.now().0 - 1);
    let mut random = rand::thread_rng();
    for _ in 0..ON_DISK.min(stored) {
        // Their slots begin with a zero, so that the visitor knows them.
        let mut slot = Slot(random.gen());
        slot.0[0] = 0;
        let item = NewItem {
            day: SystemClock.now().day(),
            slot,
            delete_hash: DeleteHash(random.gen()),
            shard: 0,
            r: CommitmentNonce(random.gen()),
            blob: beistand_server::testing::sealed_blob(BlobClass::Envelope8, &mut random),
        };
        store.put(item, epoch)?;
    }
    wall.close_epoch()?;
    std::thread::sleep(Duration::from_millis(1_100));
    wall.close_epoch()?;
    let parts = Parts {
        wall: Arc::new(wall),
        site: Site::embedded(),
        instance_file: team.instance_file(),
        hosts: Hosts::of(&team.instance),
        inbox: Inbox::default(),
        tls: None,
        most_connections: 256,
        patience: Patience::default(),
    };
    actix_web::rt::System::new().block_on(async move {
        let application = Application::build(parts, ([127, 0, 0, 1], 0).into())?;
        println!("{}", application.address());
        application.run().await
    })?;
    Ok(())
}

/// The real store, with more envelopes in its listing than lie in it.
struct Crowded {
    store: SledStore,
    more: usize,
    today: Day,
}

impl Store for Crowded {
    fn visit_records(&self, visit: &mut dyn FnMut(ItemRecord)) -> Result<(), StoreError> {
        let mut random = rand::rngs::StdRng::seed_from_u64(2);
        for number in 0..self.more {
            let mut slot = Slot(random.gen());
            slot.0[0] |= 1;
            visit(ItemRecord {
                class: BlobClass::Envelope8,
                day: self.today.back(number as u32 % DAYS),
                slot,
                delete_hash: DeleteHash([0; 16]),
                shard: 0,
                r: CommitmentNonce([0; 32]),
                blob: Digest([0; 32]),
                promised: Epoch(1),
                visible: Some(Visible {
                    epoch: Epoch(1),
                    leaf: 0,
                }),
                deleted: None,
            });
        }
        self.store.visit_records(visit)
    }

    fn put(&self, item: NewItem, epoch: Epoch) -> Result<PutOutcome, StoreError> {
        self.store.put(item, epoch)
    }
    fn delete(&self, slot: &Slot, key: &DeleteKey) -> Result<DeleteOutcome, StoreError> {
        self.store.delete(slot, key)
    }
    fn read(&self, slot: &Slot) -> Result<Option<StoredItem>, StoreError> {
        self.store.read(slot)
    }
    fn accept_roster(&self, roster: StoredRoster) -> Result<(), StoreError> {
        self.store.accept_roster(roster)
    }
    fn accept_prekey(&self, prekey: StoredPrekey) -> Result<(), StoreError> {
        self.store.accept_prekey(prekey)
    }
    fn end_epoch(&self, epoch: Epoch) -> Result<Vec<ItemRecord>, StoreError> {
        self.store.end_epoch(epoch)
    }
    fn close_epoch(&self, closing: Closing) -> Result<(), StoreError> {
        self.store.close_epoch(closing)
    }
    fn oldest_pending(&self) -> Result<Option<Epoch>, StoreError> {
        self.store.oldest_pending()
    }
    fn contents(&self) -> Result<Contents, StoreError> {
        self.store.contents()
    }
    fn leaf(&self, index: u64) -> Result<Option<String>, StoreError> {
        self.store.leaf(index)
    }
}
