//! `cargo xtask`: build, run, test and check Beistand.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::bench::{self, Bench};
use xtask::{
    check, demo, failure::Failure, faults, flood, journey, process, setup, site, tests, vectors,
    wasm, without_tables,
};

/// Build, run, test and check Beistand.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a demo instance: site, server, and the commands to read and answer
    Run {
        /// Port of the reporter's site on 127.0.0.1 (0: any free one)
        #[arg(long, default_value_t = 8180)]
        port: u16,
        /// Where the demo instance lives; a second start finds it again [default: demo/]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Play one report and its answer on a throw-away instance, then end
        #[arg(long, conflicts_with_all = ["port", "data"])]
        once: bool,
    },
    /// Everything: checks, Rust, web and browser tests
    Test,
    /// The fast checks: format, lints, dependencies, crate directions, docs, i18n
    Check {
        /// Only the checks whose name contains this
        #[arg(value_name = "NAME")]
        only: Option<String>,
    },
    /// Measure something, beside a limit or peer
    Bench {
        /// What
        #[arg(value_name = "NAME")]
        bench: Bench,
    },
    /// Slow bodies and idle connections by the thousands, and visitors among them
    Flood {
        /// Bodies that come at a byte a second
        #[arg(long, value_name = "N", default_value_t = 2_000)]
        slow: usize,
        /// Connections on which nothing is sent
        #[arg(long, value_name = "N", default_value_t = 10_000)]
        idle: usize,
        /// Visits in all
        #[arg(long, value_name = "N", default_value_t = 400)]
        visits: usize,
    },
    /// Try every age vector of a folder, in the format of C2SP's CCTV/age
    Vectors {
        /// The folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Kill the server again and again while it works; nothing acknowledged may be lost
    Crash {
        /// How often
        #[arg(long, default_value_t = 200)]
        cycles: u32,
    },
    /// Let the power go at any moment, and start on what a disk may hold then
    Powercut {
        /// How many states of the disk are tried
        #[arg(long, default_value_t = 1000)]
        states: u32,
        /// Leave out the syncs of paths like this (* and ?), to see that it is noticed
        #[arg(long, value_name = "PATTERN")]
        sabotage: Vec<String>,
    },
    /// Fill the disk, or let it lose a write or a sync
    Diskfull {
        /// How many servers meet an error
        #[arg(long, default_value_t = 100)]
        runs: u32,
    },
    /// Look for what is missing on this machine and install it
    Setup,
    /// Build client-wasm for browsers with WebAssembly and for those without
    Wasm {
        /// Build std from source with the system's Rust, as on machines without rustup
        #[arg(long)]
        build_std: bool,
        /// Build the checks that the tests run in both forms, instead
        #[arg(long, conflicts_with = "build_std")]
        checks: bool,
    },
    /// Build WASM and site into target/site
    Site,
}

fn main() -> ExitCode {
    if let Some(code) = without_tables::as_rustc() {
        return code;
    }
    process::forget_own_package();
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Vectors { folder } => return vectors::run(&folder),
        Command::Crash { cycles } => {
            return faults::run(&["crash", "--cycles", &cycles.to_string()])
        }
        Command::Powercut { states, sabotage } => {
            let states = states.to_string();
            let mut arguments = vec!["powercut", "--states", &states];
            for pattern in &sabotage {
                arguments.extend(["--sabotage", pattern]);
            }
            return faults::run(&arguments);
        }
        Command::Diskfull { runs } => {
            return faults::run(&["diskfull", "--runs", &runs.to_string()])
        }
        Command::Run { once: true, .. } => journey::play(),
        Command::Run { port, data, .. } => demo::run(port, data),
        Command::Test => tests::run(),
        Command::Check { only } => check::run(only.as_deref()),
        Command::Bench { bench } => bench::run(bench),
        Command::Flood { slow, idle, visits } => flood::run(slow, idle, visits),
        Command::Setup => setup::everything(),
        Command::Wasm { checks: true, .. } => wasm::build_checks(),
        Command::Wasm { build_std, .. } => wasm::build(build_std),
        Command::Site => site::build().map(drop),
    }?;
    Ok(ExitCode::SUCCESS)
}
