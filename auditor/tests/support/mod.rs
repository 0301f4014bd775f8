//! A small world in good order, made by hand, for tests to break in one place each.

use beistand_auditor::served::ServedFiles;
use beistand_auditor::world::{Content, Item, Stored, World};
use beistand_protocol::bytes::{CommitmentNonce, DeleteKey, Digest, InstanceId, Slot};
use beistand_protocol::checkpoint::{self, TreeHead};
use beistand_protocol::class::BlobClass;
use beistand_protocol::hash::{delete_hash, sha256};
use beistand_protocol::index::IndexDay;
use beistand_protocol::instance::Instance;
use beistand_protocol::json;
use beistand_protocol::leaf::Leaf;
use beistand_protocol::merkle::{leaf_hash, CompactRange};
use beistand_protocol::note::{self, RosterDomain};
use beistand_protocol::prekey::PrekeysFile;
use beistand_protocol::roster::{Limits, Member, Organisation, Roster, Serial, StampBits};
use beistand_protocol::roster_chain::RostersFile;
use beistand_protocol::state::{StateDay, StateLeaf, StateResponse};
use beistand_protocol::time::{Day, Epoch, UnixTime};
use beistand_protocol::tombstone::Tombstone;
use beistand_protocol::verifier_key::VerifierKey;
use ed25519_dalek::{Signer as _, SigningKey};
use std::collections::BTreeMap;

/// The day everything happens on.
pub const TODAY: Day = Day(20_000);

pub struct Key(SigningKey, pub VerifierKey);

impl Key {
    pub fn new(name: &str, seed: u8) -> Self {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let public = VerifierKey::new(name, secret.verifying_key().as_bytes()).unwrap();
        Self(secret, public)
    }

    pub fn sign(&self, text: &str) -> String {
        note::sign(text, &self.1, |text| self.0.sign(text).to_bytes())
    }
}

/// Three envelopes, one of them deleted, and a part, all in the log.
pub struct Maker {
    pub log: Key,
    pub world: World,
}

impl Maker {
    pub fn new() -> Self {
        let (root, log) = (Key::new("root", 1), Key::new("log", 2));
        let instance = Instance {
            v: 1,
            instance: InstanceId([7; 16]),
            roots: vec![root.1.clone()],
            threshold: 1,
            addresses: Vec::new(),
        };
        let roster = roster(&instance, &log);
        let text = json::encode(&roster).unwrap();
        let text = note::text::<RosterDomain>(&instance.instance, &format!("{text}\n"));
        let items = vec![
            item(1, BlobClass::Envelope8, false),
            item(2, BlobClass::Envelope8, true),
            item(3, BlobClass::Envelope8, false),
            item(4, BlobClass::Part, false),
        ];
        let stored = Stored {
            items,
            rosters: vec![root.sign(&text)],
            ..Stored::default()
        };
        let world = World {
            instance: Some(instance),
            stored,
            served: None,
        };
        let mut maker = Self { log, world };
        maker.log_everything(&[]);
        maker
    }

    /// What an honest server of this world serves.
    pub fn served(&self) -> ServedFiles {
        let stored = &self.world.stored;
        let rosters = RostersFile {
            v: 1,
            rosters: stored.rosters.clone(),
        };
        let prekeys = PrekeysFile {
            v: 1,
            prekeys: stored.prekeys.clone(),
        };
        let mut slots: Vec<Slot> = stored
            .items
            .iter()
            .filter(|item| item.class.is_envelope())
            .map(|item| item.slot)
            .collect();
        slots.sort_unstable();
        ServedFiles {
            state: stored.state.clone().unwrap().into_bytes(),
            rosters: json::encode(&rosters).unwrap().into_bytes(),
            prekeys: json::encode(&prekeys).unwrap().into_bytes(),
            index: IndexDay { day: TODAY, slots }.encode(),
            index_from: TODAY,
            loaded: UnixTime(TODAY.start().0 + 60),
        }
    }

