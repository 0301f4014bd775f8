//! Visits look alike on the wire: filing, looking, looking and answering are the same requests of
//! the same sizes, and the answers to fetch and put are of one size too.

use beistand_tests::organisation::Organisation;
use beistand_tests::relay::{Relay, Sent};
use beistand_tests::reporter::Reporter;

#[test]
fn all_visits_have_one_shape() {
    // Epochs of a day, so that the server changes nothing between the visits.
    let organisation = Organisation::with_epochs(1, 86_400);
    let relay = Relay::to(organisation.url());
    let reporter = Reporter::new(&relay.url, &organisation.instance());
    let shape = |arguments: &[&str], input: &str| -> (Vec<Sent>, String) {
        let said = reporter.run(arguments, input).ok();
        (relay.take_requests(), said)
    };
    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join("text");
    std::fs::write(&long, "A longer text. ".repeat(2_000)).unwrap();
    let long = long.display().to_string();

    let (filed, said) = shape(&["file", "--json"], "short");
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let words = said["words"].as_str().unwrap();
    let (looked, _) = shape(&["check", "--words-fd", "0"], words);
    let reply = ["reply", "--readers-all", "--words-fd", "0", "--text", &long];
    let other = "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong";
    let (answered, _) = shape(&reply, other);
    let (withdrew, _) = shape(&["withdraw", "--words-fd", "0"], other);

    let sequence: Vec<&str> = filed
        .iter()
        .map(|sent| sent.what.split('?').next().unwrap_or_default())
        .collect();
    assert_eq!(
        sequence,
        [
            "GET /v1/state",
            "GET /v1/rosters",
            "GET /v1/prekeys",
            "GET /v1/index",
            "POST /v1/fetch",
            "POST /v1/envelopes"
        ]
    );
    assert_eq!(filed, looked);
    assert_eq!(filed, answered);
    // Nothing of that conversation is visible yet, so there is nothing to delete.
    assert_eq!(filed, withdrew);
}
