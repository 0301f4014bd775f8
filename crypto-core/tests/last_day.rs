//! The ends of the numbers in a place: the last day of 32 bits, the last number of a day, the last
//! writer. Slots are derived right, everything works, and what is beyond is refused by name.

mod support;

use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::compose::ComposeError;
use beistand_crypto_core::conversation_key::ConversationKey;
use beistand_crypto_core::counselor::compose_reply;
use beistand_crypto_core::message::{Message, MessageError};
use beistand_crypto_core::place::{Place, LAST_NUMBER};
use beistand_crypto_core::reporter::{Mailbox, ReaderChoice};
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_protocol::bytes::{DeleteHash, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::roster::Writer;
use beistand_protocol::time::Day;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use support::{message, readers, reply, report, texts, Desk, Stored, World};

const LAST: Day = Day(u32::MAX);

/// A world that has come to the last day, with its desks' prekeys of that day.
fn last_day(seed: u64) -> (World, Vec<Desk>) {
    let (mut world, mut desks) = World::new(seed, 2, 8);
    world.today = LAST;
    world.sign_roster(|_| ());
    for desk in &mut desks {
        world.upload_prekey(desk);
    }
    (world, desks)
}

fn mailbox(world: &World) -> Mailbox {
    Mailbox::from_codename(&Codename::from_entropy([8; 16]), &world.instance.instance)
}

/// Section 6, from its primitives.
fn slot_by_hand(key: [u8; 32], day: u32, writer: u8, number: u8) -> Slot {
    let info = [b"beistand/v1/day".as_slice(), &day.to_be_bytes()].concat();
    let mut day_key = [0; 32];
    let hkdf = Hkdf::<Sha256>::new(None, &key);
    hkdf.expand(&info, &mut day_key).unwrap();
    let mut hmac = Hmac::<Sha256>::new_from_slice(&day_key).unwrap();
    hmac.update(b"beistand/v1/slot");
    hmac.update(&[writer, number]);
    Slot(hmac.finalize().into_bytes()[..16].try_into().unwrap())
}

#[test]
fn slots_at_the_ends_are_derived_right() {
    let key = ConversationKey::new(SecretHex::new([5; 32]));
    for day in [0, 1, u32::MAX - 1, u32::MAX] {
        for writer in [0, Writer::LAST.0] {
            for number in [0, LAST_NUMBER] {
                let place = Place {
                    day: Day(day),
                    writer: Writer(writer),
                    number,
                };
                let by_hand = slot_by_hand([5; 32], day, writer, number);
                assert_eq!(key.slot(&place), by_hand, "{place:?}");
            }
        }
    }
}

#[test]
fn letters_go_both_ways_on_the_last_day() {
    let (mut world, mut desks) = last_day(61);
    let mut reporter = mailbox(&world);
    let snapshot = world.snapshot();
    let allowed = readers([1, 2]);
    let sent = reporter
        .compose_report(&snapshot, &allowed, report("the last day"), &mut world.rng)
        .unwrap();
    assert_eq!(sent.day, LAST);
    world.put(&sent);
    world.sync(&mut desks[0]);
    assert_eq!(desks[0].texts(), ["the last day"]);

    let snapshot = world.snapshot();
    let conversation = desks[0].casebook.conversations().next().unwrap();
    let keys = &desks[0].keys;
    let answer = compose_reply(&snapshot, keys, conversation, reply("read"), &mut world.rng);
    world.put(&answer.unwrap());
    let mut again = mailbox(&world);
    world.read(&mut again);
    assert_eq!(texts(again.conversation()), ["the last day", "read"]);
    // Nothing is known of what this one has sent: it looks the index up.
    reporter = again;
    let snapshot = world.snapshot();
    let choice = ReaderChoice::AsBefore;
    let sent = reporter.compose_message(&snapshot, &choice, message("more"), &mut world.rng);
    assert_eq!(sent.unwrap().message().unwrap().message().place.number, 1);
}

#[test]
fn the_last_number_of_a_day_is_used_and_none_after_it() {
    let (mut world, _) = last_day(62);
    let mut reporter = mailbox(&world);
    let snapshot = world.snapshot();
    let first = reporter
        .compose_report(&snapshot, &readers([1, 2]), report("0"), &mut world.rng)
        .unwrap();
    world.put(&first);
    reporter.sent(&first);
    let key = reporter.conversation().keys().key(0).unwrap().clone();
    // All places but the last are on the wall; what lies there does not matter here.
    let occupy = |world: &mut World, number| {
        let place = Place {
            day: LAST,
            writer: Writer(0),
            number,
        };
        world.wall.push(Stored {
            day: LAST,
            slot: key.slot(&place),
            class: BlobClass::Envelope8,
            delete_hash: DeleteHash([0; 16]),
            blob: first.blob.bytes().to_vec(),
        });
    };
    for number in 1..LAST_NUMBER {
        occupy(&mut world, number);
    }
    let choice = ReaderChoice::AsBefore;
    let snapshot = world.snapshot();
    let last = reporter.compose_message(&snapshot, &choice, message("63"), &mut world.rng);
    let last = last.unwrap();
    let place = last.message().unwrap().message().place;
    assert_eq!((place.day, place.number), (LAST, LAST_NUMBER));
    occupy(&mut world, LAST_NUMBER);
    let snapshot = world.snapshot();
    let beyond = reporter.compose_message(&snapshot, &choice, message("64"), &mut world.rng);
    assert_eq!(beyond.err(), Some(ComposeError::DayFull));
}

#[test]
fn numbers_beyond_are_refused_by_name() {
    let (mut world, _) = last_day(63);
    let snapshot = world.snapshot();
    let body = report("x");
    let sent = mailbox(&world)
        .compose_report(&snapshot, &readers([1]), body, &mut world.rng)
        .unwrap();
    let line = sent.message().unwrap().line1().to_owned();
    let place = "\"from\":0,\"day\":4294967295,\"n\":0,";
    assert!(line.contains(place));
    assert!(Message::from_line(&line).is_ok());
    let cases = [
        ("\"n\":0", "\"n\":63", Ok(())),
        ("\"n\":0", "\"n\":64", Err(MessageError::Place)),
        ("\"n\":0", "\"n\":255", Err(MessageError::Place)),
        ("\"n\":0", "\"n\":256", Err(MessageError::Form)),
        ("\"n\":0", "\"n\":4294967295", Err(MessageError::Form)),
        ("\"n\":0", "\"n\":4294967296", Err(MessageError::Form)),
        ("4294967295", "4294967296", Err(MessageError::Form)),
        (
            "4294967295",
            "18446744073709551616",
            Err(MessageError::Form),
        ),
        ("4294967295", "-1", Err(MessageError::Form)),
        ("4294967295", "0", Ok(())),
    ];
    for (from, to, expected) in cases {
        let altered = line.replacen(place, &place.replacen(from, to, 1), 1);
        assert_ne!(altered, line);
        assert_eq!(Message::from_line(&altered).map(drop), expected, "{to}");
    }
}
