//! One visit. Its shape is in the types: a [`Visit`] can only look, which makes an [`Inside`] of
//! it, and that can only be left by exactly one put.

use crate::error::ReporterError;
use crate::said::Said;
use beistand_client::{
    deliver, fetch_stamped, load_snapshot, Client, ClientError, DeliverError, Delivered, Sealed,
};
use beistand_crypto_core::audience::AudienceError;
use beistand_crypto_core::body::{MessageBody, ReportBody, WithdrawBody};
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::compose::ComposeError;
use beistand_crypto_core::conversation::Conversation;
use beistand_crypto_core::outgoing::{decoy, Outgoing};
use beistand_crypto_core::readers::Readers;
use beistand_crypto_core::reporter::{Located, Mailbox, Outcome, ReaderChoice};
use beistand_protocol::instance::Instance;
use beistand_protocol::roster::Serial;
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::UnixTime;
use beistand_protocol::trust::Verified;
use rand::rngs::OsRng;
use rand::RngCore as _;

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

    /// Ends the visit with what the reporter says. Where the place is taken (by a message of an
    /// epoch that has not closed) the next one is used, at most two on.
    ///
    /// # Errors
    /// [`ReporterError`]; unless it says otherwise, nothing was acknowledged.
    pub fn say(mut self, saying: &Saying) -> Result<Said<'a>, ReporterError> {
        loop {
            let outgoing = self.compose(saying)?;
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
    /// envelopes that were there before; answers how many. Where it is not known who may read
    /// the wish, a decoy stands in its place and it is `None`.
    ///
    /// # Errors
    /// [`ReporterError`]. The wish goes first, so that no failure leaves the readers unasked and
    /// the envelopes gone.
    pub fn withdraw(self, body: WithdrawBody) -> Result<(Option<Said<'a>>, usize), ReporterError> {
        let requests = self.mailbox.delete_requests(&self.located);
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
        for request in requests
            .iter()
            .filter(|request| !gone.contains(&request.slot))
        {
            match client.delete(request) {
                Ok(()) => deleted += 1,
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
        let sealed = Sealed {
            day: outgoing.day,
            slot: outgoing.slot,
            delete_hash: outgoing.delete_hash,
            shard: outgoing.shard,
            blob: outgoing.blob.clone(),
        };
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
