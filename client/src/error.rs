//! What can go wrong between this machine and a server. The variants say who has to act.

use beistand_protocol::problem::{Problem, ProblemCode};

/// The route a request was for, so that an error can say what was being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// `GET /instance.json`
    Instance,
    /// `GET /v1/state`
    State,
    /// `GET|POST /v1/rosters`
    Rosters,
    /// `GET|POST /v1/prekeys`
    Prekeys,
    /// `GET /v1/index`
    Index,
    /// `POST /v1/envelopes`
    Envelopes,
    /// `POST /v1/parts`
    Parts,
    /// `POST /v1/fetch`
    Fetch,
    /// `POST /v1/sync`
    Sync,
    /// `POST /v1/delete`
    Delete,
}

impl Route {
    /// The path.
    pub fn path(self) -> &'static str {
        match self {
            Self::Instance => "/instance.json",
            Self::State => "/v1/state",
            Self::Rosters => "/v1/rosters",
            Self::Prekeys => "/v1/prekeys",
            Self::Index => "/v1/index",
            Self::Envelopes => "/v1/envelopes",
            Self::Parts => "/v1/parts",
            Self::Fetch => "/v1/fetch",
            Self::Sync => "/v1/sync",
            Self::Delete => "/v1/delete",
        }
    }
}

/// Why a request gave nothing to rely on.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No answer: no network, no server, no proxy, a broken connection, too slow.
    #[error("the server cannot be reached: {reason}")]
    Unreachable {
        /// In the network's words; never anything of a request or answer.
        reason: String,
    },
    /// The server refused, and said why.
    #[error("the server refused: {}", sentence(*.code, *.status))]
    Problem {
        /// Its code; `None` for one this version does not know, or a page that is no problem
        /// document (a proxy's, for example).
        code: Option<ProblemCode>,
        /// The HTTP status.
        status: u16,
        /// For an occupied slot, the promise of what is in it: a signed note, not verified yet.
        promise: Option<String>,
        /// For a stamp that is too weak, the bits the server asks for now.
        bits: Option<u8>,
    },
    /// The server answered something that is not what this route answers.
    #[error("the server's answer ({path}) is malformed, cut off or too large", path = .route.path())]
    Malformed {
        /// Which route.
        route: Route,
    },
}

fn sentence(code: Option<ProblemCode>, status: u16) -> String {
    match code {
        Some(code) => format!("{} ({})", code.title(), code.code()),
        None => format!("HTTP status {status}"),
    }
}

impl ClientError {
    /// What the one who sees it can do. Always a sentence of this program, never of the server.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => {
                "Check the address and the connection, and try again; nothing was lost."
            }
            Self::Problem {
                code: Some(code), ..
            } => code.detail(),
            Self::Problem { code: None, .. } => {
                "Check the address: this does not look like a Beistand server of this version."
            }
            Self::Malformed { .. } => {
                "Try again; if it lasts, tell whoever runs the server, and do not rely on it."
            }
        }
    }

    /// The server's code, where it refused with one this version knows.
    pub fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Problem { code, .. } => *code,
            Self::Unreachable { .. } | Self::Malformed { .. } => None,
        }
    }

    pub(crate) fn problem(status: u16, body: &[u8]) -> Self {
        let problem: Option<Problem> = serde_json::from_slice(body).ok();
        Self::Problem {
            code: problem.as_ref().and_then(Problem::known_code),
            status,
            bits: problem.as_ref().and_then(|problem| problem.bits),
            promise: problem.and_then(|problem| problem.promise),
        }
    }
}
