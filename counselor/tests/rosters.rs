//! Drafting and signing rosters: what follows from what, which numbers are given, who can sign.

mod support;

use beistand_counselor::setup::instance_file::new_instance;
use beistand_counselor::setup::join_request::JoinRequest;
use beistand_counselor::setup::organisation::Description;
use beistand_counselor::setup::root_key::RootKey;
use beistand_counselor::setup::roster_draft::{draft, encode, Changes, DraftError};
use beistand_counselor::setup::roster_signing::{inspect, sign, SigningError};
use beistand_counselor::vault::KeyDerivation;
use beistand_crypto_core::device_keys::{DeviceKeys, DeviceSeeds};
use beistand_protocol::instance::Instance;
use beistand_protocol::json;
use beistand_protocol::roster::{Roster, Serial, Writer};
use beistand_protocol::roster_chain::{RosterChain, RostersFile};
use beistand_protocol::roster_rules::RosterRule;
use beistand_protocol::time::UnixTime;
use beistand_protocol::verifier_key::VerifierKey;
use rand::rngs::OsRng;
use support::{description, member, noon, passphrase, FIRST_DAY};
use tempfile::TempDir;

struct Roots {
    _folder: TempDir,
    keys: Vec<RootKey>,
    instance: Instance,
    notes: Vec<String>,
}

fn now() -> UnixTime {
    noon(FIRST_DAY)
}

impl Roots {
    fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<RootKey> = (1..=count)
            .map(|number| {
                let (vault, name) = (
                    folder.path().join(number.to_string()),
                    format!("root-{number}"),
                );
                RootKey::create(&vault, &passphrase(), KeyDerivation::FOR_TESTS, &name).unwrap()
            })
            .collect();
        let roots = keys.iter().map(|key| key.verifier().clone()).collect();
        let instance = new_instance(roots, None, vec!["https://a.example".into()]).unwrap();
        Self {
            _folder: folder,
            keys,
            instance,
            notes: Vec::new(),
        }
    }

    fn chain(&self) -> Option<RosterChain> {
        let file = RostersFile {
            v: 1,
            rosters: self.notes.clone(),
        };
        let file = json::encode(&file).unwrap();
        let some = !self.notes.is_empty();
        some.then(|| {
            RosterChain::verify(&self.instance, file.as_bytes(), None)
                .unwrap()
                .into_inner()
        })
    }

    fn draft(&self, changes: &Changes) -> Result<Roster, DraftError> {
        draft(&self.instance, self.chain().as_ref(), changes, now())
    }

    /// Drafts, signs with all keys, and takes it up; verified as every client does.
    fn next(&mut self, changes: &Changes) -> Roster {
        let roster = self.draft(changes).unwrap();
        let mut file = encode(&roster);
        for key in &self.keys {
            file = sign(&file, key, Some(&self.instance), now()).unwrap().note;
        }
        self.notes.push(file);
        assert_eq!(self.chain().unwrap().current().roster, roster);
        roster
    }

    fn first(&mut self, serials: &[u32]) -> Roster {
        let changes = Changes {
            join: self.requests(serials),
            ..self.beginning()
        };
        self.next(&changes)
    }

    fn beginning(&self) -> Changes {
        // Any Ed25519 key can be a log's.
        let key = VerifierKey::new("log", self.keys[0].verifier().public_key());
        Changes {
            description: Some(description(0)),
            log: key.ok(),
            ..Changes::default()
        }
    }

    fn requests(&self, serials: &[u32]) -> Vec<JoinRequest> {
        serials
            .iter()
            .map(|serial| self.request(*serial, &format!("Person {serial}")))
            .collect()
    }

    fn request(&self, serial: u32, name: &str) -> JoinRequest {
        let seeds = DeviceSeeds::generate(&mut OsRng);
        let keys = DeviceKeys::new("desk", &seeds, Vec::new()).unwrap();
        let mut member = member(serial);
        member.name = name.to_owned();
        let id = &self.instance.instance;
        JoinRequest::parse(id, &JoinRequest::encode(id, &member, &keys)).unwrap()
    }
}

