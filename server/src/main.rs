//! `beistand-server`: the program. What can be typed stands in `cli/arguments.rs`.
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod cli;
mod failure;

use crate::cli::arguments::{Arguments, Verb};
use crate::cli::configuration::Configuration;
use crate::cli::{check_config, export, init, log_key, serve};
use crate::failure::Failure;
use beistand_server::hardening;
use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    hardening::report_faults(|sentence| eprintln!("error: {sentence}"));
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if !error.use_stderr() => {
            // Help or version. Standard output may be closed; there is nobody to tell then.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(error) => return refuse(&Failure::usage(error.kind())),
    };
    match run(arguments.verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => refuse(&failure),
    }
}

fn run(verb: Verb) -> Result<(), Failure> {
    hardening::close_up().map_err(Failure::hardening)?;
    match verb {
        Verb::Init(options) => init::run(options),
        Verb::CheckConfig(options) => check_config::run(&Configuration::load(options)?),
        Verb::Serve(options) => serve::run(Configuration::load(options)?),
        Verb::Export(arguments) => export::run(&arguments),
        Verb::Import(arguments) => export::run_import(&arguments),
        Verb::LogKey { data, instance } => log_key::run(&data, instance.as_deref()),
    }
}

fn refuse(failure: &Failure) -> ExitCode {
    eprintln!("error: {}\nhint: {}", failure.sentence, failure.hint);
    ExitCode::from(failure.code)
}
