//! What somebody the reporter has excluded can still do with what they had: write under the old
//! key. It is refused from the next day on, and nothing they sent before makes a vault unusable.

mod support;

use beistand_crypto_core::body::{NoteBody, SharedMessage};
use beistand_crypto_core::casebook::{Casebook, Received};
use beistand_crypto_core::conversation::Conversation;
use beistand_crypto_core::counselor::{compose_note, compose_reply};
use beistand_crypto_core::open::OpenedEnvelope;
use beistand_crypto_core::reporter::Outcome;
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_crypto_core::verify::{Found, Refusal};
use beistand_protocol::bytes::Slot;
use support::three_readers::{begun, exclude_the_third, only, share};
use support::{readers, reply, Desk, World, FIRST_DAY};

/// The third answers, and writes a note, as if nothing had happened.
fn third_writes(world: &mut World, desks: &[Desk]) -> [Slot; 2] {
    let snapshot = world.snapshot();
    let (keys, conversation) = (&desks[2].keys, only(&desks[2]));
    let rng = &mut world.rng;
    let note = NoteBody { text: "n".into() };
    let answer = compose_reply(&snapshot, keys, conversation, reply("Look at me."), rng).unwrap();
    let note = compose_note(&snapshot, keys, conversation, note, rng).unwrap();
    world.put(&answer);
    world.put(&note);
    [answer.slot, note.slot]
}

#[test]
fn who_is_excluded_cannot_go_on_writing() {
    let (mut world, mut desks, mut mailbox) = begun(70);
    exclude_the_third(&mut world, &mut mailbox);
    world.today = FIRST_DAY.forward(1);
    let [answer, note] = third_writes(&mut world, &desks);
    world.read(&mut mailbox);
    let refused = Outcome::Refused(Refusal::Excluded);
    assert_eq!(mailbox.outcomes().get(&answer), Some(&refused));
    for desk in &mut desks[..2] {
        world.sync(desk);
        let refused = desk.casebook.refused().iter();
        let refused: Vec<_> = refused.map(|one| (one.slot, one.refusal)).collect();
        assert_eq!(
            refused,
            [answer, note].map(|slot| (slot, Refusal::Excluded))
        );
        assert_eq!(support::texts(only(desk)), ["First.", "Not her."]);
    }
}

#[test]
fn what_crossed_the_exclusion_is_read() {
    let (mut world, mut desks, mut mailbox) = begun(71);
    third_writes(&mut world, &desks);
    exclude_the_third(&mut world, &mut mailbox);
    world.read(&mut mailbox);
    world.sync(&mut desks[0]);
    assert_eq!(only(&desks[0]).messages().count(), 4);
    // Who is still a reader and has not seen the change may write under the old key, too.
    world.today = FIRST_DAY.forward(1);
    let snapshot = world.snapshot();
    let (keys, conversation) = (&desks[1].keys, only(&desks[1]));
    let late = reply("Late.");
    let late = compose_reply(&snapshot, keys, conversation, late, &mut world.rng).unwrap();
    world.put(&late);
    world.read(&mut mailbox);
    assert!(matches!(
        mailbox.outcomes().get(&late.slot),
        Some(Outcome::Message(_))
    ));
}

#[test]
fn a_share_with_a_false_list_does_not_spoil_what_is_kept() {
    let (mut world, desks, _) = begun(72);
    let (snapshot, instance) = (world.snapshot(), world.instance.instance);
    let conversation = only(&desks[2]);
    let (first, _) = conversation.messages().next().unwrap();
    let known = SharedMessage {
        line1: first.line1().to_owned(),
        line2: first.line2().to_owned(),
    };
    // Not whom the reporter named.
    let list = readers([2, 3]);
    let share = share(&mut world, &desks[2], list, Vec::new(), vec![known]);
    let line = share.to_line().unwrap();
    let signature = desks[2].keys.signer().sign_message(&line);
    let opened = OpenedEnvelope::from_lines(&line, &signature).unwrap();
    let found = Found {
        slot: share.slot,
        day: world.today,
    };

    // A desk that knows nothing of the conversation yet.
    let mut fresh = Casebook::new(instance);
    let received = fresh.take_in(snapshot.rosters(), opened, found);
    assert!(matches!(received, Received::Message { .. }));
    let kept = fresh.conversations().next().unwrap();
    assert_eq!(kept.messages().count(), 2);
    let restored = Conversation::restore(&kept.archive(), &instance).unwrap();
    assert_eq!(restored.messages().count(), 2);
    let everybody = readers([1, 2, 3]);
    assert_eq!(restored.readers().unwrap().readers(), &everybody);
    // What belongs to another conversation is damage.
    let mut other = kept.archive();
    other.reply_to.kc0 = SecretHex::new([1; 32]);
    assert!(Conversation::restore(&other, &instance).is_err());
}
