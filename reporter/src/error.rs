//! What can go wrong for a reporter, and what to do about it.

use beistand_attachments::{SaveError, SendError, SourceError};
use beistand_client::{ClientError, DeliverError, LoadError};
use beistand_crypto_core::codename::CodenameError;
use beistand_crypto_core::compose::ComposeError;

/// Why something was not done. Where it says nothing else, nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum ReporterError {
    /// The words are not a codename.
    #[error(transparent)]
    Words(#[from] CodenameError),
    /// The server cannot be reached, or what it shows is refused.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A request failed.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The message could not be made.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// The message was not taken, or not acknowledged as it must be.
    #[error(transparent)]
    Deliver(#[from] DeliverError),
    /// A file on this machine cannot be sent.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A file was not sent.
    #[error("a file was not sent: {0}")]
    Send(#[from] SendError),
    /// A file was not saved.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// No such file is in view.
    #[error("no file in view has this number")]
    UnknownFile,
    /// No request for consent is in view, or not that one.
    #[error("no question of that kind is in view")]
    UnknownRequest,
    /// An item the request does not have.
    #[error("the question has no item of that number")]
    UnknownItem,
    /// Nothing was said.
    #[error("the text is empty")]
    Empty,
    /// The message was taken, but the log does not show it, although its epoch is over.
    #[error("the server took the message, but its log does not show it")]
    NotRecorded,
}

impl ReporterError {
    /// What the reporter can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Words(_) => {
                "nothing was sent; compare with what you wrote down: twelve words, in their order"
            }
            Self::Load(error) => error.hint(),
            Self::Client(error) => error.hint(),
            Self::Compose(ComposeError::ReadersUnknown) => {
                "your older messages are gone, so say who may read: --readers-all, or --exclude \
                 SERIAL for each person who must not"
            }
            Self::Compose(ComposeError::Message(_)) => {
                "nothing was sent; shorten the text, or send it in several messages"
            }
            Self::Compose(_) => {
                "nothing was sent; if waiting does not help, use another way to \
                 reach the team"
            }
            Self::Deliver(DeliverError::Client(error)) => error.hint(),
            Self::Deliver(DeliverError::Occupied) => {
                "wait a little, until what was sent before is visible, and try again"
            }
            Self::Deliver(DeliverError::Promise(_)) => {
                "do not rely on it having arrived; try again, and use another way to reach the team"
            }
            Self::Source(error) => error.hint(),
            Self::Send(SendError::Deliver(DeliverError::Client(error))) => error.hint(),
            Self::Send(_) => "nothing was said; try again, or send the words without the file",
            Self::Save(error) => error.hint(),
            Self::UnknownFile => {
                "`beistand-report check` shows the numbers of files; only the newest messages are \
                 in view"
            }
            Self::UnknownRequest | Self::UnknownItem => {
                "nothing was sent; `beistand-report check` shows what was asked, and the numbers"
            }
            Self::Empty => "nothing was sent; write what happened, one sentence is enough",
            Self::NotRecorded => {
                "keep the promise, it is the proof; use another way to reach the team"
            }
        }
    }

    /// Whether the server could not be reached at all.
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Load(LoadError::Client(ClientError::Unreachable { .. }))
                | Self::Client(ClientError::Unreachable { .. })
                | Self::Deliver(DeliverError::Client(ClientError::Unreachable { .. }))
                | Self::Send(SendError::Deliver(DeliverError::Client(
                    ClientError::Unreachable { .. }
                )))
                | Self::Save(SaveError::Client(ClientError::Unreachable { .. }))
        )
    }
}
