//! The command line of `beistand-report`: what it says to whom, before any server is asked.

use beistand_protocol::time::UnixTime;
use beistand_tests::forged::World;
use beistand_tests::programs::programs;
use beistand_tests::reporter::Reporter;
use beistand_tests::running::{exit, run};
use beistand_tests::static_server::StaticServer;
use std::collections::BTreeMap;

const WORDS: &str = "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong";

#[test]
fn version_and_help() {
    let version = run(&programs().report, &["--version"], "").ok();
    let mut words = version.split_whitespace();
    assert_eq!(words.next(), Some("beistand-report"));
    assert!(words
        .next()
        .is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit())));
    assert!(words
        .next()
        .is_some_and(|word| word.starts_with('(') && word.ends_with(')')));
    let help = run(&programs().report, &["--help"], "").ok();
    for verb in ["file", "check", "reply", "withdraw"] {
        assert!(help.contains(verb), "{verb}");
    }
}

#[test]
fn wrong_usage_is_said_without_repeating_what_was_typed() {
    let private = "somethingprivate";
    for arguments in [
        &[][..],
        &["somethingprivate"],
        &["check", "somethingprivate"],
        &["check", "--words", "somethingprivate"],
        &["check", "--words-fd", "somethingprivate"],
        &["file", "--exclude", "somethingprivate"],
        &["file", "--words-in", "somethingprivate"],
        &["--server", "somethingprivate", "check"],
        &["--server", "http://somethingprivate.example", "check"],
        &["--proxy", "somethingprivate", "check"],
        &["reply", "--readers-all", "--exclude", "1"],
        &["check"],
        &["file"],
    ] {
        let ended = run(&programs().report, arguments, WORDS);
        ended.refused(exit::USAGE);
        assert!(!ended.stderr.contains(private), "{ended:#?}");
        assert_eq!(ended.stdout, "", "{ended:#?}");
    }
}

#[test]
fn an_instance_file_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("instance.json");
    let reporter = Reporter::new("http://127.0.0.1:9", &path);
    reporter
        .run(&["check", "--words-fd", "0"], WORDS)
        .refused(exit::USAGE);
    for content in ["", "{}", "not json", "{\"v\":1}"] {
        std::fs::write(&path, content).unwrap();
        reporter
            .run(&["check", "--words-fd", "0"], WORDS)
            .refused(exit::REFUSED);
    }
}

/// A world and a server that notes whether anything came.
fn silent() -> (StaticServer, tempfile::TempDir, Reporter) {
    let world = World::at(UnixTime(1_700_000_000));
    let server = StaticServer::start(BTreeMap::new());
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance.json");
    std::fs::write(&instance, world.instance_file()).unwrap();
    let reporter = Reporter::new(&server.url, &instance);
    (server, folder, reporter)
}

#[test]
fn a_typo_in_the_words_is_told_before_anything_is_sent() {
    let (server, _folder, reporter) = silent();
    for (words, says) in [
        (WORDS.replace("wrong", "wrnog"), "word 12"),
        (WORDS.replace("wrong", "zoo"), "do not belong together"),
        (WORDS.replace(" wrong", ""), "here are 11"),
        (String::new(), "here are 0"),
    ] {
        for verb in [
            &["check"][..],
            &["withdraw"],
            &["reply", "--text", "/dev/null"],
        ] {
            let mut arguments = verb.to_vec();
            arguments.extend_from_slice(&["--words-fd", "0"]);
            let ended = reporter.run(&arguments, &words);
            let error = ended.refused(exit::REFUSED);
            assert!(error.contains(says), "{ended:#?}");
            assert!(
                !ended.stderr.contains("zoo") && !ended.stderr.contains("wrnog"),
                "{ended:#?}"
            );
        }
    }
    assert_eq!(server.seen(), [], "something was sent");
}

#[test]
fn words_come_through_any_descriptor_and_never_without_one() {
    let (server, folder, _) = silent();
    let words = folder.path().join("words");
    std::fs::write(&words, format!("  {}\n", WORDS.to_uppercase())).unwrap();
    let line = format!(
        "exec '{}' --server {} --instance '{}' check --words-fd 5 5< '{}'",
        programs().report.display(),
        server.url,
        folder.path().join("instance.json").display(),
        words.display(),
    );
    // It gets as far as the server, which knows nothing.
    run("sh".as_ref(), &["-c", &line], "").refused(exit::REFUSED);
    assert_eq!(
        server.seen().first().map(|seen| seen.what.as_str()),
        Some("GET /v1/state")
    );
    let closed = line.replace("--words-fd 5 5<", "--words-fd 7 5<");
    run("sh".as_ref(), &["-c", &closed], "").refused(exit::USAGE);
    // Standard input is no terminal here: nobody can be asked.
    let nowhere = line.replace("--words-fd 5 5<", "5<");
    run("sh".as_ref(), &["-c", &nowhere], WORDS).refused(exit::USAGE);
}

#[test]
fn words_and_text_cannot_share_standard_input() {
    let (server, _folder, reporter) = silent();
    reporter
        .run(&["reply", "--words-fd", "0", "--text", "-"], WORDS)
        .refused(exit::USAGE);
    reporter
        .run(&["reply", "--words-fd", "0"], WORDS)
        .refused(exit::USAGE);
    assert_eq!(server.seen(), []);
}

#[test]
fn an_empty_text_or_a_malformed_form_is_told_before_anything_is_sent() {
    let (server, folder, reporter) = silent();
    reporter.run(&["file"], " \n\t ").refused(exit::REFUSED);
    let form = folder.path().join("form.json");
    for content in [
        "",
        "{}",
        "{\"text\":\"\"}",
        "{\"text\":\"x\",\"address\":\"y\"}",
    ] {
        std::fs::write(&form, content).unwrap();
        let form = form.display().to_string();
        reporter
            .run(&["file", "--form", &form], "")
            .refused(exit::REFUSED);
    }
    reporter
        .run(&["file", "--text", "/nonexistent"], "")
        .refused(exit::USAGE);
    assert_eq!(server.seen(), []);
}

#[test]
fn a_server_that_is_down() {
    let (server, _folder, reporter) = silent();
    drop(server);
    let ended = reporter.run(&["check", "--words-fd", "0"], WORDS);
    let error = ended.refused(exit::UNREACHABLE);
    assert!(error.contains("cannot be reached"), "{ended:#?}");
    let filed = reporter.run(&["file"], "something happened");
    filed.refused(exit::UNREACHABLE);
    assert_eq!(
        filed.stdout, "",
        "no words are given for a report that was not taken"
    );
}

#[test]
fn nothing_about_the_environment_reaches_a_server() {
    let (server, _folder, reporter) = silent();
    reporter
        .run(&["check", "--words-fd", "0"], WORDS)
        .refused(exit::REFUSED);
    let seen = server.seen();
    let mut names: Vec<String> = seen[0]
        .head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name.to_ascii_lowercase())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "host", "user-agent"], "{}", seen[0].head);
}
