//! Everything a counselor's desk and a root key's holder need, without a screen: the vault, the
//! set-up of an organisation, syncing, cases and replies. The `beistand` program is a thin face
//! on it.
//!
//! The clock is always an argument. Randomness comes from the operating system.
#![warn(missing_docs)]

pub mod desk;
pub mod passphrase;
pub mod setup;
pub mod vault;
