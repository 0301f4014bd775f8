//! The desk against a server that behaves, and one that does not.

mod support;

use beistand_counselor::desk::cases::Turn;
use beistand_counselor::desk::sync::Finding;
use beistand_counselor::desk::DeskError;
use beistand_counselor::setup::roster_draft::Changes;
use beistand_crypto_core::body::{Kind, Status};
use beistand_crypto_core::conversation::Continuity;
use beistand_crypto_core::readers::Readers;
use beistand_protocol::roster::Serial;
use beistand_protocol::time::UnixTime;
use support::{noon, Organisation, FIRST_DAY};

fn reply(organisation: &mut Organisation, desk: usize, text: &str) -> Result<(), DeskError> {
    let (client, now) = (organisation.client(), organisation.server.now());
    let case = organisation.desks[desk].cases()?[0].case;
    let status = Some(Status::Answered);
    organisation.desks[desk]
        .reply(&client, case, text, status, now)
        .map(drop)
}

fn texts(organisation: &Organisation, desk: usize) -> Vec<String> {
    let desk = &organisation.desks[desk];
    let case = desk.case(desk.cases().unwrap()[0].case).unwrap();
    case.messages
        .iter()
        .map(|message| message.text.clone().unwrap())
        .collect()
}

#[test]
fn a_report_is_read_answered_and_seen_by_the_colleague() {
    let mut organisation = Organisation::new(2);
    organisation.sync(0);
    organisation.sync(1);
    let (mut mailbox, _) = organisation.report("it happened");
    let report = organisation.sync(0);
    assert_eq!(
        (report.messages, report.cases.len(), report.findings.len()),
        (1, 1, 0)
    );
    let case = organisation.desks[0].cases().unwrap().remove(0);
    assert_eq!(
        (case.case, case.turn, case.messages),
        (report.cases[0], Turn::New, 1)
    );

    reply(&mut organisation, 0, "we are with you\n").unwrap();
    assert_eq!(organisation.sync(1).messages, 2);
    let again = organisation.desks[1].cases().unwrap().remove(0);
    assert_eq!(
        (again.case, again.turn),
        (case.case, Turn::Reporters),
        "one number everywhere"
    );
    organisation.follow_up(&mut mailbox, "thank you");
    organisation.sync(0);
    organisation.reopen(0);
    assert_eq!(
        texts(&organisation, 0),
        ["it happened", "we are with you", "thank you"]
    );
    let case = organisation.desks[0].case(case.case).unwrap();
    assert_eq!(case.turn, Turn::Ours);
    assert_eq!(case.readers.len(), 2);
    let kinds: Vec<Kind> = case.messages.iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [Kind::Report, Kind::Reply, Kind::Message]);
    assert_eq!(case.messages[1].status, Some(Status::Answered));
    assert_eq!(case.messages[1].name.as_deref(), Some("Person 1"));
    assert!(case
        .messages
        .iter()
        .all(|message| message.continuity != Continuity::Gap));
}

#[test]
fn somebody_excluded_has_no_case_and_cannot_answer_one() {
    let mut organisation = Organisation::new(3);
    for desk in 0..3 {
        organisation.sync(desk);
    }
    let readers = Readers::new([Serial(1), Serial(3)]).unwrap();
    organisation.report_to(&readers, "not for the second");
    assert_eq!(organisation.sync(0).messages, 1);
    let excluded = organisation.sync(1);
    assert_eq!(
        (excluded.messages, excluded.tried),
        (0, 1),
        "seen, not read, nothing to notice"
    );
    assert_eq!((excluded.waiting, excluded.refused), (0, 0));
    assert_eq!(organisation.desks[1].cases().unwrap(), []);
    assert_eq!(organisation.sync(2).messages, 1);
}

#[test]
fn replies_of_two_desks_at_once_both_arrive() {
    let mut organisation = Organisation::new(2);
    organisation.report("it happened");
    organisation.sync(0);
    organisation.sync(1);
    reply(&mut organisation, 0, "from the first").unwrap();
    reply(&mut organisation, 1, "from the second").unwrap();
    reply(&mut organisation, 0, "and once more").unwrap();
    for desk in 0..2 {
        assert_eq!(organisation.sync(desk).findings, []);
        assert_eq!(texts(&organisation, desk).len(), 4);
    }
}

