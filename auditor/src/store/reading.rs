//! Reads a copy of the database, value by value: each is recognised or is a finding.

use super::blobs::Blobs;
use super::format::{self, Key, Meta, Record};
use super::keys::Keys;
use super::unseal;
use super::StoreAuditError;
use crate::findings::{Check, Findings};
use crate::world::{Content, Item, Stored};
use beistand_protocol::bytes::{InstanceId, Slot};
use beistand_protocol::merkle::{leaf_hash, CompactRange};
use beistand_protocol::note::{Domain as _, RosterDomain};
use beistand_protocol::time::{Day, Epoch};
use beistand_protocol::tombstone::Tombstone;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// sled's own tree beside which there must be none.
const ONLY_TREE: &[u8] = b"__sled__default";

/// What was gathered in one pass over all keys.
#[derive(Default)]
pub struct Gathered {
    schema: Option<u32>,
    instance: Option<InstanceId>,
    tree: Option<Vec<u8>>,
    closed: Option<Epoch>,
    logged_roster: Option<u64>,
    records: BTreeMap<Slot, Record>,
    of_day: BTreeSet<(Day, Slot)>,
    leaves: BTreeMap<u64, String>,
    rosters: BTreeMap<u64, String>,
    prekeys: BTreeMap<(u8, Day), String>,
    challenges: BTreeMap<Day, String>,
    state: Option<String>,
}

/// Opens the database in `folder`, a copy that sled may write to.
///
/// # Errors
/// [`StoreAuditError::Database`].
pub fn open(folder: &Path) -> Result<sled::Db, StoreAuditError> {
    let mut config = sled::Config::new().path(folder).create_new(false);
    if let Some(size) = segment_size(folder) {
        config = config.segment_size(size);
    }
    config.open().map_err(|_| StoreAuditError::Database)
}

/// sled opens a database only with the segment size it was made with, and keeps it in `conf`.
fn segment_size(folder: &Path) -> Option<usize> {
    let conf = std::fs::read(folder.join("conf")).ok()?;
    let conf = String::from_utf8_lossy(&conf).into_owned();
    let line = conf
        .lines()
        .find_map(|line| line.strip_prefix("segment_size:"))?;
    line.trim().parse().ok()
}

/// Reads everything.
///
/// # Errors
/// [`StoreAuditError::Database`], [`StoreAuditError::Schema`], [`StoreAuditError::Empty`].
pub fn read(
    database: &sled::Db,
    keys: Keys,
    blobs: Blobs,
    findings: &mut Findings,
) -> Result<Stored, StoreAuditError> {
    for name in database.tree_names() {
        findings.expect(
            Check::Records,
            name == ONLY_TREE,
            "the database",
            "it has a tree beside the one the format knows",
        );
    }
    let mut gathered = Gathered::default();
    for entry in database.iter() {
        let (key, value) = entry.map_err(|_| StoreAuditError::Database)?;
        gathered.add(&key, &value, findings);
    }
    judge(gathered, keys, blobs, true, findings)
}

/// Puts together what was gathered. With `all_keys`, keys that nothing uses are found as well.
///
/// # Errors
/// As [`read`].
pub fn judge(
    gathered: Gathered,
    mut keys: Keys,
    mut blobs: Blobs,
    all_keys: bool,
    findings: &mut Findings,
) -> Result<Stored, StoreAuditError> {
    match gathered.schema {
        Some(format::SCHEMA) => {}
        Some(found) => {
            return Err(StoreAuditError::Schema {
                found,
                known: format::SCHEMA,
            })
        }
        None => return Err(StoreAuditError::Empty),
    }
    let items = items(&gathered, &mut keys, &mut blobs, findings)?;
    let days = gathered.records.values().map(|record| record.day).collect();
    if all_keys {
        keys.check_spare(&days, findings);
    }
    blobs.check_days(&days, findings);
    check_leftovers(&gathered, findings);
    check_numbers(&gathered, findings);
    check_instance(&gathered, findings);
    // Only what has a leaf is served; the log says so of each roster.
    let logged = gathered.logged_roster.unwrap_or(0);
    let (rosters, waiting): (Vec<_>, Vec<_>) = gathered
        .rosters
        .into_iter()
        .partition(|(version, _)| *version <= logged);
    if !waiting.is_empty() {
        findings.cannot(
            format!("{} rosters that were accepted last", waiting.len()),
            "their epoch had not closed when the server stopped",
        );
    }
    Ok(Stored {
        items,
        leaves: gathered.leaves.into_values().collect(),
        rosters: rosters.into_iter().map(|(_, note)| note).collect(),
        prekeys: gathered.prekeys.into_values().collect(),
        challenges: gathered.challenges.into_values().collect(),
        state: gathered.state,
        log_key: None,
    })
}

