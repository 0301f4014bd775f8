//! The real program with a roster in force, and everything it says kept.

use super::{Program, Team, Visitor};
use crate::clock::{Clock as _, SystemClock};
use beistand_protocol::roster::Roster;
use std::io::{self, BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// See the module. Killed when dropped.
#[derive(Debug)]
pub struct Watched {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where it shows figures.
    pub metrics: SocketAddr,
    /// Who signs.
    pub team: Team,
    /// The roster in force.
    pub roster: Roster,
    directory: tempfile::TempDir,
    said: Arc<Mutex<Vec<u8>>>,
}

impl Watched {
    /// Starts it with these options besides those that every server needs, and with the first
    /// roster changed by `change`.
    ///
    /// # Errors
    /// Those of the system, and a program that does not listen.
    pub fn start(
        program: &Path,
        options: &[&str],
        change: impl FnOnce(&mut Roster),
    ) -> io::Result<Self> {
        let directory = tempfile::tempdir()?;
        let team = Team::new(1);
        let instance = Program::write_instance(directory.path(), &team)?;
        let data = directory.path().join("data");
        let mut command = Program::command(program, &data, &instance);
        command.args(["--metrics", "127.0.0.1:0"]).args(options);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let said = Arc::default();
        let none = || io::Error::other("the program does not listen");
        if let Some(errors) = child.stderr.take() {
            keep(errors, &said);
        }
        let mut output = BufReader::new(child.stdout.take().ok_or_else(none)?);
        let mut address_after = |prefix: &str| {
            let mut line = String::new();
            output.read_line(&mut line)?;
            let address = line.trim_end().strip_prefix(prefix);
            let address = address.map(|address| address.trim_end_matches("/metrics"));
            address.and_then(|a| a.parse().ok()).ok_or_else(none)
        };
        let metrics = address_after("metrics on http://")?;
        let address = address_after("listening on http://")?;
        keep(output, &said);
        let log = Program::log_key(&data)?;
        let mut roster = team.first_roster(&log, SystemClock.now());
        change(&mut roster);
        let watched = Self {
            child,
            address,
            metrics,
            team,
            roster,
            directory,
            said,
        };
        let note = watched.team.sign_roster(&watched.roster);
        match watched.visitor().post("/v1/rosters", note.as_bytes())? {
            answer if answer.status == 204 => Ok(watched),
            answer => Err(io::Error::other(answer.code())),
        }
    }

    /// Who asks it.
    pub fn visitor(&self) -> Visitor {
        Visitor {
            address: self.address,
            instance: self.team.instance.clone(),
        }
    }

    /// Everything it has written to standard output and standard error.
    pub fn said(&self) -> Vec<u8> {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.clone()
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Bytes of memory it has in use.
    ///
    /// # Errors
    /// The system does not say, which only Linux does.
    pub fn memory(&self) -> io::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB"));
        let kilobytes = kilobytes.and_then(|number| number.trim().parse::<u64>().ok());
        kilobytes
            .map(|kilobytes| kilobytes * 1024)
            .ok_or_else(|| io::Error::other("no VmRSS"))
    }

    /// Its data directory.
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Every file it keeps, with its name and bytes.
    ///
    /// # Errors
    /// Those of reading.
    pub fn files(&self) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
        let mut files = Vec::new();
        let mut folders = vec![self.data()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    files.push((entry.path(), std::fs::read(entry.path())?));
                } // A socket holds nothing.
            }
        }
        Ok(files)
    }
}

fn keep(mut from: impl Read + Send + 'static, said: &Arc<Mutex<Vec<u8>>>) {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut piece) {
            let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
            said.extend_from_slice(&piece[..read]);
        }
    });
}

impl Drop for Watched {
    fn drop(&mut self) {
        // Where it has ended already there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
