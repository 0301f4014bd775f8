//! What a reporter asked to have deleted is deleted: after days of grace, by itself, and for good.

mod support;

use beistand_counselor::desk::cases::Turn;
use beistand_counselor::desk::forgetting::GRACE_DAYS;
use beistand_counselor::desk::DeskError;
use beistand_crypto_core::body::WithdrawBody;
use beistand_crypto_core::reporter::Mailbox;
use beistand_protocol::time::Day;
use rand::rngs::OsRng;
use support::{noon, Organisation, FIRST_DAY};

fn withdraw(organisation: &mut Organisation, mailbox: &mut Mailbox) {
    let snapshot = organisation.snapshot();
    let body = WithdrawBody::default();
    let sent = mailbox
        .compose_withdraw(&snapshot, body, &mut OsRng)
        .unwrap();
    organisation.server.put(&sent);
    mailbox.sent(&sent);
}

/// A case that was answered and withdrawn, seen on the first day.
fn withdrawn() -> (Organisation, Mailbox) {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    let (mut mailbox, _) = organisation.report("please help");
    organisation.sync(0);
    let (client, now) = (organisation.client(), organisation.server.now());
    let case = organisation.desks[0].cases().unwrap()[0].case;
    organisation.desks[0]
        .reply(&client, case, "we will", None, now)
        .unwrap();
    withdraw(&mut organisation, &mut mailbox);
    organisation.sync(0);
    (organisation, mailbox)
}

fn go_to(organisation: &Organisation, days: u32) -> Day {
    let day = FIRST_DAY.forward(days);
    organisation.server.set_time(noon(day));
    day
}

#[test]
fn it_is_deleted_after_the_grace_and_not_before() {
    let (mut organisation, _) = withdrawn();
    let case = organisation.desks[0].cases().unwrap().remove(0);
    assert_eq!(case.turn, Turn::Withdrawn);
    let from = FIRST_DAY.forward(GRACE_DAYS);
    assert_eq!(case.deletion.map(|deletion| deletion.from), Some(from));

    let today = go_to(&organisation, GRACE_DAYS - 1);
    assert!(organisation.sync(0).forgotten.is_empty());
    let client = organisation.client();
    let early = organisation.desks[0].forget(&client, case.case, today);
    assert!(matches!(early, Err(DeskError::Grace { from: day }) if day == from));

    let (_, deletions) = organisation.server.counts();
    go_to(&organisation, GRACE_DAYS);
    assert_eq!(organisation.sync(0).forgotten, [case.case]);
    // The desk's own answer is gone from the wall too.
    assert_eq!(organisation.server.counts().1, deletions + 1);
    organisation.reopen(0);
    assert_eq!(organisation.desks[0].cases().unwrap(), []);
    let again = organisation.sync(0);
    assert_eq!((again.messages, again.waiting), (0, 0));
}

#[test]
fn it_can_be_kept_and_then_deleted_by_hand() {
    let (mut organisation, _) = withdrawn();
    let case = organisation.desks[0].cases().unwrap()[0].case;
    organisation.desks[0].keep(case).unwrap();
    let today = go_to(&organisation, GRACE_DAYS + 3);
    assert!(organisation.sync(0).forgotten.is_empty());
    let client = organisation.client();
    organisation.desks[0].forget(&client, case, today).unwrap();
    assert_eq!(organisation.desks[0].cases().unwrap(), []);
}

#[test]
fn who_writes_again_has_changed_their_mind() {
    let (mut organisation, mut mailbox) = withdrawn();
    go_to(&organisation, 2);
    organisation.sync(0);
    organisation.follow_up(&mut mailbox, "no, please go on");
    organisation.sync(0);
    go_to(&organisation, GRACE_DAYS + 3);
    assert!(organisation.sync(0).forgotten.is_empty());
    let case = organisation.desks[0].cases().unwrap().remove(0);
    assert_eq!((case.turn, case.deletion), (Turn::Ours, None));
}

#[test]
fn what_nobody_asked_for_is_not_deleted() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    organisation.report("please help");
    organisation.sync(0);
    let case = organisation.desks[0].cases().unwrap()[0].case;
    let client = organisation.client();
    let today = go_to(&organisation, 50);
    let refused = organisation.desks[0].forget(&client, case, today);
    assert!(matches!(refused, Err(DeskError::NotWithdrawn)));
    let refused = organisation.desks[0].keep(case);
    assert!(matches!(refused, Err(DeskError::NotWithdrawn)));
    assert!(organisation.sync(0).forgotten.is_empty());
}