fn devices(roster: &Roster) -> Vec<(u8, u32)> {
    roster
        .devices
        .iter()
        .map(|device| (device.writer.0, device.serial.0))
        .collect()
}

#[test]
fn what_is_not_mentioned_stays() {
    let mut roots = Roots::new(1);
    let first = roots.first(&[1, 2, 3]);
    assert_eq!(
        (first.version, devices(&first)),
        (1, vec![(1, 1), (2, 2), (3, 3)])
    );
    let second = roots.next(&Changes::default());
    assert_eq!(second.version, 2);
    assert_eq!(
        second.not_after.0 - second.not_before.0,
        120 * UnixTime::DAY_SECONDS
    );
    let (mut expected, before) = (first.clone(), roots.chain().unwrap().all()[0].digest);
    expected.version = 2;
    expected.previous = Some(before);
    assert_eq!(second, expected);
}

#[test]
fn a_description_alone_changes_what_it_says_and_nobody() {
    let mut roots = Roots::new(1);
    roots.first(&[1, 2]);
    let text = "name='Other'\npromise_days=5\nneutral_exit='https://weather.example/'\n\
                [[members]]\nserial=2\nname='Person Two'\nlanguages=['de']\naway_until='2024-12-24'\n";
    let description = Some(Description::parse(text).unwrap());
    let roster = roots.next(&Changes {
        description,
        ..Changes::default()
    });
    assert_eq!(roster.organisation.name, "Other");
    assert_eq!(roster.member(Serial(2)).unwrap().name, "Person Two");
    assert_eq!(devices(&roster), [(1, 1), (2, 2)]);
    assert_eq!(
        roster.epoch_seconds, 1_800,
        "parameters come from the description"
    );
}

#[test]
fn numbers_are_never_given_to_somebody_else() {
    let mut roots = Roots::new(1);
    roots.first(&[1, 2]);
    let leave = Changes {
        remove_members: vec![Serial(2)],
        ..Changes::default()
    };
    assert_eq!(devices(&roots.next(&leave)), [(1, 1)]);
    // The freed device number is not given again while any roster remembers it.
    let join = Changes {
        join: roots.requests(&[3]),
        ..Changes::default()
    };
    assert_eq!(devices(&roots.next(&join)), [(1, 1), (3, 3)]);
    // The freed member's number is not either, but its owner may come back.
    let thief = Changes {
        join: vec![roots.request(2, "Somebody Else")],
        ..Changes::default()
    };
    assert_eq!(roots.draft(&thief), Err(DraftError::SerialTaken(Serial(2))));
    let thief = Changes {
        join: vec![roots.request(1, "Somebody Else")],
        ..Changes::default()
    };
    assert_eq!(roots.draft(&thief), Err(DraftError::SerialTaken(Serial(1))));
    let back = Changes {
        join: roots.requests(&[2]),
        ..Changes::default()
    };
    assert_eq!(devices(&roots.next(&back)), [(1, 1), (3, 3), (4, 2)]);
}

#[test]
fn a_second_device_is_added_and_the_same_request_is_not_added_twice() {
    let mut roots = Roots::new(1);
    let request = roots.request(1, "Person 1");
    let changes = Changes {
        join: vec![request.clone(), request.clone()],
        ..roots.beginning()
    };
    assert_eq!(devices(&roots.next(&changes)), [(1, 1)]);
    let second = roots.request(1, "Person 1");
    let changes = Changes {
        join: vec![request, second],
        ..Changes::default()
    };
    assert_eq!(devices(&roots.next(&changes)), [(1, 1), (2, 1)]);
}

#[test]
fn a_lost_device_is_distrusted_or_removed() {
    let mut roots = Roots::new(1);
    roots.first(&[1, 2]);
    let lost = Changes {
        distrust: vec![Writer(2)],
        ..Changes::default()
    };
    let roster = roots.next(&lost);
    assert_eq!(
        roster.device(Writer(2)).unwrap().distrust_since,
        Some(FIRST_DAY)
    );
    let gone = Changes {
        remove_devices: vec![Writer(2)],
        ..Changes::default()
    };
    assert_eq!(devices(&roots.next(&gone)), [(1, 1)]);
    assert_eq!(roots.draft(&gone), Err(DraftError::NoSuchDevice(Writer(2))));
    assert_eq!(roots.draft(&lost), Err(DraftError::NoSuchDevice(Writer(2))));
    let nobody = Changes {
        remove_members: vec![Serial(9)],
        ..Changes::default()
    };
    assert_eq!(
        roots.draft(&nobody),
        Err(DraftError::NoSuchMember(Serial(9)))
    );
}

