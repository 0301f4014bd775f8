//! What the end-to-end tests share: the real programs, started as people start them, on data
//! of their own. Each test is a file in `tests/`; it ends what it started, by its id.

pub mod counselor;
pub mod flaky;
pub mod forged;
pub mod malformed;
pub mod markers;
pub mod meddler;
pub mod noise;
pub mod organisation;
pub mod programs;
pub mod raw_http;
pub mod relay;
pub mod reporter;
pub mod running;
pub mod server;
pub mod static_server;
pub mod wall;