#[test]
fn a_reply_whose_answer_was_lost_arrives_once() {
    let mut organisation = Organisation::new(1);
    organisation.report("it happened");
    organisation.sync(0);
    organisation
        .server
        .misbehave(|mischief| mischief.swallow_answers = true);
    let error = reply(&mut organisation, 0, "only once").unwrap_err();
    assert!(error.is_unreachable(), "{error}");
    assert!(matches!(
        reply(&mut organisation, 0, "only once").unwrap_err(),
        DeskError::StillSending
    ));
    organisation
        .server
        .misbehave(|mischief| mischief.swallow_answers = false);
    organisation.reopen(0);
    assert_eq!(organisation.sync(0).sent, 1);
    assert_eq!(organisation.sync(0).sent, 0);
    assert_eq!(texts(&organisation, 0), ["it happened", "only once"]);
    assert_eq!(organisation.server.counts().0, 2);
}

#[test]
fn a_reply_that_waited_for_days_is_written_anew() {
    let mut organisation = Organisation::new(1);
    organisation.report("it happened");
    organisation.sync(0);
    organisation
        .server
        .misbehave(|mischief| mischief.dead = true);
    assert!(reply(&mut organisation, 0, "late")
        .unwrap_err()
        .is_unreachable());
    organisation
        .server
        .misbehave(|mischief| mischief.dead = false);
    // Written down, then never sent.
    organisation
        .server
        .misbehave(|mischief| mischief.swallow_answers = true);
    let _ = reply(&mut organisation, 0, "late");
    organisation
        .server
        .misbehave(|mischief| mischief.swallow_answers = false);
    organisation.server.set_time(noon(FIRST_DAY.forward(4)));
    organisation.sync(0);
    organisation.sync(0);
    assert_eq!(texts(&organisation, 0), ["it happened", "late"]);
}

#[test]
fn nothing_is_sent_where_there_is_nothing_to_say() {
    let mut organisation = Organisation::new(1);
    organisation.report("it happened");
    organisation.sync(0);
    assert!(matches!(
        reply(&mut organisation, 0, " \n"),
        Err(DeskError::NothingToSay)
    ));
    let unknown = "0000-0000".parse().unwrap();
    let (client, now) = (organisation.client(), organisation.server.now());
    let error = organisation.desks[0]
        .reply(&client, unknown, "x", None, now)
        .unwrap_err();
    assert!(matches!(error, DeskError::UnknownCase));
    assert_eq!(organisation.server.counts().0, 1);
}

#[test]
fn an_envelope_that_is_withheld_is_noticed_and_taken_later() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    let (_, slot) = organisation.report("withheld");
    organisation.report("shown");
    organisation
        .server
        .misbehave(|mischief| mischief.withhold.push(slot));
    let report = organisation.sync(0);
    assert_eq!(
        (report.messages, report.findings),
        (1, vec![Finding::Withheld(1)])
    );
    assert_eq!(
        organisation.sync(0).findings,
        [Finding::Withheld(1)],
        "until it is mended"
    );
    organisation
        .server
        .misbehave(|mischief| mischief.withhold.clear());
    let report = organisation.sync(0);
    assert_eq!(
        (report.messages, report.tried, report.findings),
        (1, 1, vec![])
    );
}

#[test]
fn an_envelope_that_is_not_listed_is_noticed() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    let (_, slot) = organisation.report("for some eyes only");
    organisation
        .server
        .misbehave(|mischief| mischief.unlist.push(slot));
    let report = organisation.sync(0);
    assert_eq!(
        (report.messages, report.findings),
        (1, vec![Finding::Unlisted(1)])
    );
}

#[test]
fn a_reply_that_was_promised_and_dropped_is_noticed() {
    let mut organisation = Organisation::new(1);
    organisation.report("it happened");
    organisation.sync(0);
    reply(&mut organisation, 0, "dropped").unwrap();
    let case = organisation.desks[0].cases().unwrap()[0].case;
    let slot = organisation.desks[0].case(case).unwrap().messages[1].slot;
    organisation.server.misbehave(|mischief| {
        mischief.withhold.push(slot);
        mischief.unlist.push(slot);
    });
    assert_eq!(organisation.sync(0).findings, [Finding::BrokenPromise(1)]);
    organisation.reopen(0);
    assert_eq!(
        organisation.sync(0).findings,
        [Finding::BrokenPromise(1)],
        "it stays broken"
    );
}

