//! What can happen to a server, done to it on purpose: it is killed ([`crash`]), the power goes
//! ([`powercut`]), the disk fills up or fails ([`diskfull`]).
//!
//! In each of them [`clients`] put and delete and write down what they were told ([`known`]);
//! afterwards a server is started on what is left, and [`judge`] compares.

mod clients;
pub mod crash;
pub mod diskfull;
mod image;
mod judge;
mod known;
pub mod powercut;
mod scene;
pub mod shim;
mod tally;
mod trace;

pub use tally::Tally;
