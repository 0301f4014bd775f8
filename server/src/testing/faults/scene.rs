//! An instance on a disk of its own, whose server can be started again and again.

use super::shim::{Shim, Task};
use super::tally::Tally;
use crate::clock::Clock as _;
use crate::testing::{Program, Team, Visitor};
use beistand_protocol::roster::Roster;
use beistand_protocol::snapshot::Snapshot;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;

/// What a server says that waited for a disk, or for a lock on one, in vain.
const STALLED: [&str; 3] = [
    "the disk did not answer in time",
    "the disk does not answer",
    "another server is running on this data directory",
];
/// How often a server is started on a disk that stalls. Each waits for many seconds by itself.
const MOST_STARTS: u32 = 5;

/// See the module.
#[derive(Debug)]
pub struct Scene {
    directory: TempDir,
    program: PathBuf,
    instance: PathBuf,
    /// Who signs.
    pub team: Team,
    /// Under every server.
    pub shim: Shim,
    /// Days until a day is forgotten.
    pub ttl_days: u32,
}

impl Scene {
    /// A new instance whose server is `program`.
    ///
    /// # Errors
    /// In words, what the harness could not prepare.
    pub fn new(program: &Path) -> Result<Self, String> {
        let directory = tempfile::tempdir().map_err(words)?;
        let team = Team::new(rand::random());
        let instance = Program::write_instance(directory.path(), &team).map_err(words)?;
        let shim = Shim::build(directory.path())?;
        std::fs::create_dir(directory.path().join("disk")).map_err(words)?;
        Ok(Self {
            program: program.to_owned(),
            instance,
            team,
            shim,
            ttl_days: 3,
            directory,
        })
    }

    /// What stands for the whole disk; the data directory is in it.
    pub fn disk(&self) -> PathBuf {
        self.directory.path().join("disk")
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.disk().join("data")
    }

    /// A path beside the disk.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// What the last server said.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.beside("said")).unwrap_or_default()
    }

    /// Starts a server on `data` and waits until it listens.
    ///
    /// # Errors
    /// That it does not listen, with what it said.
    pub fn start(&self, data: &Path, task: &Task<'_>) -> Result<Program, String> {
        let mut command = Program::command(&self.program, data, &self.instance);
        self.shim.put_under(&mut command, task);
        let said = File::create(self.beside("said")).map_err(words)?;
        command.stderr(Stdio::from(said));
        Program::start_command(&mut command)
            .map_err(|error| format!("{error}; it said: {}", self.said().trim_end()))
    }

    /// Starts a server on a disk that is well. Where it gives up because this machine's disk stalls,
    /// which `tally` counts, it is started again.
    ///
    /// # Errors
    /// As [`Scene::start`], for any other reason, or where the disk stalls for too long.
    pub fn start_again(&self, data: &Path, tally: &mut Tally) -> Result<Program, String> {
        let mut tries = 1;
        loop {
            match self.start(data, &Task::default()) {
                Err(_) if self.has_stalled() && tries < MOST_STARTS => tries += 1,
                outcome => return outcome,
            }
            tally.stalled += 1;
        }
    }

    /// Whether the last server ended because the disk did not answer for seconds.
    pub fn has_stalled(&self) -> bool {
        let said = self.said();
        STALLED.iter().any(|sentence| said.contains(sentence))
    }

    /// Starts a server and kills it a moment later, whatever it was at.
    ///
    /// # Errors
    /// That it cannot be started.
    pub fn start_and_kill(&self, after: std::time::Duration) -> Result<(), String> {
        let mut command = Program::command(&self.program, &self.data(), &self.instance);
        self.shim.put_under(&mut command, &Task::default());
        command.stdout(Stdio::null());
        let mut child = command.spawn().map_err(words)?;
        std::thread::sleep(after);
        child.kill().map_err(words)?;
        child.wait().map(|_| ()).map_err(words)
    }

    /// Posts the first roster, once a server has made its log key.
    ///
    /// # Errors
    /// That it is refused.
    pub fn post_roster(&self, visitor: &Visitor) -> Result<(), String> {
        let log = Program::log_key(&self.data()).map_err(words)?;
        let now = self.shim.clock().now();
        let roster = Roster {
            ttl_days: self.ttl_days,
            ..self.team.first_roster(&log, now)
        };
        let note = self.team.sign_roster(&roster);
        let answer = visitor.post("/v1/rosters", note.as_bytes());
        let answer = answer.map_err(words)?;
        match answer.status {
            204 => Ok(()),
            _ => Err(format!("the roster is refused: {}", answer.code())),
        }
    }

    /// What a visitor sees now, verified.
    ///
    /// # Errors
    /// What does not verify.
    pub fn snapshot(&self, visitor: &Visitor) -> Result<Snapshot, String> {
        let now = self.shim.clock().now();
        let from = now.day().back(self.ttl_days);
        visitor
            .snapshot(now, from)
            .map(beistand_protocol::trust::Verified::into_inner)
    }

    /// Keeps the whole scene for somebody to look at; answers where it is.
    pub fn keep(self) -> PathBuf {
        self.directory.keep()
    }
}

/// An error as the harnesses hand it on.
pub fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}
