//! The fault harnesses at any length; `cargo xtask crash|powercut|diskfull` runs this.

use beistand_server::testing::faults::{crash, diskfull, powercut, Tally};
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Does to a server what machines do to servers, and compares what is left.
#[derive(Parser)]
struct Arguments {
    /// The server's program
    #[arg(long, value_name = "FILE")]
    program: PathBuf,
    #[command(subcommand)]
    harness: Harness,
}

#[derive(Subcommand)]
enum Harness {
    /// kill -9
    Crash {
        #[arg(long)]
        cycles: u32,
    },
    /// Power cuts
    Powercut {
        #[arg(long)]
        states: u32,
        #[arg(long)]
        sabotage: Vec<String>,
    },
    /// Full and failing disks
    Diskfull {
        #[arg(long)]
        runs: u32,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let program = &arguments.program;
    let mut shown = 0;
    let progress = &mut |tally: &Tally| {
        show_complaints(tally, &mut shown);
        println!("{tally}");
    };
    let outcome = match arguments.harness {
        Harness::Crash { cycles } => crash::run(program, &crash::Plan::of(cycles), progress),
        Harness::Powercut { states, sabotage } => {
            // Every moment is tried under every model.
            let plan = powercut::Plan::of(states.div_ceil(4));
            let sabotage: Vec<&str> = sabotage.iter().map(String::as_str).collect();
            powercut::run(program, &plan, &sabotage, progress)
        }
        Harness::Diskfull { runs } => diskfull::run(program, &diskfull::Plan::of(runs), progress),
    };
    match outcome {
        Ok(tally) => {
            show_complaints(&tally, &mut shown);
            println!("{tally}");
            ExitCode::from(u8::from(!tally.is_clean()))
        }
        Err(error) => {
            eprintln!("error: the harness cannot go on: {error}");
            eprintln!(
                "hint: it needs Linux with glibc, a C compiler and room in the temporary folder"
            );
            ExitCode::FAILURE
        }
    }
}

/// Those that were not shown yet.
fn show_complaints(tally: &Tally, shown: &mut usize) {
    for complaint in &tally.complaints[*shown..] {
        println!("  {complaint}");
    }
    *shown = tally.complaints.len();
}
