//! What must never reach the server: unmistakable texts and keys go through the real programs,
//! and then everything the server has, and everything that passed on the way, is searched for
//! them in every form.

use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_crypto_core::reporter_keys::ReporterKeys;
use beistand_tests::markers::{files_below, found_below, found_in, Marker};
use beistand_tests::organisation::Organisation;
use beistand_tests::relay::Relay;
use beistand_tests::reporter::{texts, Reporter};

const REPORT: &str = "kanarienvogel-im-bericht-7a19c3";
const FOLLOW_UP: &str = "kanarienvogel-im-nachtrag-55e0d8";
const ANSWER: &str = "kanarienvogel-in-der-antwort-c04b12";

#[test]
fn nothing_readable_reaches_the_server() {
    let mut organisation = Organisation::of(2);
    let relay = Relay::to(organisation.url());
    let reporter = Reporter::new(&relay.url, &organisation.instance());
    let filed = reporter.file(REPORT, &[]);
    let desk = organisation.counselor(1);
    desk.sync(&relay.url);
    desk.reply(&relay.url, &desk.only_case(), ANSWER, None);
    let answered = (0..100).any(|_| reporter.check(&filed.words)["answered"] == true);
    assert!(answered, "the answer becomes visible");
    reporter.reply(&filed.words, FOLLOW_UP, &[]);
    desk.sync(&relay.url);
    let read = desk.show(&desk.only_case());
    assert_eq!(
        texts(&read),
        [REPORT, ANSWER, FOLLOW_UP],
        "the markers did travel"
    );

    let codename = Codename::parse_any(&filed.words).unwrap();
    let (_, instance) = organisation.client();
    let keys = ReporterKeys::derive(&codename, &instance.instance);
    let mut markers = vec![
        Marker::new("the report", REPORT.as_bytes()),
        Marker::new("the follow-up", FOLLOW_UP.as_bytes()),
        Marker::new("the answer", ANSWER.as_bytes()),
        Marker::new("the words", filed.words.as_bytes()),
        Marker::new("the codename", codename.entropy()),
        Marker::new("the reporter's identity", keys.identity().seed()),
        Marker::new(
            "the conversation key",
            keys.conversation_key(0).secret().expose(),
        ),
        Marker::new("the conversation", &keys.conversation().0),
        Marker::new("the passphrase", desk.passphrase().as_bytes()),
    ];
    for key in desk.keys() {
        let identity: HybridIdentity = key.parse().unwrap();
        markers.push(Marker::new("a counselor's key", identity.seed()));
        markers.push(Marker::new("a counselor's key as text", key.as_bytes()));
    }

    // While it runs, and after it has ended.
    assert_eq!(found_below(&organisation.data(), &markers), [""; 0]);
    let passed = relay.passed();
    assert!(
        passed.iter().map(|one| one.up.len()).sum::<usize>() > 3 * 81_920,
        "nothing passed"
    );
    for one in &passed {
        assert_eq!(found_in("what was sent", &one.up, &markers), [""; 0]);
        assert_eq!(found_in("what was answered", &one.down, &markers), [""; 0]);
    }
    organisation.stop();
    assert_eq!(found_below(&organisation.data(), &markers), [""; 0]);
    // The desk's vault is sealed too.
    assert_eq!(
        found_below(organisation.counselor(1).vault(), &markers),
        [""; 0]
    );
    // The search does search: what the server may know is found.
    let data = organisation.data();
    assert!(!files_below(&data).is_empty());
    let public = [Marker::new("the organisation's name", b"Example Aid")];
    let roster = relay
        .passed()
        .iter()
        .any(|one| !found_in("", &one.down, &public).is_empty());
    assert!(
        roster,
        "the roster passed the relay, and its text was not found there"
    );
    std::fs::write(data.join("planted"), format!("0{REPORT}")).unwrap();
    assert_eq!(found_below(&data, &markers).len(), 1);
}
