//! Reading the wall: a desk takes everything that is new on it, tries its keys on all of it, and
//! checks the server against what it promised. Whatever breaks in the middle, nothing is lost and
//! nothing is tried twice.

use super::case_number::CaseNumber;
use super::promises::Promises;
use super::sync::Finding;
use super::waiting::{self, Ticket, Waiting};
use super::wall::Wall;
use super::{Desk, DeskError};
use beistand_client::Client;
use beistand_crypto_core::casebook::{Casebook, Received};
use beistand_crypto_core::open::open;
use beistand_protocol::bytes::{ConversationId, Digest, Slot};
use beistand_protocol::prekey::VALID_DAYS;
use beistand_protocol::roster::Writer;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::sync::{SyncRecord, SyncRequest};
use beistand_protocol::time::{Day, Epoch};
use std::collections::BTreeSet;

/// After so many records, what was read is written down.
const BATCH: usize = 256;

/// What came of reading the wall; [`super::sync::SyncReport`] says what each is.
pub(super) struct Read {
    pub(super) tried: usize,
    pub(super) messages: usize,
    pub(super) cases: Vec<CaseNumber>,
    pub(super) refused: usize,
    pub(super) unknown_form: usize,
    pub(super) waiting: usize,
    pub(super) findings: Vec<Finding>,
}

impl Read {
    /// Whether the server handed over all that it lists.
    pub(super) fn is_complete(&self) -> bool {
        !self
            .findings
            .iter()
            .any(|finding| matches!(finding, Finding::Withheld(_)))
    }
}

/// The wall, while a desk reads it.
pub(super) struct Reading<'a> {
    desk: &'a Desk,
    snapshot: &'a Snapshot,
    writer: Writer,
    from: Day,
    after: Epoch,
    prekey_missing: bool,
    listed: BTreeSet<Slot>,
    casebook: Casebook,
    wall: Wall,
    promises: Promises,
    changed: BTreeSet<ConversationId>,
    touched: BTreeSet<CaseNumber>,
    waiting: Waiting,
    over: Vec<Ticket>,
    tried: usize,
    messages: usize,
    refused: usize,
    unknown_form: usize,
    by_identity: usize,
    unlisted: usize,
    not_envelopes: usize,
}

impl<'a> Reading<'a> {
    /// Loads what is known already. `prekey_missing`: the server does not show this desk's newest
    /// prekey, so that people may have been shown any.
    pub(super) fn begin(
        desk: &'a Desk,
        snapshot: &'a Snapshot,
        writer: Writer,
        prekey_missing: bool,
    ) -> Result<Self, DeskError> {
        let from = snapshot.today().back(snapshot.roster().ttl_days);
        let mut casebook = Casebook::new(desk.instance.instance);
        for conversation in desk.conversations()? {
            casebook.insert(conversation);
        }
        let mut reading = Self {
            desk,
            snapshot,
            writer,
            from,
            prekey_missing,
            after: desk.progress()?.map_or(Epoch(0), |progress| progress.epoch),
            listed: snapshot.index().slots().map(|(_, slot)| slot).collect(),
            casebook,
            wall: Wall::load(&desk.vault, from)?,
            promises: Promises::load(&desk.vault, from)?,
            changed: BTreeSet::new(),
            touched: BTreeSet::new(),
            waiting: Waiting::load(&desk.vault, from)?,
            over: Vec::new(),
            tried: 0,
            messages: 0,
            refused: 0,
            unknown_form: 0,
            by_identity: 0,
            unlisted: 0,
            not_envelopes: 0,
        };
        // What an earlier sync, broken off, did not come to.
        for id in reading.waiting.conversations() {
            if reading.casebook.conversation(&id).is_some() {
                reading.wake(&id)?;
            }
        }
        Ok(reading)
    }

    /// The epoch up to which an earlier sync has read.
    pub(super) fn after(&self) -> Epoch {
        self.after
    }

    /// Tries what waits for a conversation of which something new is known, one message at a
    /// time: there may be more of it than memory.
    fn wake(&mut self, id: &ConversationId) -> Result<(), DeskError> {
        loop {
            let mut gone = 0;
            for ticket in self.waiting.of(id) {
                let (opened, found) = self.waiting.read(&self.desk.vault, &ticket)?;
                let rosters = self.snapshot.rosters();
                let received = self.casebook.take_in(rosters, opened, found);
                self.keep_waiting()?;
                if received != Received::Waiting {
                    self.note_message(&received);
                    self.waiting.leave(&ticket);
                    self.over.push(ticket);
                    gone += 1;
                }
            }
            if gone == 0 {
                return Ok(());
            }
        }
    }

