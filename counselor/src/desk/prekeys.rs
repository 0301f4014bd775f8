//! Daily prekeys: made, kept, shown, destroyed (section 3). Each lies in a record of its own,
//! which is written once and written over when it goes.

use super::{Desk, DeskError};
use crate::vault::{Vault, VaultError};
use beistand_client::Client;
use beistand_crypto_core::device_keys::PrekeySecret;
use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_protocol::roster::Device;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::{Day, Epoch};
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};

const PREFIX: &str = "prekey/";
const UPLOADED: &str = "prekey-uploaded";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    seed: SecretHex<32>,
    note: String,
}

/// The newest upload the server has acknowledged.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Uploaded {
    day: Day,
    epoch: Epoch,
}

/// The secrets that are still here.
pub(super) fn load(vault: &Vault) -> Result<Vec<PrekeySecret>, VaultError> {
    let mut secrets = Vec::new();
    for name in vault.names(PREFIX)? {
        let day = name.strip_prefix(PREFIX).and_then(|day| day.parse().ok());
        let stored: Option<Stored> = vault.read_json(&name)?;
        let (Some(day), Some(stored)) = (day, stored) else {
            return Err(VaultError::Damaged);
        };
        let identity = HybridIdentity::from_seed(stored.seed.expose());
        secrets.push(PrekeySecret {
            day: Day(day),
            identity,
        });
    }
    Ok(secrets)
}

impl Desk {
    /// Makes today's prekey where there is none, and uploads it where the server does not show
    /// it. Answers whether a prekey the server had acknowledged is missing from its state: then
    /// people are sealing to the long-lived identity, or to nobody.
    pub(super) fn renew_prekey(
        &mut self,
        client: &Client,
        snapshot: &Snapshot,
        device: &Device,
    ) -> Result<bool, DeskError> {
        let today = snapshot.today();
        if !self.keys.has_prekey(today) {
            let instance = &self.instance.instance;
            let (secret, note) = self
                .keys
                .make_prekey(instance, device.writer, today, &mut OsRng);
            let seed = SecretHex::new(*secret.identity.seed());
            // On the disk before anybody can seal to it.
            self.vault
                .write_json(&record(today), &Stored { seed, note })?;
            self.keys.keep_prekey(secret);
        }
        let shown = snapshot.prekeys().of(device).map(|prekey| prekey.day);
        let uploaded: Option<Uploaded> = self.vault.read_json(UPLOADED)?;
        let epoch = snapshot.state().leaf.epoch;
        // The state of the epoch in which it was uploaded, and of the next, may be from before.
        let missing = uploaded.is_some_and(|uploaded| {
            shown < Some(uploaded.day)
                && epoch.0 > uploaded.epoch.0 + 1
                && is_valid(uploaded.day, today)
        });
        if shown < Some(today) {
            let stored: Option<Stored> = self.vault.read_json(&record(today))?;
            let note = stored.ok_or(VaultError::Damaged)?.note;
            client.upload_prekey(&note)?;
            self.vault
                .write_json(UPLOADED, &Uploaded { day: today, epoch })?;
        }
        Ok(missing)
    }

    /// Destroys the prekeys that are over and synced past; answers their days.
    pub(super) fn destroy_prekeys(
        &mut self,
        today: Day,
        synced: Day,
    ) -> Result<Vec<Day>, DeskError> {
        let days = self.keys.destroy_prekeys(today, synced);
        for &day in &days {
            self.vault.remove(&record(day))?;
        }
        Ok(days)
    }
}

fn is_valid(day: Day, today: Day) -> bool {
    today <= day.forward(beistand_protocol::prekey::VALID_DAYS)
}

/// Whether the record of that name is the secret of a prekey.
pub(super) fn is_record(name: &str) -> bool {
    name.starts_with(PREFIX)
}

fn record(day: Day) -> String {
    format!("{PREFIX}{day}")
}
