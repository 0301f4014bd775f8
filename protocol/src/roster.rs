//! The roster: the signed list of the people and devices an instance has, and its parameters
//! (section 3). What a person decides by stands in here, so that an operator cannot swap it.

use crate::bytes::{Digest, InstanceId};
use crate::class::BlobClass;
use crate::stamp::StampUse;
use crate::time::{Day, UnixTime};
use crate::verifier_key::VerifierKey;
use serde::{Deserialize, Serialize};

/// The number of a member, never given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Serial(pub u32);

/// Who writes in a conversation: 0 the reporter, 1 to 15 a counselor's device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Writer(pub u8);

impl Writer {
    /// The reporter of the conversation.
    pub const REPORTER: Writer = Writer(0);
    /// The highest number a device can have.
    pub const LAST: Writer = Writer(15);
}

/// A roster as it stands in its signed note. Field order is the encoding's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// Version of the format: 1.
    pub v: u8,
    /// The instance it is for.
    pub instance: InstanceId,
    /// Where the instance is served.
    pub url: String,
    /// Counts up by one with each roster, from 1.
    pub version: u64,
    /// SHA-256 of the text of the roster before; none for version 1.
    pub previous: Option<Digest>,
    /// From when it may be used.
    pub not_before: UnixTime,
    /// Until when; at most 120 days later.
    pub not_after: UnixTime,
    /// The root keys from this roster on; a change is signed by the old and the new ones.
    pub roots: Vec<VerifierKey>,
    /// How many of `roots` must sign.
    pub threshold: u8,
    /// What reporters are told about the organisation.
    pub organisation: Organisation,
    /// Recipient stanzas in every envelope: 8 or 16.
    pub stanzas: u8,
    /// Length of an epoch in seconds (1800; 1 or 2 in demo and tests).
    pub epoch_seconds: u32,
    /// Days an envelope stays on the wall.
    pub ttl_days: u32,
    /// Bits of the shard field; 0 where everything is one shard.
    pub shard_bits: u8,
    /// Slots in every fetch of a reporter.
    pub fetch_count: u8,
    /// Decoys each desk puts a day.
    pub decoys_per_desk_day: u32,
    /// The counselors.
    pub members: Vec<Member>,
    /// Their devices.
    pub devices: Vec<Device>,
    /// The team's key, an age file to every device in base64, once there is one.
    pub team_key: Option<String>,
    /// Who signs checkpoints and promises.
    pub log: VerifierKey,
    /// Who cosigns checkpoints.
    pub witnesses: Vec<VerifierKey>,
    /// How many cosignatures a checkpoint needs.
    pub quorum: u8,
    /// How much work a stamp proves.
    pub stamps: StampBits,
    /// The largest attachments.
    pub limits: Limits,
}

/// What reporters are told about the organisation, signed so that nobody else can say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// By when an answer comes, in working days.
    pub promise_days: u32,
    /// Numbers for immediate danger.
    pub helplines: Vec<Helpline>,
    /// Other ways to reach the team, one text a language.
    pub other_ways: Vec<LocalText>,
    /// Where quick exit leads: an `https://` address of a page that gives nothing away.
    pub neutral_exit: String,
}

/// A number to call or an address to write to in immediate danger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Helpline {
    /// ISO 3166-1 country code in capitals, or `*` for anywhere.
    pub country: String,
    /// BCP 47 tag of the language of `name` and `contact`.
    pub language: String,
    /// Who answers.
    pub name: String,
    /// The number or address.
    pub contact: String,
}

/// A text in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalText {
    /// BCP 47 tag.
    pub language: String,
    /// The text, plain.
    pub text: String,
}

/// A counselor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Never reused.
    pub serial: Serial,
    /// The name reporters see.
    pub name: String,
    /// Pronouns, where given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pronouns: Option<String>,
    /// BCP 47 tags of the languages spoken.
    pub languages: Vec<String>,
    /// What they know about.
    pub topics: Vec<String>,
    /// Last day of an absence; the absent still get their stanza.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub away_until: Option<Day>,
}

/// One counselor on one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// Its number as a writer, 1 to 15.
    pub writer: Writer,
    /// Whose it is.
    pub serial: Serial,
    /// Checks what it signs.
    pub sign: VerifierKey,
    /// Its long-lived recipient, `age1pq1…`, used where it has no valid prekey.
    pub identity: String,
    /// From this day on nothing of it is believed, and nothing is sealed to it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub distrust_since: Option<Day>,
}

/// Stamp difficulty in leading zero bits (section 9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StampBits {
    /// The least for an envelope.
    pub envelope_min: u8,
    /// The most for an envelope.
    pub envelope_max: u8,
    /// For a part.
    pub part: u8,
    /// For a fetch.
    pub fetch: u8,
}

/// The largest attachments that are accepted, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// One file.
    pub file_bytes: u64,
    /// All files of a message.
    pub message_bytes: u64,
}

impl Roster {
    /// The class of envelopes under this roster.
    pub fn envelope_class(&self) -> BlobClass {
        // The rules let only 8 and 16 pass.
        BlobClass::envelope(self.stanzas).unwrap_or(BlobClass::Envelope8)
    }

    /// The member of that serial.
    pub fn member(&self, serial: Serial) -> Option<&Member> {
        self.members.iter().find(|member| member.serial == serial)
    }

    /// The device that writes as `writer`.
    pub fn device(&self, writer: Writer) -> Option<&Device> {
        self.devices.iter().find(|device| device.writer == writer)
    }

    /// The devices of a member.
    pub fn devices_of(&self, serial: Serial) -> impl Iterator<Item = &Device> {
        self.devices
            .iter()
            .filter(move |device| device.serial == serial)
    }
}

impl StampBits {
    /// The most bits that are ever asked for.
    pub const MOST: u8 = 32;

    /// Bits a stamp needs where an envelope's needs `current`: under load the others get dearer
    /// by as much as envelopes do.
    pub fn needed(&self, purpose: StampUse, current: u8) -> u8 {
        let raise = current.saturating_sub(self.envelope_min);
        let bits = match purpose {
            StampUse::Envelope => current,
            StampUse::Part => self.part.saturating_add(raise),
            StampUse::Fetch => self.fetch.saturating_add(raise),
        };
        bits.min(Self::MOST)
    }
}

impl Device {
    /// Whether what this device did on `day` is to be believed.
    pub fn is_trusted_on(&self, day: Day) -> bool {
        self.distrust_since.is_none_or(|since| day < since)
    }
}
