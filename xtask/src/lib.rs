//! `cargo xtask`: one concept a file. `main` only reads the command line.

pub mod check;
pub mod failure;
pub mod layout;
pub mod process;
pub mod programs;
pub mod server;
pub mod setup;
pub mod site;
pub mod tests;
pub mod toolchain;
pub mod wasm;
