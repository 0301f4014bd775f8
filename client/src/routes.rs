//! The routes of section 10, one method each.

use crate::address::{AddressError, Proxy, ServerAddress};
use crate::error::{ClientError, Route};
use crate::sync::SyncStream;
use crate::transport::Transport;
use beistand_protocol::class::BlobClass;
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::fetch::{self, FetchRecord, FetchRequest};
use beistand_protocol::instance::Instance;
use beistand_protocol::put::PutRequest;
use beistand_protocol::time::Day;

// Far above anything honest; what is larger is not read into memory.
const SMALL: u64 = 1 << 20;
const ROSTERS: u64 = 64 << 20;
const PREKEYS: u64 = 8 << 20;
const INDEX: u64 = 256 << 20;

/// A server as seen from here.
pub struct Client {
    transport: Transport,
}

/// The answer to a put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PutAnswer {
    /// Stored: the body, for [`beistand_protocol::promise::verify`].
    Stored(Vec<u8>),
    /// The slot holds something else: its promise, for
    /// [`beistand_protocol::promise::verify_note`].
    Occupied(Option<String>),
}

impl Client {
    /// A client of the server at `address`, through `proxy` where one is given. Connects to
    /// nothing yet.
    ///
    /// # Errors
    /// [`AddressError::OnionWithoutProxy`].
    pub fn new(address: ServerAddress, proxy: Option<&Proxy>) -> Result<Self, AddressError> {
        Ok(Self {
            transport: Transport::new(address, proxy)?,
        })
    }

    /// `GET /instance.json`: what the server says it is. Programs pin the file they were given
    /// and only compare.
    ///
    /// # Errors
    /// [`ClientError`]; a file that breaks the rules is [`ClientError::Malformed`].
    pub fn instance(&self) -> Result<Instance, ClientError> {
        let body = self.transport.get(Route::Instance, "", SMALL)?;
        Instance::parse(&body).map_err(|_| ClientError::Malformed {
            route: Route::Instance,
        })
    }

    /// `GET /v1/state`, not verified.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn state(&self) -> Result<Vec<u8>, ClientError> {
        self.transport.get(Route::State, "", SMALL)
    }

    /// `GET /v1/rosters`, not verified.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn rosters(&self) -> Result<Vec<u8>, ClientError> {
        self.transport.get(Route::Rosters, "", ROSTERS)
    }

    /// `GET /v1/prekeys`, not verified.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn prekeys(&self) -> Result<Vec<u8>, ClientError> {
        self.transport.get(Route::Prekeys, "", PREKEYS)
    }

    /// `GET /v1/index?from=DAY`, not verified. What a visitor asks for must not tell one from
    /// another: see [`crate::load_snapshot`].
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn index(&self, from: Day) -> Result<Vec<u8>, ClientError> {
        self.transport
            .get(Route::Index, &format!("?from={from}"), INDEX)
    }

    /// `POST /v1/envelopes` or `/v1/parts`, by the class of the blob.
    ///
    /// # Errors
    /// [`ClientError`]; an occupied slot is an answer, not an error.
    pub fn put(&self, request: &PutRequest) -> Result<PutAnswer, ClientError> {
        let route = if request.blob.class().is_envelope() {
            Route::Envelopes
        } else {
            Route::Parts
        };
        match self.transport.post(route, &request.encode(), SMALL) {
            Ok(body) => Ok(PutAnswer::Stored(body)),
            Err(ClientError::Problem {
                status: 409,
                promise,
                ..
            }) => Ok(PutAnswer::Occupied(promise)),
            Err(error) => Err(error),
        }
    }

    /// `POST /v1/fetch`: one record a slot, in their order; random bytes where there is none.
    ///
    /// # Errors
    /// [`ClientError`]; an answer of another size is [`ClientError::Malformed`].
    pub fn fetch(&self, request: &FetchRequest) -> Result<Vec<FetchRecord>, ClientError> {
        let count = request.slots.len();
        let limit = answer_size(request.class, count);
        let body = self
            .transport
            .post(Route::Fetch, &request.encode(), limit)?;
        fetch::parse_answer(request.class, count, &body).map_err(|_| ClientError::Malformed {
            route: Route::Fetch,
        })
    }

    /// `POST /v1/sync`: everything on the wall, record by record. `note` is a
    /// [`beistand_protocol::sync::SyncRequest`] signed by a device.
    ///
    /// # Errors
    /// [`ClientError`], also from each record.
    pub fn sync(&self, note: &str) -> Result<SyncStream, ClientError> {
        SyncStream::start(
            self.transport
                .post_streaming(Route::Sync, note.as_bytes())?,
        )
    }

    /// `POST /v1/delete`.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn delete(&self, request: &DeleteRequest) -> Result<(), ClientError> {
        self.transport
            .post(Route::Delete, &request.encode(), SMALL)
            .map(drop)
    }

    /// `POST /v1/rosters`: one signed note; its signatures are the permission.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn publish_roster(&self, note: &str) -> Result<(), ClientError> {
        self.transport
            .post(Route::Rosters, note.as_bytes(), SMALL)
            .map(drop)
    }

    /// `POST /v1/prekeys`: one note signed by a device.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn upload_prekey(&self, note: &str) -> Result<(), ClientError> {
        self.transport
            .post(Route::Prekeys, note.as_bytes(), SMALL)
            .map(drop)
    }
}

fn answer_size(class: BlobClass, count: usize) -> u64 {
    count as u64 * (fetch::RECORD_HEADER_SIZE + class.size()) as u64
}
