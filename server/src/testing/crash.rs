//! kill -9 in the middle of puts and deletions, again and again: nothing acknowledged may be
//! lost, nothing half-stored may show, nothing deleted may come back.

use super::{put_of, Program, Team, Visitor};
use crate::clock::{Clock as _, SystemClock};
use beistand_protocol::bytes::DeleteKey;
use beistand_protocol::class::BlobClass;
use beistand_protocol::promise::PutResponse;
use beistand_protocol::put::PutRequest;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::sync::SyncRecord;
use beistand_protocol::time::Epoch;
use beistand_protocol::tombstone::Tombstone;
use rand::Rng as _;
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How hard to try.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How often the server is killed.
    pub cycles: u32,
    /// Clients at once.
    pub clients: u32,
    /// The longest a server lives, in milliseconds.
    pub longest_life: u64,
    /// One put in so many is a part; 0 for none.
    pub parts_one_in: u32,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Servers killed.
    pub cycles: u32,
    /// Puts and deletions acknowledged.
    pub acknowledged: u64,
    /// Acknowledged puts that are not there as they were put.
    pub lost: u64,
    /// Things on the wall that are not whole, or not what their promise says.
    pub half: u64,
    /// Acknowledged deletions that were undone.
    pub resurrected: u64,
}

impl Tally {
    /// Whether the store kept its promises.
    pub fn is_clean(&self) -> bool {
        self.lost == 0 && self.half == 0 && self.resurrected == 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cycles={} acknowledged={} lost={} half={} resurrected={}",
            self.cycles, self.acknowledged, self.lost, self.half, self.resurrected
        )
    }
}

/// What a client knows of one of its puts.
#[derive(Debug, Clone)]
struct Known {
    request: PutRequest,
    key: DeleteKey,
    promised: Option<PutResponse>,
    deletion: Deletion,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deletion {
    None,
    // Sent, and not known what became of it.
    Tried,
    Acknowledged,
}

/// Runs the plan with the program at `program` on a fresh data directory.
///
/// # Errors
/// Where the harness itself cannot go on, in words: also a server that does not start again.
pub fn run(program: &Path, plan: &Plan) -> Result<Tally, String> {
    run_with(program, plan, &mut |_, _| Ok(()))
}

/// As [`run`], and lets `after_kill` do something to the data directory of a dead server, so that
/// it can be shown what the harness notices. It is told how many servers were killed before.
///
/// # Errors
/// As [`run`], and those of `after_kill`.
pub fn run_with(
    program: &Path,
    plan: &Plan,
    after_kill: &mut dyn FnMut(u32, &Path) -> std::io::Result<()>,
) -> Result<Tally, String> {
    let words = |error: std::io::Error| error.to_string();
    let directory = tempfile::tempdir().map_err(words)?;
    let data = directory.path().join("data");
    let team = Team::new(rand::thread_rng().gen());
    let instance = Program::write_instance(directory.path(), &team).map_err(words)?;
    let log = Program::log_key(&data).map_err(words)?;
    let roster = team.sign_roster(&team.first_roster(&log, SystemClock.now()));

    let mut tally = Tally::default();
    let mut all: Vec<Known> = Vec::new();
    let mut last_server = 0;
    for cycle in 0..plan.cycles {
        let server = Program::start(program, &data, &instance).map_err(words)?;
        let visitor = server.visitor(&team);
        if cycle == 0 {
            let answer = visitor
                .post("/v1/rosters", roster.as_bytes())
                .map_err(words)?;
            if answer.status != 204 {
                return Err(format!("the roster is refused: {}", answer.code()));
            }
        }
        let today = SystemClock.now().day();
        let snapshot = visitor.snapshot(SystemClock.now(), today.back(1))?;
        // What was under way when the last server died is tried again, as its writer would.
        repeat(
            &visitor,
            &snapshot,
            all.iter_mut().skip(last_server),
            &mut tally,
        );
        let life = rand::thread_rng().gen_range(plan.longest_life / 4..=plan.longest_life);
        let known = put_until_killed(
            server,
            &visitor,
            &Arc::new(snapshot.into_inner()),
            plan,
            life,
        )?;
        tally.acknowledged += known
            .iter()
            .filter(|known| known.promised.is_some())
            .count() as u64;
        tally.acknowledged += known
            .iter()
            .filter(|known| known.deletion == Deletion::Acknowledged)
            .count() as u64;
        after_kill(tally.cycles, &data).map_err(words)?;
        tally.cycles += 1;
        last_server = all.len();
        all.extend(known);
    }
    let server = Program::start(program, &data, &instance).map_err(words)?;
    let visitor = server.visitor(&team);
    let today = SystemClock.now().day();
    let snapshot = visitor.snapshot(SystemClock.now(), today.back(1))?;
    repeat(
        &visitor,
        &snapshot,
        all.iter_mut().skip(last_server),
        &mut tally,
    );
    let wall = whole_wall(&visitor, &team, all.len())?;
    judge(&visitor, &all, &wall, &mut tally)?;
    Ok(tally)
}

/// Lets clients put and delete until the server is killed under them.
fn put_until_killed(
    server: Program,
    visitor: &Visitor,
    snapshot: &Arc<Snapshot>,
    plan: &Plan,
    life: u64,
) -> Result<Vec<Known>, String> {
    let known: Arc<Mutex<Vec<Known>>> = Arc::default();
    let clients: Vec<_> = (0..plan.clients)
        .map(|_| {
            let (visitor, snapshot) = (visitor.clone(), Arc::clone(snapshot));
            let (known, parts) = (Arc::clone(&known), plan.parts_one_in);
            std::thread::spawn(move || while step(&visitor, &snapshot, parts, &known) {})
        })
        .collect();
    std::thread::sleep(Duration::from_millis(life));
    server.kill().map_err(|error| error.to_string())?;
    for client in clients {
        client.join().map_err(|_| "a client panicked")?;
    }
    let known = known.lock().map_err(|_| "a client panicked")?.clone();
    Ok(known)
}

/// One put, and sometimes its deletion. False once the server is gone.
fn step(
    visitor: &Visitor,
    snapshot: &Snapshot,
    parts_one_in: u32,
    known: &Mutex<Vec<Known>>,
) -> bool {
    let mut random = rand::thread_rng();
    let is_part = parts_one_in > 0 && random.gen_ratio(1, parts_one_in);
    let class = if is_part {
        BlobClass::Part
    } else {
        snapshot.envelope_class()
    };
    let (request, key) = put_of(snapshot, class, snapshot.today());
    let mut entry = Known {
        request,
        key,
        promised: None,
        deletion: Deletion::None,
    };
    entry.promised = visitor
        .put(snapshot, &entry.request)
        .ok()
        .map(|(_, response)| response);
    let goes_on = entry.promised.is_some();
    let mut deletes_on = true;
    if goes_on && random.gen_ratio(1, 8) {
        entry.deletion = Deletion::Tried;
        match visitor.delete(&entry.request.slot, &entry.key) {
            Ok(204) => entry.deletion = Deletion::Acknowledged,
            _ => deletes_on = false,
        }
    }
    known
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .push(entry);
    goes_on && deletes_on
}

/// Puts the same bytes again: an acknowledged put must give the same promise, one that was not
/// acknowledged must go through now, whatever was done of it before.
fn repeat<'a>(
    visitor: &Visitor,
    snapshot: &Snapshot,
    of_last_server: impl Iterator<Item = &'a mut Known>,
    tally: &mut Tally,
) {
    for known in of_last_server {
        let again = visitor
            .put(snapshot, &known.request)
            .map(|(_, response)| response);
        match (&known.promised, again) {
            (Some(before), Ok(now)) if *before == now => {}
            (Some(_), Ok(_)) => note(&mut tally.lost, "a put got another promise"),
            (Some(_), Err(error)) => note(&mut tally.lost, &error),
            (None, Ok(now)) => known.promised = Some(now),
            (None, Err(error)) => note(&mut tally.half, &error),
        }
    }
}

