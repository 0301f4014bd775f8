//! age files whose total length is constant to the byte (sections 4 and 5).
//!
//! The age library adds a grease stanza of random length, so the header is written first and
//! measured, and the plaintext is padded to what is left.

use age::{DecryptError, Encryptor};
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::SealedBlob;
use std::cell::RefCell;
use std::io::{self, Read as _, Write};
use std::rc::Rc;
use zeroize::Zeroizing;

const CHUNK: usize = 64 * 1024;
const CHUNK_TAG: usize = 16;
const FILLING: usize = 4096;

/// Bytes after the content: `fill` up to the last byte, which is `end`.
#[derive(Clone, Copy)]
pub(crate) struct Padding {
    pub(crate) fill: u8,
    pub(crate) end: u8,
}

/// The content leaves no room for padding in a file of its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoRoom;

/// Encrypts `content`, piece by piece so that no copy of the whole is made, and padding into a file
/// of exactly the length of `class`.
pub(crate) fn seal(
    class: BlobClass,
    recipient: &dyn age::Recipient,
    content: &[&[u8]],
    padding: Padding,
) -> Result<SealedBlob, NoRoom> {
    let file = SharedBuffer(Rc::new(RefCell::new(Vec::with_capacity(class.size()))));
    // age::Encryptor draws file key, nonce and grease itself: the one ambient randomness here.
    let encryptor = Encryptor::with_recipients(std::iter::once(recipient))
        .expect("one recipient agrees with itself about its label");
    let mut writer = encryptor.wrap_output(file.clone()).expect(IN_MEMORY);
    let header_and_nonce = file.0.borrow().len();
    let plaintext = class
        .size()
        .checked_sub(header_and_nonce)
        .and_then(plaintext_size)
        .expect("every class is large enough for its header and a chunk");

    let length: usize = content.iter().map(|piece| piece.len()).sum();
    let filling = plaintext.checked_sub(length + 1).ok_or(NoRoom)?;
    for piece in content {
        writer.write_all(piece).expect(IN_MEMORY);
    }
    let block = [padding.fill; FILLING];
    let mut left = filling;
    while left > 0 {
        let some = left.min(FILLING);
        writer.write_all(&block[..some]).expect(IN_MEMORY);
        left -= some;
    }
    writer.write_all(&[padding.end]).expect(IN_MEMORY);
    writer.finish().expect(IN_MEMORY);
    let bytes = std::mem::take(&mut *file.0.borrow_mut());
    // What we send keeps the grammar we demand of others.
    Ok(SealedBlob::parse(class, bytes).expect("a file sealed here follows the grammar"))
}

/// A file does not open. Envelopes do not tell these apart to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closed {
    /// No identity fits.
    ForOthers,
    /// One fits, and the header or the payload is not what was sealed.
    Altered,
}

/// The plaintext of a file. Nothing of it is given out unless all of it is authentic.
pub(crate) fn open<'a>(
    bytes: &[u8],
    identities: impl Iterator<Item = &'a dyn age::Identity>,
) -> Result<Zeroizing<Vec<u8>>, Closed> {
    let file = age::Decryptor::new_buffered(bytes).map_err(|_| Closed::Altered)?;
    let mut reader = file.decrypt(identities).map_err(|error| match error {
        DecryptError::NoMatchingKeys => Closed::ForOthers,
        _ => Closed::Altered,
    })?;
    // No reallocation that would leave copies behind.
    let mut plaintext = Zeroizing::new(Vec::with_capacity(bytes.len()));
    match reader.read_to_end(&mut plaintext) {
        Ok(_) => Ok(plaintext),
        Err(_) => Err(Closed::Altered),
    }
}

/// The plaintext that fills a STREAM of exactly `stream` bytes, if one does.
fn plaintext_size(stream: usize) -> Option<usize> {
    let chunks = stream.div_ceil(CHUNK + CHUNK_TAG);
    let last = stream - (chunks.checked_sub(1)?) * (CHUNK + CHUNK_TAG);
    (last > CHUNK_TAG).then(|| stream - chunks * CHUNK_TAG)
}

const IN_MEMORY: &str = "writing to memory does not fail";

/// A buffer that can be measured while a writer holds it.
#[derive(Clone)]
struct SharedBuffer(Rc<RefCell<Vec<u8>>>);

impl Write for SharedBuffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_filled_exactly() {
        for stream in [17, 65_552, 65_569, 69_000, 131_104, 131_121] {
            let plaintext = plaintext_size(stream).unwrap();
            let chunks = plaintext.div_ceil(CHUNK);
            assert_eq!(plaintext + chunks * CHUNK_TAG, stream);
        }
        // Between one full chunk and a second one with a byte in it there is no STREAM.
        assert!((65_553..=65_568).all(|stream| plaintext_size(stream).is_none()));
        assert_eq!(plaintext_size(0), None);
    }
}
