//! The way out: keys and envelopes in forms other programs read, so that nobody depends on this
//! one. What is written here is secret and no longer protected by the vault.

use super::{Desk, DeskError};
use beistand_client::Client;
use beistand_console::date::date;
use beistand_crypto_core::open::open;
use beistand_protocol::bytes::Slot;
use beistand_protocol::sync::SyncRequest;
use beistand_protocol::time::{Epoch, UnixTime};
use zeroize::Zeroizing;

impl Desk {
    /// An identity file for age tools that know `mlkem768x25519`: the long-lived identity and
    /// the prekeys that are not destroyed yet. Secret.
    pub fn export_identities(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::new());
        let mut add = |comment: &str, identity: &str| {
            for piece in ["# ", comment, "\n", identity, "\n"] {
                text.push_str(piece);
            }
        };
        let keys = &self.keys;
        add(
            &format!("{}, long-lived", keys.verifier().name()),
            &keys.identity().to_text(),
        );
        for prekey in keys.prekeys() {
            let comment = format!("{}, prekey of {}", keys.verifier().name(), date(prekey.day));
            add(&comment, &prekey.identity.to_text());
        }
        text
    }

    /// Takes everything on the wall once more and hands those envelopes to `keep` that open with
    /// the keys that are still here. Answers how many. Nothing in the vault changes.
    ///
    /// # Errors
    /// [`DeskError`], also from `keep`.
    pub fn export_envelopes<E: From<DeskError>>(
        &self,
        client: &Client,
        now: UnixTime,
        mut keep: impl FnMut(&Slot, &[u8]) -> Result<(), E>,
    ) -> Result<usize, E> {
        let snapshot = self.snapshot(client, now)?;
        let device = self.device(&snapshot)?;
        let today = snapshot.today();
        let from = today.back(snapshot.roster().ttl_days);
        let request = SyncRequest {
            device: device.writer,
            day: today,
            from,
            after: Epoch(0),
        };
        let note = self.keys.sync_request(&self.instance.instance, &request);
        let mut count = 0;
        for record in client.sync(&note).map_err(DeskError::from)? {
            let record = record.map_err(DeskError::from)?;
            let candidates = self.keys.candidates(record.day);
            if record.class.is_envelope()
                && open(record.class, &record.record.blob, candidates).is_ok()
            {
                keep(&record.slot, &record.record.blob)?;
                count += 1;
            }
        }
        Ok(count)
    }
}
