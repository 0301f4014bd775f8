//! A counselor's desk: the keys of one device, what it has read, and what it owes the wall.
//!
//! Everything rests in the [vault](crate::vault) under these names:
//!
//! | record | what |
//! |---|---|
//! | `desk` | instance, member, seeds of the device |
//! | `prekey/DAY` | the secret of that day's prekey, until it is destroyed |
//! | `conversation/ID` | messages and keys of one conversation |
//! | `waiting/ID/DAY/HASH` | a message whose conversation is not known yet |
//! | `withdrawn/ID` | since when a conversation is to be deleted |
//! | `refused/ID`, `refused/unknown` | what opened and was not to be believed |
//! | `wall/DAY` | the slots of that day that were tried |
//! | `promise/SLOT` | what the server promised about a put of this desk |
//! | `outbox/SLOT` | something written that may not have arrived |
//! | `decoys` | when decoys are due, and which are to be deleted |
//! | `progress` | how far the last complete sync came |
//! | `backup` | that this is a backup, and of which day |
//! | `seen`, `roster` | the last snapshot, to notice a rollback; the roster, for names |

pub mod backup;
pub mod case_number;
pub mod cases;
mod decoys;
pub mod doctor;
mod error;
pub mod export;
mod files;
pub mod forgetting;
mod outbox;
mod prekeys;
mod promises;
mod reading;
pub mod refused;
mod reply;
pub mod sync;
mod waiting;
mod wall;

pub use error::DeskError;
pub use reply::SentReply;

use crate::passphrase::Passphrase;
use crate::setup::invitation::Invitation;
use crate::setup::join_request::JoinRequest;
use crate::vault::{KeyDerivation, Vault};
use beistand_client::{load_snapshot, Client};
use beistand_crypto_core::device_keys::{DeviceKeys, DeviceSeeds};
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_protocol::instance::Instance;
use beistand_protocol::roster::{Device, Member, Roster};
use beistand_protocol::snapshot::{Seen, Snapshot};
use beistand_protocol::time::{Day, UnixTime};
use beistand_protocol::trust::Verified;
use rand::rngs::OsRng;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use std::path::Path;

const DESK: &str = "desk";
const SEEN: &str = "seen";
const ROSTER: &str = "roster";

/// A desk whose vault is open.
pub struct Desk {
    vault: Vault,
    instance: Instance,
    member: Member,
    keys: DeviceKeys,
    backup: Option<Day>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    instance: Instance,
    member: Member,
    device: String,
    sign: SecretHex<32>,
    identity: SecretHex<32>,
    delete: SecretHex<32>,
}

impl Desk {
    /// Makes the desk of an invited counselor in a new vault.
    ///
    /// # Errors
    /// [`DeskError::Vault`].
    pub fn create(
        folder: &Path,
        passphrase: &Passphrase,
        derivation: KeyDerivation,
        invitation: &Invitation,
    ) -> Result<Self, DeskError> {
        let seeds = DeviceSeeds::generate(&mut OsRng);
        let stored = Stored {
            instance: invitation.instance.clone(),
            member: invitation.member.clone(),
            // Tells the devices of one person apart.
            device: format!(
                "desk-{}-{:04x}",
                invitation.member.serial.0,
                OsRng.next_u32() >> 16
            ),
            sign: seeds.sign.clone(),
            identity: seeds.identity.clone(),
            delete: seeds.delete.clone(),
        };
        let vault = Vault::create(folder, passphrase, derivation)?;
        vault.write_json(DESK, &stored)?;
        Self::from_stored(vault, stored)
    }

    /// Opens the desk in a vault.
    ///
    /// # Errors
    /// [`DeskError::Vault`], [`DeskError::NotADesk`].
    pub fn open(folder: &Path, passphrase: &Passphrase) -> Result<Self, DeskError> {
        let vault = Vault::open(folder, passphrase)?;
        let stored: Stored = vault.read_json(DESK)?.ok_or(DeskError::NotADesk)?;
        Self::from_stored(vault, stored)
    }

    fn from_stored(vault: Vault, stored: Stored) -> Result<Self, DeskError> {
        let Stored {
            instance,
            member,
            device,
            sign,
            identity,
            delete,
        } = stored;
        let prekeys = prekeys::load(&vault)?;
        let backup = backup::load(&vault)?;
        let seeds = DeviceSeeds {
            sign,
            identity,
            delete,
        };
        let keys = DeviceKeys::new(&device, &seeds, prekeys).map_err(|_| DeskError::NotADesk)?;
        Ok(Self {
            vault,
            instance,
            member,
            keys,
            backup,
        })
    }

    /// The instance this desk belongs to.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// Whose desk it is, as the invitation said.
    pub fn member(&self) -> &Member {
        &self.member
    }

    /// The keys of the device.
    pub fn keys(&self) -> &DeviceKeys {
        &self.keys
    }

    /// The file with which the device asks to be put on the roster.
    pub fn join_request(&self) -> Vec<u8> {
        JoinRequest::encode(&self.instance.instance, &self.member, &self.keys)
    }

    /// The roster of the last snapshot, for names; none before the first.
    ///
    /// # Errors
    /// [`DeskError::Vault`].
    pub fn roster(&self) -> Result<Option<Roster>, DeskError> {
        Ok(self.vault.read_json(ROSTER)?)
    }

    /// Loads and verifies what the server shows, and remembers it.
    fn snapshot(&self, client: &Client, now: UnixTime) -> Result<Verified<Snapshot>, DeskError> {
        let seen: Option<Seen> = self.vault.read_json(SEEN)?;
        let snapshot = load_snapshot(client, &self.instance, now, seen.as_ref())?;
        self.vault.write_json(SEEN, &snapshot.seen())?;
        self.vault.write_json(ROSTER, snapshot.roster())?;
        Ok(snapshot)
    }

    /// This device on the roster.
    fn device<'a>(&self, snapshot: &'a Snapshot) -> Result<&'a Device, DeskError> {
        self.check_no_backup()?;
        self.keys
            .find(snapshot.roster(), snapshot.today())
            .ok_or(DeskError::NotOnRoster)
    }
}
