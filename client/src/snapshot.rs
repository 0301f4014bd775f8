//! From a server's four files to one verified view of them.

use crate::error::ClientError;
use crate::routes::Client;
use beistand_protocol::instance::Instance;
use beistand_protocol::snapshot::{Seen, Served, Snapshot, SnapshotError};
use beistand_protocol::time::{Day, UnixTime};
use beistand_protocol::trust::Verified;

/// How often the files are loaded before a mismatch is believed.
const TRIES: usize = 3;

/// All visitors ask for the index of every day there is, the site's among them: what is asked for
/// must not depend on who asks.
const INDEX_FROM: Day = Day(0);

/// Why there is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Nothing to verify.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// What the server shows is refused.
    #[error("what the server shows is refused: {0}")]
    Refused(#[from] SnapshotError),
}

impl LoadError {
    /// What the one who sees it can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Client(error) => error.hint(),
            Self::Refused(SnapshotError::Stale) => {
                "Set the clock of this machine right; if it is, tell whoever runs the server."
            }
            Self::Refused(SnapshotError::Roster(_)) => {
                "Nothing was sent. If it lasts, ask the organisation for its current instance \
                 file and whether its roster was renewed."
            }
            Self::Refused(_) => {
                "Nothing was sent. Try again; if it lasts, tell the organisation by another way."
            }
        }
    }
}

/// Loads state, rosters, prekeys and the whole index, and verifies them against
/// the pinned `instance`. Where the files do not belong together an epoch has most likely closed
/// in between, and they are loaded again, at most three times in all.
///
/// `now` is this machine's clock; `seen` is what was remembered of an earlier snapshot.
///
/// # Errors
/// [`LoadError`].
pub fn load_snapshot(
    client: &Client,
    instance: &Instance,
    now: UnixTime,
    seen: Option<&Seen>,
) -> Result<Verified<Snapshot>, LoadError> {
    let mut tries = 1;
    loop {
        match load_once(client, instance, now, seen) {
            Err(LoadError::Refused(SnapshotError::Mismatch)) if tries < TRIES => tries += 1,
            result => return result,
        }
    }
}

fn load_once(
    client: &Client,
    instance: &Instance,
    now: UnixTime,
    seen: Option<&Seen>,
) -> Result<Verified<Snapshot>, LoadError> {
    let state = client.state()?;
    let rosters = client.rosters()?;
    let prekeys = client.prekeys()?;
    let index = client.index(INDEX_FROM)?;
    let served = Served {
        state: &state,
        rosters: &rosters,
        prekeys: &prekeys,
        index: &index,
        index_from: INDEX_FROM,
    };
    Ok(Snapshot::verify(instance, &served, now, seen)?)
}
