//! SHA-256 of a file, as the message that speaks of it has it (section 5).

use beistand_protocol::bytes::Digest;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Takes the bytes of one file in their order. Usually part of an
/// [`AttachmentSealer`](super::AttachmentSealer); on its own, a second processor can do this half
/// of the work beside the sealing.
#[derive(Clone, Default)]
pub struct FileDigest(Sha256);

impl FileDigest {
    /// The next bytes of the file.
    pub fn update(&mut self, slice: &[u8]) {
        self.0.update(slice);
    }

    /// SHA-256 of all bytes.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

impl fmt::Debug for FileDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileDigest(…)")
    }
}
