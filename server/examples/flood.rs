//! `cargo xtask flood`: see `beistand_server::testing::flood`.

use beistand_server::testing::flood::{run, Plan};
use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// What a visit may take at most while the flood lasts, for 99 of 100.
const P99: Duration = Duration::from_secs(2);
/// What the server's memory may grow by.
const GROWTH: u64 = 200 << 20;

#[derive(Parser)]
struct Arguments {
    /// The server's program
    #[arg(long)]
    program: PathBuf,
    /// Bodies that come at a byte a second
    #[arg(long, default_value_t = 2_000)]
    slow: usize,
    /// Connections on which nothing is sent
    #[arg(long, default_value_t = 10_000)]
    idle: usize,
    /// Visitors at once
    #[arg(long, default_value_t = 4)]
    visitors: usize,
    /// Visits in all
    #[arg(long, default_value_t = 400)]
    visits: usize,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let plan = Plan {
        slow: arguments.slow,
        idle: arguments.idle,
        visitors: arguments.visitors,
        visits: arguments.visits,
    };
    let tally = match run(&arguments.program, &plan) {
        Ok(tally) => tally,
        Err(reason) => {
            eprintln!("error: {reason}\nhint: is the number of open files limited? `ulimit -n`");
            return ExitCode::FAILURE;
        }
    };
    for reason in tally.failed.iter().take(5) {
        eprintln!("a visit failed: {reason}");
    }
    println!("{tally}");
    let kept = [
        ("no visit failed", tally.failed.is_empty()),
        ("p99 below 2 s", tally.p99() < P99),
        ("memory grew by at most 200 MiB", tally.growth() <= GROWTH),
    ];
    for (bar, held) in kept {
        println!("{} {bar}", if held { "ok  " } else { "MISS" });
    }
    match kept.iter().all(|(_, held)| *held) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
