//! A report travels to the desks and the answer back, over months.

mod support;

use beistand_crypto_core::archive::ArchivedConversation;
use beistand_crypto_core::audience::AudienceError;
use beistand_crypto_core::body::{Kind, NoteBody, Status, WithdrawBody};
use beistand_crypto_core::casebook::Received;
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::compose::ComposeError;
use beistand_crypto_core::conversation::{Continuity, Conversation};
use beistand_crypto_core::counselor::{compose_decoy, compose_note, compose_reply, compose_share};
use beistand_crypto_core::outgoing::decoy;
use beistand_crypto_core::reporter::{Mailbox, Outcome, ReaderChoice};
use beistand_protocol::hash::delete_hash;
use beistand_protocol::roster::{Serial, Writer};
use beistand_protocol::tombstone::Tombstone;
use support::{member, message, readers, reply, report, texts, World, FIRST_DAY};

/// A new reporter files; the codename is all they keep.
fn file(world: &mut World, allowed: impl IntoIterator<Item = u32>, text: &str) -> Codename {
    let codename = Codename::generate(&mut world.rng);
    let mut mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
    let snapshot = world.snapshot();
    let outgoing = mailbox
        .compose_report(&snapshot, &readers(allowed), report(text), &mut world.rng)
        .unwrap();
    world.put(&outgoing);
    mailbox.sent(&outgoing);
    codename
}

fn back(world: &mut World, codename: &Codename) -> Mailbox {
    let mut mailbox = Mailbox::from_codename(codename, &world.instance.instance);
    world.read(&mut mailbox);
    mailbox
}

