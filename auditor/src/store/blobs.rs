//! The files of blobs: one a day and class, `blobs/<day>-<class>`, sealed blobs of equal size one
//! after the other.

use super::format;
use crate::findings::{Check, Findings};
use beistand_protocol::class::BlobClass;
use beistand_protocol::time::Day;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// All files of blobs.
#[derive(Default)]
pub struct Blobs(BTreeMap<(Day, u8), Blobfile>);

struct Blobfile {
    file: File,
    used: BTreeSet<u32>,
}

impl Blobs {
    /// Opens all files in `folder`, which need not exist.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let mut blobs = Self::default();
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(blobs),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            // Other names are found where the files are looked at.
            let name = entry.file_name();
            let Some((day, class)) = format::parse_blob_file(&name.to_string_lossy()) else {
                continue;
            };
            let (file, used) = (File::open(entry.path())?, BTreeSet::new());
            blobs.0.insert((day, class.wire()), Blobfile { file, used });
        }
        Ok(blobs)
    }

    /// The sealed blob in a place; `None` where there is none, or another item has it.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn take(&mut self, day: Day, class: BlobClass, place: u32) -> io::Result<Option<Vec<u8>>> {
        let Some(file) = self.0.get_mut(&(day, class.wire())) else {
            return Ok(None);
        };
        if !file.used.insert(place) {
            return Ok(None);
        }
        let mut sealed = vec![0; format::sealed_size(class)];
        let offset = u64::from(place) * sealed.len() as u64;
        match file.file.read_exact_at(&mut sealed, offset) {
            Ok(()) => Ok(Some(sealed)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A day that is gone takes its files with it.
    pub fn check_days(&self, days_with_items: &BTreeSet<Day>, findings: &mut Findings) {
        for (day, class) in self.0.keys() {
            findings.expect(
                Check::Completeness,
                days_with_items.contains(day),
                &format!("blobs/{day}-{class}"),
                "its day has no items, so it should have been removed",
            );
        }
    }
}
