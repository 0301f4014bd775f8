//! What goes on, for whoever waits.

use std::io::{self, IsTerminal as _, Write as _};

/// A step of sending or fetching a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many bytes of the file are done, of so many.
    Done {
        /// Bytes that are done.
        bytes: u64,
        /// Bytes of the file.
        of: u64,
    },
    /// The connection was lost; it is tried again after a while.
    Lost,
}

/// Shows steps on standard error where somebody is looking, in one line that is written over.
#[derive(Debug)]
pub struct Line {
    what: String,
    shown: bool,
}

impl Line {
    /// A line that begins with these words.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            shown: io::stderr().is_terminal(),
        }
    }

    /// Shows a step.
    pub fn show(&mut self, step: Step) {
        if !self.shown {
            return;
        }
        let words = match step {
            Step::Done { bytes, of } => format!("{} of {}", size(bytes), size(of)),
            Step::Lost => "the connection was lost, trying again".to_owned(),
        };
        let end = match step {
            Step::Done { bytes, of } if bytes == of => "\n",
            _ => "",
        };
        // Whoever cannot be shown it misses nothing that matters.
        let _ = write!(io::stderr(), "\r\u{1b}[K{}: {words}{end}", self.what);
    }
}

/// A size as people read it.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 3] = ["KiB", "MiB", "GiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_readable() {
        let known = [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (67_108_864, "64.0 MiB"),
            (3 << 30, "3.0 GiB"),
        ];
        for (bytes, words) in known {
            assert_eq!(size(bytes), words);
        }
    }
}
