//! What goes wrong in everyday life: each is a clear sentence and an exit code, and nothing of
//! what was there is lost.

use beistand_client::{deliver, Sealed};
use beistand_crypto_core::outgoing::decoy;
use beistand_protocol::put::PutRequest;
use beistand_tests::organisation::Organisation;
use beistand_tests::raw_http::post;
use beistand_tests::reporter::texts;
use beistand_tests::running::exit;
use beistand_tests::server::Server;
use beistand_tests::wall;
use rand::rngs::OsRng;
use serde_json::Value;

const REPORT: &str = "Something happened that I want to tell.";
/// Twelve words that are a codename, of nobody here.
const OTHER_WORDS: &str = "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong";

#[test]
fn wrong_words_look_like_no_answer() {
    let organisation = Organisation::of(1);
    let reporter = organisation.reporter();
    let filed = reporter.file(REPORT, &[]);
    let right = reporter.check(&filed.words);
    let wrong = reporter.check(OTHER_WORDS);
    assert_eq!(texts(&wrong), [""; 0]);
    assert_eq!(wrong["remark"], right["remark"]);
    assert!(right["remark"]
        .as_str()
        .is_some_and(|remark| !remark.is_empty()));
    // For people too.
    let right = reporter
        .run(&["check", "--words-fd", "0"], &filed.words)
        .ok();
    let wrong = reporter
        .run(&["check", "--words-fd", "0"], OTHER_WORDS)
        .ok();
    assert!(right.ends_with(&wrong), "{right}\n---\n{wrong}");
    // Where nothing says who may read, it is asked and never guessed.
    let ended = reporter.try_reply(OTHER_WORDS, "hello", &[]);
    ended.refused(exit::REFUSED);
    assert!(ended.stderr.contains("--readers-all"), "{ended:#?}");
    let withdrawn = reporter
        .run(&["withdraw", "--json", "--words-fd", "0"], OTHER_WORDS)
        .json();
    assert_eq!(
        (&withdrawn["deleted"], &withdrawn["asked"]),
        (&Value::from(0), &Value::from(false))
    );
    organisation.audited_clean();
}

#[test]
fn an_occupied_slot_leads_to_the_next_place_and_at_last_to_patience() {
    // Epochs of a day: what is sent stays invisible, so the next message meets its place taken.
    let organisation = Organisation::with_epochs(1, 86_400);
    let reporter = organisation.reporter();
    let reply = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        std::fs::write(&path, text).unwrap();
        let path = path.display().to_string();
        let arguments = [
            "reply",
            "--json",
            "--readers-all",
            "--words-fd",
            "0",
            "--text",
            &path,
        ];
        reporter.run(&arguments, OTHER_WORDS)
    };
    let first = reply("the first").json();
    let second = reply("the second").json();
    assert_ne!(first["slot"], second["slot"]);
    assert_eq!(first["recorded"], Value::Null);
    let third = reply("the third");
    let error = third.refused(exit::REFUSED);
    assert!(error.contains("not visible yet"), "{third:#?}");
    organisation.audited_clean_where(|report| {
        assert!(
            report["not_made"].to_string().contains("2 stored items"),
            "{report:#}"
        );
    });
}

#[test]
fn the_same_put_again_is_the_same_promise() {
    let organisation = Organisation::of(1);
    let (client, _) = organisation.client();
    let snapshot = wall::snapshot(&organisation);
    let (outgoing, _) = decoy(&snapshot, &mut OsRng);
    let sealed = Sealed {
        day: outgoing.day,
        slot: outgoing.slot,
        delete_hash: outgoing.delete_hash,
        shard: outgoing.shard,
        blob: outgoing.blob,
    };
    let first = deliver(&client, &snapshot, &sealed).unwrap();
    let again = deliver(&client, &snapshot, &sealed).unwrap();
    assert_eq!(first.promise, again.promise);
    assert_eq!(first.r, again.r);
    organisation.audited_clean();
}

