//! Re-verifies what a server stores and serves.
