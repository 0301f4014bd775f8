//! Errors of the HTTP surface: `application/problem+json` (RFC 9457) with a stable code and a
//! sentence that says what to do. Nothing of the request is repeated.

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident, $code:literal, $status:literal, $title:literal, $detail:literal;)*) => {
        /// What went wrong. Codes are stable; sentences may be improved.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemCode { $($(#[$doc])* $name,)* }

        impl ProblemCode {
            /// All codes, for tests and documentation.
            pub const ALL: &'static [ProblemCode] = &[$(Self::$name,)*];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// A short title.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// What to do.
            pub fn detail(self) -> &'static str {
                match self { $(Self::$name => $detail,)* }
            }
        }
    };
}

codes! {
    /// The frame or query is not of the form of its route.
    MalformedRequest, "malformed-request", 400, "The request is malformed",
        "Send exactly what docs/protocol.md says for this address; an up-to-date client does.";
    /// The blob breaks the grammar.
    MalformedBlob, "malformed-blob", 400, "This is not a sealed envelope or part",
        "Only blobs sealed by a Beistand client are accepted; nothing was stored.";
    /// The class does not belong to this route or roster.
    WrongClass, "wrong-class", 400, "This kind of blob does not belong here",
        "Load the current roster and seal again.";
    /// The day is more than one off.
    WrongDay, "wrong-day", 400, "The day is not today",
        "Check the clock of your device, load the state again and send again.";
    /// The shard is not within the roster's bits.
    WrongShard, "wrong-shard", 400, "The shard does not exist",
        "Load the current roster and seal again.";
    /// The stamp is worth too little.
    WeakStamp, "weak-stamp", 403, "The stamp is too weak",
        "Find a stamp of as many bits as this answer says, and send again.";
    /// The stamp of a fetch was used before.
    UsedStamp, "used-stamp", 403, "The stamp was used before",
        "Find another stamp for the same challenge, and send again.";
    /// The slot holds something else.
    SlotOccupied, "slot-occupied", 409, "The slot is occupied",
        "Use the next place; nothing was overwritten.";
    /// Not the preimage, or nothing there.
    DeleteRefused, "delete-refused", 403, "Nothing was deleted",
        "The slot is empty or the key does not fit.";
    /// A roster that cannot be the next.
    RosterRefused, "roster-refused", 400, "The roster is refused",
        "It must be signed by the root keys and follow the current roster; nothing was changed.";
    /// A prekey that is not of a device on the roster, or not of today.
    PrekeyRefused, "prekey-refused", 400, "The prekey is refused",
        "It must be signed by a device on the current roster and be of today.";
    /// A sync not signed by a device on the roster.
    SyncRefused, "sync-refused", 403, "The sync is refused",
        "It must be signed today by a device on the current roster.";
    /// More puts in this epoch than the server takes.
    QuotaReached, "quota-reached", 429, "Too much is being sent at the moment",
        "Wait for the next epoch and try again; keep this page open.";
    /// More is under way than the server can hold.
    Overloaded, "overloaded", 503, "Too much is arriving at the moment",
        "Nothing was stored; try again in a minute.";
    /// No such address.
    NotFound, "not-found", 404, "There is nothing here",
        "Check the address.";
    /// Another method is meant.
    MethodNotAllowed, "method-not-allowed", 405, "This address takes another method",
        "Check the method.";
    /// A body larger than any of this route.
    TooLarge, "too-large", 413, "The request is too large",
        "Nothing was stored; send one blob a request.";
    /// A body that came too slowly.
    TooSlow, "too-slow", 408, "The request took too long",
        "Nothing was stored; try again on a better connection.";
    /// An encoding or type this server does not take.
    UnsupportedMedia, "unsupported-media", 415, "This encoding is not accepted",
        "Send the body as it is, without Content-Encoding.";
    /// A Host this server does not serve.
    UnknownHost, "unknown-host", 421, "This server does not serve that name",
        "Use the address the organisation publishes.";
    /// No roster yet, or shutting down.
    NotReady, "not-ready", 503, "The server is not ready",
        "Try again in a minute; if it lasts, use another way to reach the team.";
    /// The disk is as good as full.
    StorageFull, "storage-full", 507, "The server has no room left",
        "Nothing was stored; use another way to reach the team and try again later.";
    /// A fault of the server.
    Internal, "internal", 500, "Something failed on the server",
        "Nothing was acknowledged; try again, and use another way to reach the team if it lasts.";
}

impl ProblemCode {
    /// Whether the same blob may be welcome later: then it is kept and sent again.
    pub fn is_temporary(self) -> bool {
        match self {
            Self::WeakStamp
            | Self::UsedStamp
            | Self::QuotaReached
            | Self::Overloaded
            | Self::TooSlow
            | Self::UnknownHost
            | Self::NotReady
            | Self::StorageFull
            | Self::Internal => true,
            Self::MalformedRequest
            | Self::MalformedBlob
            | Self::WrongClass
            | Self::WrongDay
            | Self::WrongShard
            | Self::SlotOccupied
            | Self::DeleteRefused
            | Self::RosterRefused
            | Self::PrekeyRefused
            | Self::SyncRefused
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::TooLarge
            | Self::UnsupportedMedia => false,
        }
    }
}

/// The body of an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `about:blank`, as the RFC has it where the code says it all.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short title.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// What to do.
    pub detail: String,
    /// For an occupied slot: the promise of what is in it, a signed note.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub promise: Option<String>,
    /// For a stamp that is too weak: the bits it needs now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bits: Option<u8>,
}

impl From<ProblemCode> for Problem {
    fn from(code: ProblemCode) -> Self {
        Self {
            kind: "about:blank".to_owned(),
            title: code.title().to_owned(),
            status: code.status(),
            code: code.code().to_owned(),
            detail: code.detail().to_owned(),
            promise: None,
            bits: None,
        }
    }
}

impl Problem {
    /// The code as a type, where this version knows it.
    pub fn known_code(&self) -> Option<ProblemCode> {
        ProblemCode::ALL
            .iter()
            .copied()
            .find(|known| known.code() == self.code)
    }
}
