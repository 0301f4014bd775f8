//! The audit of a stopped server's data directory. Everything is read from a copy, because sled
//! cannot open a database without writing to it; the original is hashed before and after.

mod blobs;
mod export;
mod format;
mod keys;
mod reading;
mod unseal;

use crate::checks::check_world;
use crate::findings::{Check, Findings};
use crate::folder::{self, Contents};
use crate::world::World;
use beistand_protocol::instance::Instance;
use beistand_protocol::verifier_key::VerifierKey;
pub use export::audit_export;

use blobs::Blobs;
use keys::Keys;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Held by a running server.
const LOCKS: [&str; 2] = ["lock", "wall/db"];
/// sled's folder.
const DATABASE: &str = "wall";
/// What a first start makes it in.
const DATABASE_DRAFT: &str = "wall.draft";
/// The folder of key files.
const KEYS: &str = "keys";
/// The folder of the files of blobs.
const BLOBS: &str = "blobs";
/// Where a server puts what a full disk made of sled's snapshots.
const ASIDE: &str = "aside";
/// The socket of a running server.
const CONTROL: &str = "control";
/// The log's key.
const LOG_KEY: &str = "log.key";
/// Bytes a file has at most that is made whole or not at all.
const LARGEST_DRAFT: u64 = 4096;

/// What an audit of a data directory found.
#[derive(Debug, Clone, Serialize)]
pub struct Audit {
    /// Files that were copied and read.
    pub files: usize,
    /// Bytes of them.
    pub bytes: u64,
    /// What is stored, and how much of each.
    pub stored: BTreeMap<String, u64>,
    /// What was checked and found, and what was not.
    #[serde(flatten)]
    pub findings: Findings,
}

/// Why a data directory was not audited.
#[derive(Debug, thiserror::Error)]
pub enum StoreAuditError {
    /// Not a directory with a store in it.
    #[error("there is no server's data in this directory")]
    Empty,
    /// A server is at work in it.
    #[error("a server is running on this data directory")]
    Running,
    /// The files changed while they were copied.
    #[error("the files changed while they were copied, so something is at work in them")]
    Changed,
    /// sled does not open the copy.
    #[error("the copy of the database cannot be opened: it is damaged or incomplete")]
    Database,
    /// Not an export, or not a whole one.
    #[error("it is no export, or damaged, or cut off")]
    Export,
    /// A schema this auditor does not know.
    #[error("the data is of schema version {found}, and this auditor knows only {known}")]
    Schema {
        /// What the store says.
        found: u32,
        /// What this auditor reads.
        known: u32,
    },
    /// What the operating system says.
    #[error("a file cannot be read or copied: {0}")]
    Files(#[from] io::Error),
}

impl StoreAuditError {
    /// What to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Empty => "give the directory that follows --data of beistand-server",
            Self::Running | Self::Changed => "stop the server first, or audit a copy of the disk",
            Self::Database => "compare with a backup; nothing here was changed",
            Self::Export => "give a file that `beistand-server export` has written",
            Self::Schema { .. } => "use the auditor of the same version as the server",
            Self::Files(_) => {
                "the auditor must be able to read every file, and needs as much room for its copy"
            }
        }
    }
}

/// Audits the data directory of a stopped server; `instance` is what was pinned beforehand.
///
/// # Errors
/// [`StoreAuditError`] where there is nothing to say; whatever is wrong with the data itself is a
/// finding.
pub fn audit(data: &Path, instance: Option<Instance>) -> Result<Audit, StoreAuditError> {
    if !data.join(DATABASE).join("db").is_file() {
        return Err(StoreAuditError::Empty);
    }
    for lock in LOCKS {
        if folder::is_locked(&data.join(lock))? {
            return Err(StoreAuditError::Running);
        }
    }
    let before = Contents::of(data)?;
    let place = tempfile::Builder::new()
        .prefix("beistand-audit-")
        .tempdir()?;
    if folder::copy(data, place.path())? != before {
        return Err(StoreAuditError::Changed);
    }
    let mut findings = Findings::default();
    check_files(&before, &mut findings);
    let keys = Keys::read(&place.path().join(KEYS), &mut findings)?;
    let mut stored = {
        let database = reading::open(&place.path().join(DATABASE))?;
        let blobs = Blobs::open(&place.path().join(BLOBS))?;
        reading::read(&database, keys, blobs, &mut findings)?
    };
    stored.log_key = log_key(&place.path().join(LOG_KEY), &mut findings)?;
    let tally = reading::tally(&stored);
    findings.merge(check_world(&World {
        instance,
        stored,
        served: None,
    }));
    findings.expect(
        Check::Untouched,
        Contents::of(data)? == before,
        "the data directory",
        "its files changed during the audit",
    );
    say_what_no_auditor_can(&mut findings);
    Ok(Audit {
        files: before.files.len(),
        bytes: before.size(),
        stored: tally,
        findings,
    })
}