#[test]
fn a_follow_up_whose_beginning_comes_later_waits_for_it() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    let (mut mailbox, first) = organisation.report("the beginning");
    organisation.follow_up(&mut mailbox, "what follows");
    organisation
        .server
        .misbehave(|mischief| mischief.withhold.push(first));
    let report = organisation.sync(0);
    assert_eq!((report.messages, report.waiting), (0, 1));
    organisation.reopen(0);
    assert_eq!(organisation.sync(0).waiting, 1);
    organisation
        .server
        .misbehave(|mischief| mischief.withhold.clear());
    assert_eq!(organisation.sync(0).waiting, 0);
    organisation.reopen(0);
    assert_eq!(organisation.sync(0).waiting, 0);
    assert_eq!(texts(&organisation, 0), ["the beginning", "what follows"]);
}

#[test]
fn a_device_that_is_not_on_the_roster_is_told_so() {
    let mut organisation = Organisation::new(1);
    organisation.join(2);
    assert!(matches!(
        organisation.try_sync(1).unwrap_err(),
        DeskError::NotOnRoster
    ));
    organisation.publish(Changes::default());
    organisation.sync(1);
    organisation.publish(Changes {
        distrust: vec![beistand_protocol::roster::Writer(2)],
        ..Changes::default()
    });
    assert!(matches!(
        organisation.try_sync(1).unwrap_err(),
        DeskError::NotOnRoster
    ));
}

#[test]
fn decoys_go_out_at_their_times_and_some_are_deleted_again() {
    let mut organisation = Organisation::with_decoys(1, 40);
    let at = |part: u64| UnixTime(FIRST_DAY.start().0 + part * UnixTime::DAY_SECONDS / 4);
    let mut counts = Vec::new();
    for part in 1..=4 {
        organisation.server.set_time(UnixTime(at(part).0 - 120));
        organisation.sync(0);
        counts.push(organisation.server.counts().0);
    }
    assert!(counts[0] > 0 && counts[0] < 40, "{counts:?}");
    assert!(
        counts.windows(2).all(|pair| pair[0] <= pair[1]),
        "{counts:?}"
    );
    assert!(
        (38..=40).contains(&counts[3]),
        "all but what is due in the last minutes: {counts:?}"
    );
    organisation.reopen(0);
    let report = organisation.sync(0);
    assert_eq!((report.messages, report.findings.len()), (0, 0));
    for day in 1..=8 {
        organisation.server.set_time(noon(FIRST_DAY.forward(day)));
        assert_eq!(
            organisation.sync(0).findings,
            [],
            "tombstones fulfil promises too"
        );
    }
    let deleted = organisation.server.counts().1;
    assert!((5..200).contains(&deleted), "{deleted}");
}

#[test]
fn a_dead_server_is_unreachable_and_changes_nothing() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    let before = organisation.desks[0].progress().unwrap();
    organisation
        .server
        .misbehave(|mischief| mischief.dead = true);
    let error = organisation.try_sync(0).unwrap_err();
    assert!(error.is_unreachable(), "{error}");
    assert_eq!(organisation.desks[0].progress().unwrap(), before);
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let mut organisation = Organisation::new(1);
    let ill = |organisation: &Organisation| -> Vec<String> {
        let (client, now) = (organisation.client(), organisation.server.now());
        let checks = organisation.desks[0].doctor(&client, now).unwrap();
        let ill = checks.iter().filter(|check| !check.well);
        ill.map(|check| {
            serde_json::to_value(check.about)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
    };
    assert_eq!(ill(&organisation), ["prekey", "sync"]);
    organisation.sync(0);
    organisation.server.close_epoch();
    assert_eq!(ill(&organisation), Vec::<String>::new());
    // 120 days of roster, less than 30 of them left.
    organisation.server.set_time(noon(FIRST_DAY.forward(91)));
    organisation.server.close_epoch();
    assert_eq!(ill(&organisation), ["roster", "prekey", "sync"]);
    organisation
        .server
        .misbehave(|mischief| mischief.dead = true);
    assert_eq!(ill(&organisation), ["server", "sync"]);
}