#[test]
fn what_breaks_a_rule_is_not_drafted() {
    let mut roots = Roots::new(1);
    assert_eq!(
        roots.draft(&Changes::default()),
        Err(DraftError::NoDescription)
    );
    let no_log = Changes {
        log: None,
        ..roots.beginning()
    };
    assert_eq!(roots.draft(&no_log), Err(DraftError::NoLog));
    let nobody = roots.beginning();
    assert_eq!(
        roots.draft(&nobody),
        Err(DraftError::Rule(RosterRule::Members))
    );
    let eight = Changes {
        join: roots.requests(&[1, 2, 3, 4, 5, 6, 7, 8]),
        ..roots.beginning()
    };
    assert_eq!(
        roots.draft(&eight),
        Err(DraftError::Rule(RosterRule::TooManyDevices))
    );
    let mut too_long = roots.beginning();
    too_long.join = roots.requests(&[1]);
    too_long.description.as_mut().unwrap().parameters.valid_days = 121;
    assert_eq!(
        roots.draft(&too_long),
        Err(DraftError::Rule(RosterRule::Validity))
    );
    roots.first(&[1]);
}

#[test]
fn two_of_three_must_sign() {
    let roots = Roots::new(3);
    assert_eq!(roots.instance.threshold, 2);
    let changes = Changes {
        join: roots.requests(&[1]),
        ..roots.beginning()
    };
    let file = encode(&roots.draft(&changes).unwrap());
    let accepted = |note: &str| RosterChain::first(&roots.instance, note, now()).is_ok();
    let one = sign(&file, &roots.keys[2], Some(&roots.instance), now()).unwrap();
    assert_eq!((one.signatures, accepted(&one.note)), (1, false));
    let same = sign(&one.note, &roots.keys[2], Some(&roots.instance), now()).unwrap();
    assert_eq!(same, one, "one key counts once");
    let two = sign(&one.note, &roots.keys[0], None, now()).unwrap();
    assert_eq!((two.signatures, accepted(&two.note)), (2, true));
    assert_eq!(two.digest, one.digest);
    assert_eq!(inspect(&two.note).unwrap(), two);
}

#[test]
fn only_a_sound_roster_of_this_instance_is_signed() {
    let roots = Roots::new(1);
    let changes = Changes {
        join: roots.requests(&[1]),
        ..roots.beginning()
    };
    let roster = roots.draft(&changes).unwrap();
    let (file, key) = (encode(&roster), &roots.keys[0]);
    let stranger = Roots::new(1);
    let refused = |file: &str, key, instance, time| sign(file, key, instance, time).unwrap_err();
    assert_eq!(
        refused(&file, &stranger.keys[0], None, now()),
        SigningError::NotARoot
    );
    let other = Some(&stranger.instance);
    assert_eq!(refused(&file, key, other, now()), SigningError::Instance);
    assert_eq!(
        refused(&file, key, None, roster.not_after),
        SigningError::Expired
    );
    assert_eq!(refused("{}", key, None, now()), SigningError::Form);
    let broken = file.replace("\"stanzas\": 8", "\"stanzas\": 9");
    assert_eq!(
        refused(&broken, key, None, now()),
        SigningError::Rule(RosterRule::Stanzas)
    );

    let signed = sign(&file, key, None, now()).unwrap().note;
    let changed = signed.replace("Person 1", "Person I");
    assert_eq!(refused(&changed, key, None, now()), SigningError::Forged);
    assert_eq!(inspect(&changed), Err(SigningError::Forged));
    // Nothing may hide behind the line that is shown.
    let hidden = signed.replacen("}\n\n", "}\nand more\n\n", 1);
    assert_eq!(refused(&hidden, key, None, now()), SigningError::Form);
}
