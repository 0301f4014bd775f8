//! Reads an export of `beistand-server export`, whose stream `server/STORAGE.md` describes, by
//! rules of this auditor's own. Its values are judged as those of a data directory are.

use super::blobs::Blobs;
use super::format::{self, Fields, Record};
use super::keys::Keys;
use super::reading::{self, Gathered};
use super::{log_key, say_what_no_auditor_can, Audit, StoreAuditError, BLOBS, KEYS, LOG_KEY};
use crate::checks::check_world;
use crate::findings::{Check, Findings};
use crate::world::World;
use beistand_protocol::instance::Instance;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

const MAGIC: &[u8; 18] = b"beistand/v1/export";
/// Bytes of the largest value, and of the longest key.
const LARGEST_VALUE: u32 = 4 << 20;
const LONGEST_KEY: u16 = 64;

/// Audits an export with the `keys/` and `log.key` in `keys_from`, which must be as old as it is.
///
/// # Errors
/// As [`super::audit`]; also [`StoreAuditError::Export`] where it is none, or not whole.
pub fn audit_export(
    path: &Path,
    keys_from: &Path,
    instance: Option<Instance>,
) -> Result<Audit, StoreAuditError> {
    let mut findings = Findings::default();
    let place = tempfile::Builder::new()
        .prefix("beistand-audit-")
        .tempdir()?;
    let folder = place.path().join(BLOBS);
    fs::create_dir(&folder)?;
    let gathered = gather(path, &folder, &mut findings)?;
    let keys = Keys::read(&keys_from.join(KEYS), &mut findings)?;
    let mut stored = reading::judge(gathered, keys, Blobs::open(&folder)?, false, &mut findings)?;
    stored.log_key = log_key(&keys_from.join(LOG_KEY), &mut findings)?;
    let tally = reading::tally(&stored);
    findings.merge(check_world(&World {
        instance,
        stored,
        served: None,
    }));
    findings.cannot(
        "keys that belong to nothing",
        "an export does not say what its server did after it was taken",
    );
    say_what_no_auditor_can(&mut findings);
    Ok(Audit {
        files: 1,
        bytes: fs::metadata(path)?.len(),
        stored: tally,
        findings,
    })
}

/// An entry of the stream.
struct Entry {
    kind: u8,
    key: Vec<u8>,
    value: Vec<u8>,
}

/// Reads the stream and hashes it on the way.
struct Stream {
    from: BufReader<File>,
    hash: Sha256,
}

impl Stream {
    fn take(&mut self, size: usize) -> Result<Vec<u8>, StoreAuditError> {
        let mut bytes = vec![0; size];
        self.from
            .read_exact(&mut bytes)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => StoreAuditError::Export,
                _ => error.into(),
            })?;
        self.hash.update(&bytes);
        Ok(bytes)
    }

    fn next(&mut self) -> Result<Option<Entry>, StoreAuditError> {
        let digest = self.hash.clone().finalize();
        let head = self.take(7)?;
        let mut fields = Fields(&head);
        let sizes = fields.array().zip(fields.array()).zip(fields.array());
        let (([kind], key), value) = sizes.ok_or(StoreAuditError::Export)?;
        let (key, value) = (u16::from_be_bytes(key), u32::from_be_bytes(value));
        if key > LONGEST_KEY || value > LARGEST_VALUE {
            return Err(StoreAuditError::Export);
        }
        let key = self.take(usize::from(key))?;
        let value = self.take(usize::try_from(value).map_err(io::Error::other)?)?;
        if kind != b'e' {
            return Ok(Some(Entry { kind, key, value }));
        }
        let is_whole = key.is_empty() && value[..] == digest[..];
        match is_whole && self.from.read(&mut [0])? == 0 {
            true => Ok(None),
            false => Err(StoreAuditError::Export),
        }
    }
}

/// Gathers the values, and writes the blobs to where a server keeps them.
fn gather(
    path: &Path,
    folder: &Path,
    findings: &mut Findings,
) -> Result<Gathered, StoreAuditError> {
    let (from, hash) = (BufReader::new(File::open(path)?), Sha256::new());
    let mut stream = Stream { from, hash };
    let head = stream.take(MAGIC.len() + 4 + 16)?;
    let mut fields = Fields(&head);
    let magic: Option<[u8; 18]> = fields.array();
    let schema = fields.array().map(u32::from_be_bytes);
    let (Some(MAGIC), Some(schema)) = (magic.as_ref(), schema) else {
        return Err(StoreAuditError::Export);
    };
    if schema != format::SCHEMA {
        return Err(StoreAuditError::Schema {
            found: schema,
            known: format::SCHEMA,
        });
    }
    let mut gathered = Gathered::default();
    let mut before: Option<Record> = None;
    while let Some(entry) = stream.next()? {
        let record = before.take();
        match entry.kind {
            b'v' => {
                before = gathered.add(&entry.key, &entry.value, findings);
                if let Some(record) = &before {
                    gathered.list(record, &entry.key);
                }
            }
            b'b' => match record {
                Some(record) if entry.value.len() == format::sealed_size(record.class) => {
                    let name = format::blob_file(record.day, record.class);
                    let mut options = OpenOptions::new();
                    let file = options.write(true).create(true).truncate(false);
                    let offset = u64::from(record.blob_place) * entry.value.len() as u64;
                    file.open(folder.join(name))?
                        .write_all_at(&entry.value, offset)?;
                }
                _ => findings.find(Check::Records, "the export", "a blob belongs to no record"),
            },
            _ => return Err(StoreAuditError::Export),
        }
    }
    Ok(gathered)
}
