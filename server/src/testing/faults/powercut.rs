//! Power cuts: everything a server writes and syncs is recorded, and what a disk may hold after
//! a cut at some moment is rebuilt and started on.

use super::clients::{Clients, Habits};
use super::image::{Disk, Model};
use super::judge::judge;
use super::known::Known;
use super::scene::{words, Scene};
use super::shim::Task;
use super::tally::{Tally, Wrong};
use super::trace::{self, Event};
use crate::clock::Clock as _;
use crate::testing::Program;
use beistand_protocol::time::UnixTime;
use rand::Rng as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// How hard to try.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many moments are tried, each under every model.
    pub moments: u32,
    /// Moments of one recording.
    pub moments_a_recording: u32,
    /// Acknowledgements a recording waits for.
    pub acknowledgements: u64,
}

impl Plan {
    /// A plan of so many moments.
    pub fn of(moments: u32) -> Self {
        Self {
            moments,
            moments_a_recording: 25,
            acknowledgements: 60,
        }
    }
}

/// What was recorded of one server: its first seconds, with the end of epochs and of days.
#[derive(Debug)]
pub struct Recording {
    scene: Scene,
    known: Vec<Known>,
    trace: Vec<u8>,
}

/// Runs the plan; `progress` is told the tally after each recording.
///
/// Where there is a `sabotage`, the syncs of what fits it are left out (`trace::without_syncs`), so
/// that it can be shown what is noticed; it stops then as soon as something is.
///
/// # Errors
/// Where the harness itself cannot go on, in words.
pub fn run(
    program: &Path,
    plan: &Plan,
    sabotage: &[&str],
    progress: &mut dyn FnMut(&Tally),
) -> Result<Tally, String> {
    let mut tally = Tally::new("states");
    let mut moments = 0;
    while moments < plan.moments {
        let recording = Recording::of(program, plan.acknowledgements)?;
        let count = plan.moments_a_recording.min(plan.moments - moments);
        recording.try_moments(count, sabotage, &mut tally)?;
        moments += count;
        progress(&tally);
        if !sabotage.is_empty() && !tally.is_clean() {
            break;
        }
    }
    Ok(tally)
}

