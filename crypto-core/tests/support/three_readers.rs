//! A report that three desks read, and the reporter who then leaves the third out.

use super::{message, readers, report, Desk, World};
use beistand_crypto_core::body::{Body, ShareBody, SharedKey, SharedMessage};
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::conversation::Conversation;
use beistand_crypto_core::message::Message;
use beistand_crypto_core::place::Place;
use beistand_crypto_core::readers::Readers;
use beistand_crypto_core::reporter::{Mailbox, ReaderChoice};
use beistand_protocol::bytes::Slot;

/// "First.", synced by all three.
pub fn begun(seed: u64) -> (World, Vec<Desk>, Mailbox) {
    let (mut world, mut desks) = World::new(seed, 3, 8);
    let codename = Codename::generate(&mut world.rng);
    let mut mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
    let snapshot = world.snapshot();
    let everybody = readers([1, 2, 3]);
    let first = mailbox
        .compose_report(&snapshot, &everybody, report("First."), &mut world.rng)
        .unwrap();
    world.put(&first);
    mailbox.sent(&first);
    for desk in &mut desks {
        world.sync(desk);
    }
    (world, desks, mailbox)
}

/// "Not her.", to the other two.
pub fn exclude_the_third(world: &mut World, mailbox: &mut Mailbox) {
    let snapshot = world.snapshot();
    let choice = ReaderChoice::Asked(readers([1, 2]));
    let change = mailbox
        .compose_message(&snapshot, &choice, message("Not her."), &mut world.rng)
        .unwrap();
    world.put(&change);
    mailbox.sent(&change);
}

/// The one conversation of a desk.
pub fn only(desk: &Desk) -> &Conversation {
    desk.casebook.conversations().next().unwrap()
}

/// A share that no program of ours would write, in slot `[9; 16]`: `list` need not be the reporter's,
/// nor `keys` the right ones.
pub fn share(
    world: &mut World,
    desk: &Desk,
    list: Readers,
    keys: Vec<SharedKey>,
    messages: Vec<SharedMessage>,
) -> Message {
    let snapshot = world.snapshot();
    let conversation = only(desk);
    Message {
        instance: world.instance.instance,
        conversation: conversation.id(),
        place: Place {
            day: world.today,
            writer: desk.writer,
            number: 0,
        },
        key_index: 0,
        prev: None,
        roster: snapshot.signed_roster().digest,
        slot: Slot([9; 16]),
        checkpoint: snapshot.state().checkpoint.head,
        readers: list,
        reply_to: None,
        body: Body::Share(ShareBody {
            reply_to: conversation.keys().reply_to().clone(),
            keys,
            messages,
        }),
    }
}
