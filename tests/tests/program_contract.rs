//! What scripts rely on, for all four programs alike.

use beistand_tests::organisation::Organisation;
use beistand_tests::programs::programs;
use beistand_tests::running::{exit, run};
use std::path::Path;

fn all() -> [(&'static str, &'static Path); 4] {
    let programs = programs();
    [
        ("beistand-server", &programs.server),
        ("beistand-report", &programs.report),
        ("beistand", &programs.beistand),
        ("beistand-audit", &programs.audit),
    ]
}

#[test]
fn each_says_its_version_with_the_commit() {
    for (name, program) in all() {
        let version = run(program, &["--version"], "").ok();
        let words: Vec<&str> = version.split_whitespace().collect();
        assert_eq!(words.first(), Some(&name), "{version}");
        let commit = version.split(['(', ')']).nth(1).unwrap_or_default();
        let commit = commit.trim_start_matches("commit ");
        // Marked where the sources were not as they were committed.
        let hash = commit.trim_end_matches('+');
        let is_hash = hash.len() >= 7 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(commit == "unknown" || is_hash, "{name}: {version}");
    }
}

#[test]
fn each_exits_with_two_where_the_command_line_makes_no_sense() {
    for (name, program) in all() {
        for arguments in [&[][..], &["--no-such-option"], &["no-such-verb"]] {
            let ended = run(program, arguments, "");
            ended.refused(exit::USAGE);
            assert_eq!(ended.stdout, "", "{name} {arguments:?}");
        }
    }
}

/// What no option and no variable may be called.
const SECRETS: [&str; 5] = ["passphrase", "password", "words", "secret", "codename"];

#[test]
fn no_program_takes_a_secret_in_an_argument_or_the_environment() {
    for (name, program) in all() {
        let mut pending: Vec<Vec<String>> = vec![Vec::new()];
        let mut seen = 0;
        while let Some(verb) = pending.pop() {
            let mut arguments: Vec<&str> = verb.iter().map(String::as_str).collect();
            arguments.push("--help");
            let help = run(program, &arguments, "").ok();
            seen += 1;
            // An option that the environment can give as well says so; its value is not shown.
            let from_environment = help.split("[env: ").skip(1);
            for variable in from_environment.filter_map(|rest| rest.split(']').next()) {
                assert!(
                    variable.starts_with("BEISTAND_") && !variable.contains('='),
                    "{name} {verb:?} shows {variable}"
                );
                let words: Vec<&str> = variable.split('_').collect();
                let secret = SECRETS
                    .iter()
                    .any(|secret| words.contains(&secret.to_uppercase().as_str()));
                assert!(!secret, "{name} {verb:?} takes {variable}");
            }
            for option in help
                .split_whitespace()
                .filter(|word| word.starts_with("--"))
            {
                let option = option.trim_matches(|c: char| !c.is_ascii_alphanumeric());
                assert!(
                    !SECRETS.contains(&option),
                    "{name} {verb:?} takes --{option}"
                );
            }
            let verbs = help
                .lines()
                .skip_while(|line| !line.starts_with("Commands:"))
                .skip(1);
            for line in verbs.take_while(|line| !line.trim().is_empty()) {
                let word = line.split_whitespace().next().unwrap_or_default();
                if line.starts_with("  ") && !line.starts_with("   ") && word != "help" {
                    pending.push([verb.clone(), vec![word.to_owned()]].concat());
                }
            }
        }
        assert!(seen > 1, "{name} has verbs");
    }
}

#[test]
fn the_auditor_refuses_what_is_no_data_directory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    run(&programs().audit, &["store", &path], "").refused(exit::REFUSED);
    run(&programs().audit, &["store", "/nonexistent"], "").refused(exit::REFUSED);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "it left something"
    );
}

#[test]
fn the_auditor_says_three_where_something_is_found_and_changes_nothing() {
    let mut organisation = Organisation::of(1);
    organisation.reporter().file("Something happened.", &[]);
    organisation.stop();
    let clean = organisation.audit(&[]).ok();
    assert!(clean.contains("clean: nothing was found"), "{clean}");
    assert!(clean.contains("not checked"), "{clean}");
    // Somebody keeps a log beside the wall.
    let log = organisation.data().join("access.log");
    std::fs::write(&log, "192.0.2.7 POST /v1/envelopes\n").unwrap();
    let ended = organisation.audit(&["--json"]);
    assert_eq!(ended.code, Some(exit::FINDINGS), "{ended:#?}");
    let report: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["findings"][0]["check"], "files");
    assert_eq!(report["findings"][0]["place"], "access.log");
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(
        std::fs::read_to_string(&log).unwrap(),
        "192.0.2.7 POST /v1/envelopes\n"
    );
    // A key that was kept although it should have been destroyed.
    std::fs::remove_file(&log).unwrap();
    let keys = organisation.data().join("keys");
    let file = std::fs::read_dir(&keys)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend_from_slice(&[7; 32]);
    std::fs::write(&file, bytes).unwrap();
    let report = organisation.audit(&["--json"]);
    let report: serde_json::Value = serde_json::from_str(&report.stdout).unwrap();
    assert_eq!(report["findings"][0]["check"], "shredding", "{report:#}");
}
