//! A served world made by hand: an instance, its roots and its log, and whatever a server might
//! show for it, honest or not. No counselor is in it; it is for what clients must refuse.

use crate::static_server::Answer;
use beistand_protocol::bytes::{Digest, InstanceId};
use beistand_protocol::checkpoint::{self, TreeHead};
use beistand_protocol::hash::sha256;
use beistand_protocol::json;
use beistand_protocol::merkle::{leaf_hash, CompactRange};
use beistand_protocol::note::{self, RosterDomain};
use beistand_protocol::roster::{Limits, Member, Organisation, Roster, Serial, StampBits};
use beistand_protocol::state::{StateLeaf, StateResponse};
use beistand_protocol::time::UnixTime;
use beistand_protocol::verifier_key::VerifierKey;
use ed25519_dalek::{Signer as _, SigningKey};
use std::collections::BTreeMap;

/// A signing key with the name others know it by.
#[derive(Clone)]
pub struct Key {
    secret: SigningKey,
    /// Its public half.
    pub verifier: VerifierKey,
}

impl Key {
    /// The key of this seed: the same seed, the same key.
    pub fn new(name: &str, seed: u8) -> Self {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let public = secret.verifying_key();
        let verifier = VerifierKey::new(name, public.as_bytes()).expect("a seed makes a key");
        Self { secret, verifier }
    }

    /// The note over `text`, signed by this key.
    pub fn sign(&self, text: &str) -> String {
        note::sign(text, &self.verifier, |text| {
            self.secret.sign(text).to_bytes()
        })
    }
}

/// The parts of a forged world. Change what a test is about, then [`World::answers`].
pub struct World {
    /// The instance's id.
    pub instance: InstanceId,
    /// Signs the rosters.
    pub root: Key,
    /// Signs the checkpoints.
    pub log: Key,
    /// The only roster.
    pub roster: Roster,
    /// When the state says it was closed.
    pub closed: UnixTime,
}

impl World {
    /// A world that is in order at `now`.
    pub fn at(now: UnixTime) -> Self {
        let (root, log) = (Key::new("root", 1), Key::new("log", 2));
        let instance = InstanceId([0x5e; 16]);
        let roster = roster(instance, &root, &log, now);
        Self {
            instance,
            root,
            log,
            roster,
            closed: now,
        }
    }

    /// The `instance.json` that pins this world's root.
    pub fn instance_file(&self) -> String {
        serde_json::json!({
            "v": 1,
            "instance": self.instance,
            "roots": [self.root.verifier],
            "threshold": 1,
            "addresses": [self.roster.url],
        })
        .to_string()
    }

    /// What a server of this world answers to the four requests a visit begins with.
    pub fn answers(&self) -> BTreeMap<String, Answer> {
        let roster = json::encode(&self.roster).expect("a roster is JSON");
        let text = note::text::<RosterDomain>(&self.instance, &format!("{roster}\n"));
        let rosters = serde_json::json!({"v": 1, "rosters": [self.root.sign(&text)]}).to_string();
        let prekeys = serde_json::json!({"v": 1, "prekeys": []}).to_string();
        let state = self.state(&rosters, &prekeys);
        [
            ("/v1/rosters", rosters),
            ("/v1/prekeys", prekeys),
            ("/v1/state", state),
        ]
        .map(|(address, body)| (address.to_owned(), Answer::bytes(body)))
        .into_iter()
        .chain([("/v1/index".to_owned(), Answer::bytes(Vec::new()))])
        .collect()
    }

    fn state(&self, rosters: &str, prekeys: &str) -> String {
        let leaf = StateLeaf {
            epoch: self.closed.epoch(self.roster.epoch_seconds),
            day: self.closed.day(),
            stamp_bits: self.roster.stamps.envelope_min,
            rosters: sha256(rosters.as_bytes()),
            prekeys: sha256(prekeys.as_bytes()),
            index: Vec::new(),
        };
        let mut tree = CompactRange::new();
        tree.append(leaf_hash(b"an earlier leaf"));
        let proof: Vec<Digest> = tree.proof_of_next();
        tree.append(leaf_hash(leaf.encode().as_bytes()));
        let head = TreeHead {
            size: tree.size(),
            root: tree.root(),
        };
        let note = self.log.sign(&checkpoint::text(&self.instance, &head));
        let response = StateResponse {
            leaf: leaf.encode(),
            proof,
            challenge: note.clone(),
            checkpoint: note,
        };
        serde_json::to_string(&response).expect("a state is JSON")
    }
}

fn roster(instance: InstanceId, root: &Key, log: &Key, now: UnixTime) -> Roster {
    Roster {
        v: 1,
        instance,
        url: "https://report.example.org".to_owned(),
        version: 1,
        previous: None,
        not_before: UnixTime(now.0 - 60),
        not_after: UnixTime(now.0 + 30 * UnixTime::DAY_SECONDS),
        roots: vec![root.verifier.clone()],
        threshold: 1,
        organisation: Organisation {
            name: "Forged Aid".to_owned(),
            promise_days: 3,
            helplines: Vec::new(),
            other_ways: Vec::new(),
            neutral_exit: "https://weather.example.org".to_owned(),
        },
        stanzas: 8,
        epoch_seconds: 2,
        ttl_days: 60,
        shard_bits: 0,
        fetch_count: 4,
        decoys_per_desk_day: 0,
        members: vec![Member {
            serial: Serial(1),
            name: "Nobody Real".to_owned(),
            pronouns: None,
            languages: vec!["en".to_owned()],
            topics: Vec::new(),
            away_until: None,
        }],
        devices: Vec::new(),
        team_key: None,
        log: log.verifier.clone(),
        witnesses: Vec::new(),
        quorum: 0,
        stamps: StampBits {
            envelope_min: 1,
            envelope_max: 20,
            part: 1,
            fetch: 1,
        },
        limits: Limits {
            file_bytes: 1 << 26,
            message_bytes: 1 << 28,
        },
    }
}
