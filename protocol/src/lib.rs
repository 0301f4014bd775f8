//! What both sides must agree on and the server may know.
//!
//! Frames, sizes, the grammar of sealed blobs, signed notes, the Merkle log, stamps and the
//! JSON of the HTTP surface. There is no secret-key type in here, no I/O, no clock and no
//! randomness: what is random or timed is an argument. `docs/protocol.md` is the specification;
//! section numbers in these comments refer to it.
#![warn(missing_docs)]

pub mod bytes;
pub mod checkpoint;
pub mod class;
pub mod delete;
pub mod fetch;
pub mod grammar;
pub mod hash;
pub mod index;
pub mod instance;
pub mod json;
pub mod leaf;
pub mod merkle;
pub mod note;
pub mod prekey;
pub mod problem;
pub mod promise;
pub mod put;
mod reading;
pub mod roster;
pub mod roster_chain;
pub mod roster_rules;
pub mod snapshot;
pub mod stamp;
pub mod state;
pub mod sync;
pub mod time;
pub mod tombstone;
pub mod trust;
pub mod verifier_key;

/// Every label of version 1 starts with this, so no hash or signature of another protocol or
/// version can be mistaken for one of ours.
pub const LABEL_PREFIX: &str = "beistand/v1/";
