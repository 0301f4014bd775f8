//! Why a desk does not do what it was asked.

use crate::vault::VaultError;
use beistand_attachments::{SaveError, SendError};
use beistand_client::{ClientError, DeliverError, LoadError};
use beistand_console::date::date;
use beistand_crypto_core::compose::ComposeError;
use beistand_crypto_core::message::MessageError;
use beistand_protocol::time::Day;

/// What stands in the way.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The vault holds something else.
    #[error("this vault holds no desk")]
    NotADesk,
    /// The vault is a backup.
    #[error("this is a backup of {}, to read and not to work with", date(*.made))]
    Backup {
        /// The day it was made.
        made: Day,
    },
    /// The server, or what it shows.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The server.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A put.
    #[error(transparent)]
    Deliver(#[from] DeliverError),
    /// The device is not on the roster in force, or no longer trusted.
    #[error("this device is not on the roster, or no longer trusted")]
    NotOnRoster,
    /// No case of that number.
    #[error("there is no case of this number in this vault")]
    UnknownCase,
    /// A reply that must not or cannot be written.
    #[error(transparent)]
    Compose(#[from] ComposeError),
    /// A file was not sent.
    #[error("a file was not sent: {0}")]
    Send(#[from] SendError),
    /// A file was not saved.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// No such file in the case.
    #[error("there is no file of this number in this case")]
    UnknownFile,
    /// One message alone is too long to be shared.
    #[error("a message of this case is too long to be shared")]
    TooLongToShare,
    /// Nobody asked for the deletion of a case.
    #[error("its reporter did not ask that this case be deleted")]
    NotWithdrawn,
    /// It is too early to delete a case.
    #[error("this case may be deleted from {} on", date(*.from))]
    Grace {
        /// The first day.
        from: Day,
    },
    /// An empty reply.
    #[error("the text is empty")]
    NothingToSay,
    /// A reply of this case is still on its way.
    #[error("an earlier reply in this case has not arrived yet")]
    StillSending,
}

impl DeskError {
    /// What the one who sees it can do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Vault(error) => error.hint(),
            Self::NotADesk => "Open the folder that `join` made; root keys have their own.",
            Self::Backup { .. } => {
                "Work with the desk itself. Where it is lost, ask for a new invitation, and \
                 colleagues to share their cases with you."
            }
            Self::Load(error) => error.hint(),
            Self::Client(error) | Self::Deliver(DeliverError::Client(error)) => error.hint(),
            Self::Deliver(DeliverError::Occupied) => "Run `beistand sync` and try again.",
            Self::Deliver(DeliverError::Promise(_)) => {
                "Do not rely on the server having stored it; tell whoever runs it."
            }
            Self::NotOnRoster => {
                "Give your join request to those who hold the root keys; they publish a roster."
            }
            Self::UnknownCase => {
                "`beistand list` shows all numbers; `beistand sync` loads new ones."
            }
            Self::Compose(ComposeError::Message(MessageError::TooLong)) => {
                "Write it in several replies."
            }
            Self::Compose(ComposeError::Waiting) => "Try again when the epoch is over.",
            Self::Compose(_) => "Nothing was sent.",
            Self::Send(SendError::Deliver(DeliverError::Client(error))) => error.hint(),
            Self::Send(_) => "Nothing was said; try again, or answer without the file.",
            Self::Save(error) => error.hint(),
            Self::UnknownFile => "`beistand show` has the letters and digits of its files.",
            Self::TooLongToShare => "Give the others its text by another way that you trust.",
            Self::NotWithdrawn => "Nothing was deleted.",
            Self::Grace { .. } => {
                "The days between are there in case somebody else has the reporter's words. \
                 `beistand keep` keeps it for longer."
            }
            Self::NothingToSay => "Give --text FILE, or - for standard input.",
            Self::StillSending => "Run `beistand sync`; it sends what is waiting.",
        }
    }

    /// Whether another try later may succeed by itself.
    pub fn is_unreachable(&self) -> bool {
        let unreachable = |error: &ClientError| matches!(error, ClientError::Unreachable { .. });
        match self {
            Self::Client(error)
            | Self::Load(LoadError::Client(error))
            | Self::Send(SendError::Deliver(DeliverError::Client(error)))
            | Self::Save(SaveError::Client(error))
            | Self::Deliver(DeliverError::Client(error)) => unreachable(error),
            _ => false,
        }
    }
}
