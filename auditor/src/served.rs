//! What a server shows to every visitor, as bytes: loaded here, judged by [`crate::check_world`].

use beistand_client::{Client, ClientError};
use beistand_protocol::json;
use beistand_protocol::state::{StateLeaf, StateResponse};
use beistand_protocol::time::{Day, UnixTime};

/// The four files a visit begins with, and when they were loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedFiles {
    /// Body of `GET /v1/state`.
    pub state: Vec<u8>,
    /// Body of `GET /v1/rosters`.
    pub rosters: Vec<u8>,
    /// Body of `GET /v1/prekeys`.
    pub prekeys: Vec<u8>,
    /// Body of `GET /v1/index`, from `index_from` on.
    pub index: Vec<u8>,
    /// The first day asked for.
    pub index_from: Day,
    /// The auditor's clock when they were loaded.
    pub loaded: UnixTime,
}

/// Loads the four files as they are. An epoch may close in between: the state is asked for again
/// until it is the same before and after, at most three times.
///
/// # Errors
/// [`ClientError`].
pub fn load(client: &Client, now: UnixTime) -> Result<ServedFiles, ClientError> {
    let mut tries = 1;
    loop {
        let state = client.state()?;
        let index_from = first_day(&state);
        let files = ServedFiles {
            rosters: client.rosters()?,
            prekeys: client.prekeys()?,
            index: client.index(index_from)?,
            state,
            index_from,
            loaded: now,
        };
        if tries == 3 || client.state()? == files.state {
            return Ok(files);
        }
        tries += 1;
    }
}

/// The oldest day the state lists; nothing of it is believed yet.
fn first_day(state: &[u8]) -> Day {
    json::parse::<StateResponse>(state)
        .ok()
        .and_then(|response| StateLeaf::parse(&response.leaf))
        .and_then(|leaf| leaf.index.first().map(|day| day.day))
        .unwrap_or(Day(0))
}
