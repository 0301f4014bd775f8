//! What a server may show that no reporter must believe: each is one sentence, exit code 1, and
//! nothing is sent after it.

use beistand_protocol::bytes::InstanceId;
use beistand_protocol::time::UnixTime;
use beistand_tests::forged::{Key, World};
use beistand_tests::reporter::Reporter;
use beistand_tests::running::exit;
use beistand_tests::static_server::{Answer, StaticServer};
use std::time::SystemTime;

/// Twelve words that are a codename.
const WORDS: &str = "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong";

fn now() -> UnixTime {
    UnixTime(
        SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            .as_secs(),
    )
}

/// What a reporter says who knows `known` and meets a server that shows `shown`.
#[track_caller]
fn refusal(known: &World, shown: &World) -> String {
    let server = StaticServer::start(shown.answers());
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance.json");
    std::fs::write(&instance, known.instance_file()).unwrap();
    let reporter = Reporter::new(&server.url, &instance);
    let checked = reporter.run(&["check", "--words-fd", "0"], WORDS);
    let error = checked.refused(exit::REFUSED).to_owned();
    let filed = reporter.run(&["file"], "something happened");
    assert_eq!(filed.refused(exit::REFUSED), error);
    let sent: Vec<_> = server
        .seen()
        .into_iter()
        .filter(|seen| !seen.what.starts_with("GET"))
        .collect();
    assert!(
        sent.is_empty(),
        "something was sent to a server that is not believed: {sent:#?}"
    );
    error
}

#[test]
fn the_forged_world_is_believed_where_nothing_is_wrong_with_it() {
    // Else the other tests would show nothing: this one gets as far as the fetch.
    let world = World::at(now());
    let server = StaticServer::start(world.answers());
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance.json");
    std::fs::write(&instance, world.instance_file()).unwrap();
    let reporter = Reporter::new(&server.url, &instance);
    let ended = reporter.run(&["check", "--words-fd", "0"], WORDS);
    ended.refused(exit::REFUSED);
    assert!(
        server
            .seen()
            .iter()
            .any(|seen| seen.what == "POST /v1/fetch"),
        "{ended:#?}"
    );
}

#[test]
fn an_expired_roster() {
    let mut world = World::at(now());
    world.roster.not_before = UnixTime(now().0 - 20 * UnixTime::DAY_SECONDS);
    world.roster.not_after = UnixTime(now().0 - 1);
    assert!(refusal(&world, &world).contains("roster has expired"));
}

#[test]
fn a_roster_that_is_not_valid_yet() {
    let mut world = World::at(now());
    world.roster.not_before = UnixTime(now().0 + 3 * UnixTime::DAY_SECONDS);
    assert!(refusal(&world, &world).contains("not valid yet"));
}

#[test]
fn a_roster_signed_by_a_stranger() {
    let known = World::at(now());
    let mut shown = World::at(now());
    // The same name, another key; and the roster itself claims that key.
    shown.root = Key::new("root", 77);
    shown.roster.roots = vec![shown.root.verifier.clone()];
    let error = refusal(&known, &shown);
    assert!(error.contains("0 of 1 necessary signatures"), "{error}");
}

#[test]
fn a_roster_for_another_instance() {
    let known = World::at(now());
    let mut shown = World::at(now());
    shown.instance = InstanceId([0xaa; 16]);
    shown.roster.instance = shown.instance;
    let error = refusal(&known, &shown);
    assert!(error.contains("instance"), "{error}");
    // Signed for this instance, and speaking of another inside.
    let mut shown = World::at(now());
    shown.roster.instance = InstanceId([0xaa; 16]);
    let error = refusal(&known, &shown);
    assert!(error.contains("another instance"), "{error}");
}

#[test]
fn a_roster_that_breaks_its_own_rules() {
    let known = World::at(now());
    let mut shown = World::at(now());
    shown.roster.stanzas = 3;
    assert!(refusal(&known, &shown).contains("8 or 16 stanzas"));
}

#[test]
fn a_stale_state() {
    let known = World::at(now());
    let mut shown = World::at(now());
    shown.closed = UnixTime(now().0 - 3 * UnixTime::DAY_SECONDS);
    assert!(refusal(&known, &shown).contains("stale"));
}

#[test]
fn a_state_signed_by_another_log() {
    let known = World::at(now());
    let mut shown = World::at(now());
    shown.log = Key::new("log", 78);
    let error = refusal(&known, &shown);
    assert!(error.contains("checkpoint"), "{error}");
}

#[test]
fn files_that_do_not_belong_to_the_state() {
    let world = World::at(now());
    for (address, body) in [
        ("/v1/prekeys", &br#"{"v":1,"prekeys":[ ]}"#[..]),
        (
            "/v1/index",
            &[
                0, 0, 0x4e, 0x20, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
            ],
        ),
    ] {
        let mut answers = world.answers();
        answers.insert(address.to_owned(), Answer::bytes(body));
        let error = answered(&world, answers);
        assert!(
            error.contains("do not belong to its signed state"),
            "{address}: {error}"
        );
    }
}

#[test]
fn bodies_that_are_cut_off_or_foreign() {
    let world = World::at(now());
    for address in ["/v1/state", "/v1/rosters", "/v1/prekeys", "/v1/index"] {
        let bodies = [
            &b"<html>It works!</html>"[..],
            &[0xff; 40],
            &b"{\"v\":1"[..],
        ];
        for body in bodies {
            let mut answers = world.answers();
            answers.insert(address.to_owned(), Answer::bytes(body));
            let error = answered(&world, answers);
            assert!(
                !error.contains("html"),
                "what a server says is not repeated: {error}"
            );
        }
        let mut answers = world.answers();
        let whole = answers[address].body.clone();
        if !whole.is_empty() {
            let half = Answer::bytes(&whole[..whole.len() / 2]);
            answers.insert(address.to_owned(), half);
            answered(&world, answers);
        }
        let mut answers = world.answers();
        answers.insert(
            address.to_owned(),
            Answer {
                status: 502,
                ..Answer::bytes("oops")
            },
        );
        assert!(answered(&world, answers).contains("502"));
    }
}

#[track_caller]
fn answered(world: &World, answers: std::collections::BTreeMap<String, Answer>) -> String {
    let server = StaticServer::start(answers);
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance.json");
    std::fs::write(&instance, world.instance_file()).unwrap();
    let reporter = Reporter::new(&server.url, &instance);
    let ended = reporter.run(&["check", "--words-fd", "0"], WORDS);
    ended.refused(exit::REFUSED).to_owned()
}
