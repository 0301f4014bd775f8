//! From a file to its parts, one at a time, and to what the message says about it (section 5).
//! Memory is that of one part, however long the file is.

use super::{parts_for, Attachment, AttachmentError, AttachmentIdentity, FileDigest};
use crate::part::{PartKeys, PART_DATA_SIZE};
use crate::secret_hex::SecretHex;
use beistand_protocol::bytes::{Digest, Slot};
use beistand_protocol::grammar::SealedBlob;
use rand_core::{CryptoRng, RngCore};
use std::fmt;
use std::ops::Range;
use zeroize::Zeroizing;

/// Seals one file. Ask what the next part [wants](Self::wants), read that slice of the file,
/// [seal](Self::seal) it, put it; when nothing is wanted any more, [finish](Self::finish).
///
/// Each part is to be kept until the server has acknowledged it: after a lost connection the same
/// bytes are put again, and the server takes them once.
pub struct AttachmentSealer {
    identity: AttachmentIdentity,
    key: SecretHex<32>,
    keys: PartKeys,
    size: u64,
    parts: u16,
    next: u16,
    /// None where somebody else computes it.
    digest: Option<FileDigest>,
}

/// One part, ready to be put.
#[derive(Clone)]
pub struct SealedPart {
    /// Which of the file's parts, from 0.
    pub number: u16,
    /// Its slot.
    pub slot: Slot,
    /// What goes on the wall.
    pub blob: SealedBlob,
}

/// What else a message says about a file.
#[derive(Clone, Default)]
pub struct About {
    /// File name as given.
    pub name: String,
    /// Media type as given.
    pub media_type: String,
    /// Whether this is the file as it was, metadata included.
    pub kept_original: bool,
    /// What was taken out of it before.
    pub removed_metadata: Vec<String>,
}

impl AttachmentSealer {
    /// Begins with a file of `size` bytes, under keys of its own.
    ///
    /// # Errors
    /// [`AttachmentError::FileTooLarge`] above [`super::MAX_FILE_SIZE`]. What the roster allows
    /// [`super::check_sizes`] tells.
    pub fn new(size: u64, rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, AttachmentError> {
        let parts = parts_for(size)?;
        let mut secret = || {
            let mut bytes = Zeroizing::new([0; 32]);
            rng.fill_bytes(bytes.as_mut_slice());
            bytes
        };
        let identity = AttachmentIdentity::from_seed(*secret());
        let key = SecretHex::new(*secret());
        Ok(Self {
            keys: PartKeys::new(identity.identity(), key.clone()),
            identity,
            key,
            size,
            parts,
            next: 0,
            digest: Some(FileDigest::default()),
        })
    }

    /// The same, but SHA-256 of the file is computed elsewhere, with a [`FileDigest`] over the very
    /// slices that are sealed, and comes in with [`finish_with`](Self::finish_with).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn without_digest(
        size: u64,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Self, AttachmentError> {
        let sealer = Self::new(size, rng)?;
        Ok(Self {
            digest: None,
            ..sealer
        })
    }

    /// How many parts there will be: [`parts_for`] the size.
    pub fn parts(&self) -> u16 {
        self.parts
    }

    /// How many bytes of the file are sealed.
    pub fn sealed(&self) -> u64 {
        self.start_of(self.next)
    }

    /// The bytes of the file the next part is made of; an empty range for a part that only
    /// rounds their number up, and none after the last.
    pub fn wants(&self) -> Option<Range<u64>> {
        (self.next < self.parts).then(|| self.start_of(self.next)..self.start_of(self.next + 1))
    }

    /// Seals the next part, of exactly the bytes it [wants](Self::wants).
    ///
    /// # Errors
    /// [`AttachmentError::Changed`] for another number of bytes: the file is not as long any more
    /// as it was; [`AttachmentError::Complete`] after the last part.
    pub fn seal(
        &mut self,
        slice: &[u8],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<SealedPart, AttachmentError> {
        let wanted = self.wants().ok_or(AttachmentError::Complete)?;
        if slice.len() as u64 != wanted.end - wanted.start {
            return Err(AttachmentError::Changed);
        }
        let number = self.next;
        let blob = self
            .keys
            .seal(number, slice, rng)
            .expect("a wanted slice is never longer than a part");
        if let Some(digest) = &mut self.digest {
            digest.update(slice);
        }
        self.next += 1;
        Ok(SealedPart {
            number,
            slot: self.keys.slot(number),
            blob,
        })
    }

    /// What the message says about the file, once all parts are sealed.
    ///
    /// # Errors
    /// [`AttachmentError::Incomplete`], also where the digest is computed elsewhere.
    pub fn finish(mut self, about: About) -> Result<Attachment, AttachmentError> {
        let digest = self.digest.take().ok_or(AttachmentError::Incomplete)?;
        self.finish_with(about, digest.finish())
    }

    /// The same with a digest that was computed elsewhere. Of another file than was sealed, it makes
    /// every reader refuse the file ([`AttachmentError::OtherContent`]).
    ///
    /// # Errors
    /// [`AttachmentError::Incomplete`].
    pub fn finish_with(self, about: About, sha256: Digest) -> Result<Attachment, AttachmentError> {
        if self.next < self.parts {
            return Err(AttachmentError::Incomplete);
        }
        let About {
            name,
            media_type,
            kept_original,
            removed_metadata,
        } = about;
        Ok(Attachment {
            name,
            media_type,
            size: self.size,
            sha256,
            identity: self.identity,
            key: self.key,
            parts: self.parts,
            kept_original,
            removed_metadata,
        })
    }

    fn start_of(&self, part: u16) -> u64 {
        self.size.min(u64::from(part) * PART_DATA_SIZE as u64)
    }
}

impl fmt::Debug for AttachmentSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttachmentSealer({} of {} parts)", self.next, self.parts)
    }
}

impl fmt::Debug for SealedPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedPart({})", self.number)
    }
}
