//! What one counselor's device has (section 3), and what it tries on everything on the wall.

use crate::hybrid_identity::HybridIdentity;
use crate::reporter_keys::delete_key;
use crate::secret_hex::SecretHex;
use crate::signing::Signer;
use beistand_protocol::bytes::{DeleteKey, InstanceId, Slot};
use beistand_protocol::json;
use beistand_protocol::note::{self, PrekeyDomain};
use beistand_protocol::prekey::{Prekey, VALID_DAYS};
use beistand_protocol::roster::{Device, Roster, Serial, Writer};
use beistand_protocol::sync::SyncRequest;
use beistand_protocol::time::Day;
use beistand_protocol::verifier_key::{VerifierKey, VerifierKeyError};
use rand_core::{CryptoRng, RngCore};
use std::fmt;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Days after its last valid one that a prekey's secret is kept, for what was sealed to it late.
pub const KEPT_DAYS: u32 = 7;

/// A device's long-lived secrets and its prekeys.
#[derive(ZeroizeOnDrop)]
pub struct DeviceKeys {
    signer: Signer,
    #[zeroize(skip)]
    verifier: VerifierKey,
    identity: HybridIdentity,
    delete: SecretHex<32>,
    prekeys: Vec<PrekeySecret>,
}

/// The secret of one day's prekey. Never goes into a backup.
#[derive(ZeroizeOnDrop)]
pub struct PrekeySecret {
    /// The day it was made on.
    #[zeroize(skip)]
    pub day: Day,
    /// Opens what was sealed to it.
    pub identity: HybridIdentity,
}

/// The long-lived secrets as they rest in a vault and a backup: three seeds.
#[derive(Clone, ZeroizeOnDrop)]
pub struct DeviceSeeds {
    /// Of the signer.
    pub sign: SecretHex<32>,
    /// Of the identity.
    pub identity: SecretHex<32>,
    /// From which delete keys are derived.
    pub delete: SecretHex<32>,
}

impl DeviceSeeds {
    /// Seeds of a new device.
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Self {
        let mut seed = || {
            let mut bytes = Zeroizing::new([0; 32]);
            rng.fill_bytes(bytes.as_mut_slice());
            SecretHex::new(*bytes)
        };
        Self {
            sign: seed(),
            identity: seed(),
            delete: seed(),
        }
    }
}

impl DeviceKeys {
    /// The keys of these seeds and the prekeys kept so far. `name` stands in the device's
    /// signatures, as on the roster.
    ///
    /// # Errors
    /// [`VerifierKeyError::Name`] where the name cannot stand in a note.
    pub fn new(
        name: &str,
        seeds: &DeviceSeeds,
        prekeys: Vec<PrekeySecret>,
    ) -> Result<Self, VerifierKeyError> {
        let signer = Signer::from_seed(seeds.sign.expose());
        Ok(Self {
            verifier: signer.verifier_key(name)?,
            signer,
            identity: HybridIdentity::from_seed(seeds.identity.expose()),
            delete: seeds.delete.clone(),
            prekeys,
        })
    }

    /// What to write into a roster for this device.
    pub fn device(&self, writer: Writer, serial: Serial) -> Device {
        Device {
            writer,
            serial,
            sign: self.verifier.clone(),
            identity: self.identity.recipient().to_string(),
            distrust_since: None,
        }
    }

