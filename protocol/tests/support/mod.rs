//! An instance made of seeded keys, whose every served file can be made and then damaged.
#![allow(dead_code)] // each test file uses its own part of this

use beistand_protocol::bytes::{Digest, InstanceId, Slot};
use beistand_protocol::checkpoint::{self, TreeHead};
use beistand_protocol::class::BlobClass;
use beistand_protocol::index::{Index, IndexDay};
use beistand_protocol::instance::Instance;
use beistand_protocol::json;
use beistand_protocol::merkle::CompactRange;
use beistand_protocol::note::{self, PrekeyDomain, RosterDomain};
use beistand_protocol::prekey::{Prekey, PrekeysFile};
use beistand_protocol::roster::*;
use beistand_protocol::roster_chain::RostersFile;
use beistand_protocol::state::{StateDay, StateLeaf, StateResponse};
use beistand_protocol::time::{Day, Epoch, UnixTime};
use beistand_protocol::verifier_key::VerifierKey;
use ed25519_dalek::{Signer, SigningKey};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};

pub const NOW: UnixTime = UnixTime(1_800_000_000);

/// A key to sign with, and how to check it.
pub struct Key {
    pub secret: SigningKey,
    pub public: VerifierKey,
}

pub fn key(name: &str, seed: u8) -> Key {
    let secret = SigningKey::from_bytes(&[seed; 32]);
    let public = VerifierKey::new(name, secret.verifying_key().as_bytes()).unwrap();
    Key { secret, public }
}

impl Key {
    pub fn sign(&self, text: &str) -> String {
        note::sign(text, &self.public, |bytes| {
            self.secret.sign(bytes).to_bytes()
        })
    }

    pub fn cosign(&self, note: &str) -> String {
        note::cosign(note, &self.public, |bytes| {
            self.secret.sign(bytes).to_bytes()
        })
        .unwrap()
    }
}

pub struct World {
    pub instance: Instance,
    pub root: Key,
    pub log: Key,
    pub devices: Vec<Key>,
}

/// A string of the form of a recipient.
pub fn recipient(letter: char) -> String {
    format!("age1pq1{}", letter.to_string().repeat(1_952))
}

pub fn world() -> World {
    let root = key("root-1", 1);
    let instance = Instance {
        v: 1,
        instance: InstanceId([9; 16]),
        roots: vec![root.public.clone()],
        threshold: 1,
        addresses: vec!["http://127.0.0.1:8080".to_owned()],
    };
    let devices = vec![key("device-1", 11), key("device-2", 12)];
    World {
        instance,
        root,
        log: key("log", 2),
        devices,
    }
}

impl World {
    pub fn id(&self) -> &InstanceId {
        &self.instance.instance
    }

    pub fn roster(&self) -> Roster {
        let device = |writer: u8, letter| Device {
            writer: Writer(writer),
            serial: Serial(u32::from(writer)),
            sign: self.devices[usize::from(writer) - 1].public.clone(),
            identity: recipient(letter),
            distrust_since: None,
        };
        let member = |serial, name: &str| Member {
            serial: Serial(serial),
            name: name.to_owned(),
            pronouns: None,
            languages: vec!["en".to_owned()],
            topics: vec![],
            away_until: None,
        };
        Roster {
            v: 1,
            instance: *self.id(),
            url: "http://127.0.0.1:8080".to_owned(),
            version: 1,
            previous: None,
            not_before: UnixTime(NOW.0 - 3_600),
            not_after: UnixTime(NOW.0 + 30 * UnixTime::DAY_SECONDS),
            roots: vec![self.root.public.clone()],
            threshold: 1,
            organisation: Organisation {
                name: "Lighthouse".to_owned(),
                promise_days: 3,
                helplines: vec![],
                other_ways: vec![],
                neutral_exit: "https://example.org/".to_owned(),
            },
            stanzas: 8,
            epoch_seconds: 1_800,
            ttl_days: 60,
            shard_bits: 0,
            fetch_count: 4,
            decoys_per_desk_day: 4,
            members: vec![member(1, "Robin"), member(2, "Kim")],
            devices: vec![device(1, 'q'), device(2, 'p')],
            team_key: None,
            log: self.log.public.clone(),
            witnesses: vec![],
            quorum: 0,
            stamps: StampBits {
                envelope_min: 8,
                envelope_max: 20,
                part: 4,
                fetch: 4,
            },
            limits: Limits {
                file_bytes: 1 << 26,
                message_bytes: 1 << 28,
            },
        }
    }

    pub fn roster_text(&self, roster: &Roster) -> String {
        let line = json::encode(roster).unwrap();
        note::text::<RosterDomain>(self.id(), &format!("{line}\n"))
    }

