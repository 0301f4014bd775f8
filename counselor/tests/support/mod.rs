//! An organisation whose clock the test sets: root key, desks, and a server on loopback that
//! serves the real wire formats from memory and can be told to misbehave.
#![allow(dead_code, reason = "each test file uses another part of it")]

pub mod fake_server;

use beistand_client::Client;
use beistand_counselor::desk::sync::SyncReport;
use beistand_counselor::desk::{Desk, DeskError};
use beistand_counselor::passphrase::Passphrase;
use beistand_counselor::setup::instance_file::new_instance;
use beistand_counselor::setup::invitation::Invitation;
use beistand_counselor::setup::join_request::JoinRequest;
use beistand_counselor::setup::organisation::Description;
use beistand_counselor::setup::root_key::RootKey;
use beistand_counselor::setup::roster_draft::{self, Changes};
use beistand_counselor::setup::roster_signing;
use beistand_counselor::vault::KeyDerivation;
use beistand_crypto_core::body::{MessageBody, ReportBody};
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_crypto_core::open::open;
use beistand_crypto_core::readers::Readers;
use beistand_crypto_core::reporter::{Mailbox, ReaderChoice};
use beistand_protocol::bytes::Slot;
use beistand_protocol::class::BlobClass;
use beistand_protocol::instance::Instance;
use beistand_protocol::roster::{Member, Serial};
use beistand_protocol::roster_chain::RosterChain;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::{Day, UnixTime};
use beistand_protocol::trust::Verified;
use fake_server::FakeServer;
use rand::rngs::OsRng;
use std::path::PathBuf;
use tempfile::TempDir;
use zeroize::Zeroizing;

pub const FIRST_DAY: Day = Day(20_000);

/// An organisation with so many desks, on noon of [`FIRST_DAY`].
pub struct Organisation {
    pub folder: TempDir,
    pub root: RootKey,
    pub instance: Instance,
    pub server: FakeServer,
    pub desks: Vec<Desk>,
    requests: Vec<JoinRequest>,
}

pub fn passphrase() -> Passphrase {
    Passphrase::new(Zeroizing::new("lamp river stone".to_owned()))
}

pub fn member(serial: u32) -> Member {
    Member {
        serial: Serial(serial),
        name: format!("Person {serial}"),
        pronouns: None,
        languages: vec!["en".to_owned()],
        topics: Vec::new(),
        away_until: None,
    }
}

pub fn description(decoys: u32) -> Description {
    Description::parse(&format!(
        "name='Example'\npromise_days=3\nneutral_exit='https://weather.example/'\n[parameters]\n\
         epoch_seconds=60\ndecoys_per_desk_day={decoys}\nvalid_days=120\n\
         [parameters.stamps]\nenvelope_min=1\nenvelope_max=8\npart=1\nfetch=1\n"
    ))
    .unwrap()
}

impl Organisation {
    pub fn new(desks: u32) -> Self {
        Self::with_decoys(desks, 0)
    }

    pub fn with_decoys(desks: u32, decoys: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = folder.path().join("root");
        let root =
            RootKey::create(&vault, &passphrase(), KeyDerivation::FOR_TESTS, "root-1").unwrap();
        let roots = vec![root.verifier().clone()];
        let instance = new_instance(roots, None, vec!["http://127.0.0.1:1".into()]).unwrap();
        let server = FakeServer::start(&instance, noon(FIRST_DAY));
        let mut organisation = Self {
            folder,
            root,
            instance,
            server,
            desks: Vec::new(),
            requests: Vec::new(),
        };
        for serial in 1..=desks {
            organisation.join(serial);
        }
        let changes = Changes {
            description: Some(description(decoys)),
            log: Some(organisation.server.log_key()),
            ..Changes::default()
        };
        organisation.publish(changes);
        organisation
    }

    /// A new desk for somebody; not on the roster yet.
    pub fn join(&mut self, serial: u32) {
        let invitation = Invitation::new(self.instance.clone(), member(serial)).unwrap();
        let folder = self.vault(self.desks.len());
        let desk = Desk::create(
            &folder,
            &passphrase(),
            KeyDerivation::FOR_TESTS,
            &invitation,
        )
        .unwrap();
        let request = JoinRequest::parse(&self.instance.instance, &desk.join_request()).unwrap();
        self.desks.push(desk);
        self.requests.push(request);
    }

