//! Junk costs a desk room and time, and takes nobody's place: whatever a hostile reporter seals
//! to it, what an honest one wrote is listed.

mod support;

use beistand_crypto_core::audience::Audience;
use beistand_crypto_core::body::{Body, MessageBody};
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::message::Message;
use beistand_crypto_core::place::Place;
use beistand_crypto_core::readers::Readers;
use beistand_crypto_core::reporter_keys::ReporterKeys;
use beistand_crypto_core::seal::seal;
use beistand_protocol::bytes::{Digest, Slot};
use beistand_protocol::hash::delete_hash;
use beistand_protocol::put::PutRequest;
use beistand_protocol::roster::{Serial, Writer};
use beistand_protocol::snapshot::Snapshot;
use rand::rngs::OsRng;
use rand::RngCore;
use support::{noon, Organisation, FIRST_DAY};

/// So many where there is little time; `BEISTAND_FLOOD=2000` for as many as a flood has.
const ENVELOPES: usize = 120;
/// Envelopes of one hostile reporter.
const EACH: usize = 40;

fn envelopes() -> usize {
    let asked = std::env::var("BEISTAND_FLOOD").ok();
    asked.map_or(ENVELOPES, |number| number.parse().unwrap())
}

/// A follow-up of something nobody ever sees: it opens, and can be neither believed nor refused.
fn junk(snapshot: &Snapshot, keys: &ReporterKeys, number: usize) -> PutRequest {
    let readers = Readers::new([Serial(1)]).unwrap();
    let audience = Audience::of_reporter(snapshot, keys, &readers).unwrap();
    let mut slot = Slot([0; Slot::LENGTH]);
    OsRng.fill_bytes(&mut slot.0);
    let text = format!("junk {number}");
    let message = Message {
        instance: snapshot.instance().instance,
        conversation: keys.conversation(),
        place: Place {
            day: snapshot.today(),
            writer: Writer::REPORTER,
            number: (number % EACH) as u8,
        },
        key_index: 0,
        prev: Some(Digest([7; 32])),
        roster: snapshot.signed_roster().digest,
        slot,
        checkpoint: snapshot.state().checkpoint.head,
        readers,
        reply_to: None,
        body: Body::Message(MessageBody {
            text,
            ..MessageBody::default()
        }),
    };
    let sealed = seal(&message, keys.signer(), &audience, &mut OsRng).unwrap();
    PutRequest {
        day: snapshot.today(),
        slot,
        delete_hash: delete_hash(&keys.delete_key(&slot)),
        shard: 0,
        stamp: 0,
        blob: sealed.blob,
    }
}

fn flood(organisation: &Organisation, envelopes: usize) {
    let snapshot = organisation.snapshot();
    let mut keys = None;
    for number in 0..envelopes {
        if number % EACH == 0 {
            let codename = Codename::generate(&mut OsRng);
            keys = Some(ReporterKeys::derive(
                &codename,
                &snapshot.instance().instance,
            ));
        }
        let keys = keys.as_ref().unwrap();
        organisation.server.store(junk(&snapshot, keys, number));
    }
}

fn texts(organisation: &Organisation) -> Vec<Vec<String>> {
    let desk = &organisation.desks[0];
    let mut texts: Vec<Vec<String>> = Vec::new();
    for case in desk.cases().unwrap() {
        let case = desk.case(case.case).unwrap();
        let of_case = case.messages.into_iter().filter_map(|message| message.text);
        texts.push(of_case.collect());
    }
    texts.sort();
    texts
}

#[test]
fn an_honest_message_is_listed_whatever_lies_around_it() {
    let envelopes = envelopes();
    let mut organisation = Organisation::new(1);
    organisation.sync(0);
    flood(&organisation, envelopes / 2);
    let (mut mailbox, first) = organisation.report("one who waits");
    organisation.follow_up(&mut mailbox, "and waits");
    organisation.report("another");
    flood(&organisation, envelopes - envelopes / 2);

    // Junk arrives before, between and after; the beginning of one conversation is withheld.
    organisation
        .server
        .misbehave(|mischief| mischief.withhold.push(first));
    let synced = organisation.sync(0);
    assert_eq!((synced.messages, synced.waiting), (1, envelopes + 1));
    assert_eq!(texts(&organisation), [["another"]]);

    // Weeks later it comes, and what waited for it is still there.
    organisation.reopen(0);
    organisation.server.set_time(noon(FIRST_DAY.forward(30)));
    organisation
        .server
        .misbehave(|mischief| mischief.withhold.clear());
    let synced = organisation.sync(0);
    assert_eq!((synced.messages, synced.waiting), (2, envelopes));
    let listed = texts(&organisation);
    assert_eq!(
        listed,
        [vec!["another"], vec!["one who waits", "and waits"]]
    );

    // Junk goes with its day; what was read stays.
    organisation.server.set_time(noon(FIRST_DAY.forward(61)));
    assert_eq!(organisation.sync(0).waiting, 0);
    organisation.reopen(0);
    assert_eq!(organisation.sync(0).waiting, 0);
    assert_eq!(texts(&organisation), listed);
}