/// The kind and the first bytes of a key: enough to find it again.
fn place_of(key: &[u8]) -> String {
    let kind = key.first().map_or(' ', |byte| char::from(*byte));
    let kind = if kind.is_ascii_graphic() { kind } else { '?' };
    format!(
        "{kind} {}…",
        hex::encode(
            key.get(1..)
                .map_or(&[][..], |rest| &rest[..rest.len().min(8)])
        )
    )
}

impl Gathered {
    /// Recognises a key and its value, or finds fault with them; answers a record.
    pub fn add(&mut self, key: &[u8], value: &[u8], findings: &mut Findings) -> Option<Record> {
        findings.look(Check::Records);
        let place = || format!("record {}", place_of(key));
        let Some(parsed) = Key::parse(key) else {
            findings.find(Check::Records, place(), "its key is of no documented form");
            return None;
        };
        let slot = match &parsed {
            Key::Item(slot) => Some(*slot),
            _ => None,
        };
        if self.take(parsed, value).is_none() {
            let what = "its value is not what its key says";
            findings.find(Check::Records, place(), what);
        }
        slot.and_then(|slot| self.records.get(&slot).cloned())
    }

    /// Notes that a record, found under `key`, is listed on its day: an export does not say so.
    pub fn list(&mut self, record: &Record, key: &[u8]) {
        if let Some(Key::Item(slot)) = Key::parse(key) {
            self.of_day.insert((record.day, slot));
        }
    }

    /// Takes a value in; `None` where it is not of the form its key demands.
    fn take(&mut self, key: Key, value: &[u8]) -> Option<()> {
        let text = || String::from_utf8(value.to_vec()).ok();
        let empty = value.is_empty().then_some(());
        match key {
            Key::Meta(Meta::Schema) => {
                self.schema = Some(u32::from_be_bytes(value.try_into().ok()?));
            }
            Key::Meta(Meta::Instance) => self.instance = Some(format::instance(value)?),
            Key::Meta(Meta::Tree) => self.tree = Some(value.to_vec()),
            Key::Meta(Meta::Closed) => self.closed = Some(Epoch(format::number(value)?)),
            Key::Meta(Meta::LoggedRoster) => self.logged_roster = Some(format::number(value)?),
            Key::Meta(Meta::State) => self.state = Some(text()?),
            Key::Item(slot) => {
                self.records.insert(slot, Record::parse(value)?);
            }
            Key::OfDay(day, slot) => {
                empty?;
                self.of_day.insert((day, slot));
            }
            Key::Leaf(index) => {
                self.leaves.insert(index, text()?);
            }
            Key::Roster(version) => {
                let (_, note) = format::roster(value)?;
                self.rosters.insert(version, note);
            }
            Key::Prekey(device, day) => {
                self.prekeys.insert((device.0, day), text()?);
            }
            Key::ReplacedPrekey(..) => empty?,
            Key::FirstCheckpoint(day) => {
                self.challenges.insert(day, text()?);
            }
            // What is left of the day is found where its keys and files are looked at.
            Key::Gone(_) => empty?,
        }
        Some(())
    }
}

fn items(
    gathered: &Gathered,
    keys: &mut Keys,
    blobs: &mut Blobs,
    findings: &mut Findings,
) -> Result<Vec<Item>, StoreAuditError> {
    let mut items = Vec::with_capacity(gathered.records.len());
    for (slot, record) in &gathered.records {
        let place = format!("record {}", place_of(&[&b"i"[..], &slot.0].concat()));
        let listed = gathered.of_day.contains(&(record.day, *slot));
        let what = "it is not among the items of its day, so its day's end would not reach it";
        findings.expect(Check::Completeness, listed, &place, what);
        findings.look(Check::Shredding);
        let Some(day_keys) = keys.day(record.day) else {
            findings.find(Check::Shredding, &place, "there is no key file of its day");
            continue;
        };
        let Some(secret) = unseal::record(&day_keys.day_key, slot, record) else {
            findings.find(Check::Shredding, &place, "its sealed half does not open");
            continue;
        };
        let content = match secret.deleted {
            Some(key) => Content::Tombstone(Tombstone {
                key,
                blob: secret.blob,
            }),
            None if day_keys.is_used(record.key_place) => {
                findings.find(Check::Shredding, &place, "another item has the same key");
                Content::Unreadable
            }
            None => match day_keys.take(record.key_place) {
                Some(key) => blob(blobs, slot, record, &key, &place, findings)?,
                None => {
                    findings.find(Check::Shredding, &place, "the key of its blob is missing");
                    Content::Unreadable
                }
            },
        };
        if let Content::Blob { digest, .. } = &content {
            let what = "its blob is not the one its record was made for";
            findings.expect(Check::Completeness, *digest == secret.blob, &place, what);
        }
        if record.visible.is_none() && secret.leaf != 0 {
            findings.find(
                Check::Records,
                &place,
                "it waits to be logged, but has a leaf",
            );
        }
        items.push(Item {
            slot: *slot,
            delete_hash: record.delete_hash,
            class: record.class,
            shard: record.shard,
            day: record.day,
            epoch: record.visible,
            r: secret.r,
            leaf: record.visible.map(|_| secret.leaf),
            content,
        });
    }
    Ok(items)
}

