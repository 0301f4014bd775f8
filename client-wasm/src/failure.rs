//! Failures as the page knows them: a stable code, and the number of the word that is meant
//! where one is. No detail crosses into JavaScript, so nothing secret can.

use beistand_crypto_core::attachment::AttachmentError;
use beistand_crypto_core::audience::AudienceError;
use beistand_crypto_core::codename::CodenameError;
use beistand_crypto_core::compose::ComposeError;
use beistand_crypto_core::message::MessageError;
use beistand_crypto_core::part::PartError;
use beistand_protocol::fetch::FetchError;
use beistand_protocol::json::{self, JsonError};
use beistand_protocol::promise::PromiseError;
use beistand_protocol::roster_chain::RosterError;
use beistand_protocol::snapshot::SnapshotError;
use serde::Serialize;
use wasm_bindgen::JsValue;

/// What JavaScript catches, as JSON text.
#[derive(Debug, Serialize)]
pub struct Failure {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
}

impl Failure {
    /// Called in an order in which a page that works never calls.
    pub const ORDER: Self = Self::of("internal");
    /// `instance.json` is not usable.
    pub const INSTANCE: Self = Self::of("roster-refused");
    /// The server asks for a stamp that the roster does not allow it to ask for.
    pub const DEMAND: Self = Self::of("refused");
    /// Nobody was ticked.
    pub const NOBODY: Self = Self::of("no-readers");
    /// A picture that is not understood to its end.
    pub const PICTURE: Self = Self::of("picture-damaged");

    const fn of(code: &'static str) -> Self {
        Self {
            code,
            position: None,
        }
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        // Two plain fields are always JSON.
        json::encode(&failure).unwrap_or_default().into()
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        Self::of(match error {
            SnapshotError::Roster(RosterError::Expired) => "roster-expired",
            SnapshotError::Roster(RosterError::NotYet) | SnapshotError::Stale => "stale",
            SnapshotError::Roster(_) => "roster-refused",
            SnapshotError::Mismatch => "mismatch",
            SnapshotError::State(_)
            | SnapshotError::Prekeys(_)
            | SnapshotError::Index(_)
            | SnapshotError::Rollback => "state-refused",
        })
    }
}

impl From<RosterError> for Failure {
    fn from(error: RosterError) -> Self {
        SnapshotError::Roster(error).into()
    }
}

impl From<ComposeError> for Failure {
    fn from(error: ComposeError) -> Self {
        Self::of(match error {
            ComposeError::ReadersUnknown => "readers-unknown",
            ComposeError::Waiting => "waiting",
            ComposeError::DayFull | ComposeError::NoMoreKeys => "places-full",
            ComposeError::Message(MessageError::TooLong) => "too-long",
            ComposeError::Audience(
                AudienceError::NobodyReachable | AudienceError::UnknownReader(_),
            ) => "nobody-reachable",
            ComposeError::Audience(_)
            | ComposeError::Message(_)
            | ComposeError::NotAReader
            | ComposeError::Device => "internal",
        })
    }
}

impl From<CodenameError> for Failure {
    fn from(error: CodenameError) -> Self {
        match error {
            CodenameError::Count { .. } => Self::of("words-count"),
            CodenameError::UnknownWords { at } => Self {
                code: "word-unknown",
                position: at.first().copied(),
            },
            CodenameError::Checksum => Self::of("words-checksum"),
        }
    }
}

impl From<AttachmentError> for Failure {
    fn from(error: AttachmentError) -> Self {
        match error {
            AttachmentError::FileTooLarge { .. } => Self::of("file-too-large"),
            AttachmentError::MessageTooLarge { .. } => Self::of("files-too-large"),
            AttachmentError::Changed => Self::of("file-changed"),
            AttachmentError::Deleted => Self::of("file-deleted"),
            AttachmentError::OtherContent => Self::of("file-other"),
            AttachmentError::Incomplete | AttachmentError::Complete => Self::ORDER,
            AttachmentError::Part { number, error } => Self {
                code: match error {
                    PartError::Missing => "part-missing",
                    PartError::Foreign => "part-foreign",
                    PartError::Altered => "part-altered",
                    PartError::Swapped => "part-swapped",
                    PartError::TooLarge => "internal",
                },
                position: Some(usize::from(number)),
            },
        }
    }
}

impl From<PromiseError> for Failure {
    fn from(_: PromiseError) -> Self {
        Self::of("promise-refused")
    }
}

impl From<FetchError> for Failure {
    fn from(_: FetchError) -> Self {
        Self::of("refused")
    }
}

impl From<JsonError> for Failure {
    fn from(_: JsonError) -> Self {
        Self::ORDER
    }
}
