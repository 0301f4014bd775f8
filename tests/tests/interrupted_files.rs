//! Files over a line that breaks: what the server has acknowledged is not sent again, and what is here
//! is not fetched again.

use beistand_protocol::hash::sha256;
use beistand_tests::flaky::Flaky;
use beistand_tests::noise::noise;
use beistand_tests::organisation::Organisation;
use beistand_tests::relay::Relay;
use beistand_tests::reporter::Reporter;
use tempfile::TempDir;

/// Bytes of a part on the wall.
const PART: usize = 1 << 20;
/// Slices of the file, and the parts they are rounded up to.
const SLICES: usize = 3;
const PARTS: usize = 4;

#[test]
fn a_lost_connection_costs_nothing_but_time() {
    let organisation = Organisation::of(1);
    let home = TempDir::new().unwrap();
    let content = noise(SLICES * 1_044_480);
    let path = home.path().join("film.mp4");
    std::fs::write(&path, &content).unwrap();

    // Two connections break in the middle of a part, on the way there.
    let relay = Relay::to(organisation.url());
    let flaky = Flaky::to(&relay.url, 1_500_000, 2);
    let reporter = Reporter::new(&flaky.url, &organisation.instance());
    let attach = path.display().to_string();
    let line = [
        "file", "--json", "--wait", "--text", "-", "--attach", &attach,
    ];
    let filed = reporter.run(&line, "with a film").json();
    assert_eq!(flaky.broken(), 2);
    let sent = relay.take_requests();
    let whole = sent
        .iter()
        .filter(|request| request.what == "POST /v1/parts" && request.size > PART);
    assert_eq!(whole.count(), PARTS, "each part arrived once: {sent:#?}");

    // Two more break off on the way back.
    let relay = Relay::to(organisation.url());
    let flaky = Flaky::from(&relay.url, 1_500_000, 2);
    let reporter = Reporter::new(&flaky.url, &organisation.instance());
    let id = &sha256(&content).to_string()[..8];
    let folder = TempDir::new().unwrap();
    let into = folder.path().display().to_string();
    let line = ["save", "--json", id, "--words-fd", "0", "--folder", &into];
    let saved = reporter.run(&line, filed["words"].as_str().unwrap()).json();
    assert!(std::fs::read(saved["file"].as_str().unwrap()).unwrap() == content);
    assert_eq!(flaky.broken(), 2);
    let fetched = relay.take_requests();
    let fetches = fetched
        .iter()
        .filter(|request| request.what == "POST /v1/fetch");
    // The visit's own fetch, each part, and those two that broke off.
    assert_eq!(fetches.count(), 1 + PARTS + 2, "{fetched:#?}");
}
