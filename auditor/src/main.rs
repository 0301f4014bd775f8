//! `beistand-audit`: re-verifies what a server stores.
fn main() -> std::process::ExitCode {
    beistand_auditor::cli::main()
}
