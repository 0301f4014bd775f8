//! The native HTTP client for a server's surface (section 10 of the protocol).
//!
//! One method a route, blocking, with no crypto of its own: what has to be verified is verified
//! by `beistand-protocol`. It keeps nothing between requests, follows no redirects, takes no
//! cookies, and always calls itself the same, so that all native clients look alike.
//!
//! * [`Client`] has the routes,
//! * [`load_snapshot`] turns what a server shows into something one may rely on,
//! * [`deliver`] stamps and puts one sealed blob, and verifies the server's promise,
//! * [`fetch_stamped`] stamps and makes one fetch.
#![warn(missing_docs)]

mod address;
mod deliver;
mod error;
mod routes;
mod snapshot;
mod stamps;
mod sync;
mod transport;

pub use address::{AddressError, Proxy, ServerAddress};
pub use deliver::{deliver, DeliverError, Delivered, Sealed};
pub use error::{ClientError, Route};
pub use routes::{Client, PutAnswer};
pub use snapshot::{load_snapshot, LoadError};
pub use stamps::fetch_stamped;
pub use sync::SyncStream;
