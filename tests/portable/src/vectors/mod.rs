//! Foreign vectors of the age format: any folder of files as the CCTV project writes them, tried
//! on the very library and identities that envelopes are opened with.

mod deviations;
mod file;
mod outcome;

pub use deviations::{deviation, Deviation, DEVIATIONS};
pub use file::{Expected, FileError, VectorFile};
pub use outcome::{decrypt, Decrypted, Outcome};

use std::fmt;
use std::io;
use std::path::Path;

/// What a folder of vectors came to.
#[derive(Debug, Default)]
pub struct Summary {
    /// Vectors that gave what they expect, or deviate as [`DEVIATIONS`] says.
    pub passed: usize,
    /// One line a vector that did not.
    pub failures: Vec<String>,
    /// Names of those that deviate as [`DEVIATIONS`] says.
    pub deviating: Vec<&'static str>,
    /// Files with header lines this version does not know, which the format says to leave out.
    pub ignored: Vec<String>,
}

impl fmt::Display for Summary {
    /// The last line of a report.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failures.len())
    }
}

/// Runs every file of a folder, in the order of names. Hidden files and folders are left out.
///
/// # Errors
/// The folder or a file in it cannot be read.
pub fn run_folder(folder: &Path) -> io::Result<Summary> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = name(&path).starts_with('.');
        if path.is_file() && !hidden {
            paths.push(path);
        }
    }
    paths.sort();
    let mut summary = Summary::default();
    for path in paths {
        summary.add(&name(&path), &std::fs::read(&path)?);
    }
    Ok(summary)
}

impl Summary {
    /// Runs one vector of that name.
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        match judge(name, bytes) {
            Ok(None) => self.passed += 1,
            Ok(Some(deviation)) => {
                self.passed += 1;
                self.deviating.push(deviation.name);
            }
            Err(Judged::Ignored) => self.ignored.push(name.to_owned()),
            Err(Judged::Failed(why)) => self.failures.push(format!("{name}: {why}")),
        }
    }
}

enum Judged {
    Ignored,
    Failed(String),
}

/// Whether a vector gave what it should; with the deviation, if that is why.
fn judge(name: &str, bytes: &[u8]) -> Result<Option<&'static Deviation>, Judged> {
    let file = VectorFile::parse(bytes).map_err(|error| match error {
        FileError::UnknownKey => Judged::Ignored,
        other => Judged::Failed(other.to_string()),
    })?;
    let decrypted = decrypt(&file).map_err(|error| Judged::Failed(error.to_string()))?;
    let deviation = deviation(name);
    let (expected, hash) = match deviation {
        Some(deviation) if file.expected.outcome == deviation.expected => (deviation.given, None),
        _ => (file.expected.outcome, file.expected.payload),
    };
    if decrypted.outcome != expected {
        let given = decrypted.outcome;
        let why = if expected == file.expected.outcome {
            format!("expected {expected}, got {given}")
        } else {
            format!("listed as deviating with {expected}, got {given}")
        };
        return Err(Judged::Failed(why));
    }
    if hash.is_some_and(|hash| hash != decrypted.payload) {
        let when = match decrypted.outcome {
            Outcome::Success => "of the payload",
            _ => "of what was released before the failure",
        };
        return Err(Judged::Failed(format!(
            "the SHA-256 {when} is another than expected"
        )));
    }
    Ok(deviation)
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