#[test]
fn a_report_an_answer_and_a_follow_up() {
    let (mut world, mut desks) = World::new(1, 3, 8);
    for desk in &mut desks {
        world.upload_prekey(desk);
    }
    let codename = file(
        &mut world,
        1..=3,
        "It happened on the talk page.\nTwice: \"x\".",
    );
    for desk in &mut desks {
        assert!(matches!(world.sync(desk)[..], [Received::Message { .. }]));
        assert_eq!(
            desk.texts(),
            ["It happened on the talk page.\nTwice: \"x\"."]
        );
    }

    let snapshot = world.snapshot();
    let conversation = desks[1].casebook.conversations().next().unwrap();
    let mut body = reply("Thank you. We are reading it.");
    body.status = Some(Status::Reading);
    let answer = compose_reply(
        &snapshot,
        &desks[1].keys,
        conversation,
        body,
        &mut world.rng,
    )
    .unwrap();
    world.put(&answer);
    for _ in 0..5 {
        let snapshot = world.snapshot();
        world.put(&decoy(&snapshot, &mut ChaCha::seed(9 + world.wall.len() as u64)).0);
    }

    let mut mailbox = back(&mut world, &codename);
    let view = mailbox.conversation().view(snapshot.roster());
    assert_eq!(view.len(), 2);
    assert_eq!(view[0].serial, None);
    assert_eq!(view[1].name.as_deref(), Some("Counselor 2"));
    assert_eq!(view[1].status, Some(Status::Reading));
    assert!(view
        .iter()
        .all(|message| message.continuity == Continuity::Begins));
    let json = serde_json::to_string(&view).unwrap();
    assert!(json.contains(r#""kind":"reply""#) && json.contains(r#""continuity":"begins""#));

    world.today = FIRST_DAY.forward(1);
    let snapshot = world.snapshot();
    let follow_up = mailbox
        .compose_message(
            &snapshot,
            &ReaderChoice::AsBefore,
            message("More."),
            &mut world.rng,
        )
        .unwrap();
    assert_eq!(follow_up.message().unwrap().kind(), Kind::Message);
    world.put(&follow_up);
    mailbox.sent(&follow_up);
    for desk in &mut desks {
        world.sync(desk);
        assert_eq!(desk.texts().last().unwrap(), "More.");
        let conversation = desk.casebook.conversations().next().unwrap();
        let (_, continuity) = conversation.messages().last().unwrap();
        assert_eq!(continuity, Continuity::Continues);
    }
}

#[test]
fn an_excluded_counselor_opens_nothing_with_all_keys() {
    let (mut world, mut desks) = World::new(2, 3, 8);
    for desk in &mut desks {
        world.upload_prekey(desk);
    }
    let codename = file(&mut world, [1, 3], "Not for the second.");
    let mailbox = back(&mut world, &codename);
    let snapshot = world.snapshot();
    let choice = ReaderChoice::AsBefore;
    let follow_up = mailbox
        .compose_message(
            &snapshot,
            &choice,
            message("From the words alone."),
            &mut world.rng,
        )
        .unwrap();
    world.put(&follow_up);
    let received = world.sync(&mut desks[1]);
    assert_eq!(received, [Received::NotForUs, Received::NotForUs]);
    for desk in [0, 2] {
        world.sync(&mut desks[desk]);
        assert_eq!(
            desks[desk].texts(),
            ["Not for the second.", "From the words alone."]
        );
        let conversation = desks[desk].casebook.conversations().next().unwrap();
        let snapshot = world.snapshot();
        let refused = compose_share(
            &snapshot,
            &desks[desk].keys,
            conversation,
            &[Serial(2)],
            &[],
            &mut world.rng,
        );
        let error = ComposeError::Audience(AudienceError::NotAReader(Serial(2)));
        assert_eq!(refused.unwrap_err(), error);
        // Nor can the excluded one write, even if handed the conversation.
        let refused = compose_reply(
            &snapshot,
            &desks[1].keys,
            conversation,
            reply("hi"),
            &mut world.rng,
        );
        assert_eq!(refused.unwrap_err(), ComposeError::NotAReader);
    }
}

#[test]
fn a_late_exclusion_moves_to_a_new_key() {
    let (mut world, mut desks) = World::new(3, 3, 8);
    let codename = file(&mut world, 1..=3, "For all three.");
    for desk in &mut desks {
        world.sync(desk);
    }
    let mut mailbox = back(&mut world, &codename);
    let snapshot = world.snapshot();
    let choice = ReaderChoice::Asked(readers([1, 2]));
    let change = mailbox
        .compose_message(
            &snapshot,
            &choice,
            message("No longer the third."),
            &mut world.rng,
        )
        .unwrap();
    assert_eq!(change.message().unwrap().kind(), Kind::KeyChange);
    // With the old key, the third cannot even compute where it lies.
    let third = desks[2].casebook.conversations().next().unwrap();
    let old = third.keys().key(0).unwrap();
    assert!((0..64).all(|n| old.day_key(change.day).slot(Writer(0), n) != change.slot));
    world.put(&change);
    mailbox.sent(&change);

    assert_eq!(world.sync(&mut desks[2]).last(), Some(&Received::NotForUs));
    world.sync(&mut desks[0]);
    assert_eq!(desks[0].texts(), ["For all three.", "No longer the third."]);
    let conversation = desks[0].casebook.conversations().next().unwrap();
    let snapshot = world.snapshot();
    let answer = compose_reply(
        &snapshot,
        &desks[0].keys,
        conversation,
        reply("Understood."),
        &mut world.rng,
    )
    .unwrap();
    assert_eq!(answer.message().unwrap().message().key_index, 1);
    world.put(&answer);
    let mailbox = back(&mut world, &codename);
    assert_eq!(texts(mailbox.conversation()).len(), 3);
    assert_eq!(
        mailbox.conversation().readers().unwrap().readers(),
        &readers([1, 2])
    );
    // The same key index and list go on without another change.
    let snapshot = world.snapshot();
    let next = mailbox
        .compose_message(
            &snapshot,
            &ReaderChoice::AsBefore,
            message("x"),
            &mut world.rng,
        )
        .unwrap();
    assert_eq!(next.message().unwrap().kind(), Kind::Message);
    assert_eq!(next.message().unwrap().message().key_index, 1);
}

#[test]
fn a_reader_who_left_the_roster_falls_away() {
    let (mut world, _desks) = World::new(4, 3, 8);
    let codename = file(&mut world, 1..=3, "For all three.");
    world.today = FIRST_DAY.forward(2);
    world.sign_roster(|roster| {
        roster.members.retain(|member| member.serial != Serial(2));
        roster.devices.retain(|device| device.serial != Serial(2));
    });
    let mailbox = back(&mut world, &codename);
    let snapshot = world.snapshot();
    let next = mailbox
        .compose_message(
            &snapshot,
            &ReaderChoice::AsBefore,
            message("x"),
            &mut world.rng,
        )
        .unwrap();
    assert_eq!(next.message().unwrap().kind(), Kind::KeyChange);
    assert_eq!(next.message().unwrap().message().readers, readers([1, 3]));
}

#[test]
fn a_newcomer_reads_only_once_allowed_and_shared_with() {
    let (mut world, mut desks) = World::new(5, 2, 8);
    let codename = file(&mut world, 1..=2, "Before the third came.");
    world.sync(&mut desks[0]);
    world.today = FIRST_DAY.forward(3);
    let mut third = world.desk(3, 3);
    let device = third.device();
    world.sign_roster(|roster| {
        roster.members.push(member(Serial(3)));
        roster.devices.push(device);
    });
    let mut mailbox = back(&mut world, &codename);
    let snapshot = world.snapshot();
    let quiet = mailbox
        .compose_message(
            &snapshot,
            &ReaderChoice::AsBefore,
            message("Still two."),
            &mut world.rng,
        )
        .unwrap();
    world.put(&quiet);
    mailbox.sent(&quiet);
    world.sync(&mut third);
    assert!(third.texts().is_empty());

    let snapshot = world.snapshot();
    let choice = ReaderChoice::Asked(readers([1, 2, 3]));
    let allowed = mailbox
        .compose_message(
            &snapshot,
            &choice,
            message("The third may read."),
            &mut world.rng,
        )
        .unwrap();
    world.put(&allowed);
    world.sync(&mut third);
    assert_eq!(third.texts(), ["The third may read."]);

    world.sync(&mut desks[0]);
    let conversation = desks[0].casebook.conversations().next().unwrap();
    let snapshot = world.snapshot();
    let first = conversation.messages().next().unwrap().0.digest();
    let share = compose_share(
        &snapshot,
        &desks[0].keys,
        conversation,
        &[Serial(3)],
        &[first],
        &mut world.rng,
    )
    .unwrap();
    world.put(&share);
    world.sync(&mut third);
    assert_eq!(
        third.texts(),
        ["Before the third came.", "The third may read.", ""]
    );
    assert_eq!(world.sync(&mut desks[1]).last(), Some(&Received::NotForUs));
}

#[test]
fn a_note_is_out_of_the_reporters_sight() {
    let (mut world, mut desks) = World::new(6, 3, 8);
    let codename = file(&mut world, [1, 2], "For two.");
    for desk in &mut desks {
        world.sync(desk);
    }
    let snapshot = world.snapshot();
    let conversation = desks[0].casebook.conversations().next().unwrap();
    let id = conversation.id();
    let body = NoteBody {
        text: "Shall I call?".into(),
    };
    let note = compose_note(
        &snapshot,
        &desks[0].keys,
        conversation,
        body,
        &mut world.rng,
    )
    .unwrap();
    let place = note.message().unwrap().message().place;
    // Not in the slot its place would have: the reporter could compute that one.
    assert_ne!(conversation.keys().key(0).unwrap().slot(&place), note.slot);
    world.put(&note);
    desks[0]
        .casebook
        .conversation_mut(&id)
        .unwrap()
        .add(note.message().unwrap().clone())
        .unwrap();
    let conversation = desks[0].casebook.conversation(&id).unwrap();
    let answer = compose_reply(
        &snapshot,
        &desks[0].keys,
        conversation,
        reply("Hello."),
        &mut world.rng,
    )
    .unwrap();
    // Neither its place nor its prev tells that there was a note.
    let said = answer.message().unwrap().message();
    assert_eq!((said.place.number, said.prev), (0, None));
    world.put(&answer);

    assert_eq!(world.sync(&mut desks[1]).len(), 3);
    assert_eq!(desks[1].texts(), ["For two.", "Shall I call?", "Hello."]);
    world.sync(&mut desks[2]);
    assert!(desks[2].texts().is_empty());
    let mailbox = back(&mut world, &codename);
    assert_eq!(texts(mailbox.conversation()), ["For two.", "Hello."]);
    assert_eq!(mailbox.outcomes().values().count(), 2);
}

#[test]
fn who_comes_back_to_nothing_is_asked_who_may_read() {
    let (mut world, mut desks) = World::new(7, 3, 8);
    let codename = file(&mut world, [1, 3], "Long ago.");
    for desk in &mut desks {
        world.sync(desk);
    }
    world.expire(FIRST_DAY);
    world.today = FIRST_DAY.forward(90);
    let mailbox = back(&mut world, &codename);
    let snapshot = world.snapshot();
    let silent = mailbox.compose_message(
        &snapshot,
        &ReaderChoice::AsBefore,
        message("x"),
        &mut world.rng,
    );
    assert_eq!(silent.unwrap_err(), ComposeError::ReadersUnknown);
    let withdraw = mailbox.compose_withdraw(&snapshot, WithdrawBody::default(), &mut world.rng);
    assert_eq!(withdraw.unwrap_err(), ComposeError::ReadersUnknown);
    let choice = ReaderChoice::Asked(readers([3]));
    let outgoing = mailbox
        .compose_message(&snapshot, &choice, message("I am back."), &mut world.rng)
        .unwrap();
    world.put(&outgoing);
    // Under the latest key that is still looked under: the first, a reader then, was never given
    // it, nor would somebody be who fell away after a change or two.
    assert_eq!(outgoing.message().unwrap().message().key_index, 3);
    let conversation = desks[0].casebook.conversations().next().unwrap();
    assert!(conversation.keys().all().all(|(_, key)| {
        (0..64).all(|n| key.day_key(outgoing.day).slot(Writer(0), n) != outgoing.slot)
    }));
    world.sync(&mut desks[2]);
    assert_eq!(desks[2].texts(), ["Long ago.", "I am back."]);
    let mailbox = back(&mut world, &codename);
    assert_eq!(texts(mailbox.conversation()), ["I am back."]);
}

#[test]
fn any_words_open_an_empty_mailbox() {
    let (mut world, _) = World::new(8, 1, 8);
    file(&mut world, [1], "Somebody else's.");
    let other = Codename::generate(&mut world.rng);
    let mailbox = back(&mut world, &other);
    assert_eq!(mailbox.outcomes().values().count(), 0);
    assert_eq!(mailbox.conversation().messages().count(), 0);
}

#[test]
fn places_are_found_and_never_used_twice() {
    let (mut world, _) = World::new(9, 1, 8);
    let codename = file(&mut world, [1], "0");
    let mut mailbox = back(&mut world, &codename);
    let hidden = world.snapshot();
    let send = |mailbox: &mut Mailbox, world: &mut World| {
        mailbox.compose_message(
            &hidden,
            &ReaderChoice::AsBefore,
            message("x"),
            &mut world.rng,
        )
    };
    // Two more before the epoch closes, then it must be waited for.
    let first = send(&mut mailbox, &mut world).unwrap();
    mailbox.occupied(&first);
    let second = send(&mut mailbox, &mut world).unwrap();
    assert_ne!(first.slot, second.slot);
    assert_eq!(second.message().unwrap().message().place.number, 2);
    mailbox.sent(&second);
    assert_eq!(
        send(&mut mailbox, &mut world).unwrap_err(),
        ComposeError::Waiting
    );
    // The one in between was never on the wall; the one after it is found all the same.
    world.put(&second);
    let mut mailbox = back(&mut world, &codename);
    assert_eq!(mailbox.outcomes().values().count(), 2);
    // The day ends at 64.
    loop {
        let snapshot = world.snapshot();
        let choice = ReaderChoice::AsBefore;
        match mailbox.compose_message(&snapshot, &choice, message("x"), &mut world.rng) {
            Ok(outgoing) => {
                world.put(&outgoing);
                mailbox.sent(&outgoing);
            }
            Err(error) => break assert_eq!(error, ComposeError::DayFull),
        }
    }
    assert_eq!(world.wall.len(), 63);
}

#[test]
fn deleted_is_told_from_withheld() {
    let (mut world, mut desks) = World::new(10, 1, 8);
    let codename = file(&mut world, [1], "To be withdrawn.");
    let mut mailbox = back(&mut world, &codename);
    let snapshot = world.snapshot();
    let located = mailbox.locate(&snapshot);
    let [request] = &mailbox.delete_requests(&located)[..] else {
        panic!("one message")
    };
    assert_eq!(delete_hash(&request.key), world.wall[0].delete_hash);
    let blob = support::digest(&world.wall[0].blob);
    let class = world.wall[0].class;
    world.wall[0].blob = Tombstone {
        key: request.key,
        blob,
    }
    .encode(class);
    assert_eq!(world.sync(&mut desks[0]), [Received::Deleted]);
    let mailbox = back(&mut world, &codename);
    assert_eq!(
        mailbox.outcomes().values().collect::<Vec<_>>(),
        [&Outcome::Deleted]
    );
    // A tombstone of a key that does not fit is a dropped blob.
    let mut key = request.key;
    key.0[0] ^= 1;
    world.wall[0].blob = Tombstone { key, blob }.encode(class);
    let mailbox = back(&mut world, &codename);
    assert_eq!(
        mailbox.outcomes().values().collect::<Vec<_>>(),
        [&Outcome::Missing]
    );
}

#[test]
fn a_case_survives_in_the_vault() {
    let (mut world, mut desks) = World::new(11, 1, 8);
    file(&mut world, [1], "Keep me.");
    world.sync(&mut desks[0]);
    let conversation = desks[0].casebook.conversations().next().unwrap();
    let json = serde_json::to_string(&conversation.archive()).unwrap();
    let archived: ArchivedConversation = serde_json::from_str(&json).unwrap();
    let restored = Conversation::restore(&archived, &world.instance.instance).unwrap();
    assert_eq!(texts(&restored), ["Keep me."]);
    assert_eq!(restored.id(), conversation.id());
    let snapshot = world.snapshot();
    compose_reply(
        &snapshot,
        &desks[0].keys,
        &restored,
        reply("Hi."),
        &mut world.rng,
    )
    .unwrap();
}

#[test]
fn a_desks_decoys_can_be_deleted_by_it() {
    let (mut world, desks) = World::new(12, 1, 8);
    let snapshot = world.snapshot();
    let (outgoing, key) = compose_decoy(&snapshot, &desks[0].keys, &mut world.rng);
    assert_eq!(delete_hash(&key), outgoing.delete_hash);
    assert_eq!(desks[0].keys.delete_key(&outgoing.slot), key);
}

#[test]
fn old_prekeys_are_destroyed_and_close_what_they_opened() {
    let (mut world, mut desks) = World::new(13, 1, 8);
    world.upload_prekey(&mut desks[0]);
    file(&mut world, [1], "To the prekey.");
    let over = FIRST_DAY.forward(15);
    assert!(desks[0]
        .keys
        .destroy_prekeys(over, FIRST_DAY.forward(14))
        .is_empty());
    assert!(desks[0].keys.destroy_prekeys(over.back(1), over).is_empty());
    assert_eq!(desks[0].keys.destroy_prekeys(over, over), [FIRST_DAY]);
    assert_eq!(world.sync(&mut desks[0]), [Received::NotForUs]);
}

#[test]
fn a_desk_tries_few_keys_and_the_right_ones() {
    let (mut world, mut desks) = World::new(14, 1, 8);
    let tried = |desk: &support::Desk, day: u32| -> Vec<u32> {
        let prekeys = desk.keys.prekeys();
        let day_of = |seed: &[u8; 32]| {
            let of_day = prekeys.iter().find(|prekey| prekey.identity.seed() == seed);
            of_day.map_or(0, |prekey| prekey.day.0 - FIRST_DAY.0)
        };
        let candidates = desk.keys.candidates(FIRST_DAY.forward(day));
        candidates
            .iter()
            .map(|identity| day_of(identity.seed()))
            .collect()
    };
    // Synced on days 1, 2, 3 and 6; 0 stands for the long-lived identity.
    for day in [1, 2, 3, 6] {
        world.today = FIRST_DAY.forward(day);
        world.upload_prekey(&mut desks[0]);
    }
    assert_eq!(tried(&desks[0], 0), [1, 0]);
    assert_eq!(tried(&desks[0], 3), [3, 2, 0]);
    assert_eq!(tried(&desks[0], 5), [6, 3, 0]);
    assert_eq!(tried(&desks[0], 6), [6, 3, 0]);
    assert_eq!(tried(&desks[0], 9), [6, 0]);
    assert_eq!(tried(&desks[0], 30), [0]);
    // Sealed on the sixth before the desk came: to the prekey of the third.
    let newest = world.prekeys.pop().unwrap();
    file(&mut world, [1], "Early.");
    world.prekeys.push(newest);
    file(&mut world, [1], "Late.");
    let received = world.sync(&mut desks[0]);
    assert!(received
        .iter()
        .all(|one| matches!(one, Received::Message { .. })));
}

struct ChaCha;

impl ChaCha {
    fn seed(seed: u64) -> rand_chacha::ChaCha20Rng {
        rand_chacha::rand_core::SeedableRng::seed_from_u64(seed)
    }
}
