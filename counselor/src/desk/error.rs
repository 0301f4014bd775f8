//! Why a desk does not do what it was asked.

use crate::vault::VaultError;
use beistand_client::{ClientError, DeliverError, LoadError};
use beistand_crypto_core::compose::ComposeError;
use beistand_crypto_core::message::MessageError;

/// What stands in the way.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The vault holds something else.
    #[error("this vault holds no desk")]
    NotADesk,
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
            | Self::Deliver(DeliverError::Client(error)) => unreachable(error),
            _ => false,
        }
    }
}