fn blob(
    blobs: &mut Blobs,
    slot: &Slot,
    record: &Record,
    key: &[u8; 32],
    place: &str,
    findings: &mut Findings,
) -> Result<Content, StoreAuditError> {
    let Some(sealed) = blobs.take(record.day, record.class, record.blob_place)? else {
        let what = "its blob is missing, or another item has the same";
        findings.find(Check::Completeness, place, what);
        return Ok(Content::Unreadable);
    };
    match unseal::blob(key, slot, record, &sealed) {
        Some(bytes) => Ok(Content::of_blob(record.class, &bytes)),
        None => {
            let what = "its blob does not open with its key";
            findings.find(Check::Shredding, place, what);
            Ok(Content::Unreadable)
        }
    }
}

fn check_leftovers(gathered: &Gathered, findings: &mut Findings) {
    for (day, slot) in &gathered.of_day {
        let there = gathered
            .records
            .get(slot)
            .is_some_and(|record| record.day == *day);
        let place = format!(
            "record {}",
            place_of(&[&b"d"[..], &day.0.to_be_bytes()].concat())
        );
        findings.expect(
            Check::Completeness,
            there,
            &place,
            "it lists an item that is not there",
        );
    }
    let whole = (0u64..)
        .zip(gathered.leaves.keys())
        .all(|(expected, index)| expected == *index);
    findings.expect(
        Check::Tree,
        whole,
        "the log",
        "a leaf between others is missing",
    );
}

/// Numbers that say again what the log says.
fn check_numbers(gathered: &Gathered, findings: &mut Findings) {
    let mut tree = CompactRange::new();
    for leaf in gathered.leaves.values() {
        tree.append(leaf_hash(leaf.as_bytes()));
    }
    let roots = tree.roots().iter().flat_map(|root| root.0);
    let expected: Vec<u8> = tree.size().to_be_bytes().into_iter().chain(roots).collect();
    let same = gathered
        .tree
        .as_ref()
        .map_or(tree.size() == 0, |stored| *stored == expected);
    findings.expect(
        Check::Tree,
        same,
        "the stored tree",
        "it is not the tree of the leaves",
    );
}

fn check_instance(gathered: &Gathered, findings: &mut Findings) {
    let Some(instance) = &gathered.instance else {
        findings.find(
            Check::Records,
            "the database",
            "it does not say its instance",
        );
        return;
    };
    let first_line = RosterDomain::first_line(instance);
    for (version, note) in &gathered.rosters {
        let same = note.lines().next() == Some(first_line.as_str());
        let what = "it is for another instance than the database";
        findings.expect(
            Check::Rosters,
            same,
            &format!("stored roster {version}"),
            what,
        );
    }
}

/// How a stored thing is called in the list of what is stored.
pub fn tally(stored: &Stored) -> BTreeMap<String, u64> {
    let mut tally: BTreeMap<String, u64> = BTreeMap::new();
    let mut count = |what: &str, number: usize| {
        *tally.entry(what.to_owned()).or_default() += number as u64;
    };
    for item in &stored.items {
        let what = match (&item.content, item.class.is_envelope()) {
            (Content::Tombstone(_), _) => "tombstones",
            (_, true) => "envelopes",
            (_, false) => "parts",
        };
        count(what, 1);
    }
    count("leaves of the log", stored.leaves.len());
    count("rosters", stored.rosters.len());
    count("prekeys", stored.prekeys.len());
    tally
}
