//! Re-verifies what a server stores and serves, with rules of its own: nothing of the server's
//! code is in here, so an error there does not hide itself.
//!
//! An audit is read from the disk into a [`world::World`], and [`check_world`] says what is not
//! as it must be. What it cannot check, it says too; and it can never show that no copy of
//! something exists elsewhere.

pub mod checks;
pub mod cli;
pub mod findings;
pub mod folder;
mod leaf_text;
pub mod served;
pub mod store;
pub mod world;

pub use checks::check_world;
