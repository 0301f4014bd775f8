//! `cargo xtask`: one concept a file. `main` only reads the command line.

pub mod bench;
pub mod check;
pub mod compressed;
pub mod demo;
pub mod failure;
pub mod faults;
pub mod flood;
pub mod journey;
pub mod layout;
pub mod organisation;
pub mod process;
pub mod programs;
pub mod server;
pub mod setup;
pub mod site;
pub mod tests;
pub mod toolchain;
pub mod vectors;
pub mod wasm;
pub mod without_tables;
