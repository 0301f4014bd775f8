//! One visit. Its shape is in the types: a [`Visit`] can only look, which makes an [`Inside`] of
//! it, and that can only be left by exactly one put.

use crate::error::ReporterError;
use crate::said::Said;
use beistand_attachments::progress::Step;
use beistand_attachments::{save, send, Patience, Source};
use beistand_client::{
    deliver, fetch_stamped, load_snapshot, Client, ClientError, DeliverError, Delivered, Sealed,
};
use beistand_crypto_core::attachment::{Attachment, SealedPart};
use beistand_crypto_core::audience::AudienceError;
use beistand_crypto_core::body::{MessageBody, ReportBody, WithdrawBody};
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::compose::ComposeError;
use beistand_crypto_core::consent::{Consent, ConsentAnswer};
use beistand_crypto_core::conversation::Conversation;
use beistand_crypto_core::outgoing::{decoy, Outgoing};
use beistand_crypto_core::readers::Readers;
use beistand_crypto_core::reporter::{Located, Mailbox, Outcome, ReaderChoice};
use beistand_protocol::bytes::Slot;
use beistand_protocol::delete::DeleteRequest;
use beistand_protocol::instance::Instance;
use beistand_protocol::roster::Serial;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::UnixTime;
use beistand_protocol::trust::Verified;
use rand::rngs::OsRng;
use rand::RngCore as _;
use std::path::{Path, PathBuf};

/// How often the same bytes are sent where no answer comes: the server takes them only once.
const DELIVERIES: usize = 3;

/// A visit that has loaded and verified what the server shows.
pub struct Visit<'a> {
    client: &'a Client,
    snapshot: Verified<Snapshot>,
    mailbox: Mailbox,
}

/// A visit that has looked, and must end in a put.
pub struct Inside<'a> {
    client: &'a Client,
    snapshot: Verified<Snapshot>,
    mailbox: Mailbox,
    located: Vec<Located>,
    left: usize,
    attached: Vec<Slot>,
}

/// What a reporter says.
pub enum Saying {
    /// The first report, to these readers.
    Report(Readers, Box<ReportBody>),
    /// A follow-up.
    Message(ReaderChoice, MessageBody),
    /// The wish that everything be deleted.
    Withdraw(WithdrawBody),
}

impl<'a> Visit<'a> {
    /// Loads and verifies what the server shows. `now` is this machine's clock.
    ///
    /// # Errors
    /// [`ReporterError::Load`].
    pub fn begin(
        client: &'a Client,
        instance: &Instance,
        codename: &Codename,
        now: UnixTime,
    ) -> Result<Self, ReporterError> {
        let snapshot = load_snapshot(client, instance, now, None)?;
        let mailbox = Mailbox::from_codename(codename, &instance.instance);
        Ok(Self {
            client,
            snapshot,
            mailbox,
        })
    }

    /// What the server shows, verified.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The one fetch: what is there of this conversation, filled up with what is not, so that a
    /// visit with new words looks like any other.
    ///
    /// # Errors
    /// [`ReporterError::Client`].
    pub fn look(mut self) -> Result<Inside<'a>, ReporterError> {
        let located = self.mailbox.locate(&self.snapshot);
        let plan = self
            .mailbox
            .fetch_plan(&self.snapshot, &located, &mut OsRng);
        let class = self.snapshot.envelope_class();
        let start = OsRng.next_u64();
        let records = fetch_stamped(self.client, &self.snapshot, class, &plan.slots, start)?;
        self.mailbox.receive(&self.snapshot, &plan, &records);
        let Self {
            client,
            snapshot,
            mailbox,
        } = self;
        Ok(Inside {
            client,
            snapshot,
            mailbox,
            located,
            left: plan.left,
            attached: Vec::new(),
        })
    }
}

impl<'a> Inside<'a> {
    /// What the server shows, verified.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The conversation, as far as one fetch shows it.
    pub fn conversation(&self) -> &Conversation {
        self.mailbox.conversation()
    }

