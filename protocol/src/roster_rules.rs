//! What a roster must hold to be signed, stored or believed. The same rules run where it is
//! made, where it is stored and where it is read.

use crate::instance::roots_are_usable;
use crate::json::LARGEST_INTEGER;
use crate::roster::{Roster, StampBits, Writer};
use crate::time::UnixTime;

/// A rule a roster breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RosterRule {
    /// Another format version than 1.
    #[error("the roster is of a format version this program does not know")]
    FormatVersion,
    /// Version 0, or `previous` missing or present where it must not be.
    #[error("the roster's version and its link to the roster before do not fit together")]
    Version,
    /// `not_after` is not after `not_before`, or more than 120 days after it.
    #[error("a roster must be valid for more than 0 and at most 120 days")]
    Validity,
    /// Root keys or threshold.
    #[error("the roster needs 1 to 5 different root keys and a threshold they can meet")]
    Roots,
    /// Stanzas other than 8 or 16.
    #[error("a roster has 8 or 16 stanzas")]
    Stanzas,
    /// A parameter outside its range.
    #[error("a parameter of the roster is outside its range")]
    Parameters,
    /// No member, or a serial given twice.
    #[error("the roster needs members, each with a serial of their own")]
    Members,
    /// A device without member, a writer number outside 1 to 15 or given twice, a key used twice,
    /// or a recipient that is none.
    #[error("each device needs a member, a writer number from 1 to 15 and keys of its own")]
    Devices,
    /// More devices than stanzas, the reporter's included.
    #[error("the roster has more devices than an envelope has stanzas for")]
    TooManyDevices,
    /// More witnesses demanded than there are, or one named twice.
    #[error("the roster's witnesses cannot meet its quorum")]
    Witnesses,
    /// A text that is empty, too long or has control or direction-changing characters.
    #[error("a text in the roster is empty, too long or has characters that do not belong there")]
    Text,
    /// An address that is not of the right form.
    #[error(
        "an address in the roster is not an https address (or http on this machine or an onion)"
    )]
    Address,
}

const LONGEST_VALIDITY: u64 = 120 * UnixTime::DAY_SECONDS;

impl Roster {
    /// Checks every rule.
    ///
    /// # Errors
    /// The first [`RosterRule`] broken.
    pub fn check(&self) -> Result<(), RosterRule> {
        let ensure = |holds: bool, rule: RosterRule| if holds { Ok(()) } else { Err(rule) };
        ensure(self.v == 1, RosterRule::FormatVersion)?;
        ensure(
            (1..=LARGEST_INTEGER).contains(&self.version)
                && (self.version == 1) == self.previous.is_none(),
            RosterRule::Version,
        )?;
        let validity = self.not_after.0.saturating_sub(self.not_before.0);
        ensure(
            (1..=LONGEST_VALIDITY).contains(&validity) && self.not_after.0 <= LARGEST_INTEGER,
            RosterRule::Validity,
        )?;
        ensure(
            roots_are_usable(&self.roots, self.threshold),
            RosterRule::Roots,
        )?;
        ensure(self.stanzas == 8 || self.stanzas == 16, RosterRule::Stanzas)?;
        ensure(self.parameters_are_in_range(), RosterRule::Parameters)?;
        ensure(self.members_are_distinct(), RosterRule::Members)?;
        ensure(self.devices_are_distinct(), RosterRule::Devices)?;
        ensure(
            self.devices.len() < usize::from(self.stanzas),
            RosterRule::TooManyDevices,
        )?;
        ensure(self.witnesses_are_distinct(), RosterRule::Witnesses)?;
        ensure(self.texts_are_clean(), RosterRule::Text)?;
        ensure(
            address_is_usable(&self.url) && address_is_usable(&self.organisation.neutral_exit),
            RosterRule::Address,
        )
    }

