//! A vector's file: lines `key: value`, an empty line, and an age file, perhaps compressed.

use super::outcome::Outcome;
use beistand_protocol::bytes::Digest;
use std::io::Read as _;

/// What a vector should come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// How it ends.
    pub outcome: Outcome,
    /// SHA-256 of all plaintext that is released, also before a failure.
    pub payload: Option<Digest>,
}

/// A vector.
#[derive(Debug, Clone)]
pub struct VectorFile {
    /// What it should come to.
    pub expected: Expected,
    /// Identities as text, to be tried in this order.
    pub identities: Vec<String>,
    /// Passphrases, to be tried in this order.
    pub passphrases: Vec<String>,
    /// Whether the age file is in ASCII armor.
    pub armored: bool,
    /// The age file.
    pub age: Vec<u8>,
}

/// Why a file is no vector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// No header that ends in an empty line.
    #[error("not a vector: no header of `key: value` lines before an empty line")]
    Header,
    /// A line of the header has a value it cannot have.
    #[error("not a vector: the line `{0}:` of its header is missing, repeated or malformed")]
    Value(&'static str),
    /// A key of a later version of the format.
    #[error("the vector's header has a key this version does not know")]
    UnknownKey,
    /// The age file does not decompress.
    #[error("not a vector: the compressed age file is damaged")]
    Compressed,
}

impl VectorFile {
    /// Reads a vector.
    ///
    /// # Errors
    /// One [`FileError`] a way it can be wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        let mut rest = bytes;
        let mut header = Header::default();
        loop {
            let end = rest.iter().position(|&byte| byte == b'\n');
            let (line, after) = rest.split_at(end.ok_or(FileError::Header)?);
            rest = &after[1..];
            let line = std::str::from_utf8(line).map_err(|_| FileError::Header)?;
            if line.is_empty() {
                break;
            }
            let (key, value) = line.split_once(':').ok_or(FileError::Header)?;
            header.take(key, value.strip_prefix(' ').unwrap_or(value))?;
        }
        let outcome = header.outcome.ok_or(FileError::Value("expect"))?;
        let releases = matches!(outcome, Outcome::Success | Outcome::PayloadFailure);
        if releases && header.payload.is_none() {
            return Err(FileError::Value("payload"));
        }
        Ok(Self {
            expected: Expected {
                outcome,
                payload: header.payload,
            },
            identities: header.identities,
            passphrases: header.passphrases,
            armored: header.armored.unwrap_or(false),
            age: if header.compressed.is_some() {
                decompress(rest)?
            } else {
                rest.to_vec()
            },
        })
    }
}

#[derive(Default)]
struct Header {
    outcome: Option<Outcome>,
    payload: Option<Digest>,
    identities: Vec<String>,
    passphrases: Vec<String>,
    armored: Option<bool>,
    compressed: Option<()>,
}

impl Header {
    fn take(&mut self, key: &str, value: &str) -> Result<(), FileError> {
        match key {
            "expect" => set(&mut self.outcome, Outcome::from_name(value), "expect"),
            "payload" => set(&mut self.payload, value.parse().ok(), "payload"),
            "armored" => {
                let armored = match value {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => None,
                };
                set(&mut self.armored, armored, "armored")
            }
            "compressed" => {
                let zlib = (value == "zlib").then_some(());
                set(&mut self.compressed, zlib, "compressed")
            }
            "identity" => {
                self.identities.push(value.to_owned());
                Ok(())
            }
            "passphrase" => {
                self.passphrases.push(value.to_owned());
                Ok(())
            }
            // For people who look for a fault.
            "file key" | "comment" => Ok(()),
            _ => Err(FileError::UnknownKey),
        }
    }
}

fn set<T>(field: &mut Option<T>, value: Option<T>, key: &'static str) -> Result<(), FileError> {
    let error = FileError::Value(key);
    if field.is_some() {
        return Err(error);
    }
    *field = Some(value.ok_or(error)?);
    Ok(())
}

fn decompress(bytes: &[u8]) -> Result<Vec<u8>, FileError> {
    let mut age = Vec::new();
    flate2::read::ZlibDecoder::new(bytes)
        .read_to_end(&mut age)
        .map_err(|_| FileError::Compressed)?;
    Ok(age)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "013f54400c82da08037759ada907a8b864e97de81c088a182062c4b5622fd2ab";

    fn parse(header: &str) -> Result<VectorFile, FileError> {
        VectorFile::parse(format!("{header}\nage\n\nfile").as_bytes())
    }

    #[test]
    fn a_header_is_read() {
        let header = format!(
            "expect: success\npayload: {HASH}\nfile key: 00\nidentity: A\nidentity: B\n\
             passphrase: it: has: colons\narmored: yes\ncomment: a: b\n"
        );
        let file = parse(&header).unwrap();
        assert_eq!(file.expected.outcome, Outcome::Success);
        assert_eq!(file.expected.payload.unwrap().to_string(), HASH);
        assert_eq!(file.identities, ["A", "B"]);
        assert_eq!(file.passphrases, ["it: has: colons"]);
        assert!(file.armored);
        assert_eq!(file.age, b"age\n\nfile");
    }

    #[test]
    fn what_is_no_vector_is_said_to_be_none() {
        let refused = |header: &str| parse(header).unwrap_err();
        assert_eq!(VectorFile::parse(b"").unwrap_err(), FileError::Header);
        assert_eq!(refused("no colon\n"), FileError::Header);
        assert_eq!(refused("armored: yes\n"), FileError::Value("expect"));
        assert_eq!(refused("expect: luck\n"), FileError::Value("expect"));
        assert_eq!(refused("expect: success\n"), FileError::Value("payload"));
        let twice = "expect: no match\nexpect: no match\n";
        assert_eq!(refused(twice), FileError::Value("expect"));
        let later = "expect: no match\nmoon: full\n";
        assert_eq!(refused(later), FileError::UnknownKey);
        let squashed = "expect: no match\ncompressed: zlib\n";
        assert_eq!(refused(squashed), FileError::Compressed);
    }
}
