//! Setting an organisation up, and keeping it up: root keys, the instance file, invitations,
//! requests to join, and rosters. Each step leaves a file that a person can carry and compare.
//!
//! ```text
//! root keys ─ instance file ─┬─ invitation ─ join request ─┐
//!                            └─ organisation ──────────────┴─ draft ─ signed roster ─ server
//! ```

pub mod instance_file;
pub mod invitation;
pub mod join_request;
pub mod organisation;
pub mod organisation_rules;
pub mod root_key;
pub mod roster_draft;
pub mod roster_signing;
