//! A person with `beistand-report`.

use crate::programs::programs;
use crate::running::{run, Ended};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Somebody who knows a server and its instance file, and no more.
#[derive(Debug, Clone)]
pub struct Reporter {
    server: String,
    instance: PathBuf,
}

/// What somebody has after filing: the words, and what the program said.
#[derive(Debug, Clone)]
pub struct Filed {
    /// The twelve words.
    pub words: String,
    /// The program's JSON.
    pub json: Value,
}

impl Reporter {
    /// Somebody who was told this address and given this file.
    pub fn new(server: &str, instance: &Path) -> Self {
        Self {
            server: server.to_owned(),
            instance: instance.to_owned(),
        }
    }

    /// Runs the program with `input` on its standard input.
    pub fn run(&self, arguments: &[&str], input: &str) -> Ended {
        let instance = self.instance.display().to_string();
        let mut line = vec!["--server", &self.server, "--instance", &instance];
        line.extend_from_slice(arguments);
        run(&programs().report, &line, input)
    }

    /// Files a report that everybody but those excluded may read, and waits until it is recorded.
    #[track_caller]
    pub fn file(&self, text: &str, exclude: &[u32]) -> Filed {
        let exclude: Vec<String> = exclude.iter().map(u32::to_string).collect();
        let mut arguments = vec!["file", "--json", "--wait", "--text", "-"];
        for serial in &exclude {
            arguments.extend_from_slice(&["--exclude", serial]);
        }
        let json = self.run(&arguments, text).json();
        assert_eq!(json["recorded"], true, "{json}");
        let words = json["words"]
            .as_str()
            .expect("the words are a string")
            .to_owned();
        Filed { words, json }
    }

    /// Reads the conversation.
    #[track_caller]
    pub fn check(&self, words: &str) -> Value {
        self.run(&["check", "--json", "--words-fd", "0"], words)
            .json()
    }

    /// Writes into the conversation, and waits until it is recorded.
    #[track_caller]
    pub fn reply(&self, words: &str, text: &str, more: &[&str]) -> Value {
        let json = self.try_reply(words, text, more).json();
        assert_eq!(json["recorded"], true, "{json}");
        json
    }

    /// Writes into the conversation, or tries to.
    pub fn try_reply(&self, words: &str, text: &str, more: &[&str]) -> Ended {
        let folder = tempfile::tempdir().expect("there is room for a file");
        let path = folder.path().join("text");
        std::fs::write(&path, text).expect("there is room for a file");
        let path = path.display().to_string();
        let mut arguments = vec![
            "reply",
            "--json",
            "--wait",
            "--words-fd",
            "0",
            "--text",
            &path,
        ];
        arguments.extend_from_slice(more);
        self.run(&arguments, words)
    }
}

/// The texts of a conversation as `check` gave it, in order.
pub fn texts(check: &Value) -> Vec<&str> {
    let messages = check["messages"].as_array().expect("messages are a list");
    messages
        .iter()
        .filter_map(|message| message["text"].as_str())
        .collect()
}