/// The public half of the key the server signs with: the first of two lines; the second is
/// secret, and only its form is looked at.
fn log_key(path: &Path, findings: &mut Findings) -> io::Result<Option<VerifierKey>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let lines: Vec<&str> = text.split('\n').collect();
    let key = match lines[..] {
        [public, secret, ""] if secret.len() == 64 => public.parse().ok(),
        _ => None,
    };
    let what = "it is not a key and its public half, a line each";
    findings.expect(Check::Records, key.is_some(), LOG_KEY, what);
    Ok(key)
}

fn say_what_no_auditor_can(findings: &mut Findings) {
    findings.cannot(
        "that no copy of anything exists elsewhere",
        "an audit sees what is stored here, never what was stored in another place",
    );
    findings.cannot(
        "what the envelopes say, and to whom",
        "only their readers can open them; checked is that nothing but envelopes is stored",
    );
    findings.cannot(
        "the free space inside the files",
        "it can hold sealed remains of what was deleted, whose keys are destroyed",
    );
}

/// Every file must be one the format knows: there is no room for a log, a temporary file or a
/// note beside them.
fn check_files(contents: &Contents, findings: &mut Findings) {
    for (path, file) in &contents.files {
        let known = path.to_str().is_some_and(is_known)
            || path.starts_with(DATABASE_DRAFT)
            || (path.to_str().is_some_and(is_draft) && file.size <= LARGEST_DRAFT);
        let place = path.display().to_string();
        findings.expect(Check::Files, known, &place, "the format knows no such file");
    }
    // A server that was killed leaves its socket.
    let others = contents
        .others
        .iter()
        .filter(|path| **path != Path::new(CONTROL));
    for path in others {
        let place = path.display().to_string();
        findings.find(Check::Files, place, "it is neither a file nor a folder");
    }
    let drafts = contents.files.keys().filter(|path| {
        path.extension() == Some("draft".as_ref()) || path.starts_with(DATABASE_DRAFT)
    });
    if drafts.count() > 0 {
        findings.cannot(
            "files that end in .draft",
            "they were being made when the machine stopped, and nothing refers to them",
        );
    }
    if contents.files.keys().any(|path| path.starts_with(ASIDE)) {
        findings.cannot(
            format!("the files in {ASIDE}/"),
            "they are unfinished snapshots of sled that a full disk left",
        );
    }
}

/// What a crash can leave of making the log key or a key file.
fn is_draft(path: &str) -> bool {
    path == "log.draft"
        || path
            .strip_prefix("keys/")
            .and_then(|name| name.strip_suffix(".draft"))
            .is_some_and(|name| keys::day_of(name).is_some())
}

fn is_known(path: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let snapshot = |name: &str| {
        name.strip_prefix("snap.").is_some_and(|rest| {
            let rest = rest.strip_suffix(".generating").unwrap_or(rest);
            !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    };
    match path.split('/').collect::<Vec<_>>()[..] {
        ["lock" | LOG_KEY] => true,
        [DATABASE, "db" | "conf"] => true,
        [DATABASE, name] => snapshot(name),
        [DATABASE, "blobs", name] => number(name),
        [BLOBS, name] => format::parse_blob_file(name).is_some(),
        [KEYS, name] => keys::day_of(name).is_some(),
        [ASIDE, name] => name
            .rsplit_once('.')
            .is_some_and(|(name, count)| snapshot(name) && number(count)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_draft, is_known};

    #[test]
    fn only_the_formats_own_names_are_known() {
        for name in [
            "lock",
            "log.key",
            "wall/db",
            "wall/conf",
            "wall/snap.0000000000001A2B",
            "wall/blobs/123456",
            "keys/20000",
            "blobs/20000-1",
            "aside/snap.0000000000001A2B.generating.0",
        ] {
            assert!(is_known(name), "{name}");
        }
        for name in [
            "access.log",
            "wall/db.bak",
            "wall/blobs/alice@example.org",
            "wall/snap.",
            "keys/020000",
            "blobs/20000-1.bak",
            "tmp/upload",
            "aside/notes",
        ] {
            assert!(!is_known(name), "{name}");
        }
        assert!(is_draft("log.draft") && is_draft("keys/20000.draft"));
        assert!(!is_draft("notes.draft") && !is_draft("keys/alice.draft"));
    }
}
