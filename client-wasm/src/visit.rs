//! One visit's state: what was verified, the words in use, and envelopes that wait for their
//! stamp. Every decision is crypto-core's; this only keeps things between two calls.

use beistand_crypto_core::body::{MessageBody, ReportBody, WithdrawBody};
use beistand_crypto_core::codename::{Codename, CODENAME_WORDS};
use beistand_crypto_core::ordered::Ordered;
use beistand_crypto_core::outgoing::{decoy, Outgoing};
use beistand_crypto_core::readers::Readers;
use beistand_crypto_core::reporter::{FetchPlan, Located, Mailbox, Outcome, ReaderChoice};
use beistand_crypto_core::view::MessageView;
use beistand_crypto_core::word_list::WordList;
use beistand_protocol::bytes::Slot;
use beistand_protocol::class::BlobClass;
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::fetch::{self, FetchRequest};
use beistand_protocol::instance::Instance;
use beistand_protocol::json;
use beistand_protocol::promise;
use beistand_protocol::roster::Serial;
use beistand_protocol::roster_chain::{RosterChain, RosterError};
use beistand_protocol::snapshot::{Served, Snapshot, SnapshotError};
use beistand_protocol::stamp::{self, StampUse};
use beistand_protocol::time::{Day, Epoch, UnixTime};
use rand_core::{OsRng, RngCore as _};
use serde::Serialize;

use crate::early_stamp::EarlyStamp;
use crate::failure::Failure;
use crate::files::{Files, Slice};
use crate::view::Opened;

/// Which words an envelope was sealed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The new ones of a first report.
    Reporting,
    /// Those that were typed in.
    Returning,
    /// None: a decoy.
    Decoy,
}

struct Waiting {
    outgoing: Outgoing,
    origin: Origin,
    stamp: u64,
    /// The bits that the server has come to ask for since the state was signed.
    demanded: u8,
}

/// A codename, as it is shown.
#[derive(Serialize)]
pub struct Words {
    language: &'static str,
    words: [&'static str; CODENAME_WORDS],
}

/// Names an envelope for the page.
#[derive(Serialize)]
pub struct Composed {
    envelope: u32,
    day: Day,
}

/// What a verified promise says.
#[derive(Serialize)]
pub struct Promised {
    epoch: Epoch,
}

/// An envelope whose promise was verified.
struct Sent {
    slot: Slot,
    day: Day,
    origin: Origin,
    epoch: Epoch,
}

/// Whether a sent envelope stands in the public index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    /// It does.
    Recorded,
    /// The epoch of its promise has not closed yet.
    NotYet,
    /// That epoch has closed without it: the server broke its promise.
    Missing,
}

/// The conversation as far as it was fetched.
#[derive(Serialize)]
pub struct ConversationView {
    messages: Vec<MessageView>,
    /// The list the reporter signed last; none where no message of theirs is in view.
    readers: Option<Vec<Serial>>,
    /// Places that are listed, but gave nothing to be believed.
    refused: usize,
    /// Places not fetched yet.
    older: usize,
}

/// See the module.
#[derive(Default)]
pub struct Visit {
    snapshot: Option<Snapshot>,
    reporting: Option<Mailbox>,
    returning: Option<Mailbox>,
    early: Option<EarlyStamp>,
    located: Vec<Located>,
    plan: Option<FetchPlan>,
    waiting: Ordered<u32, Waiting>,
    sent: Ordered<u32, Sent>,
    files: Files,
    named: u32,
}

impl Visit {
    /// Verifies what was served; gives the public view as JSON. A later one than the first must
    /// not be older than what was seen before, and leaves the conversation as it is.
    pub fn open(
        &mut self,
        instance: &[u8],
        served: &Served<'_>,
        now: UnixTime,
    ) -> Result<String, Failure> {
        let instance = Instance::parse(instance).map_err(|_| Failure::INSTANCE)?;
        let seen = self.snapshot.as_ref().map(Snapshot::seen);
        let opened = match Snapshot::verify(&instance, served, now, seen.as_ref()) {
            Ok(snapshot) => {
                let snapshot = self.snapshot.insert(snapshot.into_inner());
                json::encode(&Opened::fresh(snapshot))
            }
            Err(SnapshotError::Roster(RosterError::Expired)) => {
                let chain = RosterChain::verify(&instance, served.rosters, None)?;
                json::encode(&Opened::expired(&chain.current().roster, now))
            }
            Err(error) => return Err(error.into()),
        };
        Ok(opened?)
    }

