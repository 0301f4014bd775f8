//! Prekeys: each device's recipient of a day, signed by the device (section 3). Their secrets
//! are destroyed after the window, which is what makes old envelopes close for ever.

use crate::bytes::InstanceId;
use crate::json;
use crate::note::{Note, NoteError, PrekeyDomain};
use crate::roster::{Device, Roster, Writer};
use crate::roster_rules::recipient_is_plausible;
use crate::time::Day;
use crate::trust::Verified;
use serde::{Deserialize, Serialize};

/// Days a prekey can be sealed to.
pub const VALID_DAYS: u32 = 7;

/// What a device signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prekey {
    /// Whose it is.
    pub device: Writer,
    /// The day it was made on.
    pub day: Day,
    /// The last day it may be sealed to: `day` + 7.
    pub expires: Day,
    /// `age1pq1…`
    pub recipient: String,
}

/// The body of `GET /v1/prekeys`: signed notes, in the order of writer and day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrekeysFile {
    /// Version of this file: 1.
    pub v: u8,
    /// The notes.
    pub prekeys: Vec<String>,
}

/// Why a prekey is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PrekeyError {
    /// The file is not of the expected form.
    #[error("the file of prekeys is malformed")]
    File,
    /// The note around it.
    #[error("a prekey is refused: {0}")]
    Note(#[from] NoteError),
    /// The JSON in it, or its recipient.
    #[error("a prekey's text is not of the expected form")]
    Form,
    /// The device is not on the roster, or distrusted.
    #[error("a prekey is of a device that is not on the roster or no longer trusted")]
    Device,
    /// Made in the future, over, or valid for another time than 7 days.
    #[error("a prekey is not valid today")]
    Day,
}

/// Verifies one prekey note, as a server does before it stores it and a client before it seals.
///
/// # Errors
/// One [`PrekeyError`] a way it can be wrong.
pub fn verify(
    instance: &InstanceId,
    roster: &Roster,
    note: &[u8],
    today: Day,
) -> Result<Verified<Prekey>, PrekeyError> {
    let untrusted = Note::<PrekeyDomain>::parse(instance, note)?;
    let line = untrusted
        .peek()
        .body()
        .strip_suffix('\n')
        .ok_or(PrekeyError::Form)?;
    let prekey: Prekey = json::parse_canonical(line).map_err(|_| PrekeyError::Form)?;
    let device = roster
        .device(prekey.device)
        .filter(|device| device.is_trusted_on(today))
        .ok_or(PrekeyError::Device)?;
    untrusted.verify(std::slice::from_ref(&device.sign), 1)?;
    if !recipient_is_plausible(&prekey.recipient) {
        return Err(PrekeyError::Form);
    }
    let window = prekey.day.forward(VALID_DAYS);
    if prekey.expires != window || prekey.day > today.forward(1) || prekey.expires < today {
        return Err(PrekeyError::Day);
    }
    Ok(Verified::vouch(prekey))
}

/// The prekeys that can be sealed to, at most one a device: the newest.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prekeys {
    newest: Vec<Prekey>,
}

impl Prekeys {
    /// Verifies the served file. Prekeys of devices that left and those that are over are passed
    /// by, since a server may be slow to drop them; a forged or malformed one is refused.
    ///
    /// # Errors
    /// [`PrekeyError::File`], [`PrekeyError::Note`], [`PrekeyError::Form`].
    pub fn verify(
        instance: &InstanceId,
        roster: &Roster,
        file: &[u8],
        today: Day,
    ) -> Result<Verified<Self>, PrekeyError> {
        let file: PrekeysFile = json::parse(file).map_err(|_| PrekeyError::File)?;
        if file.v != 1 {
            return Err(PrekeyError::File);
        }
        let mut newest: Vec<Prekey> = Vec::new();
        for note in &file.prekeys {
            let prekey = match verify(instance, roster, note.as_bytes(), today) {
                Ok(prekey) => prekey.into_inner(),
                Err(PrekeyError::Device | PrekeyError::Day) => continue,
                Err(error) => return Err(error),
            };
            match newest
                .iter_mut()
                .find(|other| other.device == prekey.device)
            {
                Some(other) if other.day >= prekey.day => {}
                Some(other) => *other = prekey,
                None => newest.push(prekey),
            }
        }
        Ok(Verified::vouch(Self { newest }))
    }

    /// The newest valid prekey of a device.
    pub fn of(&self, device: &Device) -> Option<&Prekey> {
        self.newest
            .iter()
            .find(|prekey| prekey.device == device.writer)
    }
}
