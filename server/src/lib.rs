//! Stores sealed envelopes it cannot open.
//!
//! A report takes this way through the crate: [`http`] reads a frame and calls one method of
//! [`app::Wall`], which checks it and hands it to a [`store::Store`]; once an epoch is over,
//! [`app::Wall::close_epoch`] logs it and publishes the new state. Whoever wants the whole
//! picture starts at [`startup`], which shows every route on one page.
//!
//! No type of this crate, nor of anything it depends on, can open an envelope.
#![warn(missing_docs)]
// Nothing that comes from outside may end the server.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

pub mod app;
pub mod clock;
pub mod disk;
pub mod hardening;
mod hashing;
pub mod http;
pub mod log_key;
pub mod site;
pub mod startup;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tls;
