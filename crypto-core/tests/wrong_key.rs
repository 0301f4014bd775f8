//! A reader who is about to be excluded gives the others a wrong next key beforehand. It must
//! not stand in the way of what the reporter and the others write under the right one.

mod support;

use beistand_crypto_core::audience::Audience;
use beistand_crypto_core::body::{Body, ShareBody, SharedKey};
use beistand_crypto_core::casebook::Received;
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::conversation::Conversation;
use beistand_crypto_core::counselor::compose_reply;
use beistand_crypto_core::message::Message;
use beistand_crypto_core::place::Place;
use beistand_crypto_core::reporter::{Mailbox, ReaderChoice};
use beistand_crypto_core::seal::seal;
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_protocol::bytes::{DeleteHash, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::roster::Serial;
use support::{message, readers, reply, report, Desk, Stored, World};

/// A conversation that three can read, and the third's share of a wrong kc1 with the others.
fn poisoned(seed: u64) -> (World, Vec<Desk>, Mailbox) {
    let (mut world, mut desks) = World::new(seed, 3, 8);
    let codename = Codename::generate(&mut world.rng);
    let mut mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
    let snapshot = world.snapshot();
    let first = mailbox
        .compose_report(
            &snapshot,
            &readers([1, 2, 3]),
            report("First."),
            &mut world.rng,
        )
        .unwrap();
    world.put(&first);
    mailbox.sent(&first);
    for desk in &mut desks {
        world.sync(desk);
    }

    let snapshot = world.snapshot();
    let conversation = desks[2].casebook.conversations().next().unwrap();
    let list = conversation.readers().unwrap();
    let others = [Serial(1), Serial(2)];
    let audience = Audience::of_some(&snapshot, &list, &others).unwrap();
    let wrong = SharedKey {
        index: 1,
        key: SecretHex::new([5; 32]),
    };
    let share = Message {
        instance: world.instance.instance,
        conversation: conversation.id(),
        place: Place {
            day: world.today,
            writer: desks[2].writer,
            number: 0,
        },
        key_index: 0,
        prev: None,
        roster: snapshot.signed_roster().digest,
        slot: Slot([9; 16]),
        checkpoint: snapshot.state().checkpoint.head,
        readers: list.readers().clone(),
        reply_to: None,
        body: Body::Share(ShareBody {
            reply_to: conversation.keys().reply_to().clone(),
            keys: vec![wrong],
            messages: Vec::new(),
        }),
    };
    let sealed = seal(&share, desks[2].keys.signer(), &audience, &mut world.rng).unwrap();
    world.wall.push(Stored {
        day: world.today,
        slot: share.slot,
        class: BlobClass::Envelope8,
        delete_hash: DeleteHash([0; 16]),
        blob: sealed.blob.bytes().to_vec(),
    });
    for desk in &mut desks[..2] {
        let received = world.sync(desk);
        assert!(matches!(received[1], Received::Message { .. }));
        let conversation = desk.casebook.conversations().next().unwrap();
        assert!(
            conversation.keys().key(1).is_some(),
            "the share was believed"
        );
    }

    let snapshot = world.snapshot();
    let choice = ReaderChoice::Asked(readers([1, 2]));
    let change = mailbox
        .compose_message(
            &snapshot,
            &choice,
            message("Without the third."),
            &mut world.rng,
        )
        .unwrap();
    world.put(&change);
    mailbox.sent(&change);
    (world, desks, mailbox)
}

/// The texts; the share has none.
fn texts(desk: &Desk) -> Vec<String> {
    let mut texts = support::texts(desk.casebook.conversations().next().unwrap());
    texts.retain(|text| !text.is_empty());
    texts
}

#[test]
fn a_wrong_key_gives_way_to_the_reporters() {
    let (mut world, mut desks, _) = poisoned(60);
    for desk in &mut desks[..2] {
        world.sync(desk);
        assert_eq!(texts(desk), ["First.", "Without the third."]);
        assert_eq!(desk.casebook.refused(), []);
    }
    // The right key lasts: a second wrong one, from the vault or a share, does not replace it.
    let conversation = desks[0].casebook.conversations().next().unwrap();
    let instance = world.instance.instance;
    let restored = Conversation::restore(&conversation.archive(), &instance).unwrap();
    assert_eq!(restored.keys().key(1), conversation.keys().key(1));
}

#[test]
fn an_answer_under_the_right_key_waits_for_it() {
    let (mut world, mut desks, _) = poisoned(61);
    world.sync(&mut desks[0]);
    let snapshot = world.snapshot();
    let conversation = desks[0].casebook.conversations().next().unwrap();
    let answer = compose_reply(
        &snapshot,
        &desks[0].keys,
        conversation,
        reply("We read."),
        &mut world.rng,
    )
    .unwrap();
    world.put(&answer);
    // The second desk sees the answer before the reporter's change.
    let change = world.wall.remove(2);
    let received = world.sync(&mut desks[1]);
    assert_eq!(received[2], Received::Waiting);
    world.wall.push(change);
    world.sync(&mut desks[1]);
    assert_eq!(
        texts(&desks[1]),
        ["First.", "Without the third.", "We read."]
    );
    assert_eq!(desks[1].casebook.waiting(), 0);
}
