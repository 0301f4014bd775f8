//! The real program, started as an operator starts it.

use super::{Team, Visitor};
use crate::log_key::LogKey;
use beistand_protocol::verifier_key::VerifierKey;
use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// A running `beistand-server`; killed when it is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Program {
    /// Writes `instance.json` beside the data and answers its path.
    ///
    /// # Errors
    /// Those of writing.
    pub fn write_instance(directory: &Path, team: &Team) -> io::Result<PathBuf> {
        let path = directory.join("instance.json");
        std::fs::write(&path, team.instance_file())?;
        Ok(path)
    }

    /// The command that serves `data` on any free port.
    pub fn command(program: &Path, data: &Path, instance: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .arg("serve")
            .arg("--data")
            .arg(data)
            .arg("--instance")
            .arg(instance);
        command.args(["--listen", "127.0.0.1:0"]);
        command
    }

    /// Starts it and waits until it listens.
    ///
    /// # Errors
    /// Where it ends before, or says something else.
    pub fn start(program: &Path, data: &Path, instance: &Path) -> io::Result<Self> {
        Self::start_command(&mut Self::command(program, data, instance))
    }

    /// Starts a command that was changed, and waits until it listens.
    ///
    /// # Errors
    /// As [`Program::start`].
    pub fn start_command(command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = child
            .stdout
            .take()
            .ok_or_else(|| io::Error::other("no output"))?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on http://");
        match address.and_then(|address| address.parse().ok()) {
            Some(address) => Ok(Self { child, address }),
            None => {
                child.kill()?;
                child.wait()?;
                Err(io::Error::other("the program does not listen"))
            }
        }
    }

    /// Ends it without any warning; answers how it ended where it had done so by itself.
    ///
    /// # Errors
    /// Those of the system.
    pub fn kill(mut self) -> io::Result<Option<ExitStatus>> {
        if let Some(status) = self.child.try_wait()? {
            return Ok(Some(status));
        }
        self.child.kill()?;
        self.child.wait().map(|_| None)
    }

    /// The process.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Who asks it.
    pub fn visitor(&self, team: &Team) -> Visitor {
        Visitor {
            address: self.address,
            instance: team.instance.clone(),
        }
    }

    /// The log key in a data directory; made where there is none.
    ///
    /// # Errors
    /// Those of the file.
    pub fn log_key(data: &Path) -> io::Result<VerifierKey> {
        let key = LogKey::open(data, None).map_err(io::Error::other)?;
        Ok(key.verifier().clone())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Where it has ended already there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
