//! Exclusion over simulated months: reports expire, people and devices join and leave, the server
//! withholds. Whoever was excluded sees at any time what they would see if they had not been, and
//! nobody is ever assumed to be allowed.

mod support;

use beistand_crypto_core::casebook::Received;
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::compose::ComposeError;
use beistand_crypto_core::counselor::{compose_note, compose_reply};
use beistand_crypto_core::readers::Readers;
use beistand_crypto_core::reporter::{Mailbox, ReaderChoice};
use beistand_protocol::bytes::InstanceId;
use beistand_protocol::time::Day;
use support::{member, message, readers, reply, report, Desk, World, FIRST_DAY};

const KEPT_DAYS: u32 = 60;

fn go_to(world: &mut World, day: u32, desks: &mut [Desk]) {
    world.today = FIRST_DAY.forward(day);
    world.expire(world.today.back(KEPT_DAYS + 1));
    // Rosters and prekeys go on.
    world.sign_roster(|_| {});
    world.prekeys.clear();
    for desk in desks {
        world.upload_prekey(desk);
    }
}

/// Day 0, and a first report to the first two counselors.
fn begin(world: &mut World, codename: &Codename, desks: &mut [Desk]) {
    go_to(world, 0, desks);
    let mailbox = Mailbox::from_codename(codename, &world.instance.instance);
    let (snapshot, allowed) = (world.snapshot(), readers([1, 2]));
    let sent = mailbox.compose_report(&snapshot, &allowed, report("it began"), &mut world.rng);
    world.put(&sent.unwrap());
}

fn back(world: &mut World, codename: &Codename) -> Mailbox {
    let mut mailbox = Mailbox::from_codename(codename, &world.instance.instance);
    world.read(&mut mailbox);
    mailbox
}

/// Says something from the words alone, as somebody who keeps nothing else.
fn say(world: &mut World, codename: &Codename, choice: &ReaderChoice) -> Result<(), ComposeError> {
    let mailbox = back(world, codename);
    let snapshot = world.snapshot();
    let text = message("once more");
    let sent = mailbox.compose_message(&snapshot, choice, text, &mut world.rng)?;
    world.put(&sent);
    Ok(())
}

/// What a desk without a single case makes of the wall: how many of which size on which day, and
/// what came of each.
fn seen(world: &mut World, desk: &mut Desk) -> Vec<(Day, usize, Received)> {
    let outcomes = world.sync(desk);
    let facts = world
        .wall
        .iter()
        .map(|stored| (stored.day, stored.blob.len()));
    facts
        .zip(outcomes)
        .map(|((day, size), received)| (day, size, received))
        .collect()
}

/// The same months twice: with somebody excluded, and with that person's number given to the only
/// one who could read anyway. Answers what the person saw on each day.
fn months(excluded: bool) -> Vec<Vec<(Day, usize, Received)>> {
    let (mut world, mut desks) = World::new(51, 3, 8);
    let everybody: Vec<u32> = if excluded { vec![1, 2] } else { vec![1, 2, 3] };
    let codename = Codename::generate(&mut world.rng);
    let mut saw = Vec::new();
    go_to(&mut world, 0, &mut desks);

    let mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
    let snapshot = world.snapshot();
    let allowed = readers(everybody);
    let sent = mailbox.compose_report(&snapshot, &allowed, report("it began"), &mut world.rng);
    world.put(&sent.unwrap());
    saw.push(seen(&mut world, &mut desks[2]));

    // A reply, and a note among the readers.
    world.sync(&mut desks[0]);
    let id = mailbox.conversation().id();
    let conversation = desks[0].casebook.conversation(&id).unwrap();
    let snapshot = world.snapshot();
    let keys = &desks[0].keys;
    let answer = compose_reply(
        &snapshot,
        keys,
        conversation,
        reply("we read"),
        &mut world.rng,
    );
    let text = "between us".to_owned();
    let note = beistand_crypto_core::body::NoteBody { text };
    let note = compose_note(&snapshot, keys, conversation, note, &mut world.rng);
    world.put(&answer.unwrap());
    world.put(&note.unwrap());
    saw.push(seen(&mut world, &mut desks[2]));

    for day in [40, 80, 120] {
        go_to(&mut world, day, &mut desks);
        say(&mut world, &codename, &ReaderChoice::AsBefore).unwrap();
        saw.push(seen(&mut world, &mut desks[2]));
    }
    if excluded {
        assert_eq!(desks[2].casebook.conversations().count(), 0);
        assert_eq!(
            (
                desks[2].casebook.waiting(),
                desks[2].casebook.refused().len()
            ),
            (0, 0)
        );
    }
    saw
}