    pub fn roster_note(&self, roster: &Roster) -> String {
        self.root.sign(&self.roster_text(roster))
    }

    pub fn prekey_note(&self, writer: u8, day: Day) -> String {
        let prekey = Prekey {
            device: Writer(writer),
            day,
            expires: day.forward(7),
            recipient: recipient('z'),
        };
        let line = json::encode(&prekey).unwrap();
        let text = note::text::<PrekeyDomain>(self.id(), &format!("{line}\n"));
        self.devices[usize::from(writer) - 1].sign(&text)
    }

    pub fn checkpoint_note(&self, head: &TreeHead) -> String {
        self.log.sign(&checkpoint::text(self.id(), head))
    }

    /// Everything a visit loads, consistent.
    pub fn serve(&self) -> Files {
        let today = NOW.day();
        let index = Index {
            days: vec![
                IndexDay {
                    day: today.back(3),
                    slots: vec![Slot([3; 16]), Slot([4; 16])],
                },
                IndexDay {
                    day: today,
                    slots: vec![Slot([1; 16])],
                },
            ],
        };
        Files {
            rosters: rosters_file(vec![self.roster_note(&self.roster())]),
            prekeys: prekeys_file(vec![self.prekey_note(1, today)]),
            index,
            epoch: NOW.epoch(1_800),
            day: today,
        }
    }
}

pub fn rosters_file(rosters: Vec<String>) -> Vec<u8> {
    json::encode(&RostersFile { v: 1, rosters })
        .unwrap()
        .into_bytes()
}

pub fn prekeys_file(prekeys: Vec<String>) -> Vec<u8> {
    json::encode(&PrekeysFile { v: 1, prekeys })
        .unwrap()
        .into_bytes()
}

pub struct Files {
    pub rosters: Vec<u8>,
    pub prekeys: Vec<u8>,
    pub index: Index,
    pub epoch: Epoch,
    pub day: Day,
}

impl Files {
    pub fn leaf(&self) -> StateLeaf {
        StateLeaf {
            epoch: self.epoch,
            day: self.day,
            stamp_bits: 8,
            rosters: beistand_protocol::hash::sha256(&self.rosters),
            prekeys: beistand_protocol::hash::sha256(&self.prekeys),
            index: self
                .index
                .days
                .iter()
                .map(|day| StateDay {
                    day: day.day,
                    count: day.slots.len() as u32,
                    digest: day.digest(),
                })
                .collect(),
        }
    }

    /// The state over a log of `before` other leaves.
    pub fn state(&self, world: &World, before: u64) -> StateResponse {
        let mut range = CompactRange::new();
        for i in 0..before {
            range.append(Digest([i as u8; 32]));
        }
        let first = TreeHead {
            size: range.size(),
            root: range.root(),
        };
        let leaf = self.leaf().encode();
        let proof = range.proof_of_next();
        range.append(beistand_protocol::merkle::leaf_hash(leaf.as_bytes()));
        let head = TreeHead {
            size: range.size(),
            root: range.root(),
        };
        StateResponse {
            leaf,
            proof,
            checkpoint: world.checkpoint_note(&head),
            challenge: world.checkpoint_note(&first),
        }
    }
}

/// The pieces of a blob that follows the grammar but opens for nobody.
pub struct BlobParts {
    pub class: BlobClass,
    pub stanzas: Vec<String>,
    pub mac: String,
    pub rng: StdRng,
}

pub fn base64_of(rng: &mut StdRng, length: usize) -> String {
    use base64::Engine as _;
    let mut bytes = vec![0; length];
    rng.fill_bytes(&mut bytes);
    base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes)
}

pub fn stanza(rng: &mut StdRng) -> String {
    format!(
        "-> mlkem768x25519 {}\n{}\n",
        base64_of(rng, 1_120),
        base64_of(rng, 32)
    )
}

impl BlobParts {
    pub fn new(class: BlobClass, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let stanzas = (0..class.stanzas()).map(|_| stanza(&mut rng)).collect();
        let mac = format!("--- {}\n", base64_of(&mut rng, 32));
        Self {
            class,
            stanzas,
            mac,
            rng,
        }
    }

    pub fn build(&mut self) -> Vec<u8> {
        let mut bytes = b"age-encryption.org/v1\n".to_vec();
        bytes.extend(self.stanzas.concat().into_bytes());
        bytes.extend(self.mac.as_bytes());
        let mut rest = vec![0; self.class.size().saturating_sub(bytes.len())];
        self.rng.fill_bytes(&mut rest);
        bytes.extend(rest);
        bytes
    }
}