    fn snapshot(&self) -> Result<&Snapshot, Failure> {
        self.snapshot.as_ref().ok_or(Failure::ORDER)
    }

    /// A new codename, and a mailbox for it.
    pub fn new_codename(&mut self) -> Result<(), Failure> {
        let codename = Codename::generate(&mut OsRng);
        let instance = &self.snapshot()?.instance().instance;
        self.reporting = Some(Mailbox::from_codename(&codename, instance));
        Ok(())
    }

    /// The new codename in this language, or in English where there are no words in it.
    pub fn words(&self, language: &str) -> Result<Words, Failure> {
        let mailbox = self.reporting.as_ref().ok_or(Failure::ORDER)?;
        let list = WordList::for_language(language).unwrap_or_else(WordList::english);
        Ok(Words {
            language: list.language(),
            words: mailbox.keys().codename().words(list),
        })
    }

    /// Seals a first report under the new words, with files whose parts were sealed before.
    pub fn compose_report(
        &mut self,
        readers: &[u32],
        body: &str,
        files: &[u32],
    ) -> Result<Composed, Failure> {
        let readers = readers_of(readers)?;
        let mut body: ReportBody = json::parse_text(body)?;
        body.attachments = self.files.attachments(files)?;
        let mailbox = self.reporting.as_ref().ok_or(Failure::ORDER)?;
        let outgoing = mailbox.compose_report(self.snapshot()?, &readers, body, &mut OsRng)?;
        Ok(self.keep(outgoing, Origin::Reporting))
    }

    /// Seals a follow-up under the words that were typed in.
    pub fn compose_message(
        &mut self,
        text: String,
        readers: Option<&[u32]>,
        files: &[u32],
    ) -> Result<Composed, Failure> {
        let body = MessageBody {
            text,
            attachments: self.files.attachments(files)?,
            ..MessageBody::default()
        };
        self.compose_body(body, readers)
    }

    /// Seals what the reporter says, whatever it holds, under the words that were typed in.
    pub(crate) fn compose_body(
        &mut self,
        body: MessageBody,
        readers: Option<&[u32]>,
    ) -> Result<Composed, Failure> {
        let choice = match readers {
            Some(asked) => ReaderChoice::Asked(readers_of(asked)?),
            None => ReaderChoice::AsBefore,
        };
        let mailbox = self.returning.as_ref().ok_or(Failure::ORDER)?;
        let outgoing = mailbox.compose_message(self.snapshot()?, &choice, body, &mut OsRng)?;
        Ok(self.keep(outgoing, Origin::Returning))
    }

    /// Seals the wish that everything be deleted, to those who could read so far.
    pub fn compose_withdraw(&mut self) -> Result<Composed, Failure> {
        let mailbox = self.returning.as_ref().ok_or(Failure::ORDER)?;
        let body = WithdrawBody::default();
        let outgoing = mailbox.compose_withdraw(self.snapshot()?, body, &mut OsRng)?;
        Ok(self.keep(outgoing, Origin::Returning))
    }

    /// The frames that delete the reporter's own envelopes: those that were listed and those
    /// sent since, without those known to be gone.
    pub fn deletions(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let mailbox = self.returning.as_ref().ok_or(Failure::ORDER)?;
        let mut requests = mailbox.delete_requests(&self.located);
        for sent in self.sent.values() {
            let listed = requests.iter().any(|request| request.slot == sent.slot);
            if sent.origin == Origin::Returning && !listed {
                requests.push(DeleteRequest {
                    slot: sent.slot,
                    key: mailbox.keys().delete_key(&sent.slot),
                });
            }
        }
        requests.extend(mailbox.part_delete_requests());
        requests.retain(|request| mailbox.outcomes().get(&request.slot) != Some(&Outcome::Deleted));
        Ok(requests.iter().map(DeleteRequest::encode).collect())
    }

    /// Seals an envelope that nobody can open.
    pub fn compose_decoy(&mut self) -> Result<Composed, Failure> {
        let (outgoing, _) = decoy(self.snapshot()?, &mut OsRng);
        Ok(self.keep(outgoing, Origin::Decoy))
    }

