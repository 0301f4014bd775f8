//! How the program ends when it cannot do what was asked: one sentence, one hint, one code.

use beistand_attachments::SourceError;
use beistand_client::{AddressError, ClientError, LoadError};
use beistand_console::command_line;
use beistand_counselor::desk::DeskError;
use beistand_counselor::setup::invitation::InvitationError;
use beistand_counselor::setup::join_request::JoinRequestError;
use beistand_counselor::setup::organisation::DescriptionError;
use beistand_counselor::setup::root_key::RootKeyError;
use beistand_counselor::setup::roster_draft::DraftError;
use beistand_counselor::setup::roster_signing::SigningError;
use beistand_counselor::vault::VaultError;
use beistand_protocol::instance::InstanceError;
use beistand_protocol::roster_chain::RosterError;
use std::process::ExitCode;

/// What the program's exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Refused: by the server, by a signature, by the passphrase.
    Refused = 1,
    /// The command line is not one this program knows, or a file it names is not there.
    Usage = 2,
    /// Done, and somebody must look into something.
    Findings = 3,
    /// The server cannot be reached.
    Unreachable = 4,
}

/// Why the program stops, in words that repeat nothing of the input.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    error: String,
    hint: String,
}

impl Failure {
    /// Something was refused.
    pub fn refused(error: impl ToString, hint: impl ToString) -> Self {
        Self {
            exit: Exit::Refused,
            error: error.to_string(),
            hint: hint.to_string(),
        }
    }

    /// The command line does not make sense.
    pub fn usage(error: impl ToString, hint: impl ToString) -> Self {
        Self {
            exit: Exit::Usage,
            error: error.to_string(),
            hint: hint.to_string(),
        }
    }

    /// From the command line's parser. What somebody typed in the wrong place may be secret, so
    /// unlike the parser's own words these do not repeat it.
    pub fn of_usage(error: &clap::Error) -> Self {
        Self::usage(
            command_line::misuse(error),
            "`beistand --help` shows what there is",
        )
    }

    /// Says so, and answers the exit code.
    pub fn report(&self) -> ExitCode {
        command_line::report(&self.error, &self.hint, self.exit as u8)
    }
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Self {
        let exit = match &error {
            DeskError::Vault(VaultError::Missing | VaultError::Exists)
            | DeskError::NotADesk
            | DeskError::NothingToSay => Exit::Usage,
            error if error.is_unreachable() => Exit::Unreachable,
            _ => Exit::Refused,
        };
        Self {
            exit,
            error: error.to_string(),
            hint: error.hint().to_owned(),
        }
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::usage(&error, error.hint())
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        DeskError::from(error).into()
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        DeskError::from(error).into()
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        DeskError::from(error).into()
    }
}

impl From<RootKeyError> for Failure {
    fn from(error: RootKeyError) -> Self {
        match error {
            RootKeyError::Vault(error) => error.into(),
            RootKeyError::Name => Self::usage(error, "Choose a short name such as root-1."),
            RootKeyError::NotARoot => Self::usage(
                error,
                "Open the folder that `root new` made; desks have their own.",
            ),
        }
    }
}

impl From<AddressError> for Failure {
    fn from(error: AddressError) -> Self {
        let hint = match error {
            AddressError::OnionWithoutProxy => "Start Tor and give --proxy 127.0.0.1:9050.",
            _ => "Check --server and --proxy.",
        };
        Self::usage(error, hint)
    }
}

impl From<InstanceError> for Failure {
    fn from(error: InstanceError) -> Self {
        Self::refused(error, "Ask the organisation for its instance file.")
    }
}

impl From<InvitationError> for Failure {
    fn from(error: InvitationError) -> Self {
        Self::refused(error, "Ask for it again; numbers of members begin with 1.")
    }
}

impl From<JoinRequestError> for Failure {
    fn from(error: JoinRequestError) -> Self {
        Self::refused(
            error,
            "Ask the counselor to run `beistand join` and send the file again.",
        )
    }
}

impl From<DescriptionError> for Failure {
    fn from(error: DescriptionError) -> Self {
        Self::refused(error, "`beistand root template` prints one that is right.")
    }
}

impl From<DraftError> for Failure {
    fn from(error: DraftError) -> Self {
        Self::refused(error, error.hint())
    }
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        Self::refused(error, error.hint())
    }
}

impl From<RosterError> for Failure {
    fn from(error: RosterError) -> Self {
        Self::refused(error, "Do not use these rosters; ask where they come from.")
    }
}
