//! Prekeys over simulated days: one a day, shown, destroyed when their time is over and the desk
//! has synced past them, and not before. After that no key that is left opens the old envelopes.

mod support;

use beistand_counselor::desk::sync::Finding;
use beistand_protocol::bytes::Slot;
use beistand_protocol::time::Day;
use support::{noon, Organisation, FIRST_DAY};

fn prekey_days(organisation: &Organisation) -> Vec<u32> {
    let prekeys = organisation.desks[0].keys().prekeys().iter();
    let mut days: Vec<u32> = prekeys.map(|prekey| prekey.day.0 - FIRST_DAY.0).collect();
    days.sort_unstable();
    days
}

fn go_to(organisation: &Organisation, days: u32) -> Day {
    let day = FIRST_DAY.forward(days);
    organisation.server.set_time(noon(day));
    day
}

fn any_exported_key_opens(organisation: &Organisation, slot: &Slot) -> bool {
    organisation.any_key_opens(&organisation.desks[0], slot)
}

#[test]
fn one_a_day_is_made_shown_and_kept_over_restarts() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    organisation.sync(0);
    assert_eq!(prekey_days(&organisation), [0]);
    let shown = |organisation: &Organisation| {
        let snapshot = organisation.snapshot();
        let device = &snapshot.roster().devices[0];
        snapshot
            .prekeys()
            .of(device)
            .map(|prekey| prekey.day.0 - FIRST_DAY.0)
    };
    assert_eq!(shown(&organisation), Some(0));
    go_to(&organisation, 1);
    organisation.sync(0);
    organisation.reopen(0);
    organisation.sync(0);
    assert_eq!(prekey_days(&organisation), [0, 1]);
    assert_eq!(shown(&organisation), Some(1));
}

#[test]
fn a_secret_goes_when_window_and_grace_are_over_and_not_a_day_before() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    for day in 1..=14 {
        go_to(&organisation, day);
        assert_eq!(organisation.sync(0).destroyed_prekeys, []);
    }
    go_to(&organisation, 15);
    assert_eq!(organisation.sync(0).destroyed_prekeys, [FIRST_DAY]);
    organisation.reopen(0);
    assert_eq!(prekey_days(&organisation), (1..=15).collect::<Vec<_>>());
}

#[test]
fn nothing_becomes_unreadable_because_somebody_was_ill() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    let (mut mailbox, _) = organisation.report("on the first day");
    go_to(&organisation, 6);
    organisation.follow_up(&mut mailbox, "on the sixth day");
    go_to(&organisation, 50);
    organisation.reopen(0);
    assert_eq!(prekey_days(&organisation), [0]);
    let report = organisation.sync(0);
    assert_eq!(
        (report.messages, report.destroyed_prekeys),
        (2, vec![FIRST_DAY])
    );
    assert_eq!(prekey_days(&organisation), [50]);
}

#[test]
fn a_sync_that_was_cut_off_destroys_nothing() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    organisation.report("one");
    organisation.report("two");
    go_to(&organisation, 20);
    organisation
        .server
        .misbehave(|mischief| mischief.cut_after = Some(1));
    assert!(organisation.try_sync(0).is_err());
    assert_eq!(prekey_days(&organisation), [0, 20]);
    // What came before the cut is kept, and is not counted twice.
    assert_eq!(organisation.desks[0].cases().unwrap().len(), 1);
    organisation
        .server
        .misbehave(|mischief| mischief.cut_after = None);
    let report = organisation.sync(0);
    assert_eq!((report.tried, report.messages), (1, 1));
    assert_eq!(organisation.desks[0].cases().unwrap().len(), 2);
    assert_eq!(prekey_days(&organisation), [20]);
}

#[test]
fn after_the_window_no_key_that_is_left_opens_what_was_sealed_before() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    let (_, slot) = organisation.report("to be forgotten by the keys");
    assert_eq!(organisation.sync(0).messages, 1);
    assert!(any_exported_key_opens(&organisation, &slot));
    go_to(&organisation, 14);
    organisation.sync(0);
    assert!(
        any_exported_key_opens(&organisation, &slot),
        "still within the grace"
    );
    go_to(&organisation, 15);
    organisation.sync(0);
    organisation.reopen(0);
    assert!(!any_exported_key_opens(&organisation, &slot));
    // The counselor still has the words; only the envelope is closed for ever.
    assert_eq!(organisation.desks[0].cases().unwrap().len(), 1);
}

#[test]
fn the_record_of_a_destroyed_secret_is_gone_from_the_disk() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    let records = std::fs::read_dir(organisation.vault(0).join("records")).unwrap();
    let before: Vec<_> = records.map(|entry| entry.unwrap().path()).collect();
    go_to(&organisation, 15);
    organisation.sync(0);
    let gone = before.iter().filter(|path| !path.exists()).count();
    assert_eq!(gone, 1, "exactly the record of the prekey");
}

#[test]
fn a_hidden_prekey_raises_an_alarm() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    assert_eq!(organisation.sync(0).findings, []);
    organisation
        .server
        .misbehave(|mischief| mischief.hide_prekeys = true);
    organisation.server.close_epoch();
    organisation.server.close_epoch();
    assert_eq!(organisation.sync(0).findings, [Finding::PrekeyNotShown]);

    // Whoever reports meanwhile seals to the long-lived identity, which is noticed as well.
    go_to(&organisation, 1);
    organisation.report("sealed without a prekey");
    let findings = organisation.sync(0).findings;
    assert!(
        findings.contains(&Finding::AddressedByIdentity(1)),
        "{findings:?}"
    );
    assert_eq!(
        organisation.desks[0].cases().unwrap().len(),
        1,
        "and it can be read"
    );
}

#[test]
fn a_report_to_an_older_prekey_than_the_newest_is_not_lost() {
    let mut organisation = Organisation::new(1);
    for day in 0..=3 {
        go_to(&organisation, day);
        organisation.sync(0);
    }
    // People are shown the first one as if it were the newest; it is valid still.
    organisation
        .server
        .misbehave(|mischief| mischief.old_prekeys = Some(1));
    go_to(&organisation, 4);
    organisation.report("to the prekey of the first day");
    let synced = organisation.sync(0);
    assert_eq!(synced.messages, 1);
    assert!(synced.findings.contains(&Finding::PrekeyNotShown));
}
