//! The strict grammar of what the wall holds (sections 4 and 5): an age v1 file with an exact
//! number of `mlkem768x25519` stanzas, at most the one grease stanza the age library adds, and
//! an exact total length. Everything else is refused before it is stored, so the server cannot
//! be made to keep plaintext, and a sender cannot hide bytes outside the ciphertext.

use crate::class::BlobClass;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::Engine as _;

/// First line of every age v1 file.
pub const AGE_VERSION_LINE: &[u8] = b"age-encryption.org/v1";
/// Tag of the only stanza that may address somebody.
pub const STANZA_TAG: &str = "mlkem768x25519";
/// Bytes of the stanza's encapsulated key: ML-KEM-768 ciphertext and X25519 share.
pub const ENCAPSULATED_KEY_SIZE: usize = 1088 + 32;
/// Bytes of the stanza's body: the 16-byte file key and its tag.
pub const WRAPPED_FILE_KEY_SIZE: usize = 32;

// Bounds of the grease stanza as `age-core` 0.12 draws it (its `grease_the_joint`).
const GREASE_SUFFIX: &str = "-grease";
const GREASE_WORD: usize = 8;
const GREASE_ARGUMENTS: usize = 4;
const GREASE_BODY: usize = 100;
const BODY_COLUMNS: usize = 64;

const PAYLOAD_NONCE: usize = 16;
const CHUNK: usize = 65_536 + 16;
const CHUNK_TAG: usize = 16;

/// Why bytes are not an envelope or part. None of them repeats the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrammarError {
    /// The total length is not the one length of the class.
    #[error("the blob is not exactly {expected} bytes long")]
    Length {
        /// The length of the class, in bytes.
        expected: usize,
    },
    /// The first line is not that of age v1.
    #[error("the blob is not an age v1 file")]
    Version,
    /// The header does not end, or a line in it is not one of a stanza.
    #[error("the header of the age file is malformed")]
    Header,
    /// A stanza for another kind of recipient.
    #[error("the age file has a stanza that is neither mlkem768x25519 nor grease")]
    ForeignStanza,
    /// The number of addressed stanzas is not that of the class.
    #[error("the age file does not have exactly {expected} mlkem768x25519 stanzas")]
    StanzaCount {
        /// The number the class demands.
        expected: usize,
    },
    /// Base64 that is not canonical, or decodes to another length.
    #[error("a stanza of the age file has an argument or body of the wrong form")]
    StanzaForm,
    /// More than one grease stanza, one that is not last, or one larger than the library makes.
    #[error("the grease stanza of the age file is not as the age library makes it")]
    Grease,
    /// The payload cannot be a STREAM of ChaCha20-Poly1305 chunks.
    #[error("the payload of the age file has an impossible length")]
    Payload,
}

/// Bytes that were checked to follow the grammar of their class.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedBlob {
    class: BlobClass,
    bytes: Vec<u8>,
    header: usize,
}

impl std::fmt::Debug for SealedBlob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedBlob({})", self.class.name())
    }
}

impl SealedBlob {
    /// Checks `bytes` against the grammar of `class`.
    ///
    /// # Errors
    /// One [`GrammarError`] a rule; the first that fails.
    pub fn parse(class: BlobClass, bytes: Vec<u8>) -> Result<Self, GrammarError> {
        let header = check(class, &bytes)?;
        Ok(Self {
            class,
            bytes,
            header,
        })
    }

    /// As [`SealedBlob::parse`]; copies `bytes` only once they have passed.
    ///
    /// # Errors
    /// As [`SealedBlob::parse`].
    pub fn copy_of(class: BlobClass, bytes: &[u8]) -> Result<Self, GrammarError> {
        let header = check(class, bytes)?;
        Ok(Self {
            class,
            bytes: bytes.to_vec(),
            header,
        })
    }

    /// The class whose grammar the bytes follow.
    pub fn class(&self) -> BlobClass {
        self.class
    }

    /// The age file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The age file, by value.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Length of the age header in bytes, up to and including the line of its MAC.
    pub fn header_size(&self) -> usize {
        self.header
    }
}

