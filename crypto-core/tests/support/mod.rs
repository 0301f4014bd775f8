//! A whole instance in memory: roots, log, rosters, prekeys, wall. What it serves goes through
//! the same verification as what a server serves.
#![allow(dead_code, reason = "each test file uses another part of it")]

pub mod three_readers;

use beistand_crypto_core::body::{MessageBody, ReplyBody, ReportBody};
use beistand_crypto_core::casebook::{Casebook, Received};
use beistand_crypto_core::device_keys::{DeviceKeys, DeviceSeeds};
use beistand_crypto_core::outgoing::Outgoing;
use beistand_crypto_core::readers::Readers;
use beistand_crypto_core::reporter::Mailbox;
use beistand_crypto_core::signing::Signer;
use beistand_protocol::bytes::{CommitmentNonce, DeleteHash, Digest, InstanceId, Slot};
use beistand_protocol::checkpoint::{self, TreeHead};
use beistand_protocol::class::BlobClass;
use beistand_protocol::fetch::FetchRecord;
use beistand_protocol::hash::sha256;
use beistand_protocol::index::{Index, IndexDay};
use beistand_protocol::instance::Instance;
use beistand_protocol::json;
use beistand_protocol::merkle::{leaf_hash, CompactRange};
use beistand_protocol::note::{self, RosterDomain};
use beistand_protocol::prekey::PrekeysFile;
use beistand_protocol::roster::{
    Device, Limits, Member, Organisation, Roster, Serial, StampBits, Writer,
};
use beistand_protocol::roster_chain::RostersFile;
use beistand_protocol::snapshot::{Served, Snapshot};
use beistand_protocol::state::{StateDay, StateLeaf, StateResponse};
use beistand_protocol::sync::SyncRecord;
use beistand_protocol::time::{Day, Epoch, UnixTime};
use beistand_protocol::trust::Verified;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

pub const EPOCH_SECONDS: u32 = 2;
pub const FIRST_DAY: Day = Day(20_000);

/// Somebody at a desk.
pub struct Desk {
    pub serial: Serial,
    pub writer: Writer,
    pub keys: DeviceKeys,
    pub casebook: Casebook,
}

pub struct Stored {
    pub day: Day,
    pub slot: Slot,
    pub class: BlobClass,
    pub delete_hash: DeleteHash,
    pub blob: Vec<u8>,
}

pub struct World {
    pub rng: ChaCha20Rng,
    pub instance: Instance,
    pub root: Signer,
    pub log: Signer,
    pub rosters: Vec<(Roster, String)>,
    pub prekeys: Vec<String>,
    pub wall: Vec<Stored>,
    pub today: Day,
    tree: CompactRange,
}

impl World {
    /// An instance with these many counselors, serials and writers from 1, on [`FIRST_DAY`].
    pub fn new(seed: u64, counselors: u32, stanzas: u8) -> (Self, Vec<Desk>) {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let mut id = [0; 16];
        rng.fill_bytes(&mut id);
        let root = Signer::generate(&mut rng);
        let log = Signer::generate(&mut rng);
        let roots = vec![root.verifier_key("root-1").unwrap()];
        let instance = serde_json::json!({
            "v": 1, "instance": InstanceId(id), "roots": roots, "threshold": 1,
            "addresses": ["https://beistand.example"],
        });
        let instance = Instance::parse(instance.to_string().as_bytes()).unwrap();
        let mut world = Self {
            rng,
            instance,
            root,
            log,
            rosters: Vec::new(),
            prekeys: Vec::new(),
            wall: Vec::new(),
            today: FIRST_DAY,
            tree: CompactRange::new(),
        };
        let desks: Vec<Desk> = (1..=counselors)
            .map(|number| world.desk(number, number as u8))
            .collect();
        let members = desks.iter().map(|desk| member(desk.serial)).collect();
        let devices = desks.iter().map(Desk::device).collect();
        world.sign_roster(|roster| {
            roster.stanzas = stanzas;
            roster.members = members;
            roster.devices = devices;
        });
        (world, desks)
    }

    /// New keys for somebody; not on the roster yet.
    pub fn desk(&mut self, serial: u32, writer: u8) -> Desk {
        let seeds = DeviceSeeds::generate(&mut self.rng);
        let keys = DeviceKeys::new(&format!("device-{writer}"), &seeds, Vec::new()).unwrap();
        Desk {
            serial: Serial(serial),
            writer: Writer(writer),
            keys,
            casebook: Casebook::new(self.instance.instance),
        }
    }