    /// Drafts, signs and publishes the next roster, with everybody who has joined.
    pub fn publish(&mut self, changes: Changes) {
        let changes = Changes {
            join: self.requests.clone(),
            ..changes
        };
        let before = self.server.rosters();
        let before = before.map(|file| RosterChain::verify(&self.instance, &file, None).unwrap());
        let now = self.server.now();
        let roster = roster_draft::draft(&self.instance, before.as_deref(), &changes, now).unwrap();
        let draft = roster_draft::encode(&roster);
        let signed = roster_signing::sign(&draft, &self.root, Some(&self.instance), now).unwrap();
        self.client().publish_roster(&signed.note).unwrap();
        self.server.close_epoch();
    }

    pub fn vault(&self, desk: usize) -> PathBuf {
        self.folder.path().join(format!("desk-{desk}"))
    }

    pub fn client(&self) -> Client {
        Client::new(self.server.address().parse().unwrap(), None).unwrap()
    }

    /// Closes the epoch, and lets a desk sync.
    pub fn try_sync(&mut self, desk: usize) -> Result<SyncReport, DeskError> {
        self.server.close_epoch();
        let (client, now) = (self.client(), self.server.now());
        self.desks[desk].sync(&client, now)
    }

    pub fn sync(&mut self, desk: usize) -> SyncReport {
        self.try_sync(desk).unwrap()
    }

    /// Closes the vault of a desk and opens it again.
    pub fn reopen(&mut self, desk: usize) {
        let folder = self.vault(desk);
        let other = Invitation::new(self.instance.clone(), member(99)).unwrap();
        let spare = self.folder.path().join("spare");
        let _ = std::fs::remove_dir_all(&spare);
        let spare = Desk::create(&spare, &passphrase(), KeyDerivation::FOR_TESTS, &other).unwrap();
        drop(std::mem::replace(&mut self.desks[desk], spare));
        self.desks[desk] = Desk::open(&folder, &passphrase()).unwrap();
    }

    /// Whether any key the desk would hand out opens the envelope in this slot, as a thief of
    /// everything would try.
    pub fn any_key_opens(&self, desk: &Desk, slot: &Slot) -> bool {
        let exported = desk.export_identities();
        let keys: Vec<HybridIdentity> = exported
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.parse().unwrap())
            .collect();
        assert!(!keys.is_empty());
        open(BlobClass::Envelope8, &self.server.blob(slot), &keys).is_ok()
    }

    pub fn snapshot(&self) -> Verified<Snapshot> {
        self.server.close_epoch();
        let now = self.server.now();
        beistand_client::load_snapshot(&self.client(), &self.instance, now, None).unwrap()
    }

    /// Somebody reports to all members who are on the roster.
    pub fn report(&mut self, text: &str) -> (Mailbox, Slot) {
        let snapshot = self.snapshot();
        let everybody = snapshot.roster().members.iter().map(|member| member.serial);
        let readers = Readers::new(everybody).unwrap();
        self.report_to(&readers, text)
    }

    pub fn report_to(&mut self, readers: &Readers, text: &str) -> (Mailbox, Slot) {
        let snapshot = self.snapshot();
        let codename = Codename::generate(&mut OsRng);
        let mut mailbox = Mailbox::from_codename(&codename, &self.instance.instance);
        let body = ReportBody {
            text: text.to_owned(),
            ..ReportBody::default()
        };
        let outgoing = mailbox
            .compose_report(&snapshot, readers, body, &mut OsRng)
            .unwrap();
        self.server.put(&outgoing);
        mailbox.sent(&outgoing);
        (mailbox, outgoing.slot)
    }

    pub fn follow_up(&mut self, mailbox: &mut Mailbox, text: &str) -> Slot {
        let snapshot = self.snapshot();
        let body = MessageBody {
            text: text.to_owned(),
            ..MessageBody::default()
        };
        let choice = ReaderChoice::AsBefore;
        let outgoing = mailbox
            .compose_message(&snapshot, &choice, body, &mut OsRng)
            .unwrap();
        self.server.put(&outgoing);
        mailbox.sent(&outgoing);
        outgoing.slot
    }
}

pub fn noon(day: Day) -> UnixTime {
    UnixTime(day.start().0 + UnixTime::DAY_SECONDS / 2)
}
