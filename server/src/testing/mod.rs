//! For tests and fault harnesses only (feature `testing`): an instance with keys, sealed blobs
//! made of random bytes, a visitor who speaks HTTP, and the crash harness.
//!
//! Nothing here can seal or open an envelope: the blobs follow the grammar and hold noise.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a harness that meets what cannot be stops"
)]

mod blobs;
pub mod faults;
pub mod flood;
pub mod in_process;
mod place;
mod program;
mod team;
mod visitor;
mod watched;

pub use blobs::sealed_blob;
pub use in_process::InProcess;
pub use place::Place;
pub use program::Program;
pub use team::Team;
pub use visitor::{put_of, Answer, Visitor};
pub use watched::Watched;
