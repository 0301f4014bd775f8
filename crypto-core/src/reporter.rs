//! The reporter's whole logic, the same in a browser and on a command line: from twelve words to
//! the conversation, and from what a person writes to something that can be put (section 6).

use crate::attachment::SealedPart;
use crate::audience::{Audience, AudienceError};
use crate::body::{Body, KeyChangeBody, MessageBody, ReportBody, WithdrawBody};
use crate::codename::Codename;
use crate::compose::{compose, ComposeError, Draft};
use crate::conversation::Conversation;
use crate::open::{open, OpenError};
use crate::ordered::Ordered;
use crate::outgoing::Outgoing;
use crate::place::Place;
use crate::readers::Readers;
use crate::reporter_keys::ReporterKeys;
use crate::shuffle::{below, shuffle};
use crate::slot_index::SlotIndex;
use crate::verify::{verify, ConversationKeys, Found, Refusal};
use beistand_protocol::bytes::{Digest, InstanceId, Slot};
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::fetch::{FetchRecord, FetchRequest};
use beistand_protocol::roster::Writer;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::tombstone::Tombstone;
use rand_core::{CryptoRng, RngCore};

/// Conversation keys that are always looked under; beyond, only while something is found.
pub const KEYS_LOOKED_UNDER: u8 = 4;

/// Under this key somebody goes on who comes back to an empty mailbox: nobody who was excluded
/// meanwhile can have a key so late, and it is still looked under.
const RETURN_KEY: u8 = KEYS_LOOKED_UNDER - 1;

/// Everything one reporter can reach with their words during one visit.
#[derive(Debug)]
pub struct Mailbox {
    keys: ReporterKeys,
    conversation: Conversation,
    outcomes: Ordered<Slot, Outcome>,
}

/// A place whose slot stands in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located {
    /// Index of the conversation key.
    pub key_index: u8,
    /// The place.
    pub place: Place,
    /// Its slot, and the day of the index it stands in.
    pub found: Found,
}

/// One fetch: always as many slots as every fetch has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchPlan {
    /// What to ask for, in this order.
    pub slots: Vec<Slot>,
    /// Those of them that are meant.
    pub wanted: Vec<Located>,
    /// How many more would be left to fetch, which makes the visit longer.
    pub left: usize,
}

/// What became of a located place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A message, now in the conversation under this hash.
    Message(Digest),
    /// Its writer deleted it.
    Deleted,
    /// The index lists it, but what the server gave does not open: withheld or damaged.
    Missing,
    /// It opened and is not to be believed.
    Refused(Refusal),
    /// It opened and is malformed, or of a version this program does not know.
    Malformed,
}

/// Who may read what is written now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReaderChoice {
    /// As the reporter's own newest message in view says.
    AsBefore,
    /// As the reporter has just been asked.
    Asked(Readers),
}

impl Mailbox {
    /// The mailbox of these words on this instance. Any valid words have one, perhaps empty.
    pub fn from_codename(codename: &Codename, instance: &InstanceId) -> Self {
        let keys = ReporterKeys::derive(codename, instance);
        let conversation = Conversation::new(ConversationKeys::new(keys.reply_to(), instance));
        Self {
            keys,
            conversation,
            outcomes: Ordered::default(),
        }
    }

    /// The reporter's keys.
    pub fn keys(&self) -> &ReporterKeys {
        &self.keys
    }

    /// The conversation, as far as it was fetched.
    pub fn conversation(&self) -> &Conversation {
        &self.conversation
    }

    /// What became of each place fetched so far.
    pub fn outcomes(&self) -> &Ordered<Slot, Outcome> {
        &self.outcomes
    }

