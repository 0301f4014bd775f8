//! Notes and shares: to the readers, and to nobody else.

mod support;

use beistand_counselor::desk::DeskError;
use beistand_counselor::setup::roster_draft::Changes;
use beistand_crypto_core::audience::AudienceError;
use beistand_crypto_core::body::Kind;
use beistand_crypto_core::compose::ComposeError;
use beistand_protocol::roster::Serial;
use support::Organisation;

#[test]
fn a_note_reaches_colleagues_and_not_the_reporter() {
    let mut organisation = Organisation::new(2);
    organisation.sync(0);
    organisation.sync(1);
    let (mut mailbox, _) = organisation.report("please help");
    organisation.sync(0);
    let (client, now) = (organisation.client(), organisation.server.now());
    let case = organisation.desks[0].cases().unwrap()[0].case;
    let desk = &mut organisation.desks[0];
    assert!(matches!(
        desk.note(&client, case, " \n", now),
        Err(DeskError::NothingToSay)
    ));
    desk.note(&client, case, "who takes this?\n", now).unwrap();

    organisation.sync(1);
    let shown = organisation.desks[1].case(case).unwrap();
    let note = shown.messages.iter().find(|view| view.kind == Kind::Note);
    assert_eq!(note.unwrap().text.as_deref(), Some("who takes this?"));
    let snapshot = organisation.snapshot();
    // The report is all the reporter can find.
    assert_eq!(mailbox.locate(&snapshot).len(), 1);
}

#[test]
fn a_whole_case_is_shared_in_as_many_envelopes_as_it_takes() {
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    organisation.join(2);
    organisation.publish(Changes::default());
    organisation.sync(0);
    // Both may read, but the second desk was never seen with a prekey, nor synced.
    let (mut mailbox, report) = organisation.report(&"a".repeat(40_000));
    let mut slots = vec![report];
    for letter in ["b", "c"] {
        slots.push(organisation.follow_up(&mut mailbox, &letter.repeat(40_000)));
        organisation.sync(0);
    }
    organisation
        .server
        .misbehave(|mischief| mischief.withhold = slots);
    organisation.sync(1);
    assert!(organisation.desks[1].cases().unwrap().is_empty());

    let (client, now) = (organisation.client(), organisation.server.now());
    let case = organisation.desks[0].cases().unwrap()[0].case;
    let stranger = organisation.desks[0].share(&client, case, &[Serial(7)], now);
    let not_a_reader = AudienceError::NotAReader(Serial(7));
    assert!(matches!(
        stranger,
        Err(DeskError::Compose(ComposeError::Audience(error))) if error == not_a_reader
    ));
    let sent = organisation.desks[0].share(&client, case, &[Serial(2)], now);
    assert_eq!(sent.unwrap().len(), 3, "no two of them fit together");
    organisation.sync(1);
    let shared = organisation.desks[1].case(case).unwrap();
    let texts = shared.messages.iter().filter(|view| view.text.is_some());
    assert_eq!(texts.count(), 3);
}
