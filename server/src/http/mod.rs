//! HTTP in front of the wall. Every handler has three moves: decode the request, call one method
//! of [`crate::app::Wall`], encode the answer. Routes are in [`crate::startup`].

pub mod attend;
pub mod body;
pub mod connection;
pub mod headers;
pub mod hosts;
pub mod problem;
pub mod records;

mod budget;
mod delete;
mod fetch;
mod health;
mod metrics;
mod notes;
mod published;
mod puts;
mod sections;
mod static_site;
mod sync;
mod work;

pub use delete::delete;
pub use fetch::fetch;
pub use health::{healthz, readyz};
pub use metrics::metrics;
pub use notes::{post_prekey, post_roster};
pub use published::{index, instance, prekeys, rosters, state, InstanceFile};
pub use puts::{put_envelope, put_part};
pub use static_site::static_site;
pub use sync::sync;