/// Checks `bytes` without taking them; answers the length of the header.
///
/// # Errors
/// As [`SealedBlob::parse`].
pub fn check(class: BlobClass, bytes: &[u8]) -> Result<usize, GrammarError> {
    if bytes.len() != class.size() {
        return Err(GrammarError::Length {
            expected: class.size(),
        });
    }
    let mut lines = Lines { rest: bytes };
    if lines.next()? != AGE_VERSION_LINE {
        return Err(GrammarError::Version);
    }
    let expected = class.stanzas();
    let mut addressed = 0;
    let mut greased = false;
    loop {
        let line = lines.next()?;
        if let Some(mac) = line.strip_prefix(b"--- ") {
            decode::<32>(mac).ok_or(GrammarError::Header)?;
            break;
        }
        let line = line.strip_prefix(b"-> ").ok_or(GrammarError::Header)?;
        let line = std::str::from_utf8(line).map_err(|_| GrammarError::Header)?;
        let mut words = line.split(' ');
        let tag = words.next().unwrap_or_default();
        if greased {
            return Err(GrammarError::Grease);
        }
        if tag == STANZA_TAG {
            if addressed == expected {
                return Err(GrammarError::StanzaCount { expected });
            }
            addressed += 1;
            let (Some(key), None) = (words.next(), words.next()) else {
                return Err(GrammarError::StanzaForm);
            };
            decode::<ENCAPSULATED_KEY_SIZE>(key.as_bytes()).ok_or(GrammarError::StanzaForm)?;
            let body = lines.next()?;
            decode::<WRAPPED_FILE_KEY_SIZE>(body).ok_or(GrammarError::StanzaForm)?;
        } else if let Some(word) = tag.strip_suffix(GREASE_SUFFIX) {
            greased = true;
            check_grease(word, words, &mut lines)?;
        } else {
            return Err(GrammarError::ForeignStanza);
        }
    }
    if addressed != expected {
        return Err(GrammarError::StanzaCount { expected });
    }
    check_payload(lines.rest.len())?;
    Ok(bytes.len() - lines.rest.len())
}

fn check_grease<'a>(
    word: &str,
    arguments: impl Iterator<Item = &'a str>,
    lines: &mut Lines<'_>,
) -> Result<(), GrammarError> {
    let drawn = |word: &str| {
        (1..=GREASE_WORD).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_graphic())
    };
    let mut count = 0;
    for argument in arguments {
        count += 1;
        if count > GREASE_ARGUMENTS || !drawn(argument) {
            return Err(GrammarError::Grease);
        }
    }
    if !drawn(word) {
        return Err(GrammarError::Grease);
    }
    let mut size = 0;
    loop {
        let line = lines.next()?;
        let bytes = STANDARD_NO_PAD
            .decode(line)
            .map_err(|_| GrammarError::Grease)?;
        size += bytes.len();
        if line.len() > BODY_COLUMNS || size > GREASE_BODY {
            return Err(GrammarError::Grease);
        }
        if line.len() < BODY_COLUMNS {
            return Ok(());
        }
    }
}

fn check_payload(length: usize) -> Result<(), GrammarError> {
    let stream = length
        .checked_sub(PAYLOAD_NONCE)
        .ok_or(GrammarError::Payload)?;
    let last = stream % CHUNK;
    // The last chunk may be full; it may be empty only if it is the only one.
    let fits = match last {
        0 => stream > 0,
        CHUNK_TAG => stream == CHUNK_TAG,
        more => more > CHUNK_TAG,
    };
    if fits {
        Ok(())
    } else {
        Err(GrammarError::Payload)
    }
}

/// Canonical unpadded base64 of exactly `N` bytes. The engine refuses trailing bits.
fn decode<const N: usize>(text: &[u8]) -> Option<Vec<u8>> {
    // The length first, so that a long line costs nothing.
    if text.len() != (N * 4).div_ceil(3) {
        return None;
    }
    STANDARD_NO_PAD
        .decode(text)
        .ok()
        .filter(|bytes| bytes.len() == N)
}

struct Lines<'a> {
    rest: &'a [u8],
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a [u8], GrammarError> {
        // No line of the grammar is longer than a stanza's first.
        const LONGEST: usize = 2048;
        let window = &self.rest[..self.rest.len().min(LONGEST)];
        let end = window
            .iter()
            .position(|&b| b == b'\n')
            .ok_or(GrammarError::Header)?;
        let (line, rest) = self.rest.split_at(end);
        self.rest = &rest[1..];
        Ok(line)
    }
}
