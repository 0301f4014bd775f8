//! Files for native programs: read and, where they are pictures, cleaned ([`Source`]), sent in
//! parts ([`send()`]), fetched and saved ([`save()`]). What is sealed and how is
//! [`beistand_crypto_core::attachment`]'s; this reads, sends, waits and writes.
#![warn(missing_docs)]

mod media_type;
mod name;
mod patience;
pub mod progress;
mod save;
mod send;
mod source;

pub use name::safe_name;
pub use patience::Patience;
pub use save::{save, SaveError};
pub use send::{send, SendError};
pub use source::{open_all, Metadata, Source, SourceError};
