//! Where a server lives in a test: a folder that is gone afterwards, and a team of one device.

use super::{Program, Team, Visitor};
use crate::clock::{Clock as _, SystemClock};
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// A data directory and an `instance.json` beside it, for the program to be started on, again and again.
#[derive(Debug)]
pub struct Place {
    /// Path of `beistand-server`.
    pub program: PathBuf,
    /// Holds everything; goes with this value.
    pub directory: TempDir,
    /// Who signs rosters and prekeys.
    pub team: Team,
    /// Path of `instance.json`.
    pub instance: PathBuf,
}

impl Place {
    /// A new instance whose server was never started.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let directory = tempfile::tempdir().expect("a folder can be made");
        let team = Team::new(1);
        let instance =
            Program::write_instance(directory.path(), &team).expect("it can be written to");
        Self {
            program: program.into(),
            directory,
            team,
            instance,
        }
    }

    /// Path of the data directory, which the first start makes.
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// The command that serves it, to be changed.
    pub fn command(&self) -> Command {
        Program::command(&self.program, &self.data(), &self.instance)
    }

    /// Starts it and waits until it listens.
    pub fn start(&self) -> Program {
        Program::start_command(&mut self.command()).expect("the program starts")
    }

    /// Posts the first roster; the server has been started at least once.
    pub fn post_roster(&self, visitor: &Visitor) {
        let log = Program::log_key(&self.data()).expect("the first start made a key");
        let roster = self.team.first_roster(&log, SystemClock.now());
        let note = self.team.sign_roster(&roster);
        let answer = visitor.post("/v1/rosters", note.as_bytes());
        assert_eq!(answer.expect("the server answers").status, 204);
    }
}