    /// This device on a roster, if it is there and trusted today.
    pub fn find<'a>(&self, roster: &'a Roster, today: Day) -> Option<&'a Device> {
        let own = |device: &&Device| device.sign.public_key() == self.verifier.public_key();
        roster
            .devices
            .iter()
            .find(own)
            .filter(|device| device.is_trusted_on(today))
    }

    /// Signs the device's messages and notes.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Checks the device's notes.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The long-lived identity.
    pub fn identity(&self) -> &HybridIdentity {
        &self.identity
    }

    /// The prekeys whose secrets are still here.
    pub fn prekeys(&self) -> &[PrekeySecret] {
        &self.prekeys
    }

    /// Whether a prekey of that day is here.
    pub fn has_prekey(&self, day: Day) -> bool {
        self.prekeys.iter().any(|prekey| prekey.day == day)
    }

    /// Makes the prekey of a day: its secret, to be kept in the vault before anything else, and
    /// the signed note to upload.
    pub fn make_prekey(
        &self,
        instance: &InstanceId,
        writer: Writer,
        day: Day,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> (PrekeySecret, String) {
        let identity = HybridIdentity::generate(rng);
        let prekey = Prekey {
            device: writer,
            day,
            expires: day.forward(VALID_DAYS),
            recipient: identity.recipient().to_string(),
        };
        let line = json::encode(&prekey).expect("numbers and a text are always JSON");
        let text = note::text::<PrekeyDomain>(instance, &format!("{line}\n"));
        let note = note::sign(&text, &self.verifier, |text| self.signer.sign_note(text));
        (PrekeySecret { day, identity }, note)
    }

    /// Keeps a prekey whose secret is safe in the vault.
    pub fn keep_prekey(&mut self, prekey: PrekeySecret) {
        self.prekeys.push(prekey);
    }

    /// Destroys the prekeys whose window and grace are over on `today` **and** which the device
    /// has synced past; answers their days, so that the vault forgets them too.
    pub fn destroy_prekeys(&mut self, today: Day, synced: Day) -> Vec<Day> {
        let over = |prekey: &PrekeySecret| {
            let end = prekey.day.forward(VALID_DAYS + KEPT_DAYS);
            end < today && end < synced
        };
        let days = self
            .prekeys
            .iter()
            .filter(|prekey| over(prekey))
            .map(|prekey| prekey.day);
        let days = days.collect();
        self.prekeys.retain(|prekey| !over(prekey));
        days
    }

    /// The signed request for everything on the wall.
    pub fn sync_request(&self, instance: &InstanceId, request: &SyncRequest) -> String {
        let text = request.text(instance);
        note::sign(&text, &self.verifier, |text| self.signer.sign_note(text))
    }

    /// What deletes this device's own envelope in a slot.
    pub fn delete_key(&self, slot: &Slot) -> DeleteKey {
        delete_key(self.delete.expose(), slot)
    }

    /// The identities an envelope of `day` is sealed to where the server shows what it was given,
    /// the likeliest first: the prekey of that day, the newest before it (for those who came
    /// before it was uploaded), and the long-lived identity (for those who were shown none).
    pub fn candidates(&self, day: Day) -> Vec<&HybridIdentity> {
        let mut valid = self.prekeys_of(day);
        let before = valid.iter().position(|prekey| prekey.day < day);
        valid.truncate(before.map_or(valid.len(), |before| before + 1));
        let prekeys = valid.into_iter().map(|prekey| &prekey.identity);
        prekeys.chain(std::iter::once(&self.identity)).collect()
    }

    /// All identities an envelope of `day` can be sealed to at all: for when the server has shown
    /// an older prekey than it was given. That costs a KEM operation a stanza for each.
    pub fn all_candidates(&self, day: Day) -> Vec<&HybridIdentity> {
        let valid = self.prekeys_of(day).into_iter();
        let prekeys = valid.map(|prekey| &prekey.identity);
        prekeys.chain(std::iter::once(&self.identity)).collect()
    }

    /// The prekeys a client may have sealed to on that day, the newest first.
    fn prekeys_of(&self, day: Day) -> Vec<&PrekeySecret> {
        let valid = |prekey: &&PrekeySecret| {
            prekey.day <= day.forward(1) && day <= prekey.day.forward(VALID_DAYS + 1)
        };
        let mut prekeys: Vec<&PrekeySecret> = self.prekeys.iter().filter(valid).collect();
        prekeys.sort_by_key(|prekey| std::cmp::Reverse(prekey.day));
        prekeys
    }
}

impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKeys({})", self.verifier.name())
    }
}

impl fmt::Debug for PrekeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrekeySecret({}, …)", self.day)
    }
}

impl fmt::Debug for DeviceSeeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceSeeds(…)")
    }
}