    /// Begins a file of `size` bytes; `hashed`: another Worker computes its digest.
    pub fn begin_file(&mut self, size: u64, hashed: bool) -> Result<u32, Failure> {
        let limits = &self
            .snapshot
            .as_ref()
            .ok_or(Failure::ORDER)?
            .roster()
            .limits;
        self.files.begin(size, hashed, limits)
    }

    /// What the next part of a file is made of; none after the last.
    pub fn file_wants(&self, file: u32) -> Result<Option<Slice>, Failure> {
        self.files.wants(file)
    }

    /// Seals the next part of a file, to go with a follow-up under the words that were typed in,
    /// or with a report under the new ones.
    pub fn compose_part(
        &mut self,
        file: u32,
        follows_up: bool,
        slice: &[u8],
    ) -> Result<Composed, Failure> {
        let snapshot = self.snapshot.as_ref().ok_or(Failure::ORDER)?;
        let (mailbox, origin) = if follows_up {
            (&self.returning, Origin::Returning)
        } else {
            (&self.reporting, Origin::Reporting)
        };
        let mailbox = mailbox.as_ref().ok_or(Failure::ORDER)?;
        let part = self.files.seal(file, slice)?;
        let outgoing = mailbox.part(snapshot, part);
        Ok(self.keep(outgoing, origin))
    }

    /// All parts of a file were put.
    pub fn finish_file(
        &mut self,
        file: u32,
        described: &str,
        sha256: Option<&[u8]>,
    ) -> Result<(), Failure> {
        self.files.finish(file, described, sha256)
    }

    /// Takes the next slice of a file that another Worker seals.
    pub fn hash_slice(&mut self, file: u32, slice: &[u8]) {
        self.files.hash(file, slice);
    }

    /// SHA-256 of the slices that were taken.
    pub fn digest(&mut self, file: u32) -> Result<Vec<u8>, Failure> {
        Ok(self.files.digest(file)?.0.to_vec())
    }

    /// Forgets a file.
    pub fn forget_file(&mut self, file: u32) {
        self.files.forget(file);
    }

    /// Begins to put a file of a message together, named by the message's digest in hexadecimal
    /// and the file's place among its files.
    pub fn begin_opening(&mut self, message: &str, place: usize) -> Result<u32, Failure> {
        let message = message.parse().map_err(|_| Failure::ORDER)?;
        let mailbox = self.returning.as_ref().ok_or(Failure::ORDER)?;
        self.files
            .begin_opening(mailbox.conversation(), &message, place)
    }

    /// The body of the fetch of a file's next part; none after the last.
    pub fn part_request(&self, file: u32) -> Result<Option<Vec<u8>>, Failure> {
        let wanted = self.files.opener(file)?.wants();
        let snapshot = self.snapshot()?;
        Ok(wanted.map(|slot| request(snapshot, BlobClass::Part, vec![slot])))
    }

    /// Opens what that fetch brought: the file's next bytes.
    pub fn open_part(&mut self, file: u32, answer: &[u8]) -> Result<Vec<u8>, Failure> {
        let records = fetch::parse_answer(BlobClass::Part, 1, answer)?;
        let record = records.first().ok_or(Failure::ORDER)?;
        self.files.open(file, record)
    }

    /// Whether the whole is the file the message speaks of.
    pub fn finish_opening(&mut self, file: u32) -> Result<(), Failure> {
        self.files.finish_opening(file)
    }

    fn keep(&mut self, outgoing: Outgoing, origin: Origin) -> Composed {
        self.named = self.named.wrapping_add(1);
        let day = outgoing.day;
        self.waiting.insert(
            self.named,
            Waiting {
                outgoing,
                origin,
                stamp: 0,
                demanded: 0,
            },
        );
        Composed {
            envelope: self.named,
            day,
        }
    }

    fn waiting(&self, envelope: u32) -> Result<&Waiting, Failure> {
        self.waiting.get(&envelope).ok_or(Failure::ORDER)
    }

    /// Tries some stamps for an envelope; true once one was found.
    pub fn search_stamp(&mut self, envelope: u32, start: u64, tries: u64) -> Result<bool, Failure> {
        let snapshot = self.snapshot()?;
        let Waiting {
            outgoing, demanded, ..
        } = self.waiting(envelope)?;
        let purpose = match outgoing.class() {
            BlobClass::Part => StampUse::Part,
            BlobClass::Envelope8 | BlobClass::Envelope16 => StampUse::Envelope,
        };
        let slot = &outgoing.slot;
        let needed = snapshot.stamp_bits(purpose).max(*demanded);
        let challenge = snapshot.challenge();
        let early = self.early.as_ref();
        let found = early
            .filter(|early| early.is_for(challenge, slot))
            .and_then(|early| early.stamp(needed))
            .or_else(|| stamp::search(purpose, challenge, slot, needed, start, tries));
        if let (Some(stamp), Some(waiting)) = (found, self.waiting.get_mut(&envelope)) {
            waiting.stamp = stamp;
        }
        Ok(found.is_some())
    }

