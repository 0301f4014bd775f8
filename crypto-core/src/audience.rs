//! Who a message is sealed to (section 4). An [`Audience`] is the only thing envelopes can be
//! sealed to, and it can only be made from a verified snapshot and a list of readers: there is no
//! way to seal to somebody the reporter did not allow.

use crate::conversation::AuthenticReaders;
use crate::hybrid_recipient::HybridRecipient;
use crate::readers::Readers;
use crate::reporter_keys::ReporterKeys;
use beistand_protocol::bytes::ConversationId;
use beistand_protocol::class::BlobClass;
use beistand_protocol::roster::{Device, Serial};
use beistand_protocol::snapshot::Snapshot;

/// The devices of those who may read, and the reporter where the reporter may.
pub struct Audience {
    conversation: ConversationId,
    readers: Readers,
    reporter: Option<HybridRecipient>,
    devices: Vec<(Serial, HybridRecipient)>,
    class: BlobClass,
}

/// Why there is no audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AudienceError {
    /// Somebody who is not a member was allowed.
    #[error("person {} is not on the roster", .0 .0)]
    UnknownReader(Serial),
    /// Somebody was asked for whom the reporter did not allow.
    #[error("the reporter did not allow person {} to read", .0 .0)]
    NotAReader(Serial),
    /// No reader has a device that could open it.
    #[error("none of those who may read has a device to read on")]
    NobodyReachable,
    /// More devices than an envelope has stanzas.
    #[error("those who may read have more devices than an envelope has room for")]
    TooMany,
}

impl Audience {
    /// The readers a reporter chose, and the reporter.
    ///
    /// # Errors
    /// [`AudienceError::UnknownReader`], [`AudienceError::NobodyReachable`].
    pub fn of_reporter(
        snapshot: &Snapshot,
        keys: &ReporterKeys,
        readers: &Readers,
    ) -> Result<Self, AudienceError> {
        let roster = snapshot.roster();
        if let Some(&stranger) = readers
            .serials()
            .iter()
            .find(|serial| roster.member(**serial).is_none())
        {
            return Err(AudienceError::UnknownReader(stranger));
        }
        Self::new(
            snapshot,
            keys.conversation(),
            readers.clone(),
            readers.serials(),
            Some(keys.identity().recipient()),
        )
    }

    /// The readers the reporter allowed who are still on the roster, and the reporter: for replies.
    ///
    /// # Errors
    /// [`AudienceError::NobodyReachable`].
    pub fn of_reply(
        snapshot: &Snapshot,
        readers: &AuthenticReaders,
    ) -> Result<Self, AudienceError> {
        let reporter = Some(readers.reporter().clone());
        let list = readers.readers();
        Self::new(
            snapshot,
            readers.conversation(),
            list.clone(),
            list.serials(),
            reporter,
        )
    }

    /// The readers the reporter allowed who are still on the roster, without the reporter: for
    /// notes and shares.
    ///
    /// # Errors
    /// [`AudienceError::NobodyReachable`].
    pub fn of_team(snapshot: &Snapshot, readers: &AuthenticReaders) -> Result<Self, AudienceError> {
        let list = readers.readers();
        Self::new(
            snapshot,
            readers.conversation(),
            list.clone(),
            list.serials(),
            None,
        )
    }

    /// Only some of the readers: for sharing with one who lacks something.
    ///
    /// # Errors
    /// [`AudienceError::NotAReader`] for anybody the reporter did not allow.
    pub fn of_some(
        snapshot: &Snapshot,
        readers: &AuthenticReaders,
        some: &[Serial],
    ) -> Result<Self, AudienceError> {
        let list = readers.readers();
        if let Some(&stranger) = some.iter().find(|serial| !list.contains(**serial)) {
            return Err(AudienceError::NotAReader(stranger));
        }
        Self::new(snapshot, readers.conversation(), list.clone(), some, None)
    }

    fn new(
        snapshot: &Snapshot,
        conversation: ConversationId,
        readers: Readers,
        wanted: &[Serial],
        reporter: Option<HybridRecipient>,
    ) -> Result<Self, AudienceError> {
        let mut devices = Vec::new();
        for &serial in wanted {
            for device in snapshot.roster().devices_of(serial) {
                if let Some(recipient) = recipient_of(snapshot, device) {
                    devices.push((serial, recipient));
                }
            }
        }
        let class = snapshot.envelope_class();
        if devices.is_empty() {
            return Err(AudienceError::NobodyReachable);
        }
        if devices.len() + usize::from(reporter.is_some()) > class.stanzas() {
            return Err(AudienceError::TooMany);
        }
        Ok(Self {
            conversation,
            readers,
            reporter,
            devices,
            class,
        })
    }

    /// The list as it stands in the message.
    pub fn readers(&self) -> &Readers {
        &self.readers
    }

    /// Readers none of whose devices can be sealed to at present.
    pub fn unreachable(&self) -> Vec<Serial> {
        let reached = |serial: &Serial| self.devices.iter().any(|(reader, _)| reader == serial);
        self.readers
            .serials()
            .iter()
            .filter(|serial| !reached(serial))
            .copied()
            .collect()
    }

    pub(crate) fn conversation(&self) -> ConversationId {
        self.conversation
    }

    pub(crate) fn has_reporter(&self) -> bool {
        self.reporter.is_some()
    }

    pub(crate) fn class(&self) -> BlobClass {
        self.class
    }

    pub(crate) fn recipients(&self) -> Vec<&HybridRecipient> {
        self.devices
            .iter()
            .map(|(_, recipient)| recipient)
            .chain(&self.reporter)
            .collect()
    }
}

/// The device's newest valid prekey, else its identity: no forward secrecy, but no lost report.
/// None for a distrusted device, or where both are unusable.
fn recipient_of(snapshot: &Snapshot, device: &Device) -> Option<HybridRecipient> {
    if device.distrust_since.is_some() {
        return None;
    }
    let prekey = snapshot
        .prekeys()
        .of(device)
        .and_then(|prekey| prekey.recipient.parse().ok());
    prekey.or_else(|| device.identity.parse().ok())
}
