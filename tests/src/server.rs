//! A real server on a port of its own.

use crate::programs::programs;
use crate::running::{run, Ended};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running server; ended when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub url: String,
    /// Its data directory.
    pub data: PathBuf,
}

impl Server {
    /// Starts a server on `data` and waits until it listens.
    pub fn start(data: &Path, instance: &Path) -> Self {
        let mut child = Command::new(&programs().server)
            .args(arguments(data, instance))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let stdout = child.stdout.take().expect("stdout was asked for");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the server speaks UTF-8");
        let Some(url) = line.trim_end().strip_prefix("listening on ") else {
            let _ = child.kill();
            panic!("the server did not say where it listens, but: {line:?}");
        };
        Self {
            url: url.to_owned(),
            child,
            data: data.to_owned(),
        }
    }

    /// Starts a second one that is expected to refuse.
    pub fn try_start(data: &Path, instance: &Path) -> Ended {
        let arguments = arguments(data, instance);
        run(
            &programs().server,
            &arguments.iter().map(String::as_str).collect::<Vec<_>>(),
            "",
        )
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        let port = self
            .url
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        port.expect("the address ends in a port")
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would: without a word.
    pub fn kill(mut self) {
        self.child.kill().expect("the server runs");
        self.child.wait().expect("a killed server ends");
    }

    /// Asks it to end and waits until it has; it must end well.
    pub fn stop(mut self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .expect("kill is there");
        assert!(
            asked.success(),
            "the server had ended before it was asked to"
        );
        let status = self
            .child
            .wait()
            .expect("a server that was asked to end does");
        assert!(status.success(), "the server ended with {status}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn arguments(data: &Path, instance: &Path) -> Vec<String> {
    let path = |path: &Path| path.display().to_string();
    [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        &path(data),
        "--instance",
        &path(instance),
    ]
    .map(str::to_owned)
    .to_vec()
}