    /// The server asks for a dearer stamp than the state said. What is signed in the roster bounds
    /// what a server can make its visitors do.
    pub fn demand(&mut self, envelope: u32, bits: u8) -> Result<(), Failure> {
        let stamps = &self.snapshot()?.roster().stamps;
        if bits > stamps.needed(StampUse::Envelope, stamps.envelope_max) {
            return Err(Failure::DEMAND);
        }
        let waiting = self.waiting.get_mut(&envelope).ok_or(Failure::ORDER)?;
        waiting.demanded = bits;
        Ok(())
    }

    /// Looks for the stamp of the first report before there is one; true once it was found.
    pub fn search_early(&mut self, tries: u64) -> Result<bool, Failure> {
        let mailbox = self.reporting.as_ref().ok_or(Failure::ORDER)?;
        let snapshot = self.snapshot()?;
        let (challenge, slot) = (*snapshot.challenge(), mailbox.first_slot(snapshot));
        let needed = snapshot.stamp_bits(StampUse::Envelope);
        let mut early = self
            .early
            .take()
            .filter(|early| early.is_for(&challenge, &slot))
            .unwrap_or_else(|| EarlyStamp::new(challenge, slot));
        let found = early.search(needed, tries);
        self.early = Some(early);
        Ok(found)
    }

    /// The frame of the put, with the stamp that was found.
    pub fn frame(&self, envelope: u32) -> Result<Vec<u8>, Failure> {
        let waiting = self.waiting(envelope)?;
        Ok(waiting.outgoing.to_put(waiting.stamp).encode())
    }

    fn mailbox_of(&mut self, origin: Origin) -> Option<&mut Mailbox> {
        match origin {
            Origin::Reporting => self.reporting.as_mut(),
            Origin::Returning => self.returning.as_mut(),
            Origin::Decoy => None,
        }
    }

    /// The server holds something else in the envelope's slot.
    pub fn mark_occupied(&mut self, envelope: u32) -> Result<(), Failure> {
        let waiting = self.waiting.remove(&envelope).ok_or(Failure::ORDER)?;
        if let Some(mailbox) = self.mailbox_of(waiting.origin) {
            mailbox.occupied(&waiting.outgoing);
        }
        Ok(())
    }

    /// Verifies the server's answer to the put; afterwards the envelope counts as sent.
    pub fn verify_promise(&mut self, envelope: u32, answer: &[u8]) -> Result<Promised, Failure> {
        let snapshot = self.snapshot()?;
        let waiting = self.waiting(envelope)?;
        let putting = waiting.outgoing.to_put(waiting.stamp).putting();
        let instance = &snapshot.instance().instance;
        let promise = promise::verify(instance, &snapshot.roster().log, &putting, answer)?;
        let epoch = promise.epoch;
        if let Some(Waiting {
            outgoing, origin, ..
        }) = self.waiting.remove(&envelope)
        {
            if outgoing.class() == BlobClass::Part {
                // Parts stand in no index, and no message follows them.
                return Ok(Promised { epoch });
            }
            if let Some(mailbox) = self.mailbox_of(origin) {
                mailbox.sent(&outgoing);
            }
            let Outgoing { slot, day, .. } = outgoing;
            self.sent.insert(
                envelope,
                Sent {
                    slot,
                    day,
                    origin,
                    epoch,
                },
            );
        }
        Ok(Promised { epoch })
    }

    /// Whether a sent envelope stands in the index that was verified last.
    pub fn record(&self, envelope: u32) -> Result<Record, Failure> {
        let snapshot = self.snapshot()?;
        let sent = self.sent.get(&envelope).ok_or(Failure::ORDER)?;
        Ok(if snapshot.index_holds(&sent.slot, sent.day) {
            Record::Recorded
        } else if snapshot.state().leaf.epoch < sent.epoch {
            Record::NotYet
        } else {
            Record::Missing
        })
    }

