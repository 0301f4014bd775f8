//! `beistand-report`: the reporter's side without a browser.
fn main() -> std::process::ExitCode {
    beistand_reporter::cli::main()
}
