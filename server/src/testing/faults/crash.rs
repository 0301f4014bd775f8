//! kill -9 during puts, parts, deletions, starts, and the ends of epochs and days.

use super::clients::{Clients, Habits};
use super::judge::{judge, repeat};
use super::known::Known;
use super::scene::{words, Scene};
use super::tally::{Tally, Wrong};
use beistand_protocol::time::UnixTime;
use rand::Rng as _;
use std::path::Path;
use std::time::Duration;

/// How hard to try.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How often the server is killed.
    pub cycles: u32,
    /// After how many kills everything is compared and a new instance begins.
    pub cycles_a_round: u32,
    /// Clients at once.
    pub clients: u32,
    /// The longest a server lives, in milliseconds.
    pub longest_life: u64,
    /// One put in so many is a part; 0 for none.
    pub parts_one_in: u32,
}

impl Plan {
    /// A plan of so many cycles.
    pub fn of(cycles: u32) -> Self {
        Self {
            cycles,
            cycles_a_round: 20,
            clients: 8,
            longest_life: 700,
            parts_one_in: 40,
        }
    }
}

/// Does something to the data directory of a dead server, so that it can be shown what the
/// harness notices. It is told how many servers of the round were killed before.
pub type Meddle<'a> = &'a mut dyn FnMut(u32, &Path) -> std::io::Result<()>;

/// Runs the plan with the program at `program`; `progress` is told the tally after each round.
///
/// # Errors
/// Where the harness itself cannot go on, in words.
pub fn run(program: &Path, plan: &Plan, progress: &mut dyn FnMut(&Tally)) -> Result<Tally, String> {
    run_with(program, plan, progress, &mut |_, _| Ok(()))
}

/// As [`run`], and meddles.
///
/// # Errors
/// As [`run`], and those of `meddle`.
pub fn run_with(
    program: &Path,
    plan: &Plan,
    progress: &mut dyn FnMut(&Tally),
    meddle: Meddle<'_>,
) -> Result<Tally, String> {
    let mut tally = Tally::new("cycles");
    while tally.tries < plan.cycles {
        let cycles = plan.cycles_a_round.min(plan.cycles - tally.tries);
        let scene = Scene::new(program)?;
        let mut round = Tally::new("cycles");
        let outcome = run_round(&scene, plan, cycles, meddle, &mut round);
        if outcome.is_err() || !round.is_clean() {
            let said = scene.said();
            let place = scene.keep();
            let place = place.display();
            let note = format!("the data of this round is kept in {place}; last said: {said}");
            round.complaints.push(note);
        }
        if let Err(error) = outcome {
            // A server that does not start again has lost everything it was given.
            round.complain(Wrong::Half, error);
        }
        round.tries = cycles;
        tally.add(round);
        progress(&tally);
    }
    Ok(tally)
}

fn run_round(
    scene: &Scene,
    plan: &Plan,
    cycles: u32,
    meddle: Meddle<'_>,
    tally: &mut Tally,
) -> Result<(), String> {
    let mut random = rand::thread_rng();
    let clock = scene.shim.clock();
    let mut all: Vec<Known> = Vec::new();
    let mut last_server = 0;
    for cycle in 0..cycles {
        if cycle > 0 && random.gen_ratio(1, 4) {
            // Somewhere between its first instruction and its first answer.
            scene.start_and_kill(Duration::from_millis(random.gen_range(0..60)))?;
        }
        let server = scene.start_again(&scene.data(), tally)?;
        let visitor = server.visitor(&scene.team);
        if cycle == 0 {
            scene.post_roster(&visitor)?;
        }
        repeat(scene, &visitor, all.iter_mut().skip(last_server), tally)?;
        let habits = Habits {
            clients: plan.clients,
            parts_one_in: plan.parts_one_in,
            server: cycle,
            trace: None,
        };
        let clients = Clients::start(&visitor, scene.snapshot(&visitor)?, habits);
        let life =
            Duration::from_millis(random.gen_range(plan.longest_life / 4..=plan.longest_life));
        if random.gen_ratio(1, 3) {
            // A day ends in its last third of a second, or a little before.
            let rest = life.min(Duration::from_millis(random.gen_range(1..400)));
            std::thread::sleep(life - rest);
            clock.advance(UnixTime::DAY_SECONDS).map_err(words)?;
            std::thread::sleep(rest);
        } else {
            std::thread::sleep(life);
        }
        match server.kill().map_err(words)? {
            Some(_) if scene.has_stalled() => tally.stalled += 1,
            Some(status) => return Err(format!("server {cycle} ended by itself: {status}")),
            None => {}
        }
        let (known, _) = clients.end()?;
        tally.acknowledged += known.iter().map(Known::acknowledgements).sum::<u64>();
        meddle(cycle, &scene.data()).map_err(words)?;
        last_server = all.len();
        all.extend(known);
    }
    let server = scene.start_again(&scene.data(), tally)?;
    let visitor = server.visitor(&scene.team);
    repeat(scene, &visitor, all.iter_mut().skip(last_server), tally)?;
    drop(server);
    // The epochs of all puts are over now, so the start closes them: nothing is waited for.
    clock.advance(3).map_err(words)?;
    let server = scene.start_again(&scene.data(), tally)?;
    judge(scene, &server.visitor(&scene.team), &all, tally)
}