    /// Takes everything new from the wall. Where it breaks off, what came before is kept by
    /// [`Self::write_down`].
    pub(super) fn take_everything(&mut self, client: &Client) -> Result<(), DeskError> {
        let request = SyncRequest {
            device: self.writer,
            day: self.snapshot.today(),
            from: self.from,
            after: self.after,
        };
        let note = self
            .desk
            .keys
            .sync_request(&self.desk.instance.instance, &request);
        for record in client.sync(&note)? {
            let record = record?;
            self.promises.see(&self.desk.vault, &record)?;
            if self.wall.has(record.day, &record.slot) {
                continue;
            }
            self.tried += 1;
            self.check_listed(&record);
            self.receive(&record)?;
            self.wall.add(record.day, record.slot);
            if self.tried.is_multiple_of(BATCH) {
                self.write_down()?;
            }
        }
        Ok(())
    }

    /// What is visible must be listed, but for parts and for what became visible just now.
    fn check_listed(&mut self, record: &SyncRecord) {
        let visible = record.epoch <= self.snapshot.state().leaf.epoch;
        if record.class.is_envelope() && visible && !self.listed.contains(&record.slot) {
            self.unlisted += 1;
        }
    }

    fn receive(&mut self, record: &SyncRecord) -> Result<(), DeskError> {
        let keys = &self.desk.keys;
        let candidates = if self.prekey_missing {
            // People may have been shown any that was valid.
            keys.all_candidates(record.day)
        } else {
            keys.candidates(record.day)
        };
        let rosters = self.snapshot.rosters();
        let received = self.casebook.receive_with(&candidates, rosters, record);
        self.keep_waiting()?;
        self.note_message(&received);
        match received {
            Received::Message { conversation, .. } => {
                self.check_prekey(record);
                self.wake(&conversation)?;
            }
            Received::NotAnEnvelope => self.not_envelopes += 1,
            Received::Malformed => self.unknown_form += 1,
            Received::Waiting | Received::Refused(_) | Received::NotForUs | Received::Deleted => {}
        }
        Ok(())
    }

    fn note_message(&mut self, received: &Received) {
        let Received::Message {
            conversation,
            digest,
        } = received
        else {
            return;
        };
        self.changed.insert(*conversation);
        if !self.is_own(conversation, digest) {
            self.messages += 1;
            self.touched.insert(CaseNumber::of(conversation));
        }
    }

    fn keep_waiting(&mut self) -> Result<(), DeskError> {
        for message in self.casebook.take_waiting() {
            self.waiting.keep(&self.desk.vault, &message)?;
        }
        Ok(())
    }

    fn is_own(&self, conversation: &ConversationId, digest: &Digest) -> bool {
        let conversation = self.casebook.conversation(conversation);
        let message = conversation.and_then(|conversation| conversation.message(digest));
        message.is_some_and(|message| message.message().place.writer == self.writer)
    }

    /// A message that only the long-lived identity opens, although there was a prekey to seal to
    /// since the day before, means that the prekey was withheld from its writer.
    fn check_prekey(&mut self, record: &SyncRecord) {
        let keys = &self.desk.keys;
        let had_one = keys
            .prekeys()
            .iter()
            .any(|prekey| prekey.day < record.day && record.day < prekey.day.forward(VALID_DAYS));
        if had_one && open(record.class, &record.record.blob, [keys.identity()]).is_ok() {
            self.by_identity += 1;
        }
    }

    /// Messages first, then that they were read and wait no longer: the other way round could
    /// lose one.
    pub(super) fn write_down(&mut self) -> Result<(), DeskError> {
        for id in std::mem::take(&mut self.changed) {
            if let Some(conversation) = self.casebook.conversation(&id) {
                self.desk.keep_conversation(conversation)?;
            }
        }
        let refused = self.casebook.take_refused();
        self.refused += refused.len();
        let is_known = |id: &ConversationId| self.casebook.conversation(id).is_some();
        self.desk.keep_refused(&refused, is_known)?;
        for ticket in std::mem::take(&mut self.over) {
            waiting::forget(&self.desk.vault, &ticket)?;
        }
        Ok(self.wall.save(&self.desk.vault)?)
    }

    /// Draws the sum.
    pub(super) fn finish(self) -> Read {
        let epoch = self.snapshot.state().leaf.epoch;
        let withheld = self.wall.missing_from(self.snapshot.index(), self.from);
        let broken = self.promises.broken(epoch);
        let counted = [
            (
                self.by_identity,
                Finding::AddressedByIdentity(self.by_identity),
            ),
            (withheld, Finding::Withheld(withheld)),
            (self.unlisted, Finding::Unlisted(self.unlisted)),
            (broken, Finding::BrokenPromise(broken)),
            (
                self.not_envelopes,
                Finding::NotAnEnvelope(self.not_envelopes),
            ),
        ];
        let findings = counted.into_iter().filter(|(count, _)| *count > 0);
        Read {
            tried: self.tried,
            messages: self.messages,
            cases: self.touched.into_iter().collect(),
            refused: self.refused,
            unknown_form: self.unknown_form,
            waiting: self.waiting.count(),
            findings: findings.map(|(_, finding)| finding).collect(),
        }
    }
}