    /// What became of each place that was fetched.
    pub fn outcomes(&self) -> impl Iterator<Item = Outcome> + '_ {
        self.mailbox.outcomes().values().copied()
    }

    /// How many messages there are that did not fit into this visit.
    pub fn left(&self) -> usize {
        self.left
    }

    /// Everybody on the roster but those excluded.
    ///
    /// # Errors
    /// [`AudienceError::UnknownReader`] for an excluded person the roster does not have, so that a
    /// slip of the finger excludes nobody else; [`AudienceError::NobodyReachable`] where nobody is
    /// left.
    pub fn readers_except(&self, excluded: &[Serial]) -> Result<Readers, ReporterError> {
        let members = self
            .snapshot
            .roster()
            .members
            .iter()
            .map(|member| member.serial);
        self.without(members, excluded)
    }

    /// Those the reporter's own newest message allows, but those excluded; `None` where no such
    /// message is in view.
    ///
    /// # Errors
    /// As [`Self::readers_except`].
    pub fn readers_before_except(
        &self,
        excluded: &[Serial],
    ) -> Result<Option<Readers>, ReporterError> {
        let roster = self.snapshot.roster();
        let before = self.conversation().readers();
        before
            .map(|before| {
                let still = before.readers().serials().iter().copied();
                self.without(
                    still.filter(|serial| roster.member(*serial).is_some()),
                    excluded,
                )
            })
            .transpose()
    }

    fn without(
        &self,
        serials: impl Iterator<Item = Serial>,
        excluded: &[Serial],
    ) -> Result<Readers, ReporterError> {
        let roster = self.snapshot.roster();
        let refuse = |error| ReporterError::Compose(ComposeError::Audience(error));
        if let Some(&stranger) = excluded
            .iter()
            .find(|serial| roster.member(**serial).is_none())
        {
            return Err(refuse(AudienceError::UnknownReader(stranger)));
        }
        Readers::new(serials.filter(|serial| !excluded.contains(serial)))
            .map_err(|_| refuse(AudienceError::NobodyReachable))
    }

    /// Sends files that are to go with what is said next, and answers what it is to say about
    /// them. `progress` is told the number of the file, from 0, and how far it is.
    ///
    /// # Errors
    /// [`ReporterError::Send`]. Nothing was said then; the parts that were sent are deleted as far
    /// as the server can be reached, and expire otherwise.
    pub fn attach(
        &mut self,
        files: &mut [Source],
        patience: Patience,
        progress: &mut dyn FnMut(usize, Step),
    ) -> Result<Vec<Attachment>, ReporterError> {
        let mut attachments = Vec::with_capacity(files.len());
        for (number, file) in files.iter_mut().enumerate() {
            let (mailbox, snapshot, slots) = (&self.mailbox, &self.snapshot, &mut self.attached);
            let mut part = |part: SealedPart| {
                slots.push(part.slot);
                Ok(mailbox.part(snapshot, part))
            };
            let mut step = |step| progress(number, step);
            match send(self.client, snapshot, file, &mut part, patience, &mut step) {
                Ok(attachment) => attachments.push(attachment),
                Err(error) => {
                    self.discard_parts();
                    return Err(error.into());
                }
            }
        }
        Ok(attachments)
    }

    /// Deletes the parts of a message that was not said.
    fn discard_parts(&mut self) {
        for slot in std::mem::take(&mut self.attached) {
            let key = self.mailbox.keys().delete_key(&slot);
            let deleted = self.client.delete(&DeleteRequest { slot, key });
            if let Err(ClientError::Unreachable { .. }) = deleted {
                return;
            }
        }
    }

    /// The answer to a question for consent in view, the one whose digest begins with `id` or else
    /// the newest: yes to the items of these numbers, from 1, and no to all others.
    ///
    /// # Errors
    /// [`ReporterError::UnknownRequest`], [`ReporterError::UnknownItem`].
    pub fn consent_answer(
        &self,
        id: Option<&str>,
        yes: &[usize],
    ) -> Result<ConsentAnswer, ReporterError> {
        let conversation = self.conversation();
        let (request, view) = conversation
            .messages()
            .filter_map(|(message, _)| Some((message.digest(), conversation.consent(message)?)))
            .filter(|(digest, _)| id.is_none_or(|id| digest.to_string().starts_with(id)))
            .last()
            .ok_or(ReporterError::UnknownRequest)?;
        let count = view.items.len();
        if yes.iter().any(|number| !(1..=count).contains(number)) {
            return Err(ReporterError::UnknownItem);
        }
        let answer = |number| match yes.contains(&number) {
            true => Consent::Yes,
            false => Consent::No,
        };
        Ok(ConsentAnswer {
            request,
            items: (1..=count).map(answer).collect(),
        })
    }

    /// The file in view whose SHA-256 begins with `id`; none where there is none or more than one.
    pub fn attachment(&self, id: &str) -> Option<Attachment> {
        self.conversation().attachment(id).cloned()
    }

    /// Fetches a file and saves it in `folder`; answers where. Whoever watches the line sees that
    /// a file is fetched, and about how large it is.
    ///
    /// # Errors
    /// [`ReporterError::Save`].
    pub fn save(
        &self,
        attachment: &Attachment,
        folder: &Path,
        patience: Patience,
        progress: &mut dyn FnMut(Step),
    ) -> Result<PathBuf, ReporterError> {
        let (client, snapshot) = (self.client, &self.snapshot);
        Ok(save(
            client, snapshot, attachment, folder, patience, progress,
        )?)
    }

    /// Ends the visit with what the reporter says. Where the place is taken (by a message of an
    /// epoch that has not closed) the next one is used, at most two on.
    ///
    /// # Errors
    /// [`ReporterError`]; unless it says otherwise, nothing was acknowledged.
    pub fn say(mut self, saying: &Saying) -> Result<Said<'a>, ReporterError> {
        loop {
            let outgoing = match self.compose(saying) {
                Ok(outgoing) => outgoing,
                Err(error) => {
                    self.discard_parts();
                    return Err(error);
                }
            };
            match self.deliver(&outgoing) {
                Ok(delivered) => {
                    self.mailbox.sent(&outgoing);
                    let readers = outgoing
                        .message()
                        .map(|message| message.message().readers.serials().to_vec())
                        .unwrap_or_default();
                    return Ok(Said {
                        client: self.client,
                        snapshot: self.snapshot,
                        delivered,
                        day: outgoing.day,
                        slot: outgoing.slot,
                        readers,
                    });
                }
                Err(DeliverError::Occupied) => self.mailbox.occupied(&outgoing),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Ends the visit with an envelope that nobody can open.
    ///
    /// # Errors
    /// [`ReporterError::Deliver`].
    pub fn say_nothing(self) -> Result<(), ReporterError> {
        let (outgoing, _) = decoy(&self.snapshot, &mut OsRng);
        self.deliver(&outgoing)?;
        Ok(())
    }

    /// Ends the visit with the wish that everything be deleted, and deletes the reporter's own
    /// envelopes that were there before, with the files of those in view; answers how many. Where it is not known who may read
    /// the wish, a decoy stands in its place and it is `None`.
    ///
    /// # Errors
    /// [`ReporterError`]. The wish goes first, so that no failure leaves the readers unasked and
    /// the envelopes gone.
    pub fn withdraw(self, body: WithdrawBody) -> Result<(Option<Said<'a>>, usize), ReporterError> {
        let mut requests = self.mailbox.delete_requests(&self.located);
        let envelopes = requests.len();
        requests.extend(self.mailbox.part_delete_requests());
        let gone: Vec<_> = self
            .mailbox
            .outcomes()
            .iter()
            .filter(|(_, outcome)| **outcome == Outcome::Deleted)
            .map(|(slot, _)| *slot)
            .collect();
        let client = self.client;
        let said = if self.conversation().readers().is_some() {
            Some(self.say(&Saying::Withdraw(body))?)
        } else {
            self.say_nothing()?;
            None
        };
        let mut deleted = 0;
        for (number, request) in requests
            .iter()
            .enumerate()
            .filter(|(_, request)| !gone.contains(&request.slot))
        {
            match client.delete(request) {
                // Of files, people are told as part of the messages they went with.
                Ok(()) => deleted += usize::from(number < envelopes),
                // Deleted before, by a visit that did not fetch it.
                Err(ClientError::Problem { status: 403, .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok((said, deleted))
    }

    fn compose(&self, saying: &Saying) -> Result<Outgoing, ReporterError> {
        let (mailbox, snapshot, rng) = (&self.mailbox, &self.snapshot, &mut OsRng);
        Ok(match saying {
            Saying::Report(readers, body) => {
                mailbox.compose_report(snapshot, readers, body.as_ref().clone(), rng)?
            }
            Saying::Message(choice, body) => {
                mailbox.compose_message(snapshot, choice, body.clone(), rng)?
            }
            Saying::Withdraw(body) => mailbox.compose_withdraw(snapshot, body.clone(), rng)?,
        })
    }

    fn deliver(&self, outgoing: &Outgoing) -> Result<Delivered, DeliverError> {
        let sealed = Sealed::from(outgoing.to_put(0));
        let mut tries = 1;
        loop {
            match deliver(self.client, &self.snapshot, &sealed) {
                Err(DeliverError::Client(ClientError::Unreachable { .. }))
                    if tries < DELIVERIES =>
                {
                    tries += 1;
                }
                result => return result,
            }
        }
    }
}
