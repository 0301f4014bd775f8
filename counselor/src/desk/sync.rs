//! Syncing: what a desk does whenever it meets its server, in this order, and what came of it.
//! Reading the wall is the largest step and has a file of its own (`reading.rs`).

use super::case_number::CaseNumber;
use super::reading::Reading;
use super::{Desk, DeskError};
use beistand_client::Client;
use beistand_protocol::time::{Day, Epoch, UnixTime};
use serde::{Deserialize, Serialize};

const PROGRESS: &str = "progress";

/// How far the last complete sync came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Everything up to the end of this epoch was brought.
    pub epoch: Epoch,
    /// The day of the server's state then.
    pub day: Day,
    /// When it was, by this machine's clock.
    pub at: UnixTime,
}

/// What a sync did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyncReport {
    /// The server's day.
    pub day: Day,
    /// The epoch up to which everything was brought.
    pub epoch: Epoch,
    /// How many things on the wall were new to this desk.
    pub tried: usize,
    /// How many of them were messages to this desk.
    pub messages: usize,
    /// The cases they are in.
    pub cases: Vec<CaseNumber>,
    /// How many opened and were not to be believed.
    pub refused: usize,
    /// How many opened and were in no form this program knows.
    pub unknown_form: usize,
    /// How many wait for the beginning of their conversation.
    pub waiting: usize,
    /// Replies that were on their way and have arrived now.
    pub sent: usize,
    /// Decoys put and deleted.
    pub decoys: usize,
    /// Cases that were deleted, because their reporters had asked and the days of grace are over.
    pub forgotten: Vec<CaseNumber>,
    /// Prekeys whose secrets were destroyed, by the day they were made.
    pub destroyed_prekeys: Vec<Day>,
    /// What somebody must look into. Empty when all is well.
    pub findings: Vec<Finding>,
}

/// Something a server that behaves does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "code", content = "count")]
pub enum Finding {
    /// It does not show this device's prekey.
    #[error(
        "the server does not show this device's newest prekey, so people seal to an older key"
    )]
    PrekeyNotShown,
    /// Messages were sealed to the long-lived key although there was a prekey.
    #[error("messages were sealed to this device's long-lived key although it had a prekey: {0}")]
    AddressedByIdentity(usize),
    /// Envelopes the index lists and the sync did not bring.
    #[error("envelopes the public index lists and the server did not hand over: {0}")]
    Withheld(usize),
    /// Envelopes the sync brought and the index does not list.
    #[error("envelopes the server handed over and the public index does not list: {0}")]
    Unlisted(usize),
    /// Puts of this desk that the server promised to log and does not show.
    #[error("envelopes of this desk that the server promised to keep and does not show: {0}")]
    BrokenPromise(usize),
    /// Things on the wall that are no envelopes.
    #[error("things the server stores that are no sealed envelopes: {0}")]
    NotAnEnvelope(usize),
}

impl Desk {
    /// Shows today's prekey, sends what is waiting and the decoys that are due, takes everything
    /// new from the wall, and destroys prekeys that are over.
    ///
    /// # Errors
    /// [`DeskError`]. What was brought before it broke is kept.
    pub fn sync(&mut self, client: &Client, now: UnixTime) -> Result<SyncReport, DeskError> {
        let snapshot = self.snapshot(client, now)?;
        let device = self.device(&snapshot)?.clone();
        let prekey_missing = self.renew_prekey(client, &snapshot, &device)?;
        let sent = self.send_waiting(client, &snapshot)?;
        let (put, deleted) = self.tend_decoys(client, &snapshot, now)?;

        let mut reading = Reading::begin(self, &snapshot, device.writer, prekey_missing)?;
        let before = reading.after();
        let outcome = reading.take_everything(client);
        reading.write_down()?;
        outcome?;
        let read = reading.finish();

        // What was withheld is asked for again. The day goes on all the same: else a server could
        // keep old secrets from being destroyed by listing what does not exist.
        let shown = snapshot.state().leaf.epoch;
        let epoch = if read.is_complete() { shown } else { before };
        let progress = Progress {
            epoch,
            day: snapshot.today(),
            at: now,
        };
        self.vault.write_json(PROGRESS, &progress)?;
        // Only now: the device has synced past them, and what they opened is in the vault.
        let destroyed_prekeys = self.destroy_prekeys(snapshot.today(), progress.day)?;
        let forgotten = self.tend_withdrawn(client, snapshot.today())?;
        let prekey = prekey_missing.then_some(Finding::PrekeyNotShown);
        Ok(SyncReport {
            day: progress.day,
            epoch: progress.epoch,
            tried: read.tried,
            messages: read.messages,
            cases: read.cases,
            refused: read.refused,
            unknown_form: read.unknown_form,
            waiting: read.waiting,
            sent,
            decoys: put + deleted,
            forgotten,
            destroyed_prekeys,
            findings: prekey.into_iter().chain(read.findings).collect(),
        })
    }

    /// How far the last complete sync came; none before the first.
    ///
    /// # Errors
    /// [`DeskError::Vault`].
    pub fn progress(&self) -> Result<Option<Progress>, DeskError> {
        Ok(self.vault.read_json(PROGRESS)?)
    }
}
