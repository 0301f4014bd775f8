//! A counselor with `beistand`, on a machine of their own.

use crate::programs::programs;
use crate::running::{run, Ended};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Somebody with a desk.
#[derive(Debug, Clone)]
pub struct Counselor {
    /// Their number on the roster.
    pub serial: usize,
    /// Their name.
    pub name: &'static str,
    vault: PathBuf,
}

impl Counselor {
    pub(crate) fn new(serial: usize, name: &'static str, vault: &Path) -> Self {
        Self {
            serial,
            name,
            vault: vault.to_owned(),
        }
    }

    /// The passphrase of the desk.
    pub fn passphrase(&self) -> String {
        format!("passphrase of desk {}", self.serial)
    }

    /// Where the desk's vault is.
    pub fn vault(&self) -> &Path {
        &self.vault
    }

    /// Runs `beistand` with this desk's vault.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let vault = self.vault.display().to_string();
        let mut line = vec!["--vault", &vault, "--passphrase-fd", "0", "--json"];
        line.extend_from_slice(arguments);
        run(&programs().beistand, &line, &self.passphrase())
    }

    /// Makes the desk from an invitation.
    #[track_caller]
    pub fn join(&self, invitation: &Path, request: &Path) {
        let (invitation, request) = (
            invitation.display().to_string(),
            request.display().to_string(),
        );
        self.run(&["join", &invitation, "--out", &request]).ok();
    }

    /// Takes everything new from the server.
    #[track_caller]
    pub fn sync(&self, server: &str) -> Value {
        self.run(&["--server", server, "sync"]).json()
    }

    /// All cases of this desk.
    #[track_caller]
    pub fn cases(&self) -> Vec<String> {
        let list = self.run(&["list"]).json();
        let cases = list["cases"].as_array().expect("cases are a list");
        cases
            .iter()
            .map(|case| {
                case["case"]
                    .as_str()
                    .expect("a number is a string")
                    .to_owned()
            })
            .collect()
    }

    /// The only case of this desk.
    #[track_caller]
    pub fn only_case(&self) -> String {
        let mut cases = self.cases();
        assert_eq!(cases.len(), 1, "{} should have one case", self.name);
        cases.remove(0)
    }

    /// A case.
    #[track_caller]
    pub fn show(&self, case: &str) -> Value {
        self.run(&["show", case]).json()
    }

    /// Answers a case.
    #[track_caller]
    pub fn reply(&self, server: &str, case: &str, text: &str, status: Option<&str>) -> Value {
        let folder = tempfile::tempdir().expect("there is room for a file");
        let path = folder.path().join("text");
        std::fs::write(&path, text).expect("there is room for a file");
        let path = path.display().to_string();
        let mut arguments = vec!["--server", server, "reply", case, "--text", &path];
        if let Some(status) = status {
            arguments.extend_from_slice(&["--status", status]);
        }
        self.run(&arguments).json()
    }

    /// The desk's keys as other age programs take them.
    #[track_caller]
    pub fn keys(&self) -> Vec<String> {
        let keys = self.run(&["keys", "export"]).ok();
        keys.lines()
            .filter(|line| line.starts_with("AGE-SECRET-KEY-PQ-1"))
            .map(str::to_owned)
            .collect()
    }
}
