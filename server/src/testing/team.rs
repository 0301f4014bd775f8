//! An instance with its root key and devices, whose secrets lie open.

use beistand_protocol::bytes::{Digest, InstanceId};
use beistand_protocol::instance::Instance;
use beistand_protocol::json;
use beistand_protocol::note::{self, Domain, PrekeyDomain, RosterDomain};
use beistand_protocol::prekey::{Prekey, VALID_DAYS};
use beistand_protocol::roster::{
    Device, Limits, LocalText, Member, Organisation, Roster, Serial, StampBits, Writer,
};
use beistand_protocol::sync::SyncRequest;
use beistand_protocol::time::{Day, Epoch, UnixTime};
use beistand_protocol::verifier_key::VerifierKey;
use ed25519_dalek::{Signer as _, SigningKey};
use rand::{Rng as _, RngCore, SeedableRng as _};

/// See the module.
#[derive(Debug, Clone)]
pub struct Team {
    /// The pinned instance.
    pub instance: Instance,
    /// The one root key.
    pub root: SigningKey,
    /// The devices' signing keys, writer 1 first.
    pub devices: Vec<SigningKey>,
    identities: Vec<String>,
}

fn key(random: &mut impl RngCore, name: &str) -> (SigningKey, VerifierKey) {
    let mut secret = [0; 32];
    random.fill_bytes(&mut secret);
    let signing = SigningKey::from_bytes(&secret);
    let verifier = VerifierKey::new(name, signing.verifying_key().as_bytes());
    (signing, verifier.expect("a fresh key is a good one"))
}

fn signed(text: &str, key: &SigningKey, name: &str) -> String {
    let verifier = VerifierKey::new(name, key.verifying_key().as_bytes());
    let verifier = verifier.expect("a key of this team is a good one");
    note::sign(text, &verifier, |bytes| key.sign(bytes).to_bytes())
}

fn note_of<D: Domain>(instance: &InstanceId, value: &impl serde::Serialize) -> String {
    let line = json::encode(value).expect("what is signed is JSON");
    note::text::<D>(instance, &format!("{line}\n"))
}

/// Something that looks like a recipient and is nobody's.
fn recipient(random: &mut impl RngCore) -> String {
    let alphabet = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let length = (1_216_usize * 8).div_ceil(5) + 6;
    let data = (0..length).map(|_| char::from(alphabet[random.gen_range(0..alphabet.len())]));
    format!("age1pq1{}", data.collect::<String>())
}

impl Team {
    /// A team of two devices; the same seed makes the same team.
    pub fn new(seed: u64) -> Self {
        let mut random = rand::rngs::StdRng::seed_from_u64(seed);
        let (root, root_verifier) = key(&mut random, "root-1");
        let devices = ["device-1", "device-2"]
            .map(|name| key(&mut random, name).0)
            .to_vec();
        let identities = devices.iter().map(|_| recipient(&mut random)).collect();
        let mut id = [0; 16];
        random.fill_bytes(&mut id);
        let instance = Instance {
            v: 1,
            instance: InstanceId(id),
            roots: vec![root_verifier],
            threshold: 1,
            addresses: vec!["http://127.0.0.1".to_owned()],
        };
        Self {
            instance,
            root,
            devices,
            identities,
        }
    }

    /// `instance.json`.
    pub fn instance_file(&self) -> Vec<u8> {
        json::encode(&self.instance)
            .expect("an instance is JSON")
            .into_bytes()
    }

    /// The first roster, for a log, from `now` on; epochs of one second, stamps of one bit.
    pub fn first_roster(&self, log: &VerifierKey, now: UnixTime) -> Roster {
        let device = |index: usize| Device {
            writer: Writer(u8::try_from(index + 1).expect("a team has few devices")),
            serial: Serial(u32::try_from(index + 1).expect("a team has few devices")),
            sign: self.device_verifier(index),
            identity: self.identities[index].clone(),
            distrust_since: None,
        };
        let member = |serial: u32| Member {
            serial: Serial(serial),
            name: format!("Nobody {serial}"),
            pronouns: None,
            languages: vec!["en".to_owned()],
            topics: vec!["testing".to_owned()],
            away_until: None,
        };
        Roster {
            v: 1,
            instance: self.instance.instance,
            url: "http://127.0.0.1".to_owned(),
            version: 1,
            previous: None,
            not_before: now,
            not_after: UnixTime(now.0 + 100 * UnixTime::DAY_SECONDS),
            roots: self.instance.roots.clone(),
            threshold: 1,
            organisation: Organisation {
                name: "Test".to_owned(),
                promise_days: 3,
                helplines: Vec::new(),
                other_ways: vec![LocalText {
                    language: "en".to_owned(),
                    text: "None".to_owned(),
                }],
                neutral_exit: "https://example.org/".to_owned(),
            },
            stanzas: 8,
            epoch_seconds: 1,
            ttl_days: 60,
            shard_bits: 0,
            fetch_count: 4,
            decoys_per_desk_day: 0,
            members: vec![member(1), member(2)],
            devices: (0..self.devices.len()).map(device).collect(),
            team_key: None,
            log: log.clone(),
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

    /// A roster that follows `before`, valid from `now` on.
    pub fn next_roster(&self, before: &Roster, now: UnixTime) -> Roster {
        let mut next = before.clone();
        next.version += 1;
        next.previous = Some(self.roster_digest(before));
        next.not_before = now;
        next.not_after = UnixTime(now.0 + 100 * UnixTime::DAY_SECONDS);
        next
    }

    /// What others refer to a roster by.
    pub fn roster_digest(&self, roster: &Roster) -> Digest {
        let text = note_of::<RosterDomain>(&self.instance.instance, roster);
        beistand_protocol::hash::sha256(text.as_bytes())
    }

    /// A roster, signed by the root.
    pub fn sign_roster(&self, roster: &Roster) -> String {
        let text = note_of::<RosterDomain>(&self.instance.instance, roster);
        signed(&text, &self.root, "root-1")
    }

    /// How a device of this team is known, by its index.
    pub fn device_verifier(&self, index: usize) -> VerifierKey {
        let name = format!("device-{}", index + 1);
        let key = self.devices[index].verifying_key();
        VerifierKey::new(&name, key.as_bytes()).expect("a key of this team is a good one")
    }

    /// A prekey of a device (by its index), with a recipient of its own.
    pub fn prekey(&self, index: usize, day: Day) -> String {
        let prekey = Prekey {
            device: Writer(u8::try_from(index + 1).expect("a team has few devices")),
            day,
            expires: day.forward(VALID_DAYS),
            recipient: recipient(&mut rand::thread_rng()),
        };
        let text = note_of::<PrekeyDomain>(&self.instance.instance, &prekey);
        signed(
            &text,
            &self.devices[index],
            &format!("device-{}", index + 1),
        )
    }

    /// A device's request to sync.
    pub fn sync(&self, index: usize, day: Day, from: Day, after: Epoch) -> String {
        let device = Writer(u8::try_from(index + 1).expect("a team has few devices"));
        let request = SyncRequest {
            device,
            day,
            from,
            after,
        };
        let text = request.text(&self.instance.instance);
        signed(
            &text,
            &self.devices[index],
            &format!("device-{}", index + 1),
        )
    }
}
