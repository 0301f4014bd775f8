//! `cargo xtask bench NAME`: figures, each beside a limit or peer that was measured in the same
//! run, because no two machines are alike. Nothing here is a test.

use clap::ValueEnum;

use crate::failure::Failure;

pub mod put;
pub mod seal;
pub mod site;
pub mod visit;
pub mod web;

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Bench {
    /// Sealing envelopes and parts, beside the primitives they are made of
    Seal,
    /// What a reporter's browser loads, beside what it may load
    Site,
    /// What putting an envelope costs, beside writing its bytes
    Put,
    /// What a visit costs the server, by how much is stored
    Visit,
    /// Sealing in a browser, beside typage in the same page
    Web,
    /// The largest file from a browser to a desk and back, and the memory it takes
    File,
}

/// Measures and prints.
///
/// # Errors
/// Something does not build or run, or a bar is not met.
pub fn run(bench: Bench) -> Result<(), Failure> {
    match bench {
        Bench::Seal => seal::run(),
        Bench::Site => site::run(),
        Bench::Put => put::run(),
        Bench::Visit => visit::run(),
        Bench::Web => web::run(),
        Bench::File => web::file(),
    }
}
