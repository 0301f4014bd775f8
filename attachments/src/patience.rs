//! Going on after a lost connection.

use beistand_client::ClientError;
use std::time::Duration;

/// How long to wait before each further attempt, where the server cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// In seconds; there is one attempt more than there are pauses.
    pub pauses: &'static [u64],
}

impl Patience {
    /// Some five minutes: a train in a tunnel, a router that starts anew.
    pub const STANDARD: Self = Self {
        pauses: &[1, 2, 4, 8, 15, 30, 60, 60, 60, 60],
    };

    /// Does something until the server was reached.
    ///
    /// # Errors
    /// The last one, or the first that is not about reaching the server.
    pub(crate) fn attempt<T, E>(
        self,
        mut once: impl FnMut() -> Result<T, E>,
        cause: impl Fn(&E) -> Option<&ClientError>,
        mut lost: impl FnMut(),
    ) -> Result<T, E> {
        for pause in self.pauses {
            match once() {
                Err(error) if cause(&error).is_some_and(is_lost) => {
                    lost();
                    std::thread::sleep(Duration::from_secs(*pause));
                }
                outcome => return outcome,
            }
        }
        once()
    }
}

fn is_lost(error: &ClientError) -> bool {
    matches!(error, ClientError::Unreachable { .. })
}