#[test]
fn bodies_that_are_cut_off_or_foreign_are_refused_before_they_are_stored() {
    let organisation = Organisation::of(1);
    let snapshot = wall::snapshot(&organisation);
    let (outgoing, _) = decoy(&snapshot, &mut OsRng);
    let bits = snapshot.stamp_bits(beistand_protocol::stamp::StampUse::Envelope);
    let stamp = beistand_protocol::stamp::search(
        beistand_protocol::stamp::StampUse::Envelope,
        snapshot.challenge(),
        &outgoing.slot,
        bits,
        0,
        u64::MAX,
    );
    let put: PutRequest = outgoing.to_put(stamp.unwrap());
    let frame = put.encode();
    let header = frame.len() - put.blob.bytes().len();
    let plaintext = b"my name is Erika Mustermann and I was threatened ".repeat(1_700);
    let code = |body: &[u8]| {
        let answered = post(organisation.url(), "/v1/envelopes", body);
        let text = String::from_utf8_lossy(&answered.body).into_owned();
        assert!(
            !text.contains("Mustermann"),
            "what was sent is not repeated: {text}"
        );
        let problem: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{answered:?}"));
        (
            answered.status,
            problem["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(code(&frame[..frame.len() - 1]).0, 400);
    assert_eq!(code(&frame[..header]).0, 400);
    assert_eq!(code(b"").0, 400);
    let foreign = [&frame[..header], &plaintext[..frame.len() - header]].concat();
    assert_eq!(code(&foreign), (400, "malformed-blob".to_owned()));
    let mut later = frame.clone();
    // "age-encryption.org/v1"
    later[header + 20] = b'2';
    assert_eq!(code(&later), (400, "malformed-blob".to_owned()));
    let longer = code(&[&frame[..], &[0; 1]].concat()).0;
    assert!(longer == 400 || longer == 413, "{longer}");
    // The real thing, after all that.
    assert_eq!(
        post(organisation.url(), "/v1/envelopes", &frame).status,
        200
    );
    organisation.audited_clean_where(|report| {
        assert_eq!(report["stored"]["envelopes"], 1, "{report:#}");
    });
}

#[test]
fn a_server_that_is_down_loses_nothing() {
    let mut organisation = Organisation::of(1);
    let filed = organisation.reporter().file(REPORT, &[]);
    let reporter = organisation.reporter();
    let url = organisation.url().to_owned();
    organisation.stop();
    for ended in [
        reporter.run(&["file"], REPORT),
        reporter.run(&["check", "--words-fd", "0"], &filed.words),
        reporter.try_reply(&filed.words, "more", &[]),
        reporter.run(&["withdraw", "--words-fd", "0"], &filed.words),
        organisation.counselor(1).run(&["--server", &url, "sync"]),
    ] {
        ended.refused(exit::UNREACHABLE);
        assert_eq!(ended.stdout, "", "{ended:#?}");
    }
    organisation.start();
    let reporter = organisation.reporter();
    assert_eq!(texts(&reporter.check(&filed.words)), [REPORT]);
    organisation.sync_all();
    let desk = organisation.counselor(1);
    assert_eq!(texts(&desk.show(&desk.only_case())), [REPORT]);
    organisation.audited_clean();
}

#[test]
fn a_server_that_is_killed_has_kept_what_it_acknowledged() {
    // Epochs of a day: when it dies, nothing that was sent is visible yet.
    let mut organisation = Organisation::with_epochs(1, 86_400);
    let reporter = organisation.reporter();
    reporter.run(&["file"], REPORT).ok();
    organisation.kill();
    organisation.start();
    organisation.reporter().run(&["file"], REPORT).ok();
    organisation.audited_clean_where(|report| {
        assert_eq!(report["stored"]["envelopes"], 2, "{report:#}");
    });
}

#[test]
fn a_second_server_on_the_same_data_is_refused_and_the_first_goes_on() {
    let organisation = Organisation::of(1);
    let filed = organisation.reporter().file(REPORT, &[]);
    let second = Server::try_start(&organisation.data(), &organisation.instance());
    let error = second.refused(exit::REFUSED);
    assert!(error.contains("another server is running"), "{second:#?}");
    // An audit does not touch what a server works on either.
    let audit = organisation.audit(&[]);
    let error = audit.refused(exit::REFUSED);
    assert!(error.contains("a server is running"), "{audit:#?}");
    assert_eq!(
        texts(&organisation.reporter().check(&filed.words)),
        [REPORT]
    );
    organisation.audited_clean();
}

#[test]
fn a_desk_and_a_passphrase_that_do_not_belong_together() {
    let organisation = Organisation::of(1);
    let desk = organisation.counselor(1);
    let vault = desk.vault().display().to_string();
    let arguments = ["--vault", &vault, "--passphrase-fd", "0", "list"];
    let ended = beistand_tests::running::run(
        &beistand_tests::programs::programs().beistand,
        &arguments,
        "not the passphrase",
    );
    ended.refused(exit::REFUSED);
    assert_eq!(desk.cases(), [""; 0]);
}
