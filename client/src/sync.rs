//! The answer to a sync, read record by record: the wall may be larger than memory.

use crate::error::{ClientError, Route};
use crate::transport::failed;
use beistand_protocol::class::BlobClass;
use beistand_protocol::sync::{SyncRecord, COUNT_SIZE, HEADER_SIZE};
use std::io::Read;

const MALFORMED: ClientError = ClientError::Malformed { route: Route::Sync };

/// Records as they come in. Ends after as many as the server announced; an answer that is
/// shorter or longer than it said ends in an error.
pub struct SyncStream {
    reader: Box<dyn Read + Send>,
    announced: u64,
    left: u64,
    ended: bool,
    buffer: Vec<u8>,
}

impl SyncStream {
    pub(crate) fn start(reader: impl Read + Send + 'static) -> Result<Self, ClientError> {
        let mut reader: Box<dyn Read + Send> = Box::new(reader);
        let mut count = [0; COUNT_SIZE];
        fill(&mut reader, &mut count)?;
        let announced = u64::from_be_bytes(count);
        Ok(Self {
            reader,
            announced,
            left: announced,
            ended: false,
            buffer: Vec::new(),
        })
    }

    /// How many records the server announced.
    pub fn announced(&self) -> u64 {
        self.announced
    }

    fn read_record(&mut self) -> Result<SyncRecord, ClientError> {
        let mut class = [0];
        fill(&mut self.reader, &mut class)?;
        let size = BlobClass::from_wire(class[0]).ok_or(MALFORMED)?.size();
        self.buffer.resize(HEADER_SIZE + size, 0);
        self.buffer[0] = class[0];
        fill(&mut self.reader, &mut self.buffer[1..])?;
        match SyncRecord::parse_first(&self.buffer) {
            Ok(Some((record, _))) => Ok(record),
            Ok(None) | Err(_) => Err(MALFORMED),
        }
    }

    fn check_end(&mut self) -> Result<(), ClientError> {
        match self.reader.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(MALFORMED),
            Err(error) => Err(failed(Route::Sync, error.into())),
        }
    }
}

impl Iterator for SyncStream {
    type Item = Result<SyncRecord, ClientError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        if self.left == 0 {
            self.ended = true;
            return self.check_end().err().map(Err);
        }
        self.left -= 1;
        let record = self.read_record();
        self.ended = record.is_err();
        Some(record)
    }
}

/// Reads exactly `bytes`: an end before that is an answer cut off.
fn fill(reader: &mut impl Read, bytes: &mut [u8]) -> Result<(), ClientError> {
    reader
        .read_exact(bytes)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => MALFORMED,
            _ => failed(Route::Sync, error.into()),
        })
}
