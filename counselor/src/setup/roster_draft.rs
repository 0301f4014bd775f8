//! Drafting the next roster: what the one before said, with what has changed. A draft is a JSON
//! file that people can read before they sign it.

use super::join_request::JoinRequest;
use super::organisation::Description;
use beistand_protocol::instance::Instance;
use beistand_protocol::roster::{Device, Member, Roster, Serial, Writer};
use beistand_protocol::roster_chain::{RosterChain, SignedRoster};
use beistand_protocol::roster_rules::RosterRule;
use beistand_protocol::time::UnixTime;
use beistand_protocol::verifier_key::VerifierKey;

/// What is to be in the next roster.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// The organisation and its parameters; where it is none, as before.
    pub description: Option<Description>,
    /// The server's log key; where it is none, as before.
    pub log: Option<VerifierKey>,
    /// Devices that join. One that is there already stays as it is.
    pub join: Vec<JoinRequest>,
    /// Members who leave, with their devices.
    pub remove_members: Vec<Serial>,
    /// Devices that leave.
    pub remove_devices: Vec<Writer>,
    /// Devices that are not to be believed any more, from today on.
    pub distrust: Vec<Writer>,
}

/// Why there is no draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// A first roster needs a description.
    #[error("the first roster needs the description of the organisation")]
    NoDescription,
    /// A first roster needs the log key.
    #[error("the first roster needs the log key of the server")]
    NoLog,
    /// A number that was given to somebody else.
    #[error("number {} belongs, or belonged, to somebody else", .0 .0)]
    SerialTaken(Serial),
    /// All writer numbers are given.
    #[error("all 15 numbers for devices have been given")]
    WritersExhausted,
    /// Asked to remove somebody who is not there.
    #[error("there is no member of number {}", .0 .0)]
    NoSuchMember(Serial),
    /// Asked to remove or distrust a device that is not there.
    #[error("there is no device of number {}", .0 .0)]
    NoSuchDevice(Writer),
    /// No address in the instance file and none in the description.
    #[error("it is not said where the site is")]
    NoAddress,
    /// What came out breaks a rule.
    #[error(transparent)]
    Rule(#[from] RosterRule),
}

impl DraftError {
    /// What the one who sees it can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoDescription => {
                "`beistand root template > organisation.toml`, fill it in, give --organisation."
            }
            Self::NoLog => "Give what `beistand-server log-key` prints with --log.",
            Self::SerialTaken(_) => "Invite the new person under a number never used before.",
            Self::WritersExhausted => "Numbers become free once old rosters are forgotten.",
            Self::NoSuchMember(_) | Self::NoSuchDevice(_) => "Check the number.",
            Self::NoAddress => "Put url = \"https://…\" into the description.",
            Self::Rule(RosterRule::TooManyDevices) => {
                "Set stanzas = 16, or remove devices that are not used any more."
            }
            Self::Rule(_) => "Mend the description of the organisation; nothing was written.",
        }
    }
}

/// The roster that follows the last of `before`, or the first where there is none.
///
/// # Errors
/// One [`DraftError`] a way it can be impossible.
pub fn draft(
    instance: &Instance,
    before: Option<&RosterChain>,
    changes: &Changes,
    now: UnixTime,
) -> Result<Roster, DraftError> {
    let previous = before.map(RosterChain::current);
    let mut roster = frame(instance, previous, changes, now)?;
    for &serial in &changes.remove_members {
        roster
            .member(serial)
            .ok_or(DraftError::NoSuchMember(serial))?;
        roster.members.retain(|member| member.serial != serial);
        roster.devices.retain(|device| device.serial != serial);
    }
    for &writer in &changes.remove_devices {
        roster
            .device(writer)
            .ok_or(DraftError::NoSuchDevice(writer))?;
        roster.devices.retain(|device| device.writer != writer);
    }
    for &writer in &changes.distrust {
        let device = roster
            .devices
            .iter_mut()
            .find(|device| device.writer == writer);
        let device = device.ok_or(DraftError::NoSuchDevice(writer))?;
        device.distrust_since.get_or_insert(now.day());
    }
    for request in &changes.join {
        join(&mut roster, before, request)?;
    }
    for member in changes
        .description
        .iter()
        .flat_map(|description| &description.members)
    {
        match roster
            .members
            .iter_mut()
            .find(|other| other.serial == member.serial)
        {
            Some(there) => *there = member.clone(),
            None => roster.members.push(member.clone()),
        }
    }
    roster.members.sort_by_key(|member| member.serial);
    roster.devices.sort_by_key(|device| device.writer);
    roster.check()?;
    Ok(roster)
}