/// Syncs once everything must be visible.
fn whole_wall(
    visitor: &Visitor,
    team: &Team,
    expected: usize,
) -> Result<HashMap<[u8; 16], SyncRecord>, String> {
    let start = Instant::now();
    loop {
        let today = SystemClock.now().day();
        let note = team.sync(0, today, today.back(2), Epoch(0));
        let records = visitor.sync(&note)?;
        let waited = start.elapsed() > Duration::from_secs(20);
        if records.len() >= expected || waited {
            return Ok(records
                .into_iter()
                .map(|record| (record.slot.0, record))
                .collect());
        }
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// Counts, and says what was found.
fn note(count: &mut u64, what: &str) {
    *count += 1;
    eprintln!("crash harness: {what}");
}

fn judge(
    visitor: &Visitor,
    all: &[Known],
    wall: &HashMap<[u8; 16], SyncRecord>,
    tally: &mut Tally,
) -> Result<(), String> {
    for known in all {
        let Some(promised) = &known.promised else {
            continue;
        };
        let Some(found) = wall.get(&known.request.slot.0) else {
            note(&mut tally.lost, "an acknowledged put is not on the wall");
            continue;
        };
        let record = &found.record;
        let tombstone = Tombstone::parse(&record.blob);
        if record.r != promised.r || record.delete_hash != known.request.delete_hash {
            note(&mut tally.half, "r or delete hash is another");
        }
        match (known.deletion, tombstone) {
            (Deletion::None, None) | (Deletion::Tried, None) => {
                if record.blob != known.request.blob.bytes() {
                    note(&mut tally.half, "the blob is another");
                }
            }
            (Deletion::Acknowledged, None) => {
                note(&mut tally.resurrected, "a deleted blob is there again");
            }
            (Deletion::None, Some(_)) => note(&mut tally.lost, "nobody deleted this"),
            (_, Some(tombstone)) => {
                if tombstone.key != known.key || tombstone.blob != known.request.putting().blob {
                    note(&mut tally.half, "the tombstone is another");
                }
            }
        }
    }
    if wall.len() != all.iter().filter(|known| known.promised.is_some()).count() {
        note(&mut tally.half, "the wall holds more or less than was put");
    }
    // And what is shown still verifies.
    let today = SystemClock.now().day();
    visitor
        .snapshot(SystemClock.now(), today.back(1))
        .map(|_| ())
}