#[test]
fn exclusion_shows_in_no_size_order_or_count() {
    let shape = |saw: &Vec<Vec<(Day, usize, Received)>>| -> Vec<Vec<(Day, usize)>> {
        let facts = |(day, size, _): &(Day, usize, Received)| (*day, *size);
        saw.iter()
            .map(|day| day.iter().map(facts).collect())
            .collect()
    };
    let (with, without) = (months(true), months(false));
    assert_eq!(shape(&with), shape(&without));
    assert!(with
        .iter()
        .flatten()
        .all(|(_, _, received)| *received == Received::NotForUs));
    assert!(without
        .iter()
        .flatten()
        .any(|(_, _, received)| *received != Received::NotForUs));
}

#[test]
fn a_decoy_looks_to_the_excluded_as_a_message_does() {
    let (mut world, mut desks) = World::new(52, 2, 8);
    let snapshot = world.snapshot();
    let codename = Codename::generate(&mut world.rng);
    let mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
    let only = readers([1]);
    let sent = mailbox.compose_report(&snapshot, &only, report("a"), &mut world.rng);
    world.put(&sent.unwrap());
    let (decoy, _) = beistand_crypto_core::outgoing::decoy(&snapshot, &mut world.rng);
    world.put(&decoy);
    let saw = seen(&mut world, &mut desks[1]);
    assert_eq!(saw[0], saw[1]);
}

#[test]
fn who_joins_later_is_no_reader_and_a_new_device_of_a_reader_is() {
    let (mut world, mut desks) = World::new(53, 2, 8);
    let codename = Codename::generate(&mut world.rng);
    begin(&mut world, &codename, &mut desks);

    // Somebody joins, and the first counselor has a second machine.
    let newcomer = world.desk(3, 3);
    let machine = world.desk(1, 4);
    let devices = [newcomer.device(), machine.device()];
    world.today = FIRST_DAY.forward(20);
    world.sign_roster(|roster| {
        roster.members.push(member(newcomer.serial));
        roster.devices.extend(devices);
    });
    desks.extend([newcomer, machine]);
    go_to(&mut world, 20, &mut desks);
    say(&mut world, &codename, &ReaderChoice::AsBefore).unwrap();

    assert!(seen(&mut world, &mut desks[2])
        .iter()
        .all(|(_, _, received)| *received == Received::NotForUs));
    // What is new opens there; it waits for its beginning, which a colleague can share.
    let on_new_machine = seen(&mut world, &mut desks[3]);
    assert_eq!(on_new_machine[0].2, Received::NotForUs);
    assert_eq!(on_new_machine[1].2, Received::Waiting);
}

#[test]
fn nobody_is_assumed_where_no_list_is_in_view() {
    let (mut world, mut desks) = World::new(54, 3, 8);
    let codename = Codename::generate(&mut world.rng);
    begin(&mut world, &codename, &mut desks);

    // Withheld: the index has it, the server does not hand it out.
    let honest = std::mem::take(&mut world.wall[0].blob);
    world.wall[0].blob = vec![7; honest.len()];
    let withheld = say(&mut world, &codename, &ReaderChoice::AsBefore);
    assert_eq!(withheld, Err(ComposeError::ReadersUnknown));
    world.wall[0].blob = honest;

    // Expired: nothing of it is left anywhere.
    go_to(&mut world, KEPT_DAYS + 2, &mut desks);
    assert!(world.wall.is_empty());
    let expired = say(&mut world, &codename, &ReaderChoice::AsBefore);
    assert_eq!(expired, Err(ComposeError::ReadersUnknown));
    let only: Readers = readers([2]);
    say(&mut world, &codename, &ReaderChoice::Asked(only)).unwrap();
    for (desk, received) in [(0, Received::NotForUs), (2, Received::NotForUs)] {
        assert!(seen(&mut world, &mut desks[desk])
            .iter()
            .all(|(_, _, outcome)| *outcome == received));
    }
    assert!(seen(&mut world, &mut desks[1])
        .iter()
        .all(|(_, _, outcome)| matches!(outcome, Received::Message { .. })));
    // From here on the list is in view again.
    assert_eq!(say(&mut world, &codename, &ReaderChoice::AsBefore), Ok(()));
}

#[test]
fn the_same_words_elsewhere_are_somebody_else() {
    let (mut world, _) = World::new(55, 1, 8);
    let codename = Codename::generate(&mut world.rng);
    let here = Mailbox::from_codename(&codename, &world.instance.instance);
    let there = Mailbox::from_codename(&codename, &InstanceId([1; 16]));
    assert_ne!(here.keys().conversation(), there.keys().conversation());
}
