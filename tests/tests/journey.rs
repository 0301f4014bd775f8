//! A report travels to the counselors and the answer travels back, through restarts of the
//! server, second visits and a withdrawal; in the end the auditor finds nothing.

use beistand_tests::organisation::Organisation;
use beistand_tests::reporter::texts;

const REPORT: &str = "Somebody follows me from page to page.\nIt began on Monday. Grüße 👋🏽";
const ANSWER: &str = "Thank you for telling us.\nWe are reading it together now.";
const FOLLOW_UP: &str = "It happened again this morning.";

#[test]
fn a_report_travels_and_the_answer_travels_back() {
    let mut organisation = Organisation::of(3);
    let reporter = organisation.reporter();
    let filed = reporter.file(REPORT, &[]);
    assert_eq!(filed.words.split(' ').count(), 12);
    let names: Vec<_> = filed.json["readers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reader| reader["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["Alba Example", "Bertil Sample", "Chidi Placeholder"]
    );
    assert!(filed.json["readable_until"]
        .as_str()
        .is_some_and(|date| date.len() == 10));
    assert!(filed.json["promise"]["note"]
        .as_str()
        .is_some_and(|note| note.contains("/promise/")));

    // Nobody has answered: the report is there, and one sentence about patience.
    let empty = reporter.check(&filed.words);
    assert_eq!(texts(&empty), [REPORT]);
    assert_eq!(empty["answered"], false);

    // The server forgets nothing by being stopped; the counselors read what was there before.
    organisation.stop();
    organisation.start();
    organisation.sync_all();
    let alba = organisation.counselor(1);
    let case = alba.only_case();
    let shown = alba.show(&case);
    assert_eq!(shown["messages"][0]["text"], REPORT);
    assert_eq!(shown["messages"][0]["kind"], "report");
    alba.reply(organisation.url(), &case, ANSWER, Some("reading"));
    alba.sync(organisation.url());

    // The second visit, from the words alone.
    let reporter = organisation.reporter();
    let waiting = || {
        let check = reporter.check(&filed.words);
        (check["answered"] == true).then_some(check)
    };
    let check = (0..100)
        .find_map(|_| waiting())
        .expect("the answer becomes visible");
    assert_eq!(texts(&check), [REPORT, ANSWER]);
    assert_eq!(check["messages"][1]["name"], "Alba Example");
    assert_eq!(check["messages"][1]["status"], "reading");
    assert_eq!(check["remark"], serde_json::Value::Null);

    // A follow-up reaches everybody, with the answer before it.
    reporter.reply(&filed.words, FOLLOW_UP, &[]);
    organisation.sync_all();
    for counselor in &organisation.counselors {
        let shown = counselor.show(&counselor.only_case());
        assert_eq!(
            texts(&shown),
            [REPORT, ANSWER, FOLLOW_UP],
            "{}",
            counselor.name
        );
        assert_eq!(
            shown["refused"],
            serde_json::json!([]),
            "{}",
            counselor.name
        );
        let continuous = shown["messages"].as_array().unwrap();
        assert!(
            continuous
                .iter()
                .all(|message| message["continuity"] != "gap"),
            "{shown:#}"
        );
    }
    // Several desks answer, several on one day.
    let bertil = organisation.counselor(2);
    bertil.reply(
        organisation.url(),
        &bertil.only_case(),
        "I can call you.",
        None,
    );
    bertil.reply(
        organisation.url(),
        &bertil.only_case(),
        "Any time today.",
        Some("waiting-for-you"),
    );
    let all = (0..100).find_map(|_| {
        let check = reporter.check(&filed.words);
        (check["left"] == 1 || texts(&check).len() == 5).then_some(check)
    });
    let all = all.expect("the answers become visible");
    assert!(
        texts(&all).contains(&"Any time today."),
        "the newest come first: {all:#}"
    );

    organisation.audited_clean();
}

#[test]
fn a_withdrawal_deletes_what_was_sent_and_tells_the_readers() {
    let organisation = Organisation::of(2);
    let reporter = organisation.reporter();
    let filed = reporter.file(REPORT, &[]);
    reporter.reply(&filed.words, FOLLOW_UP, &[]);
    let withdrawn = reporter
        .run(&["withdraw", "--json", "--words-fd", "0"], &filed.words)
        .json();
    assert_eq!(withdrawn["deleted"], 2);
    assert_eq!(withdrawn["asked"], true);
    // What was there is gone, for everybody who did not have it yet.
    let check = (0..100).find_map(|_| {
        let check = reporter.check(&filed.words);
        (check["deleted"] == 2 && !check["messages"].as_array().unwrap().is_empty())
            .then_some(check)
    });
    let check = check.expect("the withdrawal becomes visible");
    assert_eq!(texts(&check), [""; 0]);
    assert_eq!(check["messages"][0]["kind"], "withdraw");
    organisation.sync_all();
    let seen = organisation.counselor(1).cases();
    for case in &seen {
        let shown = organisation.counselor(1).show(case);
        assert_eq!(texts(&shown), [""; 0], "{shown:#}");
    }
    // A second time there is only the wish itself left to delete.
    let again = reporter
        .run(&["withdraw", "--json", "--words-fd", "0"], &filed.words)
        .json();
    assert_eq!(again["deleted"], 1);
    organisation.audited_clean();
}
