//! What the program says: sentences for people, or one JSON value a line for scripts.

use serde::Serialize;
use std::io::{self, Write};

/// Writes to standard output. A reader who has gone away is no error.
pub struct Output {
    json: bool,
}

impl Output {
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// `value` for scripts, or the `sentences` for people.
    pub fn say(&self, value: &impl Serialize, sentences: impl FnOnce() -> String) {
        if self.json {
            let line = serde_json::to_string(value).expect("what we say is always JSON");
            self.write(&format!("{line}\n"));
        } else {
            self.write(&sentences());
        }
    }

    /// Exactly this text.
    pub fn write(&self, text: &str) {
        let mut output = io::stdout().lock();
        let _ = output
            .write_all(text.as_bytes())
            .and_then(|()| output.flush());
    }
}