    /// Opens the mailbox of words that were typed in; gives how many places are listed.
    pub fn enter(&mut self, words: &str) -> Result<usize, Failure> {
        let codename = Codename::parse_any(words)?;
        let snapshot = self.snapshot.as_ref().ok_or(Failure::ORDER)?;
        let mut mailbox = Mailbox::from_codename(&codename, &snapshot.instance().instance);
        self.located = mailbox.locate(snapshot);
        self.returning = Some(mailbox);
        self.sent.retain(|sent| sent.origin != Origin::Returning);
        self.plan = None;
        Ok(self.located.len())
    }

    /// The body of the next fetch; none where nothing is left and one was made already.
    pub fn next_fetch(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let snapshot = self.snapshot()?;
        let mailbox = self.returning.as_ref().ok_or(Failure::ORDER)?;
        let plan = mailbox.fetch_plan(snapshot, &self.located, &mut OsRng);
        if plan.wanted.is_empty() && self.plan.is_some() {
            return Ok(None);
        }
        let request = request(snapshot, snapshot.envelope_class(), plan.slots.clone());
        self.plan = Some(plan);
        Ok(Some(request))
    }

    /// The body of a fetch that looks for nothing.
    pub fn cover_fetch(&self) -> Result<Vec<u8>, Failure> {
        let snapshot = self.snapshot()?;
        let nobody = Codename::generate(&mut OsRng);
        let mailbox = Mailbox::from_codename(&nobody, &snapshot.instance().instance);
        let plan = mailbox.fetch_plan(snapshot, &[], &mut OsRng);
        Ok(request(snapshot, snapshot.envelope_class(), plan.slots))
    }

    /// The same request under a stamp of so many bits: the same slots in the same order, for other
    /// ones beside the wanted would show which those are.
    pub fn pay_fetch(&self, request: &[u8], bits: u8) -> Result<Vec<u8>, Failure> {
        let snapshot = self.snapshot()?;
        let stamps = &snapshot.roster().stamps;
        if bits > stamps.needed(StampUse::Fetch, stamps.envelope_max) {
            return Err(Failure::DEMAND);
        }
        let request = FetchRequest::parse(request, snapshot.roster().fetch_count);
        let request = request.map_err(|_| Failure::ORDER)?;
        Ok(stamped(snapshot, request, bits))
    }

    /// Takes the answer of the last fetch in; gives the conversation so far.
    pub fn read(&mut self, answer: &[u8]) -> Result<ConversationView, Failure> {
        let snapshot = self.snapshot.as_ref().ok_or(Failure::ORDER)?;
        let mailbox = self.returning.as_mut().ok_or(Failure::ORDER)?;
        let plan = self.plan.as_ref().ok_or(Failure::ORDER)?;
        let records = fetch::parse_answer(snapshot.envelope_class(), plan.slots.len(), answer)?;
        mailbox.receive(snapshot, plan, &records);
        let conversation = mailbox.conversation();
        let unusable = |outcome: &&Outcome| {
            matches!(
                outcome,
                Outcome::Refused(_) | Outcome::Malformed | Outcome::Missing
            )
        };
        Ok(ConversationView {
            messages: conversation.view(snapshot.roster()),
            readers: conversation
                .readers()
                .map(|list| list.readers().serials().to_vec()),
            refused: mailbox.outcomes().values().filter(unusable).count(),
            older: plan.left,
        })
    }
}

fn readers_of(serials: &[u32]) -> Result<Readers, Failure> {
    Readers::new(serials.iter().map(|serial| Serial(*serial))).map_err(|_| Failure::NOBODY)
}

/// A fetch with its stamp, which costs next to nothing.
fn request(snapshot: &Snapshot, class: BlobClass, slots: Vec<Slot>) -> Vec<u8> {
    let stamp = 0;
    let unpaid = FetchRequest {
        class,
        stamp,
        slots,
    };
    stamped(snapshot, unpaid, snapshot.stamp_bits(StampUse::Fetch))
}

fn stamped(snapshot: &Snapshot, mut request: FetchRequest, bits: u8) -> Vec<u8> {
    let challenge = snapshot.challenge();
    // A stamp works once, and the same slots may have been fetched before.
    let start = OsRng.next_u64();
    request.stamp = request
        .slots
        .first()
        .and_then(|slot| stamp::search(StampUse::Fetch, challenge, slot, bits, start, u64::MAX))
        .unwrap_or(0);
    request.encode()
}
