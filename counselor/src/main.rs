//! `beistand`: a counselor's desk and an organisation's root keys, on the command line.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
