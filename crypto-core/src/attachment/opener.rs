//! From the parts on the wall to a file again, one at a time (section 5).

use super::{Attachment, AttachmentError, FileDigest};
use crate::part::{PartError, PartKeys, PART_DATA_SIZE};
use beistand_protocol::bytes::{Digest, Slot};
use beistand_protocol::fetch::FetchRecord;
use beistand_protocol::tombstone::Tombstone;
use std::fmt;
use zeroize::Zeroizing;

/// Opens one file. Fetch the slot it [wants](Self::wants), [open](Self::open) what came, write
/// the bytes somewhere provisional; when nothing is wanted any more, [finish](Self::finish) says
/// whether it is the file that was sent. Parts that only round the number up are fetched too:
/// leaving them out would show how long the file is.
pub struct AttachmentOpener {
    keys: PartKeys,
    sha256: Digest,
    size: u64,
    parts: u16,
    next: u16,
    digest: FileDigest,
}

impl AttachmentOpener {
    /// Begins with what a message says about a file.
    pub fn new(attachment: &Attachment) -> Self {
        Self {
            keys: attachment.keys(),
            sha256: attachment.sha256,
            size: attachment.size,
            parts: attachment.parts,
            next: 0,
            digest: FileDigest::default(),
        }
    }

    /// How many bytes of the file are open.
    pub fn opened(&self) -> u64 {
        self.size.min(u64::from(self.next) * PART_DATA_SIZE as u64)
    }

    /// The slot of the next part, or none after the last.
    pub fn wants(&self) -> Option<Slot> {
        (self.next < self.parts).then(|| self.keys.slot(self.next))
    }

    /// Opens what a fetch of that slot brought: the next bytes of the file; none from a part that
    /// only rounds their number up.
    ///
    /// # Errors
    /// [`AttachmentError::Part`] with the number of the part, from 1, and what is wrong with it;
    /// [`AttachmentError::Deleted`]; [`AttachmentError::Complete`]. The same part may be tried
    /// again.
    pub fn open(&mut self, record: &FetchRecord) -> Result<Zeroizing<Vec<u8>>, AttachmentError> {
        let slot = self.wants().ok_or(AttachmentError::Complete)?;
        if let Some(tombstone) = Tombstone::parse(&record.blob) {
            let commitment = tombstone.commitment(&record.r, &slot, &record.delete_hash);
            return Err(match commitment {
                Some(_) => AttachmentError::Deleted,
                None => self.failed(PartError::Missing),
            });
        }
        let opened = self.keys.open(self.next, &record.blob);
        let mut data = opened.map_err(|error| self.failed(error))?;
        let left = self.size - self.opened();
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(data.len());
        // What is not the file's is nothing.
        if data[length..].iter().any(|byte| *byte != 0) {
            return Err(self.failed(PartError::Altered));
        }
        data.truncate(length);
        self.digest.update(&data);
        self.next += 1;
        Ok(data)
    }

    /// Whether what was opened is, as a whole, the file the message speaks of.
    ///
    /// # Errors
    /// [`AttachmentError::Incomplete`], [`AttachmentError::OtherContent`].
    pub fn finish(self) -> Result<(), AttachmentError> {
        if self.wants().is_some() {
            return Err(AttachmentError::Incomplete);
        }
        if self.digest.finish() != self.sha256 {
            return Err(AttachmentError::OtherContent);
        }
        Ok(())
    }

    fn failed(&self, error: PartError) -> AttachmentError {
        AttachmentError::Part {
            number: self.next + 1,
            error,
        }
    }
}

impl fmt::Debug for AttachmentOpener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "AttachmentOpener({} of {} bytes)",
            self.opened(),
            self.size
        )
    }
}
