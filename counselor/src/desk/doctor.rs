//! Is everything as it should be? One look, in words for people.

use super::{Desk, DeskError};
use beistand_client::{Client, LoadError};
use beistand_console::date::date;
use beistand_protocol::snapshot::{Snapshot, SnapshotError};
use beistand_protocol::time::UnixTime;
use serde::Serialize;

/// Days before the end of the roster from which on somebody should renew it.
const ROSTER_WARNING_DAYS: u64 = 30;
/// Days without a sync after which somebody should.
const SYNC_WARNING_DAYS: u32 = 2;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What.
    pub about: About,
    /// Whether it is as it should be.
    pub well: bool,
    /// A sentence about it.
    pub says: String,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The vault opens.
    Vault,
    /// The server answers, and what it shows holds.
    Server,
    /// The clock of this machine.
    Clock,
    /// The roster is valid for a while.
    Roster,
    /// This device is on it.
    Device,
    /// The server shows a prekey of this device.
    Prekey,
    /// The last sync.
    Sync,
    /// Nothing is stuck on its way out.
    Outbox,
    /// Nothing was refused.
    Refused,
}

impl Desk {
    /// Looks at everything.
    ///
    /// # Errors
    /// [`DeskError::Vault`] only: that the server is away is something to report.
    pub fn doctor(&self, client: &Client, now: UnixTime) -> Result<Vec<Check>, DeskError> {
        let mut checks = Vec::new();
        let mut look = |about, well, says: String| checks.push(Check { about, well, says });
        let says = match self.backup_of() {
            None => "The vault opens.".to_owned(),
            Some(day) => format!("The vault opens; it is a backup of {}.", date(day)),
        };
        look(About::Vault, true, says);
        match self.snapshot(client, now) {
            Ok(snapshot) => {
                look(
                    About::Server,
                    true,
                    "The server answers, and what it shows holds.".into(),
                );
                look(
                    About::Clock,
                    true,
                    "The clock agrees with the server's.".into(),
                );
                self.look_at_snapshot(&snapshot, now, &mut look);
            }
            Err(DeskError::Load(LoadError::Refused(SnapshotError::Stale))) => {
                look(About::Clock, false, SnapshotError::Stale.to_string());
            }
            Err(DeskError::Vault(error)) => return Err(error.into()),
            Err(error) => look(About::Server, false, format!("{error}. {}", error.hint())),
        }
        self.look_at_sync(now, &mut look)?;
        let sending = self.sending()?;
        let says = match sending {
            0 => "No reply is waiting to be sent.".to_owned(),
            count => format!("Replies waiting to be sent: {count}. `beistand sync` sends them."),
        };
        look(About::Outbox, sending == 0, says);
        let refused = self.refused()?;
        let says = match refused {
            0 => "Nothing that arrived was refused.".to_owned(),
            count => format!(
                "Messages that were not to be believed: {count}. `beistand show` says which."
            ),
        };
        // Anybody can send rubbish: worth knowing, but not a fault of anything here.
        look(About::Refused, true, says);
        Ok(checks)
    }

    fn look_at_snapshot(
        &self,
        snapshot: &Snapshot,
        now: UnixTime,
        look: &mut impl FnMut(About, bool, String),
    ) {
        let roster = snapshot.roster();
        let left = roster.not_after.0.saturating_sub(now.0) / UnixTime::DAY_SECONDS;
        let until = date(roster.not_after.day());
        let says = format!(
            "The roster (version {}) is valid until {until}.",
            roster.version
        );
        let well = left >= ROSTER_WARNING_DAYS;
        let renew = if well {
            ""
        } else {
            " Those who hold the root keys should renew it now."
        };
        look(About::Roster, well, format!("{says}{renew}"));
        match self.device(snapshot) {
            Err(error) => look(About::Device, false, format!("{error}. {}", error.hint())),
            Ok(device) => {
                let says = format!("This device is number {} on the roster.", device.writer.0);
                look(About::Device, true, says);
                match snapshot.prekeys().of(device) {
                    Some(prekey) => {
                        let says = format!("Its prekey of {} is shown.", date(prekey.day));
                        look(About::Prekey, true, says);
                    }
                    None => {
                        let says = "The server shows no prekey of it. Run `beistand sync`; it \
                                    shows at the end of the epoch.";
                        look(About::Prekey, false, says.to_owned());
                    }
                }
            }
        }
    }

    fn look_at_sync(
        &self,
        now: UnixTime,
        look: &mut impl FnMut(About, bool, String),
    ) -> Result<(), DeskError> {
        match self.progress()? {
            None => look(
                About::Sync,
                false,
                "Nothing was synced yet. Run `beistand sync`.".into(),
            ),
            Some(progress) => {
                let day = progress.at.day();
                let says = format!("The last complete sync was on {}.", date(day));
                look(
                    About::Sync,
                    day.forward(SYNC_WARNING_DAYS) >= now.day(),
                    says,
                );
            }
        }
        Ok(())
    }
}
