//! Files on their way out and in: those being cut into parts, those that wait for a message to go
//! with, and those being put together again. Every decision is crypto-core's.

use beistand_crypto_core::attachment::{
    largest_file, About, Attachment, AttachmentError, AttachmentOpener, AttachmentSealer,
    FileDigest, SealedPart,
};
use beistand_crypto_core::conversation::Conversation;
use beistand_crypto_core::ordered::Ordered;
use beistand_protocol::bytes::Digest;
use beistand_protocol::fetch::FetchRecord;
use beistand_protocol::json;
use beistand_protocol::roster::Limits;
use rand_core::OsRng;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// What the page says about a file once all its parts are sealed.
#[derive(Deserialize)]
pub struct Described {
    name: String,
    #[serde(rename = "type")]
    media_type: String,
    kept_original: bool,
    removed: Vec<String>,
}

/// The slice of a file that the next part is made of, in bytes.
#[derive(Serialize)]
pub struct Slice {
    from: u64,
    until: u64,
}

/// All files of a visit, by the numbers the page knows them by.
#[derive(Default)]
pub struct Files {
    sealing: Ordered<u32, AttachmentSealer>,
    sealed: Ordered<u32, Attachment>,
    opening: Ordered<u32, AttachmentOpener>,
    /// In a Worker that hashes beside the one that seals.
    digests: Ordered<u32, FileDigest>,
    named: u32,
}

impl Files {
    fn name(&mut self) -> u32 {
        self.named = self.named.wrapping_add(1);
        self.named
    }

    /// Begins to seal a file of `size` bytes; `hashed`: another Worker computes its digest.
    pub fn begin(&mut self, size: u64, hashed: bool, limits: &Limits) -> Result<u32, Failure> {
        let limit = largest_file(limits);
        if size > limit {
            return Err(AttachmentError::FileTooLarge { limit }.into());
        }
        let sealer = if hashed {
            AttachmentSealer::without_digest(size, &mut OsRng)?
        } else {
            AttachmentSealer::new(size, &mut OsRng)?
        };
        let name = self.name();
        self.sealing.insert(name, sealer);
        Ok(name)
    }

    /// What the next part of a file is made of; none after the last.
    pub fn wants(&self, file: u32) -> Result<Option<Slice>, Failure> {
        let wanted = self.sealing.get(&file).ok_or(Failure::ORDER)?.wants();
        Ok(wanted.map(|range| Slice {
            from: range.start,
            until: range.end,
        }))
    }

    /// Seals the next part.
    pub fn seal(&mut self, file: u32, slice: &[u8]) -> Result<SealedPart, Failure> {
        let sealer = self.sealing.get_mut(&file).ok_or(Failure::ORDER)?;
        Ok(sealer.seal(slice, &mut OsRng)?)
    }

    /// Takes the next slice of a file that another Worker seals.
    pub fn hash(&mut self, file: u32, slice: &[u8]) {
        self.digests.or_default(file).update(slice);
    }

    /// SHA-256 of the slices that were taken.
    pub fn digest(&mut self, file: u32) -> Result<Digest, Failure> {
        Ok(self.digests.remove(&file).ok_or(Failure::ORDER)?.finish())
    }

    /// All parts of a file are sealed: from now on it can go with a message. `sha256`: what the
    /// other Worker came to, where one hashed.
    pub fn finish(
        &mut self,
        file: u32,
        described: &str,
        sha256: Option<&[u8]>,
    ) -> Result<(), Failure> {
        let described: Described = json::parse_text(described)?;
        let sealer = self.sealing.remove(&file).ok_or(Failure::ORDER)?;
        let about = About {
            name: described.name,
            media_type: described.media_type,
            kept_original: described.kept_original,
            removed_metadata: described.removed,
        };
        let attachment = match sha256 {
            Some(bytes) => {
                let sha256 = bytes.try_into().map_err(|_| Failure::ORDER)?;
                sealer.finish_with(about, Digest(sha256))?
            }
            None => sealer.finish(about)?,
        };
        self.sealed.insert(file, attachment);
        Ok(())
    }

    /// What a message says about these files.
    pub fn attachments(&self, files: &[u32]) -> Result<Vec<Attachment>, Failure> {
        let attachment = |file: &u32| self.sealed.get(file).cloned().ok_or(Failure::ORDER);
        files.iter().map(attachment).collect()
    }

    /// Forgets a file that is not sent, or was put together.
    pub fn forget(&mut self, file: u32) {
        self.sealing.remove(&file);
        self.sealed.remove(&file);
        self.opening.remove(&file);
        self.digests.remove(&file);
    }

    /// Begins to put the file together that a message speaks of, by its place among the
    /// message's files.
    pub fn begin_opening(
        &mut self,
        conversation: &Conversation,
        message: &Digest,
        place: usize,
    ) -> Result<u32, Failure> {
        let mut files = conversation
            .attachments()
            .filter(|(carrier, _)| carrier.digest() == *message);
        let (_, attachment) = files.nth(place).ok_or(Failure::ORDER)?;
        let opener = AttachmentOpener::new(attachment);
        let name = self.name();
        self.opening.insert(name, opener);
        Ok(name)
    }

    /// The file that is being put together.
    pub fn opener(&self, file: u32) -> Result<&AttachmentOpener, Failure> {
        self.opening.get(&file).ok_or(Failure::ORDER)
    }

    /// Opens what a fetch brought; gives the next bytes of the file.
    pub fn open(&mut self, file: u32, record: &FetchRecord) -> Result<Vec<u8>, Failure> {
        let opener = self.opening.get_mut(&file).ok_or(Failure::ORDER)?;
        Ok(std::mem::take(&mut *opener.open(record)?))
    }

    /// Whether all that was opened is the file the message speaks of.
    pub fn finish_opening(&mut self, file: u32) -> Result<(), Failure> {
        let opener = self.opening.remove(&file).ok_or(Failure::ORDER)?;
        Ok(opener.finish()?)
    }
}