    /// Signs the next roster: like the one before, but for what `change` does.
    pub fn sign_roster(&mut self, change: impl FnOnce(&mut Roster)) {
        let before = self.rosters.last();
        let start = self.today.start();
        let mut roster = match before {
            Some((roster, _)) => roster.clone(),
            None => self.first_roster(),
        };
        roster.version = self.rosters.len() as u64 + 1;
        roster.previous = before.map(|(_, note)| {
            let text = &note[..=note.rfind("\n\n").unwrap()];
            sha256(text.as_bytes())
        });
        roster.not_before = start;
        roster.not_after = UnixTime(start.0 + 100 * UnixTime::DAY_SECONDS);
        change(&mut roster);
        roster.check().unwrap();
        let line = json::encode(&roster).unwrap();
        let text = note::text::<RosterDomain>(&self.instance.instance, &format!("{line}\n"));
        let key = self.root.verifier_key("root-1").unwrap();
        let note = note::sign(&text, &key, |text| self.root.sign_note(text));
        self.rosters.push((roster, note));
    }

    fn first_roster(&self) -> Roster {
        Roster {
            v: 1,
            instance: self.instance.instance,
            url: "https://beistand.example".into(),
            version: 1,
            previous: None,
            not_before: UnixTime(0),
            not_after: UnixTime(0),
            roots: vec![self.root.verifier_key("root-1").unwrap()],
            threshold: 1,
            organisation: Organisation {
                name: "An organisation".into(),
                promise_days: 3,
                helplines: Vec::new(),
                other_ways: Vec::new(),
                neutral_exit: "https://www.example".into(),
            },
            stanzas: 8,
            epoch_seconds: EPOCH_SECONDS,
            ttl_days: 60,
            shard_bits: 0,
            fetch_count: 4,
            decoys_per_desk_day: 2,
            members: Vec::new(),
            devices: Vec::new(),
            team_key: None,
            log: self.log.verifier_key("log").unwrap(),
            witnesses: Vec::new(),
            quorum: 0,
            stamps: StampBits {
                envelope_min: 1,
                envelope_max: 8,
                part: 1,
                fetch: 1,
            },
            limits: Limits {
                file_bytes: 1 << 26,
                message_bytes: 1 << 28,
            },
        }
    }

    /// What everybody is shown now, verified as every client does.
    pub fn snapshot(&mut self) -> Verified<Snapshot> {
        let rosters = RostersFile {
            v: 1,
            rosters: self.rosters.iter().map(|(_, note)| note.clone()).collect(),
        };
        let rosters = json::encode(&rosters).unwrap().into_bytes();
        let prekeys = PrekeysFile {
            v: 1,
            prekeys: self.prekeys.clone(),
        };
        let prekeys = json::encode(&prekeys).unwrap().into_bytes();
        let index = self.index();
        let now = UnixTime(self.today.start().0 + 3_600);
        let leaf = StateLeaf {
            epoch: Epoch(now.0 / u64::from(EPOCH_SECONDS)),
            day: self.today,
            stamp_bits: 1,
            rosters: sha256(&rosters),
            prekeys: sha256(&prekeys),
            index: index
                .days
                .iter()
                .map(|day| StateDay {
                    day: day.day,
                    count: day.slots.len() as u32,
                    digest: day.digest(),
                })
                .collect(),
        };
        let proof = self.tree.proof_of_next();
        self.tree.append(leaf_hash(leaf.encode().as_bytes()));
        let head = TreeHead {
            size: self.tree.size(),
            root: self.tree.root(),
        };
        let text = checkpoint::text(&self.instance.instance, &head);
        let key = self.log.verifier_key("log").unwrap();
        let checkpoint = note::sign(&text, &key, |text| self.log.sign_note(text));
        let state = StateResponse {
            leaf: leaf.encode(),
            proof,
            challenge: checkpoint.clone(),
            checkpoint,
        };
        let state = json::encode(&state).unwrap();
        let served = Served {
            state: state.as_bytes(),
            rosters: &rosters,
            prekeys: &prekeys,
            index: &index.encode(),
            index_from: Day(0),
        };
        Snapshot::verify(&self.instance, &served, now, None).unwrap()
    }

    fn index(&self) -> Index {
        let mut days: Vec<IndexDay> = Vec::new();
        let mut envelopes: Vec<_> = self
            .wall
            .iter()
            .filter(|stored| stored.class.is_envelope())
            .collect();
        envelopes.sort_by_key(|stored| stored.day);
        for stored in envelopes {
            match days.last_mut() {
                Some(day) if day.day == stored.day => day.slots.push(stored.slot),
                _ => days.push(IndexDay {
                    day: stored.day,
                    slots: vec![stored.slot],
                }),
            }
        }
        Index { days }
    }

    /// Puts something; in the index at once.
    pub fn put(&mut self, outgoing: &Outgoing) {
        let slot = outgoing.slot;
        assert!(
            self.wall.iter().all(|stored| stored.slot != slot),
            "the slot is occupied"
        );
        self.wall.push(Stored {
            day: outgoing.day,
            slot,
            class: outgoing.class(),
            delete_hash: outgoing.delete_hash,
            blob: outgoing.blob.bytes().to_vec(),
        });
    }

