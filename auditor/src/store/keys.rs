//! The key files: one a day, `keys/<day>`, outside the database, so that what is destroyed in
//! them is forgotten by everything.
//!
//! ```text
//! "beistand/v1/keys" ‖ day[4] ‖ zeros[12] ‖ day key[32] ‖ item key[32] × n
//! ```

use super::format::Fields;
use crate::findings::{Check, Findings};
use beistand_protocol::time::Day;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

const MAGIC: &[u8; 16] = b"beistand/v1/keys";
const KEY_SIZE: usize = 32;
const EMPTY: [u8; KEY_SIZE] = [0; KEY_SIZE];

/// The keys of one day.
pub struct DayKeys {
    /// Seals records.
    pub day_key: [u8; KEY_SIZE],
    /// Seal blobs; by their place, none where a key was destroyed.
    items: Vec<Option<[u8; KEY_SIZE]>>,
    used: BTreeSet<u32>,
}

/// All key files.
#[derive(Default)]
pub struct Keys(BTreeMap<Day, DayKeys>);

impl Keys {
    /// Reads all files in `folder`, which need not exist.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn read(folder: &Path, findings: &mut Findings) -> io::Result<Self> {
        let mut keys = Self::default();
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(keys),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            // Names that are no days are found where the files are looked at.
            let Some(day) = day_of(&entry.file_name().to_string_lossy()) else {
                continue;
            };
            match parse(day, &fs::read(entry.path())?) {
                Some(file) => {
                    keys.0.insert(day, file);
                }
                None => findings.find(
                    Check::Records,
                    format!("keys/{day}"),
                    "it is not a key file of that day",
                ),
            }
            findings.look(Check::Records);
        }
        Ok(keys)
    }

    /// The keys of a day.
    pub fn day(&mut self, day: Day) -> Option<&mut DayKeys> {
        self.0.get_mut(&day)
    }

    /// A key that belongs to nothing could still open what was deleted.
    pub fn check_spare(&self, days_with_items: &BTreeSet<Day>, findings: &mut Findings) {
        for (day, keys) in &self.0 {
            findings.look(Check::Shredding);
            if !days_with_items.contains(day) {
                let what = "its day has no items, so its keys should have been destroyed";
                findings.find(Check::Shredding, format!("keys/{day}"), what);
                continue;
            }
            let spare = (0u32..)
                .zip(&keys.items)
                .filter(|(place, key)| key.is_some() && !keys.used.contains(place))
                .count();
            if spare > 0 {
                let what = format!(
                    "{spare} keys belong to no item; a crash can leave such, and the next start of \
                     the server destroys them: start and stop it, then audit again"
                );
                findings.find(Check::Shredding, format!("keys/{day}"), what);
            }
        }
    }
}

impl DayKeys {
    /// The key in a place, noted as used; `None` where there is none.
    pub fn take(&mut self, place: u32) -> Option<[u8; KEY_SIZE]> {
        let key = self
            .items
            .get(usize::try_from(place).ok()?)
            .copied()
            .flatten()?;
        self.used.insert(place);
        Some(key)
    }

    /// Whether another item has used this place already.
    pub fn is_used(&self, place: u32) -> bool {
        self.used.contains(&place)
    }
}

/// The day a file's name says.
pub fn day_of(name: &str) -> Option<Day> {
    let day: u32 = name.parse().ok()?;
    (day.to_string() == name).then_some(Day(day))
}

fn parse(day: Day, bytes: &[u8]) -> Option<DayKeys> {
    let mut fields = Fields(bytes);
    let start: [u8; 32] = fields.array()?;
    let expected = [&MAGIC[..], &day.0.to_be_bytes(), &[0; 12]].concat();
    let day_key: [u8; KEY_SIZE] = fields.array()?;
    if start[..] != expected[..] || day_key == EMPTY || fields.0.len() % KEY_SIZE != 0 {
        return None;
    }
    let mut items = Vec::with_capacity(fields.0.len() / KEY_SIZE);
    while let Some(key) = fields.array::<KEY_SIZE>() {
        items.push((key != EMPTY).then_some(key));
    }
    Some(DayKeys {
        day_key,
        items,
        used: BTreeSet::new(),
    })
}