    fn parameters_are_in_range(&self) -> bool {
        (1..=86_400).contains(&self.epoch_seconds)
            && (1..=366).contains(&self.ttl_days)
            && self.shard_bits <= 8
            && (1..=16).contains(&self.fetch_count)
            && self.decoys_per_desk_day <= 1_000
            && self.stamps.envelope_min <= self.stamps.envelope_max
            && self.stamps.envelope_max <= StampBits::MOST
            && self.stamps.part <= StampBits::MOST
            && self.stamps.fetch <= StampBits::MOST
            && self.limits.file_bytes <= self.limits.message_bytes
            && self.limits.message_bytes <= 1 << 40
            && self.organisation.promise_days <= 365
    }

    fn members_are_distinct(&self) -> bool {
        !self.members.is_empty()
            && self.members.iter().enumerate().all(|(i, member)| {
                self.members[..i]
                    .iter()
                    .all(|other| other.serial != member.serial)
            })
    }

    fn devices_are_distinct(&self) -> bool {
        self.devices.iter().enumerate().all(|(i, device)| {
            let alone = self.devices[..i].iter().all(|other| {
                other.writer != device.writer
                    && other.sign.public_key() != device.sign.public_key()
                    && other.identity != device.identity
            });
            alone
                && device.writer > Writer::REPORTER
                && device.writer <= Writer::LAST
                && self.member(device.serial).is_some()
                && recipient_is_plausible(&device.identity)
        })
    }

    fn witnesses_are_distinct(&self) -> bool {
        usize::from(self.quorum) <= self.witnesses.len()
            && self.witnesses.iter().enumerate().all(|(i, witness)| {
                witness.public_key() != self.log.public_key()
                    && self.witnesses[..i]
                        .iter()
                        .all(|other| other.public_key() != witness.public_key())
            })
    }

    fn texts_are_clean(&self) -> bool {
        let organisation = &self.organisation;
        let lines = organisation.helplines.iter().all(|helpline| {
            text_is_clean(&helpline.country, 2)
                && text_is_clean(&helpline.language, 35)
                && text_is_clean(&helpline.name, 200)
                && text_is_clean(&helpline.contact, 200)
        });
        let ways = organisation
            .other_ways
            .iter()
            .all(|way| text_is_clean(&way.language, 35) && text_is_clean(&way.text, 2_000));
        let members = self.members.iter().all(|member| {
            text_is_clean(&member.name, 100)
                && member.pronouns.iter().all(|text| text_is_clean(text, 50))
                && member.languages.iter().all(|text| text_is_clean(text, 35))
                && member.topics.iter().all(|text| text_is_clean(text, 100))
        });
        text_is_clean(&organisation.name, 200) && lines && ways && members
    }
}

/// Not empty, at most `longest` characters, nothing that controls a terminal, ends a line or turns
/// the direction of text around (Unicode's `Bidi_Control`).
pub fn text_is_clean(text: &str, longest: usize) -> bool {
    let foul = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    !text.trim().is_empty() && text.chars().count() <= longest && !text.chars().any(foul)
}

/// `https://…`, or `http://` to this machine or an onion service, which encrypt by other means.
fn address_is_usable(address: &str) -> bool {
    let host = |rest: &str| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority
            .rsplit_once(':')
            .map_or(authority, |(host, _)| host);
        host.to_owned()
    };
    let plain = address.len() <= 500
        && address
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"'<>\\`".contains(&b))
        && !address.contains('@');
    plain
        && if let Some(rest) = address.strip_prefix("https://") {
            !host(rest).is_empty()
        } else if let Some(rest) = address.strip_prefix("http://") {
            let host = host(rest);
            host == "127.0.0.1" || host == "localhost" || host.ends_with(".onion")
        } else {
            false
        }
}

/// Prefix, alphabet and length of a bech32 `age1pq1…` recipient; its checksum and key are checked
/// by the crate that can use it.
pub(crate) fn recipient_is_plausible(text: &str) -> bool {
    let Some(data) = text.strip_prefix("age1pq1") else {
        return false;
    };
    // 1,216 bytes of key in groups of five bits, and six characters of checksum.
    data.len() == (1_216_usize * 8).div_ceil(5) + 6
        && data
            .bytes()
            .all(|b| b"qpzry9x8gf2tvdw0s3jn54khce6mua7l".contains(&b))
}
