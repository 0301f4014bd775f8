//! Inputs that are right, from which the others are made. The same at every run but for the
//! sealed blobs, whose randomness the age library draws itself.

use super::properties::{frozen_part, signer, FETCH_COUNT, INSTANCE};
use crate::forged::World;
use crate::static_server::Answer;
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::seal::decoy;
use beistand_crypto_core::word_list::WordList;
use beistand_protocol::bytes::{CommitmentNonce, DeleteHash, DeleteKey, Digest, Slot};
use beistand_protocol::checkpoint::{self, TreeHead};
use beistand_protocol::class::BlobClass;
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::fetch::{FetchRecord, FetchRequest};
use beistand_protocol::grammar;
use beistand_protocol::index::{Index, IndexDay};
use beistand_protocol::promise::{self, Promise};
use beistand_protocol::put::PutRequest;
use beistand_protocol::roster::Writer;
use beistand_protocol::state::{StateDay, StateLeaf};
use beistand_protocol::sync::{SyncRecord, SyncRequest};
use beistand_protocol::time::{Day, Epoch, UnixTime};
use beistand_protocol::tombstone::Tombstone;
use rand::rngs::StdRng;
use rand::{CryptoRng, RngCore, SeedableRng as _};

const TODAY: Day = Day(20_000);
const NOW: UnixTime = UnixTime(20_000 * UnixTime::DAY_SECONDS + 600);

/// Seeds of a fuzz target.
///
/// # Panics
/// There is no such target.
pub fn of(target: &str) -> Vec<Vec<u8>> {
    match target {
        "put_frame" => put_frames(),
        "grammar" => blobs(),
        "note" => notes(),
        "state" => states(),
        "index" => indexes(),
        "message_line" => message_lines(),
        "codename" => codenames(),
        "part" => parts(),
        other => panic!("there is no target called {other}"),
    }
}

fn rng() -> impl RngCore + CryptoRng {
    StdRng::seed_from_u64(0x5e)
}

/// A put of an envelope of each class.
pub fn put_frames() -> Vec<Vec<u8>> {
    let put = |class| PutRequest {
        day: TODAY,
        slot: Slot([1; 16]),
        delete_hash: DeleteHash([2; 16]),
        shard: 3,
        stamp: 0x0405_0607,
        blob: decoy(class, &mut rng()),
    };
    let classes = [BlobClass::Envelope8, BlobClass::Envelope16];
    classes.map(|class| put(class).encode()).to_vec()
}

/// A sealed blob of each class of envelopes.
pub fn blobs() -> Vec<Vec<u8>> {
    let classes = [BlobClass::Envelope8, BlobClass::Envelope16];
    let blob = |class| decoy(class, &mut rng()).into_bytes();
    classes.map(blob).to_vec()
}

fn head() -> TreeHead {
    TreeHead {
        size: 7,
        root: Digest([8; 32]),
    }
}

/// A note of each kind, signed.
pub fn notes() -> Vec<Vec<u8>> {
    let key = signer();
    let promise = Promise {
        epoch: Epoch(9),
        leaf: Digest([10; 32]),
    };
    let sync = SyncRequest {
        device: Writer(1),
        day: TODAY,
        from: Day(19_940),
        after: Epoch(0),
    };
    let texts = [
        checkpoint::text(&INSTANCE, &head()),
        promise::text(&INSTANCE, &promise),
        sync.text(&INSTANCE),
    ];
    let mut notes: Vec<Vec<u8>> = texts.map(|text| key.sign(&text).into_bytes()).to_vec();
    let rosters = served("/v1/rosters");
    let rosters: serde_json::Value = serde_json::from_slice(&rosters).expect("a roster is JSON");
    let roster = rosters["rosters"][0].as_str().expect("there is a roster");
    notes.push(roster.as_bytes().to_vec());
    notes
}

fn served(address: &str) -> Vec<u8> {
    let mut world = World::at(NOW);
    world.instance = INSTANCE;
    world.log = signer().clone();
    world.roster.log = signer().verifier.clone();
    let mut answers = world.answers();
    let answer: Answer = answers.remove(address).expect("the world serves it");
    answer.body
}

