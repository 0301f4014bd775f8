//! The stream of an export, version 1. `server/STORAGE.md` says the same in prose.
//!
//! ```text
//! "beistand/v1/export" ‖ schema[4] ‖ instance id[16]
//! entry × n      kind[1] ‖ key size[2] ‖ value size[4] ‖ key ‖ value
//! ```
//!
//! The last entry is [`Kind::End`], whose value is SHA-256 of all bytes before it.

use beistand_protocol::bytes::InstanceId;
use sha2::{Digest as _, Sha256};
use std::io::{self, Read, Write};

/// What an export begins with.
pub const MAGIC: &[u8; 18] = b"beistand/v1/export";
/// Bytes of the largest value: a sealed part, a state, a roster.
const LARGEST_VALUE: u32 = 4 << 20;
/// Bytes of the longest key.
const LONGEST_KEY: u16 = 64;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A key and value of the database, as they stand there.
    Value,
    /// The sealed blob of the record before it; the key is empty.
    Blob,
    /// The end.
    End,
}

impl Kind {
    fn wire(self) -> u8 {
        match self {
            Self::Value => b'v',
            Self::Blob => b'b',
            Self::End => b'e',
        }
    }

    fn from_wire(byte: u8) -> Option<Self> {
        [Self::Value, Self::Blob, Self::End]
            .into_iter()
            .find(|kind| kind.wire() == byte)
    }
}

/// An entry that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Its key.
    pub key: Vec<u8>,
    /// Its value.
    pub value: Vec<u8>,
}

/// Writes a stream.
pub struct StreamWriter<'a> {
    out: &'a mut dyn Write,
    hash: Sha256,
}

impl<'a> StreamWriter<'a> {
    /// Begins one.
    pub fn begin(out: &'a mut dyn Write, schema: u32, instance: &InstanceId) -> io::Result<Self> {
        let hash = Sha256::new();
        let mut stream = Self { out, hash };
        stream.put(MAGIC)?;
        stream.put(&schema.to_be_bytes())?;
        stream.put(&instance.0)?;
        Ok(stream)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.out.write_all(bytes)
    }

    /// Adds an entry.
    pub fn add(&mut self, kind: Kind, key: &[u8], value: &[u8]) -> io::Result<()> {
        let key_size = u16::try_from(key.len()).map_err(io::Error::other)?;
        let value_size = u32::try_from(value.len()).map_err(io::Error::other)?;
        self.put(&[kind.wire()])?;
        self.put(&key_size.to_be_bytes())?;
        self.put(&value_size.to_be_bytes())?;
        self.put(key)?;
        self.put(value)
    }

    /// Ends it.
    pub fn end(mut self) -> io::Result<()> {
        let digest = self.hash.clone().finalize();
        self.add(Kind::End, &[], &digest)?;
        self.out.flush()
    }
}

/// Reads a stream.
pub struct StreamReader<'a> {
    from: &'a mut dyn Read,
    hash: Sha256,
    /// The schema of its values.
    pub schema: u32,
    /// Whose it is.
    pub instance: InstanceId,
}

/// What is not a stream, or not a whole one.
pub fn malformed() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "it is no export, or damaged, or cut off",
    )
}

impl<'a> StreamReader<'a> {
    /// Reads the beginning.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] for what is no export, and those of reading.
    pub fn begin(from: &'a mut dyn Read) -> io::Result<Self> {
        let mut stream = Self {
            from,
            hash: Sha256::new(),
            schema: 0,
            instance: InstanceId([0; 16]),
        };
        if stream.take::<18>()? != *MAGIC {
            return Err(malformed());
        }
        stream.schema = u32::from_be_bytes(stream.take()?);
        stream.instance = InstanceId(stream.take()?);
        Ok(stream)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        match self.from.read_exact(bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(malformed()),
            other => other,
        }?;
        self.hash.update(bytes);
        Ok(())
    }

    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    /// The next entry; `None` after the end, once its digest was found right and nothing follows.
    ///
    /// # Errors
    /// As [`StreamReader::begin`].
    pub fn next_entry(&mut self) -> io::Result<Option<Entry>> {
        let digest: [u8; 32] = self.hash.clone().finalize().into();
        let [kind] = self.take()?;
        let kind = Kind::from_wire(kind).ok_or_else(malformed)?;
        let key_size = u16::from_be_bytes(self.take()?);
        let value_size = u32::from_be_bytes(self.take()?);
        if key_size > LONGEST_KEY || value_size > LARGEST_VALUE {
            return Err(malformed());
        }
        let mut key = vec![0; usize::from(key_size)];
        self.fill(&mut key)?;
        let mut value = vec![0; usize::try_from(value_size).map_err(|_| malformed())?];
        self.fill(&mut value)?;
        if kind != Kind::End {
            return Ok(Some(Entry { kind, key, value }));
        }
        let nothing_follows = self.from.read(&mut [0])? == 0;
        match key.is_empty() && value == digest && nothing_follows {
            true => Ok(None),
            false => Err(malformed()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut stream = StreamWriter::begin(&mut bytes, 2, &InstanceId([7; 16])).unwrap();
        stream.add(Kind::Value, b"key", b"value").unwrap();
        stream.add(Kind::Blob, b"", &[9; 1000]).unwrap();
        stream.end().unwrap();
        bytes
    }

    fn read(mut bytes: &[u8]) -> io::Result<Vec<Entry>> {
        let mut stream = StreamReader::begin(&mut bytes)?;
        let mut entries = Vec::new();
        while let Some(entry) = stream.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    }

    #[test]
    fn what_was_written_is_read() {
        let entries = read(&stream()).unwrap();
        let kinds: Vec<Kind> = entries.iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, [Kind::Value, Kind::Blob]);
        assert_eq!(entries[0].value, b"value");
    }

    #[test]
    fn every_truncation_every_changed_byte_and_every_addition_is_refused() {
        let whole = stream();
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "{length}");
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(read(&changed).is_err(), "{at}");
        }
        assert!(read(&[&whole[..], b"x"].concat()).is_err());
    }
}