impl Recording {
    /// Records a new server until so much was acknowledged.
    ///
    /// # Errors
    /// As [`run`].
    pub fn of(program: &Path, acknowledgements: u64) -> Result<Self, String> {
        let scene = Scene::new(program)?;
        let (disk, path) = (scene.disk(), scene.beside("trace"));
        let task = Task {
            root: Some(&disk),
            trace: Some(&path),
            failing: None,
        };
        let server = scene.start(&scene.data(), &task)?;
        let visitor = server.visitor(&scene.team);
        scene.post_roster(&visitor)?;
        let mut known = Vec::new();
        let clock = scene.shim.clock();
        // Days pass, so that there is something to be forgotten while others put.
        for day in 0..=scene.ttl_days + 1 {
            let habits = Habits {
                clients: 3,
                parts_one_in: 30,
                server: day,
                trace: Some(path.clone()),
            };
            let clients = Clients::start(&visitor, scene.snapshot(&visitor)?, habits);
            let share = acknowledgements.div_ceil(u64::from(scene.ttl_days) + 2);
            let start = Instant::now();
            while clients.acknowledged() < share && !clients.have_ended() {
                if start.elapsed() > Duration::from_secs(60) {
                    return Err("the server acknowledges nothing".to_owned());
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            clock.advance(UnixTime::DAY_SECONDS).map_err(words)?;
            // The day ends with clients at work; until it has, the state is a day old and refused.
            let has_ended = || {
                let today = scene.snapshot(&visitor).map(|snapshot| snapshot.today());
                today.is_ok_and(|today| today >= clock.now().day())
            };
            while !has_ended() {
                if start.elapsed() > Duration::from_secs(60) {
                    return Err("the server does not end the day".to_owned());
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            known.extend(clients.end()?.0);
        }
        server.kill().map_err(words)?;
        let trace = std::fs::read(&path).map_err(words)?;
        Ok(Self {
            scene,
            known,
            trace,
        })
    }

    /// Lets the power go at so many moments, each under every model; with a `sabotage` (see
    /// [`run`]) until that is noticed.
    ///
    /// # Errors
    /// As [`run`].
    pub fn try_moments(
        &self,
        count: u32,
        sabotage: &[&str],
        tally: &mut Tally,
    ) -> Result<(), String> {
        let events = trace::without_syncs(trace::events(&self.trace)?, sabotage);
        // Everything was over a moment after the last acknowledgement.
        self.scene.shim.clock().advance(3).map_err(words)?;
        let first_promise = self
            .known
            .iter()
            .filter_map(|known| known.promised.as_ref());
        let first_promise = first_promise.map(|(_, at)| *at).min().unwrap_or(0);
        let beginning = events.iter().filter(|(at, _)| *at < first_promise).count();
        let removals = events.iter().enumerate();
        let removals = removals.filter(|(_, (_, event))| matches!(event, Event::Remove { .. }));
        let removals: Vec<usize> = removals.map(|(position, _)| position).collect();
        let mut random = rand::thread_rng();
        for number in 0..count {
            let cut = match number % 4 {
                // The first second of a new database.
                0 => random.gen_range(0..=beginning),
                // Right after somebody was told that something is safe.
                1 => {
                    let known = &self.known[random.gen_range(0..self.known.len())];
                    let told = known.promised.as_ref().map_or(0, |(_, at)| *at);
                    events.iter().filter(|(at, _)| *at <= told).count()
                }
                // Where something is about to go, and has been made ready for that.
                2 if !removals.is_empty() => removals[random.gen_range(0..removals.len())],
                _ => random.gen_range(0..=events.len()),
            };
            for model in Model::ALL {
                let keeps = sabotage.is_empty();
                tally.add(self.try_state(&events, cut, model, keeps)?);
            }
            if !sabotage.is_empty() && !tally.is_clean() {
                break;
            }
        }
        Ok(())
    }

    /// Lets the power go after `cut` events. What is wrong then stays for somebody to look at, where
    /// that is wanted.
    fn try_state(
        &self,
        events: &[(u64, Event<'_>)],
        cut: usize,
        model: Model,
        keeps: bool,
    ) -> Result<Tally, String> {
        let position = cut.checked_sub(1).map_or(0, |last| events[last].0);
        let root = self.scene.disk();
        let mut disk = Disk::new(&root, model);
        events[..cut]
            .iter()
            .for_each(|(_, event)| disk.apply(event));
        let target = self.scene.beside("rebuilt");
        std::fs::create_dir(&target).map_err(words)?;
        disk.write_to(&root, &target).map_err(words)?;

        // Until its next record the trace cannot tell what came first.
        let known: Vec<Known> = self
            .known
            .iter()
            .map(|known| known.as_of(position))
            .collect();
        let mut state = Tally::new("states");
        state.acknowledged = known.iter().map(Known::acknowledgements).sum();
        if let Err(error) = self.compare(&target.join("data"), &known, &mut state) {
            state.complain(Wrong::Half, error);
        }
        for complaint in &mut state.complaints {
            let place = format!(" [{model:?}, after {cut} of {} events]", events.len());
            complaint.push_str(&place);
        }
        state.tries = 1;
        if keeps && !state.is_clean() {
            let kept = tempfile::tempdir().map_err(words)?.keep();
            std::fs::rename(&target, kept.join("disk")).map_err(words)?;
            let note = format!("what the server made of it is in {}", kept.display());
            state.complaints.push(note);
        } else {
            std::fs::remove_dir_all(&target).map_err(words)?;
        }
        Ok(state)
    }

    fn compare(&self, data: &Path, known: &[Known], state: &mut Tally) -> Result<(), String> {
        let server: Program = self.scene.start_again(data, state)?;
        let visitor = server.visitor(&self.scene.team);
        // A put is acknowledged only after a roster was; before, it is enough that it starts.
        if known.iter().any(|known| known.promised.is_some()) {
            judge(&self.scene, &visitor, known, state)?;
        }
        Ok(())
    }
}
