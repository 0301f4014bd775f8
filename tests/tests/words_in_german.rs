//! Words are shown in the language asked for, or in that of the locale, and open the same
//! conversation whatever language they are in.

use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::word_list::WordList;
use beistand_tests::organisation::Organisation;
use beistand_tests::reporter::texts;

const REPORT: &str = "Jemand schreibt unter meinem Namen.";

fn filed(organisation: &Organisation, arguments: &[&str]) -> String {
    let json = organisation
        .reporter()
        .run(&[&["file", "--json", "--wait"], arguments].concat(), REPORT)
        .json();
    let list = WordList::for_language(json["words_in"].as_str().unwrap()).unwrap();
    let words = json["words"].as_str().unwrap().to_owned();
    assert!(Codename::parse(&words, list).is_ok(), "{json}");
    words
}

#[test]
fn words_open_a_conversation_in_either_language() {
    let organisation = Organisation::of(1);
    let german = filed(&organisation, &["--words-in", "de"]);
    let codename = Codename::parse(&german, WordList::german()).unwrap();
    let english = codename.to_phrase(WordList::english());
    let reporter = organisation.reporter();
    assert_eq!(texts(&reporter.check(&german)), [REPORT]);
    assert_eq!(texts(&reporter.check(&english)), [REPORT]);

    // As people write them down.
    let noted = german.to_uppercase().replace(' ', ",\n");
    assert_eq!(texts(&reporter.check(&noted)), [REPORT]);

    // Half in one language and half in the other is a mistake, and said before anything is sent.
    let half: Vec<&str> = german.split(' ').take(5).collect();
    let rest: Vec<&str> = english.split(' ').skip(5).collect();
    let mixed = [half, rest].concat().join(" ");
    let ended = reporter.run(&["check", "--words-fd", "0"], &mixed);
    ended.refused(beistand_tests::running::exit::REFUSED);
    assert!(ended
        .stderr
        .contains("word 1, word 2, word 3, word 4, word 5"));

    // What is shown for people has all twelve as well.
    let shown = reporter.run(&["file", "--words-in", "de-AT"], REPORT).ok();
    let known = shown
        .split_whitespace()
        .filter(|word| WordList::german().position(word).is_some());
    assert_eq!(known.count(), 12, "{shown}");
}
