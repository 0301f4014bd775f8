//! A reader who is about to be excluded gives the others a wrong next key beforehand. It must
//! not stand in the way of what the reporter and the others write under the right one.

mod support;

use beistand_crypto_core::audience::Audience;
use beistand_crypto_core::body::SharedKey;
use beistand_crypto_core::casebook::Received;
use beistand_crypto_core::conversation::Conversation;
use beistand_crypto_core::counselor::compose_reply;
use beistand_crypto_core::reporter::Mailbox;
use beistand_crypto_core::seal::seal;
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_protocol::bytes::DeleteHash;
use beistand_protocol::class::BlobClass;
use beistand_protocol::roster::Serial;
use support::three_readers::{begun, exclude_the_third, only, share};
use support::{reply, Desk, Stored, World};

/// A conversation that three can read, and the third's share of a wrong kc1 with the others.
fn poisoned(seed: u64) -> (World, Vec<Desk>, Mailbox) {
    let (mut world, mut desks, mut mailbox) = begun(seed);
    let snapshot = world.snapshot();
    let list = only(&desks[2]).readers().unwrap();
    let others = [Serial(1), Serial(2)];
    let audience = Audience::of_some(&snapshot, &list, &others).unwrap();
    let wrong = SharedKey {
        index: 1,
        key: SecretHex::new([5; 32]),
    };
    let list = list.readers().clone();
    let share = share(&mut world, &desks[2], list, vec![wrong], Vec::new());
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
        let conversation = only(desk);
        assert!(
            conversation.keys().key(1).is_some(),
            "the share was believed"
        );
    }

    exclude_the_third(&mut world, &mut mailbox);
    (world, desks, mailbox)
}

/// The texts; the share has none.
fn texts(desk: &Desk) -> Vec<String> {
    let mut texts = support::texts(only(desk));
    texts.retain(|text| !text.is_empty());
    texts
}

#[test]
fn a_wrong_key_gives_way_to_the_reporters() {
    let (mut world, mut desks, _) = poisoned(60);
    for desk in &mut desks[..2] {
        world.sync(desk);
        assert_eq!(texts(desk), ["First.", "Not her."]);
        assert_eq!(desk.casebook.refused(), []);
    }
    // The right key lasts: a second wrong one, from the vault or a share, does not replace it.
    let conversation = only(&desks[0]);
    let instance = world.instance.instance;
    let restored = Conversation::restore(&conversation.archive(), &instance).unwrap();
    assert_eq!(restored.keys().key(1), conversation.keys().key(1));
}

#[test]
fn an_answer_under_the_right_key_waits_for_it() {
    let (mut world, mut desks, _) = poisoned(61);
    world.sync(&mut desks[0]);
    let snapshot = world.snapshot();
    let conversation = only(&desks[0]);
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
    assert_eq!(texts(&desks[1]), ["First.", "Not her.", "We read."]);
    assert_eq!(desks[1].casebook.waiting(), 0);
}