    /// All places of this conversation that stand in the index.
    pub fn locate(&mut self, snapshot: &Snapshot) -> Vec<Located> {
        let index = SlotIndex::new(snapshot.index());
        let writers = writers(snapshot);
        let mut located = Vec::new();
        for key_index in 0..=u8::MAX {
            let key = self.keys.conversation_key(key_index);
            let before = located.len();
            for day in &snapshot.index().days {
                for (place, slot, day) in index.places_of(&key, day.day, &writers) {
                    located.push(Located {
                        key_index,
                        place,
                        found: Found { slot, day },
                    });
                }
            }
            self.conversation.learn(key_index, key);
            if located.len() == before && key_index >= KEYS_LOOKED_UNDER - 1 {
                break;
            }
        }
        located
    }

    /// What to fetch next: the reporter's own newest message (it says who may read), then the
    /// newest answers, then the rest; filled up with slots of others drawn from the index.
    pub fn fetch_plan(
        &self,
        snapshot: &Snapshot,
        located: &[Located],
        rng: &mut (impl CryptoRng + RngCore),
    ) -> FetchPlan {
        let mut open: Vec<Located> = located
            .iter()
            .filter(|located| self.outcomes.get(&located.found.slot).is_none())
            .copied()
            .collect();
        let own = |located: &Located| located.place.writer == Writer::REPORTER;
        open.sort_by_key(|located| {
            let Place { day, number, .. } = located.place;
            std::cmp::Reverse((day, !own(located), located.key_index, number))
        });
        if self.conversation.readers().is_none() {
            let newest = (0..open.len())
                .filter(|&i| own(&open[i]))
                .max_by_key(|&i| (open[i].key_index, open[i].place.day, open[i].place.number));
            if let Some(newest) = newest {
                open[..=newest].rotate_right(1);
            }
        }
        let count = FetchRequest::count(snapshot.envelope_class(), snapshot.roster().fetch_count);
        let left = open.len().saturating_sub(count);
        open.truncate(count);
        let mut slots: Vec<Slot> = open.iter().map(|located| located.found.slot).collect();
        fill_up(&mut slots, count, snapshot, rng);
        shuffle(&mut slots, rng);
        FetchPlan {
            slots,
            wanted: open,
            left,
        }
    }

    /// Takes the answer to a fetch in; what was not wanted is passed over. Answers what became of
    /// each wanted place; the messages themselves are in [`Self::conversation`].
    pub fn receive(
        &mut self,
        snapshot: &Snapshot,
        plan: &FetchPlan,
        records: &[FetchRecord],
    ) -> Vec<(Located, Outcome)> {
        let mut outcomes = Vec::with_capacity(plan.wanted.len());
        for located in &plan.wanted {
            let position = plan
                .slots
                .iter()
                .position(|slot| *slot == located.found.slot);
            let record = position.and_then(|position| records.get(position));
            let outcome = match record {
                Some(record) => self.receive_one(snapshot, located, record),
                None => Outcome::Missing,
            };
            self.outcomes.insert(located.found.slot, outcome);
            outcomes.push((*located, outcome));
        }
        outcomes
    }

    fn receive_one(
        &mut self,
        snapshot: &Snapshot,
        located: &Located,
        record: &FetchRecord,
    ) -> Outcome {
        let found = &located.found;
        if let Some(tombstone) = Tombstone::parse(&record.blob) {
            let fits = tombstone
                .commitment(&record.r, &found.slot, &record.delete_hash)
                .is_some();
            return if fits {
                Outcome::Deleted
            } else {
                Outcome::Missing
            };
        }
        let class = snapshot.envelope_class();
        let opened = match open(class, &record.blob, [self.keys.identity()]) {
            Ok(opened) => opened,
            Err(OpenError::NotAnEnvelope(_) | OpenError::Closed) => return Outcome::Missing,
            Err(OpenError::Content | OpenError::Message(_)) => return Outcome::Malformed,
        };
        let known = Some(self.conversation.keys());
        let verified = verify(
            opened,
            found,
            self.keys.instance(),
            snapshot.rosters(),
            known,
        );
        let added = verified.and_then(|message| {
            let digest = message.digest();
            self.conversation.add(message).map(|()| digest)
        });
        match added {
            Ok(digest) => Outcome::Message(digest),
            Err(refusal) => Outcome::Refused(refusal),
        }
    }

