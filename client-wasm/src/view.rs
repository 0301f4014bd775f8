//! What the page may see of a verified roster: organisation, people, a few numbers.

use beistand_crypto_core::attachment::largest_file;
use beistand_protocol::roster::{Member, Organisation, Roster};
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::time::{Day, UnixTime};
use serde::Serialize;

/// The answer to `open`. `sealable` is false where the roster is authentic but expired: then its
/// helplines still hold, and nothing is sealed to its members.
#[derive(Serialize)]
pub struct Opened<'a> {
    sealable: bool,
    view: PublicView<'a>,
}

#[derive(Serialize)]
struct PublicView<'a> {
    organisation: &'a Organisation,
    members: &'a [Member],
    /// Last day of the roster.
    expires: Day,
    ttl_days: u32,
    fetch_count: u8,
    epoch_seconds: u32,
    /// Bytes of the largest file, and of all files of one message.
    file_bytes: u64,
    message_bytes: u64,
    today: Day,
    /// No device has a fresh prekey.
    slow: bool,
}

impl<'a> Opened<'a> {
    /// Everything verified.
    pub fn fresh(snapshot: &'a Snapshot) -> Self {
        let roster = snapshot.roster();
        let slow = roster
            .devices
            .iter()
            .all(|device| snapshot.prekeys().of(device).is_none());
        Self {
            sealable: true,
            view: PublicView::new(roster, snapshot.today(), slow),
        }
    }

    /// An authentic roster that is over.
    pub fn expired(roster: &'a Roster, now: UnixTime) -> Self {
        Self {
            sealable: false,
            view: PublicView::new(roster, now.day(), true),
        }
    }
}

impl<'a> PublicView<'a> {
    fn new(roster: &'a Roster, today: Day, slow: bool) -> Self {
        Self {
            organisation: &roster.organisation,
            members: &roster.members,
            expires: roster.not_after.day(),
            ttl_days: roster.ttl_days,
            fetch_count: roster.fetch_count,
            epoch_seconds: roster.epoch_seconds,
            file_bytes: largest_file(&roster.limits),
            message_bytes: roster.limits.message_bytes,
            today,
            slow,
        }
    }
}
