//! Disks that are full or fail: the Nth write or sync of a server gets an error.

use super::clients::{Clients, Habits};
use super::judge::judge;
use super::scene::{words, Scene};
use super::shim::{Failing, Task};
use super::tally::{Tally, Wrong};
use super::trace;
use crate::testing::Program;
use beistand_protocol::time::UnixTime;
use rand::Rng as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// The system's numbers of the two errors.
const EIO: i32 = 5;
const ENOSPC: i32 = 28;
/// The longest a caller may wait for an answer: what the store allows itself, and the way.
const PATIENCE: Duration = Duration::from_secs(13);

/// How hard to try.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many servers get an error.
    pub runs: u32,
    /// Acknowledgements after which a server that met no error yet is stopped.
    pub acknowledgements: u64,
}

impl Plan {
    /// A plan of so many runs.
    pub fn of(runs: u32) -> Self {
        Self {
            runs,
            acknowledgements: 40,
        }
    }
}

/// Runs the plan; `progress` is told the tally after each run.
///
/// # Errors
/// Where the harness itself cannot go on, in words.
pub fn run(program: &Path, plan: &Plan, progress: &mut dyn FnMut(&Tally)) -> Result<Tally, String> {
    let (writes, syncs) = count(program, plan)?;
    let mut random = rand::thread_rng();
    let mut tally = Tally::new("runs");
    for number in 0..plan.runs {
        let sync = number % 2 == 0;
        let failing = Failing {
            sync,
            at: random.gen_range(1..=if sync { syncs } else { writes }),
            error: if number % 4 < 2 { EIO } else { ENOSPC },
            // A full disk stays full; a lost write is told once.
            always: number % 4 >= 2,
        };
        tally.add(run_once(program, plan, failing)?);
        progress(&tally);
    }
    Ok(tally)
}

/// Lets each sync of a first start fail, and all that come after it: the server says so in a
/// sentence, however far it was, and starts once the disk is mended.
///
/// # Errors
/// As [`run`].
pub fn run_starts(program: &Path) -> Result<Tally, String> {
    let nothing_to_do = Plan {
        runs: 0,
        acknowledgements: 0,
    };
    let (_, syncs) = count(program, &nothing_to_do)?;
    let mut tally = Tally::new("runs");
    for at in 1..=syncs {
        let failing = Failing {
            sync: true,
            at,
            error: ENOSPC,
            always: true,
        };
        tally.add(run_once(program, &nothing_to_do, failing)?);
    }
    Ok(tally)
}

/// How many writes and syncs a run has when nothing fails.
fn count(program: &Path, plan: &Plan) -> Result<(u64, u64), String> {
    let scene = Scene::new(program)?;
    let (disk, path) = (scene.disk(), scene.beside("trace"));
    let task = Task {
        root: Some(&disk),
        trace: Some(&path),
        ..Task::default()
    };
    let server = scene.start(&scene.data(), &task)?;
    let mut nothing = Tally::new("runs");
    work(&scene, &server, plan, &mut nothing)?;
    server.kill().map_err(words)?;
    let trace = std::fs::read(&path).map_err(words)?;
    let (writes, syncs) = trace::count(&trace::events(&trace)?, &disk);
    Ok((writes.max(1), syncs.max(1)))
}

/// One server that meets an error, and the one after it.
fn run_once(program: &Path, plan: &Plan, failing: Failing) -> Result<Tally, String> {
    let mut tally = Tally::new("runs");
    tally.tries = 1;
    let place = format!(" [{failing:?}]");
    meet(program, plan, failing, &mut tally).map_err(|error| error + &place)?;
    for complaint in &mut tally.complaints {
        complaint.push_str(&place);
    }
    Ok(tally)
}

fn meet(program: &Path, plan: &Plan, failing: Failing, tally: &mut Tally) -> Result<(), String> {
    let scene = Scene::new(program)?;
    let disk = scene.disk();
    let task = Task {
        root: Some(&disk),
        failing: Some(failing),
        ..Task::default()
    };
    let mut known = Vec::new();
    match scene.start(&scene.data(), &task) {
        // It did not come as far as to listen.
        Err(_) => check_sentence(&scene, tally),
        Ok(mut server) => {
            known = work(&scene, &server, plan, tally)?;
            let ended = server.child().try_wait().map_err(words)?;
            if ended.is_some() {
                check_sentence(&scene, tally);
            } else {
                server.kill().map_err(words)?;
            }
        }
    }
    tally.acknowledged = known
        .iter()
        .map(super::known::Known::acknowledgements)
        .sum();
    // The disk is mended; everything is over by now.
    scene.shim.clock().advance(3).map_err(words)?;
    let started = scene.start_again(&scene.data(), tally);
    let outcome = started.and_then(|server| {
        if known.iter().all(|known| known.promised.is_none()) {
            return Ok(());
        }
        judge(&scene, &server.visitor(&scene.team), &known, tally)
    });
    if let Err(error) = outcome {
        tally.complain(Wrong::Half, error);
    }
    Ok(())
}

/// A server that gave up must have said so, in a sentence and with a hint.
fn check_sentence(scene: &Scene, tally: &mut Tally) {
    let said = scene.said();
    let has = |what: &str| said.lines().any(|line| line.starts_with(what));
    if !has("error: ") || !has("hint: ") || said.contains("panicked") {
        let what = format!("the server ended without a sentence: {said}");
        tally.complain(Wrong::Hung, what);
    }
}

/// Puts and deletes until enough is acknowledged or the server is gone.
fn work(
    scene: &Scene,
    server: &Program,
    plan: &Plan,
    tally: &mut Tally,
) -> Result<Vec<super::known::Known>, String> {
    let visitor = server.visitor(&scene.team);
    // Without a roster, or with a server that is gone already, there is nothing to put.
    if scene.post_roster(&visitor).is_err() {
        return Ok(Vec::new());
    }
    let Ok(snapshot) = scene.snapshot(&visitor) else {
        return Ok(Vec::new());
    };
    let habits = Habits {
        clients: 3,
        parts_one_in: 20,
        server: 0,
        trace: None,
    };
    let clients = Clients::start(&visitor, snapshot, habits);
    let start = Instant::now();
    let mut turned = false;
    while clients.acknowledged() < plan.acknowledgements
        && !clients.have_ended()
        && start.elapsed() < PATIENCE
    {
        if !turned && clients.acknowledged() > plan.acknowledgements / 2 {
            turned = true;
            let clock = scene.shim.clock();
            clock.advance(UnixTime::DAY_SECONDS).map_err(words)?;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let (known, slowest) = clients.end()?;
    if slowest > PATIENCE {
        let what = format!("an answer took {} seconds", slowest.as_secs());
        tally.complain(Wrong::Hung, what);
    }
    Ok(known)
}