/// A leaf with and without days, and a whole answer.
pub fn states() -> Vec<Vec<u8>> {
    let mut leaf = StateLeaf {
        epoch: Epoch(864_000),
        day: TODAY,
        stamp_bits: 14,
        rosters: Digest([1; 32]),
        prekeys: Digest([2; 32]),
        index: Vec::new(),
    };
    let empty = leaf.encode().into_bytes();
    leaf.index = (0..3)
        .map(|i| StateDay {
            day: Day(19_998 + i),
            count: 5 + i,
            digest: Digest([3; 32]),
        })
        .collect();
    vec![empty, leaf.encode().into_bytes(), served("/v1/state")]
}

/// An index of no day, of one and of three.
pub fn indexes() -> Vec<Vec<u8>> {
    let index = |days: u8| Index {
        days: (0..days)
            .map(|i| IndexDay {
                day: Day(19_990 + u32::from(i)),
                slots: (0..=i).map(|slot| Slot([slot; 16])).collect(),
            })
            .collect(),
    };
    [0, 1, 3].map(|days| index(days).encode()).to_vec()
}

/// Line 1 of the frozen vectors, of each kind, with files and consent too.
pub fn message_lines() -> Vec<Vec<u8>> {
    let files = [
        include_str!("../../vectors/crypto-core/messages.json"),
        include_str!("../../vectors/crypto-core/consent.json"),
        include_str!("../../vectors/crypto-core/attachments.json"),
    ];
    let mut lines = Vec::new();
    for vectors in files {
        let vectors: serde_json::Value = serde_json::from_str(vectors).expect("vectors are JSON");
        let cases = vectors["cases"].as_array().into_iter().flatten();
        let right = cases.filter(|case| case.get("expect").is_none());
        lines.extend(right.filter_map(|case| Some(case["line1"].as_str()?.as_bytes().to_vec())));
    }
    lines
}

/// The beginning of a part, and what stands in one behind the slice of the file.
pub fn parts() -> Vec<Vec<u8>> {
    let (part, blob) = frozen_part();
    let header = grammar::check(BlobClass::Part, blob).expect("the frozen part is one");
    let slot = part.keys().slot(part.number);
    vec![
        blob[..header + 16].to_vec(),
        [&slot.0[..], &[0; 16]].concat(),
    ]
}

/// A codename in each language, and one with marks and white space around.
pub fn codenames() -> Vec<Vec<u8>> {
    let codename = Codename::from_entropy([0x5e; 16]);
    let mut phrases: Vec<Vec<u8>> = WordList::all()
        .into_iter()
        .map(|list| codename.to_phrase(list).as_bytes().to_vec())
        .collect();
    let spaced = codename.to_phrase(WordList::english()).replace(' ', " \n ");
    phrases.push(spaced.to_uppercase().into_bytes());
    phrases
}

/// A fetch, a delete, a sync record, an answer, a tombstone.
pub fn small_frames() -> Vec<Vec<u8>> {
    let class = BlobClass::Envelope8;
    let record = FetchRecord {
        r: CommitmentNonce([1; 32]),
        leaf: 2,
        delete_hash: DeleteHash([3; 16]),
        blob: vec![4; class.size()],
    };
    let mut answer = Vec::new();
    record.encode_into(&mut answer);
    let synced = SyncRecord {
        class,
        day: TODAY,
        slot: Slot([5; 16]),
        epoch: Epoch(6),
        record,
    };
    let mut sync = Vec::new();
    synced.encode_into(&mut sync);
    let fetch = FetchRequest {
        class,
        stamp: 7,
        slots: vec![Slot([8; 16]); FETCH_COUNT.into()],
    };
    let delete = DeleteRequest {
        slot: Slot([9; 16]),
        key: DeleteKey([10; 32]),
    };
    let tombstone = Tombstone {
        key: DeleteKey([11; 32]),
        blob: Digest([12; 32]),
    };
    vec![
        fetch.encode(),
        delete.encode(),
        sync,
        answer,
        tombstone.encode(class),
    ]
}
