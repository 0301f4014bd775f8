//! Somebody the reporter excluded: with every key they have and the whole wall before them they
//! open nothing of it, today and after the reporter came back with nothing but words.

use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_crypto_core::open::open;
use beistand_protocol::bytes::Slot;
use beistand_tests::counselor::Counselor;
use beistand_tests::organisation::Organisation;
use beistand_tests::reporter::texts;
use beistand_tests::wall;
use std::collections::BTreeSet;

const OPEN_TO_ALL: &str = "This one is for everybody.";
const REPORT: &str = "It is about somebody of your own team.";
const FOLLOW_UP: &str = "And it goes on.";
const ANSWER: &str = "We keep this between us.";
const EXCLUDED: usize = 2;

/// The slots of all envelopes that open with a counselor's keys.
fn opens(organisation: &Organisation, counselor: &Counselor) -> BTreeSet<String> {
    let keys = counselor.keys();
    assert!(
        keys.len() >= 2,
        "{} has an identity and a prekey",
        counselor.name
    );
    let identities: Vec<HybridIdentity> = keys.iter().map(|key| key.parse().unwrap()).collect();
    let (class, envelopes) = wall::envelopes(organisation);
    let opens = |envelope: &[u8]| open(class, envelope, &identities).is_ok();
    envelopes
        .iter()
        .filter(|(_, envelope)| opens(envelope))
        .map(|(slot, _): (&Slot, _)| slot.to_string())
        .collect()
}

fn slot(said: &serde_json::Value) -> String {
    said["slot"]
        .as_str()
        .expect("a slot is a string")
        .to_owned()
}

#[test]
fn an_excluded_counselor_opens_nothing_of_it() {
    let organisation = Organisation::of(3);
    let reporter = organisation.reporter();
    let for_all = reporter.file(OPEN_TO_ALL, &[]);
    let filed = reporter.file(REPORT, &[EXCLUDED as u32]);
    let serials: Vec<_> = filed.json["readers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["serial"].as_u64())
        .collect();
    assert_eq!(serials, [Some(1), Some(3)]);
    // From the words alone: who may read is known from the report, not from this machine.
    let followed = reporter.reply(&filed.words, FOLLOW_UP, &[]);
    organisation.sync_all();
    let alba = organisation.counselor(1);
    let case = alba
        .cases()
        .into_iter()
        .find(|case| texts(&alba.show(case)) == [REPORT, FOLLOW_UP])
        .expect("an included counselor reads both");
    alba.reply(organisation.url(), &case, ANSWER, None);
    let answered = (0..100).any(|_| reporter.check(&filed.words)["answered"] == true);
    assert!(answered, "the answer becomes visible");
    let again = reporter.reply(&filed.words, "One more thing.", &[]);
    organisation.sync_all();

    let public = slot(&for_all.json);
    let private = [slot(&filed.json), slot(&followed), slot(&again)];
    for counselor in &organisation.counselors {
        let opened = opens(&organisation, counselor);
        // What was for all opens: these are the right keys, and opening works.
        assert!(opened.contains(&public), "{}", counselor.name);
        if counselor.serial == EXCLUDED {
            assert_eq!(
                opened,
                BTreeSet::from([public.clone()]),
                "{} reads along",
                counselor.name
            );
            let cases = counselor.cases();
            let seen: Vec<_> = cases.iter().map(|case| counselor.show(case)).collect();
            assert_eq!(seen.iter().map(texts).collect::<Vec<_>>(), [[OPEN_TO_ALL]]);
        } else {
            assert!(
                private.iter().all(|slot| opened.contains(slot)),
                "{}",
                counselor.name
            );
            // The answer too: four of the conversation and the one for all.
            assert_eq!(opened.len(), 5, "{}", counselor.name);
        }
    }
    organisation.audited_clean();
}

#[test]
fn whoever_is_excluded_later_reads_nothing_that_follows() {
    let organisation = Organisation::of(3);
    let reporter = organisation.reporter();
    let filed = reporter.file(REPORT, &[]);
    let followed = reporter.reply(&filed.words, FOLLOW_UP, &["--exclude", "2"]);
    // Without being asked again, it stays so.
    let more = reporter.reply(&filed.words, "And more.", &[]);
    // Excluding another one does not let the first in again.
    let fewer = reporter.reply(&filed.words, "For one only.", &["--exclude", "3"]);
    let serials: Vec<_> = fewer["readers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["serial"].as_u64())
        .collect();
    assert_eq!(serials, [Some(1)]);
    let [report, followed, more, fewer] = [
        slot(&filed.json),
        slot(&followed),
        slot(&more),
        slot(&fewer),
    ];
    let expected = [
        BTreeSet::from([report.clone(), followed.clone(), more.clone(), fewer]),
        BTreeSet::from([report.clone()]),
        BTreeSet::from([report, followed, more]),
    ];
    for (counselor, expected) in organisation.counselors.iter().zip(expected) {
        assert_eq!(
            opens(&organisation, counselor),
            expected,
            "{}",
            counselor.name
        );
    }
    organisation.audited_clean();
}

#[test]
fn excluding_everybody_or_a_stranger_is_refused_and_nothing_is_sent() {
    let organisation = Organisation::of(2);
    let before = wall::envelopes(&organisation).1.len();
    let reporter = organisation.reporter();
    let nobody = reporter.run(&["file", "--exclude", "1", "--exclude", "2"], REPORT);
    nobody.refused(1);
    let stranger = reporter.run(&["file", "--exclude", "9"], REPORT);
    assert!(stranger.refused(1).contains('9'), "{stranger:#?}");
    let organisation = {
        let mut organisation = organisation;
        organisation.stop();
        organisation.start();
        organisation
    };
    assert_eq!(wall::envelopes(&organisation).1.len(), before);
}