    /// Writes the log anew over the world as it is: for changes that a server which lies
    /// consistently could make.
    pub fn log_everything(&mut self, more: &[Leaf]) {
        let instance = self.world.instance.as_ref().unwrap().instance;
        let stored = &mut self.world.stored;
        let digest = sha256(signed_text(&stored.rosters[0]).as_bytes());
        let mut leaves = vec![Leaf::Roster { digest }.encode()];
        for item in &mut stored.items {
            item.leaf = Some(leaves.len() as u64);
            let commitment = item.commitment().unwrap_or(Digest([0; 32]));
            leaves.push(
                Leaf::Put {
                    class: item.class,
                    day: item.day,
                    commitment,
                }
                .encode(),
            );
        }
        leaves.extend(more.iter().map(Leaf::encode));
        let rosters = RostersFile {
            v: 1,
            rosters: stored.rosters.clone(),
        };
        let prekeys = PrekeysFile {
            v: 1,
            prekeys: stored.prekeys.clone(),
        };
        let state = StateLeaf {
            epoch: TODAY.start().epoch(1800),
            day: TODAY,
            stamp_bits: 4,
            rosters: sha256(json::encode(&rosters).unwrap().as_bytes()),
            prekeys: sha256(json::encode(&prekeys).unwrap().as_bytes()),
            index: index(&stored.items),
        };
        leaves.push(state.encode());
        stored.leaves = leaves;
        let mut tree = CompactRange::new();
        let mut proof = Vec::new();
        for leaf in &stored.leaves {
            proof = tree.proof_of_next();
            tree.append(leaf_hash(leaf.as_bytes()));
        }
        let head = TreeHead {
            size: tree.size(),
            root: tree.root(),
        };
        let checkpoint = self.log.sign(&checkpoint::text(&instance, &head));
        let challenge = checkpoint.clone();
        let state = StateResponse {
            leaf: state.encode(),
            proof,
            checkpoint,
            challenge,
        };
        stored.state = Some(json::encode(&state).unwrap());
    }
}

fn index(items: &[Item]) -> Vec<StateDay> {
    let mut days: BTreeMap<Day, Vec<Slot>> = BTreeMap::new();
    for item in items.iter().filter(|item| item.class.is_envelope()) {
        days.entry(item.day).or_default().push(item.slot);
    }
    days.into_iter()
        .map(|(day, mut slots)| {
            slots.sort_unstable();
            let section = IndexDay { day, slots };
            StateDay {
                day,
                count: section.slots.len() as u32,
                digest: section.digest(),
            }
        })
        .collect()
}

fn signed_text(note: &str) -> &str {
    &note[..=note.rfind("\n\n").unwrap()]
}

pub fn item(seed: u8, class: BlobClass, deleted: bool) -> Item {
    let key = DeleteKey([seed; 32]);
    let blob = sha256(&[seed]);
    let content = if deleted {
        Content::Tombstone(Tombstone { key, blob })
    } else {
        Content::Blob {
            digest: blob,
            grammar: Ok(()),
        }
    };
    Item {
        slot: Slot([seed; 16]),
        delete_hash: delete_hash(&key),
        class,
        shard: 0,
        day: TODAY,
        epoch: Some(Epoch(10)),
        r: CommitmentNonce([seed ^ 0xff; 32]),
        leaf: None,
        content,
    }
}

fn roster(instance: &Instance, log: &Key) -> Roster {
    Roster {
        v: 1,
        instance: instance.instance,
        url: "https://report.example.org".to_owned(),
        version: 1,
        previous: None,
        not_before: TODAY.start(),
        not_after: UnixTime(TODAY.start().0 + 1_000_000),
        roots: instance.roots.clone(),
        threshold: 1,
        organisation: Organisation {
            name: "Example Aid".to_owned(),
            promise_days: 3,
            helplines: Vec::new(),
            other_ways: Vec::new(),
            neutral_exit: "https://weather.example.org".to_owned(),
        },
        stanzas: 8,
        epoch_seconds: 1800,
        ttl_days: 60,
        shard_bits: 0,
        fetch_count: 4,
        decoys_per_desk_day: 0,
        members: vec![Member {
            serial: Serial(1),
            name: "Robin Example".to_owned(),
            pronouns: None,
            languages: Vec::new(),
            topics: Vec::new(),
            away_until: None,
        }],
        devices: Vec::new(),
        team_key: None,
        log: log.1.clone(),
        witnesses: Vec::new(),
        quorum: 0,
        stamps: StampBits {
            envelope_min: 4,
            envelope_max: 20,
            part: 4,
            fetch: 1,
        },
        limits: Limits {
            file_bytes: 1,
            message_bytes: 1,
        },
    }
}
