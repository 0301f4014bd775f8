//! Everything the reporter's site can do, without a browser.
//!
//! A [`Visit`] begins with what the server shows, verified; it looks once ([`Visit::look`]) and
//! puts once, what the reporter says or a decoy ([`Inside::say`], [`Inside::say_nothing`]): to
//! whoever watches the line, all visits are alike. What is secret stays in
//! [`beistand_crypto_core`]; what goes over the wire goes through [`beistand_client`].
#![warn(missing_docs)]

pub mod cli;
mod error;
mod said;
mod visit;

pub use error::ReporterError;
pub use said::Said;
pub use visit::{Inside, Saying, Visit};