    /// Where the first report of new words will lie today. It is known before there is anything to
    /// say, so that the stamp can be looked for meanwhile (section 9).
    pub fn first_slot(&self, snapshot: &Snapshot) -> Slot {
        self.keys.conversation_key(0).slot(&Place {
            day: snapshot.today(),
            writer: Writer::REPORTER,
            number: 0,
        })
    }

    /// The first report.
    ///
    /// # Errors
    /// [`ComposeError`].
    pub fn compose_report(
        &self,
        snapshot: &Snapshot,
        readers: &Readers,
        body: ReportBody,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Outgoing, ComposeError> {
        self.compose(snapshot, 0, readers, Body::Report(body), rng)
    }

    /// A follow-up. Where other people may read than before, because the reporter was asked or
    /// somebody left the roster, it becomes a key change, so that whoever fell away cannot even
    /// see that it exists.
    ///
    /// # Errors
    /// [`ComposeError::ReadersUnknown`] where no list of the reporter's own is in view and the
    /// reporter was not asked; else [`ComposeError`].
    pub fn compose_message(
        &self,
        snapshot: &Snapshot,
        choice: &ReaderChoice,
        body: MessageBody,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Outgoing, ComposeError> {
        let before = self.conversation.readers();
        let readers = match choice {
            ReaderChoice::Asked(readers) => readers.clone(),
            ReaderChoice::AsBefore => self.readers_still_there(snapshot)?,
        };
        if before.is_some_and(|before| *before.readers() == readers) {
            let key_index = self.conversation.key_index().unwrap_or(0);
            return self.compose(snapshot, key_index, &readers, Body::Message(body), rng);
        }
        let key_index = self.fresh_key_index(snapshot)?;
        let key = self.keys.conversation_key(key_index);
        let MessageBody {
            text,
            attachments,
            consent,
        } = body;
        let text = (!text.is_empty()).then_some(text);
        let body = KeyChangeBody {
            key: key.secret().clone(),
            text,
            attachments,
            consent,
        };
        self.compose(snapshot, key_index, &readers, Body::KeyChange(body), rng)
    }

    /// The wish that everything be deleted. It goes to those who could read so far: whoever has
    /// the conversation key sees the deletions anyway.
    ///
    /// # Errors
    /// As [`Self::compose_message`].
    pub fn compose_withdraw(
        &self,
        snapshot: &Snapshot,
        body: WithdrawBody,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Outgoing, ComposeError> {
        let readers = self.readers_still_there(snapshot)?;
        let key_index = self.conversation.key_index().unwrap_or(0);
        self.compose(snapshot, key_index, &readers, Body::Withdraw(body), rng)
    }

    /// A part of a file that is to go with a message of this conversation. Parts are put first:
    /// a message never speaks of a file that is not there.
    pub fn part(&self, snapshot: &Snapshot, part: SealedPart) -> Outgoing {
        let key_index = self.conversation.key_index().unwrap_or(0);
        let key = self.keys.conversation_key(key_index);
        Outgoing::part(snapshot, part, &key, &|slot| self.keys.delete_key(slot))
    }

    /// The server took it: the next message names it as the one before.
    pub fn sent(&mut self, outgoing: &Outgoing) {
        if let Some(message) = &outgoing.message {
            let digest = message.digest();
            // A place taken twice cannot come from `compose`.
            if self.conversation.add(message.clone()).is_ok() {
                self.outcomes
                    .insert(outgoing.slot, Outcome::Message(digest));
            }
        }
    }

    /// The server says that the slot is taken by other bytes: the next attempt goes one place on.
    pub fn occupied(&mut self, outgoing: &Outgoing) {
        if let Some(message) = &outgoing.message {
            let message = message.message();
            self.conversation
                .mark_occupied(message.key_index, message.place);
        }
    }

    /// What deletes the reporter's own envelopes among `located`.
    pub fn delete_requests(&self, located: &[Located]) -> Vec<DeleteRequest> {
        located
            .iter()
            .filter(|located| located.place.writer == Writer::REPORTER)
            .map(|located| {
                let slot = located.found.slot;
                DeleteRequest {
                    slot,
                    key: self.keys.delete_key(&slot),
                }
            })
            .collect()
    }

    /// What deletes the parts of the files that the reporter's own messages speak of, as far as
    /// they are in view.
    pub fn part_delete_requests(&self) -> Vec<DeleteRequest> {
        self.conversation
            .attachments()
            .filter(|(message, _)| message.kind().is_by_reporter())
            .flat_map(|(_, attachment)| attachment.slots())
            .map(|slot| DeleteRequest {
                slot,
                key: self.keys.delete_key(&slot),
            })
            .collect()
    }

    fn compose(
        &self,
        snapshot: &Snapshot,
        key_index: u8,
        readers: &Readers,
        body: Body,
        rng: &mut (impl CryptoRng + RngCore),
    ) -> Result<Outgoing, ComposeError> {
        let audience = Audience::of_reporter(snapshot, &self.keys, readers)?;
        let draft = Draft {
            snapshot,
            conversation: &self.conversation,
            writer: Writer::REPORTER,
            author: None,
            signer: self.keys.signer(),
            key_index,
            key: &self.keys.conversation_key(key_index),
            audience: &audience,
            body,
            delete_key: &|slot| self.keys.delete_key(slot),
        };
        compose(draft, rng)
    }

    /// The list as before, without those who left the roster.
    fn readers_still_there(&self, snapshot: &Snapshot) -> Result<Readers, ComposeError> {
        let before = self
            .conversation
            .readers()
            .ok_or(ComposeError::ReadersUnknown)?;
        let roster = snapshot.roster();
        let still = before.readers().serials().iter().copied();
        Readers::new(still.filter(|serial| roster.member(*serial).is_some()))
            .map_err(|_| ComposeError::Audience(AudienceError::NobodyReachable))
    }

    /// A key index nobody was given a key of.
    fn fresh_key_index(&self, snapshot: &Snapshot) -> Result<u8, ComposeError> {
        let index = SlotIndex::new(snapshot.index());
        let used = |key_index: u8| {
            let key = self.keys.conversation_key(key_index);
            let writers = writers(snapshot);
            snapshot
                .index()
                .days
                .iter()
                .any(|day| !index.places_of(&key, day.day, &writers).is_empty())
        };
        let known = self.conversation.key_index();
        let mut highest = known;
        let mut key_index = 0;
        while key_index < KEYS_LOOKED_UNDER
            || highest.is_some_and(|used| used.saturating_add(1) >= key_index)
        {
            if used(key_index) {
                highest = highest.max(Some(key_index));
            }
            key_index = key_index.checked_add(1).ok_or(ComposeError::NoMoreKeys)?;
        }
        match highest {
            Some(highest) => highest.checked_add(1).ok_or(ComposeError::NoMoreKeys),
            None => Ok(RETURN_KEY),
        }
    }
}

/// The reporter, and every device on a roster that is still served.
fn writers(snapshot: &Snapshot) -> Vec<Writer> {
    let rosters = snapshot.rosters().all().iter();
    let devices = rosters.flat_map(|signed| signed.roster.devices.iter());
    let mut writers: Vec<Writer> = devices.map(|device| device.writer).collect();
    writers.push(Writer::REPORTER);
    writers.sort_unstable();
    writers.dedup();
    writers
}

/// Adds slots of others from the index, or random ones where it has too few.
fn fill_up(
    slots: &mut Vec<Slot>,
    count: usize,
    snapshot: &Snapshot,
    rng: &mut (impl CryptoRng + RngCore),
) {
    let mut others: Vec<Slot> = snapshot
        .index()
        .slots()
        .map(|(_, slot)| slot)
        .filter(|slot| !slots.contains(slot))
        .collect();
    while slots.len() < count {
        if others.is_empty() {
            slots.push(crate::compose::random_slot(rng));
        } else {
            let drawn = below(others.len(), rng);
            slots.push(others.swap_remove(drawn));
        }
    }
}
