//! What is stored of reports, follow-ups, replies, notes and decoys cannot be told apart by a
//! simple classifier: for each kind it learns on one half of what is stored which value of which
//! field speaks for it, and is asked about the other half. It stays at chance; and it does not
//! where one of the kinds has something of its own, or this test would say nothing.

mod support;

use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::Engine as _;
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::counselor::{compose_decoy, compose_note, compose_reply};
use beistand_crypto_core::outgoing::{decoy, Outgoing};
use beistand_crypto_core::reporter::{Mailbox, ReaderChoice};
use beistand_protocol::roster::Serial;
use rand_chacha::rand_core::RngCore as _;
use support::{message, readers, reply, report, World};

/// Of each kind.
const COUNT: usize = 120;
const KINDS: [&str; 6] = [
    "report",
    "follow-up",
    "reply",
    "note",
    "reporter's decoy",
    "desk's decoy",
];

/// Every number a server has of an item: sizes and flags as they are, random-looking fields bit by
/// bit and byte by byte, of the file itself the header's length and samples of all of it.
fn features(item: &Outgoing) -> Vec<f64> {
    let bytes = item.blob.bytes();
    let mut features = vec![
        bytes.len() as f64,
        item.blob.header_size() as f64,
        f64::from(item.shard),
        f64::from(item.day.0),
        bytes
            .iter()
            .map(|byte| u64::from(byte.count_ones()))
            .sum::<u64>() as f64,
    ];
    for field in [&item.slot.0[..], &item.delete_hash.0[..]] {
        features.extend(field.iter().map(|byte| f64::from(*byte)));
        features.extend((0..field.len() * 8).map(|bit| f64::from(field[bit / 8] >> (bit % 8) & 1)));
    }
    let step = bytes.len() / 64;
    features.extend(bytes.iter().step_by(step).map(|byte| f64::from(*byte)));
    features.extend(bytes.iter().rev().take(16).map(|byte| f64::from(*byte)));
    features.extend(stanza_bits(item));
    features
}

/// How often each bit is set among the stanzas of a header: of the first bytes of the ML-KEM
/// ciphertext, of the X25519 share at its end, and of the wrapped file key.
fn stanza_bits(item: &Outgoing) -> Vec<f64> {
    const FIELD: usize = 32;
    let header = &item.blob.bytes()[..item.blob.header_size()];
    let header = std::str::from_utf8(header).unwrap();
    let mut counts = vec![0.0; 3 * FIELD * 8];
    for stanza in header.split("-> mlkem768x25519 ").skip(1) {
        let mut lines = stanza.lines();
        let mut decoded = || STANDARD_NO_PAD.decode(lines.next().unwrap()).unwrap();
        let (encapsulated, body) = (decoded(), decoded());
        let share = &encapsulated[encapsulated.len() - FIELD..];
        let fields = [&encapsulated[..FIELD], share, &body].concat();
        for (bit, count) in counts.iter_mut().enumerate() {
            *count += f64::from(fields[bit / 8] >> (bit % 8) & 1);
        }
    }
    counts
}

/// How much better than chance a threshold on one feature tells `kind` from the rest: learned on
/// the items of even, judged on those of odd position. In standard deviations of chance.
fn advantage(kinds: &[Vec<Vec<f64>>], kind: usize) -> f64 {
    let half = |odd: usize| {
        kinds.iter().enumerate().flat_map(move |(i, items)| {
            let own = i == kind;
            // As many of the rest as of the kind itself.
            let step = if own { 1 } else { KINDS.len() - 1 };
            let items = items.iter().skip(odd).step_by(2).step_by(step);
            items.map(move |item| (own, item))
        })
    };
    let correct = |odd: usize, feature: usize, threshold: f64, above: bool| {
        half(odd)
            .filter(|(own, item)| ((item[feature] > threshold) == above) == *own)
            .count()
    };
    let mut best = (0, 0, 0.0, true);
    for feature in 0..kinds[0][0].len() {
        let mut values: Vec<f64> = half(0).map(|(_, item)| item[feature]).collect();
        values.sort_by(f64::total_cmp);
        // The median and the values around it; a flag has only two.
        for at in [
            values.len() / 10,
            values.len() / 4,
            values.len() / 2,
            values.len() * 3 / 4,
        ] {
            for threshold in [values[at], values[at] - 0.5] {
                for above in [true, false] {
                    let score = correct(0, feature, threshold, above);
                    if score > best.0 {
                        best = (score, feature, threshold, above);
                    }
                }
            }
        }
    }
    let (_, feature, threshold, above) = best;
    let judged = half(1).count() as f64;
    let right = correct(1, feature, threshold, above) as f64;
    (right - judged / 2.0) / (judged / 4.0).sqrt()
}

/// Nothing but chance: one in some 30,000 is above, for each of six kinds.
const CHANCE: f64 = 4.0;

fn stored() -> Vec<Vec<Outgoing>> {
    let (mut world, mut desks) = World::new(41, 3, 8);
    let mut kinds: Vec<Vec<Outgoing>> = KINDS.iter().map(|_| Vec::new()).collect();
    for round in 0..COUNT {
        let snapshot = world.snapshot();
        let codename = Codename::generate(&mut world.rng);
        let mut mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
        let text = "x".repeat(world.rng.next_u32() as usize % 9_000);
        // One, two or three may read.
        let allowed = readers(1..=1 + (round % 3) as u32);
        let sent = mailbox
            .compose_report(&snapshot, &allowed, report(&text), &mut world.rng)
            .unwrap();
        world.wall.clear();
        world.put(&sent);
        mailbox.sent(&sent);
        world.sync(&mut desks[0]);
        kinds[0].push(sent);
        let sent = mailbox
            .compose_message(
                &snapshot,
                &ReaderChoice::AsBefore,
                message("a word"),
                &mut world.rng,
            )
            .unwrap();
        kinds[1].push(sent);
        let id = mailbox.conversation().id();
        let conversation = desks[0].casebook.conversation(&id).unwrap();
        let keys = &desks[0].keys;
        assert_eq!(desks[0].serial, Serial(1));
        let rng = &mut world.rng;
        kinds[2].push(compose_reply(&snapshot, keys, conversation, reply(&text), rng).unwrap());
        let note = beistand_crypto_core::body::NoteBody { text };
        kinds[3].push(compose_note(&snapshot, keys, conversation, note, rng).unwrap());
        kinds[4].push(decoy(&snapshot, rng).0);
        kinds[5].push(compose_decoy(&snapshot, keys, rng).0);
    }
    kinds
}

#[test]
fn kinds_cannot_be_told_apart() {
    let mut kinds: Vec<Vec<Vec<f64>>> = stored()
        .iter()
        .map(|items| items.iter().map(features).collect())
        .collect();
    for (kind, name) in KINDS.iter().enumerate() {
        let advantage = advantage(&kinds, kind);
        assert!(
            advantage < CHANCE,
            "{name}: {advantage} deviations above chance"
        );
    }
    // Where one bit of one field of one kind leans to one side, it is seen; and where one bit of
    // its stanzas is never set.
    let (bit, stanza_bit) = (5 + 16 + 3, kinds[4][0].len() - 1);
    for (i, item) in kinds[3].iter_mut().enumerate() {
        if i % 8 != 0 {
            item[bit] = 1.0;
        }
    }
    assert!(advantage(&kinds, 3) > CHANCE, "the classifier is blind");
    for item in &mut kinds[4] {
        item[stanza_bit] = 0.0;
    }
    assert!(
        advantage(&kinds, 4) > CHANCE,
        "the classifier is blind to stanzas"
    );
}