/// Everything but members and devices, which are still those of before.
fn frame(
    instance: &Instance,
    previous: Option<&SignedRoster>,
    changes: &Changes,
    now: UnixTime,
) -> Result<Roster, DraftError> {
    let before = previous.map(|signed| &signed.roster);
    let mut roster = match (&changes.description, before) {
        (Some(description), _) => described(instance, description, changes, before)?,
        (None, Some(before)) => before.clone(),
        (None, None) => return Err(DraftError::NoDescription),
    };
    let valid_for = match (&changes.description, before) {
        (None, Some(before)) => before.not_after.0.saturating_sub(before.not_before.0),
        (description, _) => {
            let days = description
                .as_ref()
                .map_or(0, |known| known.parameters.valid_days);
            u64::from(days) * UnixTime::DAY_SECONDS
        }
    };
    if let Some(log) = &changes.log {
        roster.log = log.clone();
    }
    roster.version = before.map_or(1, |before| before.version.saturating_add(1));
    roster.previous = previous.map(|signed| signed.digest);
    roster.not_before = now;
    roster.not_after = UnixTime(now.0.saturating_add(valid_for));
    Ok(roster)
}

fn described(
    instance: &Instance,
    description: &Description,
    changes: &Changes,
    before: Option<&Roster>,
) -> Result<Roster, DraftError> {
    let log = changes.log.as_ref().or(before.map(|before| &before.log));
    let url = description.url.as_ref().or(instance.addresses.first());
    let parameters = &description.parameters;
    Ok(Roster {
        v: 1,
        instance: instance.instance,
        url: url.ok_or(DraftError::NoAddress)?.clone(),
        version: 1,
        previous: None,
        not_before: UnixTime(0),
        not_after: UnixTime(0),
        roots: before
            .map_or(&instance.roots, |before| &before.roots)
            .clone(),
        threshold: before.map_or(instance.threshold, |before| before.threshold),
        organisation: description.organisation.clone(),
        stanzas: parameters.stanzas,
        epoch_seconds: parameters.epoch_seconds,
        ttl_days: parameters.ttl_days,
        shard_bits: parameters.shard_bits,
        fetch_count: parameters.fetch_count,
        decoys_per_desk_day: parameters.decoys_per_desk_day,
        members: before.map_or(&[][..], |before| &before.members).to_vec(),
        devices: before.map_or(&[][..], |before| &before.devices).to_vec(),
        team_key: before.and_then(|before| before.team_key.clone()),
        log: log.ok_or(DraftError::NoLog)?.clone(),
        witnesses: before.map_or(&[][..], |before| &before.witnesses).to_vec(),
        quorum: before.map_or(0, |before| before.quorum),
        stamps: parameters.stamps,
        limits: parameters.limits,
    })
}

fn join(
    roster: &mut Roster,
    before: Option<&RosterChain>,
    request: &JoinRequest,
) -> Result<(), DraftError> {
    let serial = request.member.serial;
    let same = |device: &Device| device.sign.public_key() == request.sign.public_key();
    if let Some(there) = roster.devices.iter().find(|device| same(device)) {
        let unchanged = there.serial == serial && there.identity == request.identity;
        return if unchanged {
            Ok(())
        } else {
            Err(DraftError::SerialTaken(serial))
        };
    }
    let known = roster.member(serial).or_else(|| formerly(before, serial));
    if known.is_some_and(|member| member.name != request.member.name) {
        return Err(DraftError::SerialTaken(serial));
    }
    if roster.member(serial).is_none() {
        roster.members.push(request.member.clone());
    }
    let writer = free_writer(roster, before).ok_or(DraftError::WritersExhausted)?;
    roster.devices.push(Device {
        writer,
        serial,
        sign: request.sign.clone(),
        identity: request.identity.clone(),
        distrust_since: None,
    });
    Ok(())
}

/// The member who had this number on any roster that is still known.
fn formerly(before: Option<&RosterChain>, serial: Serial) -> Option<&Member> {
    before?
        .all()
        .iter()
        .rev()
        .find_map(|signed| signed.roster.member(serial))
}

/// The lowest number no device has or had on any roster that is still known: what one device
/// wrote must not look like another's.
fn free_writer(roster: &Roster, before: Option<&RosterChain>) -> Option<Writer> {
    let past = before
        .into_iter()
        .flat_map(RosterChain::all)
        .map(|signed| &signed.roster);
    let rosters: Vec<&Roster> = past.chain([roster]).collect();
    (1..=Writer::LAST.0).map(Writer).find(|writer| {
        rosters
            .iter()
            .all(|roster| roster.device(*writer).is_none())
    })
}

/// The draft as a file for people.
pub fn encode(roster: &Roster) -> String {
    let mut text = serde_json::to_string_pretty(roster).expect("a roster is always JSON");
    text.push('\n');
    text
}
