//! What a client knows of one of its puts. Its bytes are made anew from a seed when they are
//! needed, so that millions of puts fit into memory.

use crate::testing::visitor::{draw_put, find_dear_stamp};
use beistand_protocol::bytes::{DeleteKey, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::promise::PutResponse;
use beistand_protocol::put::PutRequest;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::Day;
use rand::rngs::StdRng;
use rand::SeedableRng as _;
use std::fmt;

/// See the module.
#[derive(Debug, Clone)]
pub struct Known {
    seed: u64,
    stamp: u64,
    /// Its class.
    pub class: BlobClass,
    /// Its day.
    pub day: Day,
    /// Its address.
    pub slot: Slot,
    /// Which of the servers that were started took it.
    pub server: u32,
    /// What the server promised, and where the trace ended then.
    pub promised: Option<(PutResponse, u64)>,
    /// What became of its deletion.
    pub deletion: Deletion,
}

/// What a client knows of a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// Nobody asked for it.
    None,
    /// Sent, and not known what became of it.
    Tried,
    /// Acknowledged, and where the trace ended then.
    Acknowledged(u64),
}

impl Known {
    /// A put that is yet to be sent.
    pub fn new(snapshot: &Snapshot, class: BlobClass, day: Day, server: u32) -> (Self, PutRequest) {
        let seed = rand::random();
        let (mut request, _) = draw_put(class, day, &mut StdRng::seed_from_u64(seed));
        find_dear_stamp(snapshot, &mut request);
        let known = Self {
            seed,
            stamp: request.stamp,
            class,
            day,
            slot: request.slot,
            server,
            promised: None,
            deletion: Deletion::None,
        };
        (known, request)
    }

    /// The same put once more, and the key that deletes it.
    pub fn request(&self) -> (PutRequest, DeleteKey) {
        let mut random = StdRng::seed_from_u64(self.seed);
        let (request, key) = draw_put(self.class, self.day, &mut random);
        let stamp = self.stamp;
        (PutRequest { stamp, ..request }, key)
    }

    /// What was known of it when the trace was `position` bytes long.
    pub fn as_of(&self, position: u64) -> Self {
        let promised = self.promised.clone().filter(|(_, at)| *at <= position);
        let deletion = match self.deletion {
            Deletion::Acknowledged(at) if at > position => Deletion::Tried,
            other => other,
        };
        Self {
            promised,
            deletion,
            ..self.clone()
        }
    }

    /// Acknowledgements it stands for.
    pub fn acknowledgements(&self) -> u64 {
        let deleted = matches!(self.deletion, Deletion::Acknowledged(_));
        u64::from(self.promised.is_some()) + u64::from(deleted)
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} of day {}, put to server {}, promised: {}, deletion: {:?}",
            self.class.name(),
            self.slot,
            self.day,
            self.server,
            self.promised.is_some(),
            self.deletion
        )
    }
}