    pub fn fetch(&mut self, slots: &[Slot]) -> Vec<FetchRecord> {
        slots
            .iter()
            .map(
                |slot| match self.wall.iter().find(|stored| stored.slot == *slot) {
                    Some(stored) => stored.record(),
                    None => panic!("a slot was asked for that is not on the wall"),
                },
            )
            .collect()
    }

    /// Makes, uploads and keeps today's prekey of a desk.
    pub fn upload_prekey(&mut self, desk: &mut Desk) {
        let instance = self.instance.instance;
        let (secret, note) =
            desk.keys
                .make_prekey(&instance, desk.writer, self.today, &mut self.rng);
        desk.keys.keep_prekey(secret);
        self.prekeys.push(note);
    }

    /// A desk takes everything.
    pub fn sync(&mut self, desk: &mut Desk) -> Vec<Received> {
        let snapshot = self.snapshot();
        let records = self.wall.iter().map(Stored::sync_record);
        records
            .map(|record| {
                desk.casebook
                    .receive(&desk.keys, snapshot.rosters(), &record)
            })
            .collect()
    }

    /// Everything of the mailbox that is on the wall, fetched in as many visits as it takes.
    pub fn read(&mut self, mailbox: &mut Mailbox) {
        let snapshot = self.snapshot();
        let located = mailbox.locate(&snapshot);
        loop {
            let plan = mailbox.fetch_plan(&snapshot, &located, &mut self.rng);
            assert_eq!(plan.slots.len(), 4);
            if plan.wanted.is_empty() {
                break;
            }
            let known: Vec<Slot> = plan.slots.clone();
            let records = known
                .iter()
                .map(
                    |slot| match self.wall.iter().find(|stored| stored.slot == *slot) {
                        Some(stored) => stored.record(),
                        None => noise(&mut self.rng),
                    },
                )
                .collect::<Vec<_>>();
            mailbox.receive(&snapshot, &plan, &records);
        }
    }

    /// Forgets everything up to and including a day.
    pub fn expire(&mut self, day: Day) {
        self.wall.retain(|stored| stored.day > day);
    }
}

impl Desk {
    pub fn device(&self) -> Device {
        self.keys.device(self.writer, self.serial)
    }

    /// The texts of the only conversation.
    pub fn texts(&self) -> Vec<String> {
        let conversations: Vec<_> = self.casebook.conversations().collect();
        assert!(conversations.len() <= 1);
        conversations
            .first()
            .map(|conversation| texts(conversation))
            .unwrap_or_default()
    }
}

impl Stored {
    pub fn record(&self) -> FetchRecord {
        FetchRecord {
            r: CommitmentNonce([7; 32]),
            leaf: 0,
            delete_hash: self.delete_hash,
            blob: self.blob.clone(),
        }
    }

    pub fn sync_record(&self) -> SyncRecord {
        SyncRecord {
            class: self.class,
            day: self.day,
            slot: self.slot,
            epoch: Epoch(1),
            record: self.record(),
        }
    }
}

fn noise(rng: &mut ChaCha20Rng) -> FetchRecord {
    let mut blob = vec![0; BlobClass::Envelope8.size()];
    rng.fill_bytes(&mut blob);
    FetchRecord {
        r: CommitmentNonce([0; 32]),
        leaf: 0,
        delete_hash: DeleteHash([0; 16]),
        blob,
    }
}

pub fn member(serial: Serial) -> Member {
    Member {
        serial,
        name: format!("Counselor {}", serial.0),
        pronouns: None,
        languages: vec!["en".into()],
        topics: Vec::new(),
        away_until: None,
    }
}

pub fn readers(serials: impl IntoIterator<Item = u32>) -> Readers {
    Readers::new(serials.into_iter().map(Serial)).unwrap()
}

pub fn report(text: &str) -> ReportBody {
    ReportBody {
        text: text.into(),
        ..ReportBody::default()
    }
}

pub fn message(text: &str) -> MessageBody {
    MessageBody {
        text: text.into(),
        ..MessageBody::default()
    }
}

pub fn reply(text: &str) -> ReplyBody {
    ReplyBody {
        text: text.into(),
        ..ReplyBody::default()
    }
}

pub fn texts(conversation: &beistand_crypto_core::conversation::Conversation) -> Vec<String> {
    let messages = conversation.messages();
    messages
        .map(|(m, _)| m.message().body.text().unwrap_or_default().to_owned())
        .collect()
}

/// What a server answers where `blob` lies in the slot.
pub fn record(blob: &[u8]) -> FetchRecord {
    FetchRecord {
        r: CommitmentNonce([0; 32]),
        leaf: 0,
        delete_hash: DeleteHash([0; 16]),
        blob: blob.to_vec(),
    }
}

pub fn digest(bytes: &[u8]) -> Digest {
    sha256(bytes)
}
