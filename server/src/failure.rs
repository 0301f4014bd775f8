//! What the program says when it does not do what it was asked: a sentence and a hint.

use beistand_protocol::instance::InstanceError;
use beistand_server::app::OpenError;
use beistand_server::http::hosts::HostError;
use beistand_server::log_key::LogKeyError;
use beistand_server::startup::StartError;
use beistand_server::store::StoreError;
use beistand_server::tls::TlsError;
use clap::error::ErrorKind;
use std::io;

/// A refusal of the program.
#[derive(Debug)]
pub struct Failure {
    /// What is wrong.
    pub sentence: String,
    /// What to do.
    pub hint: &'static str,
    /// What the program exits with.
    pub code: u8,
}

impl Failure {
    /// The exit code of a refusal.
    pub const REFUSED: u8 = 1;
    /// The exit code where the command line itself makes no sense.
    pub const USAGE: u8 = 2;

    fn new(sentence: impl ToString, hint: &'static str) -> Self {
        Self {
            sentence: sentence.to_string(),
            hint,
            code: Self::REFUSED,
        }
    }

    /// An option without which nothing can be done.
    pub fn missing(option: &str) -> Self {
        Self {
            code: Self::USAGE,
            ..Self::new(
                format!("{option} is missing"),
                "give it on the command line, in the environment or in the file of --config; see --help",
            )
        }
    }

    /// The file of options cannot be read.
    pub fn config_unreadable(error: io::Error) -> Self {
        let sentence = format!("the file of options cannot be read: {}", error.kind());
        Self::new(
            sentence,
            "give its path with --config; `beistand-server init` writes one",
        )
    }

    /// The file of options is not understood.
    pub fn config_malformed(line: usize, mistake: &str) -> Self {
        let sentence = format!("the file of options has a mistake in line {line}: {mistake}");
        Self::new(
            sentence,
            "mend that line; `beistand-server init` in an empty folder writes a file with all options",
        )
    }

    /// A name visitors ask by that is none.
    pub fn host(error: HostError) -> Self {
        Self::new(error, "give a name such as help.example.org")
    }

    /// Figures would be shown to others.
    pub fn metrics_address() -> Self {
        Self::new(
            "the figures for monitoring are for this machine only",
            "give a loopback address, such as 127.0.0.1:9180",
        )
    }

    /// A certificate without its key, or the other way round.
    pub fn half_of_tls() -> Self {
        Self::new(
            "a certificate needs its key, and a key its certificate",
            "give both, or none and a proxy before the server",
        )
    }

    /// Core dumps cannot be forbidden.
    pub fn hardening(error: io::Error) -> Self {
        let sentence = format!("core dumps cannot be forbidden: {}", error.kind());
        Self::new(
            sentence,
            "start it where a process may lower its own limits",
        )
    }

    /// There is a server's folder already.
    pub fn already_there() -> Self {
        Self::new(
            "there is a beistand-server.toml in that folder already; nothing was changed",
            "give another folder, or look at this one with check-config",
        )
    }

    /// Something cannot be written.
    pub fn init(error: io::Error) -> Self {
        let sentence = format!("the server's folder cannot be made: {}", error.kind());
        Self::new(
            sentence,
            "check the rights of the folder, or give another one",
        )
    }

    /// An answer that is none. What was typed is not repeated.
    pub fn answer(wanted: &'static str) -> Self {
        Self::new("that is not an answer to the question", wanted)
    }

    /// The command line makes no sense. What was typed is not repeated.
    pub fn usage(kind: ErrorKind) -> Self {
        let what = kind.as_str().unwrap_or("it is not complete");
        let sentence = format!("this is not a command line this program knows: {what}");
        let hint =
            "beistand-server serve --data DIR --instance FILE --listen ADDR:PORT; see --help";
        Self {
            code: Self::USAGE,
            ..Self::new(sentence, hint)
        }
    }

    /// The instance file cannot be read.
    pub fn instance(error: io::Error) -> Self {
        let sentence = format!("the instance file cannot be read: {}", error.kind());
        Self::new(sentence, "give the path of instance.json with --instance")
    }

    /// The site cannot be read.
    pub fn site(error: io::Error) -> Self {
        let sentence = format!("the site cannot be read: {error}");
        Self::new(
            sentence,
            "give a folder with an index.html, or leave --site out",
        )
    }

    /// The address cannot be bound.
    pub fn listen(error: io::Error) -> Self {
        let sentence = format!("cannot listen there: {}", error.kind());
        Self::new(
            sentence,
            "choose another --listen address, or port 0 for any free one",
        )
    }

    /// There is nothing to export.
    pub fn no_data() -> Self {
        Self::new(
            "there is no such data directory",
            "give the directory that follows --data of beistand-server serve",
        )
    }

    /// An export that cannot be taken.
    pub fn export(error: StoreError) -> Self {
        match error {
            StoreError::Failed(sentence) => Self::new(
                format!("nothing was exported: {sentence}"),
                "give the name of a new file in a folder with enough room",
            ),
            other => other.into(),
        }
    }

    /// An export that cannot be read.
    pub fn export_file(error: io::Error) -> Self {
        let sentence = format!("the export cannot be read: {}", error.kind());
        Self::new(
            sentence,
            "give the path of a file that `export` has written",
        )
    }

    /// An export that cannot be imported.
    pub fn import(error: StoreError) -> Self {
        match error {
            StoreError::Failed(sentence) => Self::new(
                format!("nothing was imported: {sentence}"),
                "give a whole export, the folder of its server's keys, and a new directory",
            ),
            other => other.into(),
        }
    }

    /// The program cannot go on.
    pub fn serve(error: io::Error) -> Self {
        let sentence = format!("the server cannot go on: {error}");
        Self::new(sentence, "nothing acknowledged is lost; start it again")
    }
}

impl From<TlsError> for Failure {
    fn from(error: TlsError) -> Self {
        Self::new(
            error,
            "give PEM files that belong together and that this user may read",
        )
    }
}

impl From<InstanceError> for Failure {
    fn from(error: InstanceError) -> Self {
        Self::new(
            error,
            "use the instance.json that was made for this instance",
        )
    }
}

impl From<LogKeyError> for Failure {
    fn from(error: LogKeyError) -> Self {
        let hint = "check the rights of the data directory; restore log.key from a backup if it is damaged";
        Self::new(error, hint)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let hint = match &error {
            StoreError::Locked => "stop the other server first, or give another --data directory",
            StoreError::Full => {
                "free some room on the disk of the data directory, or lower --keep-free"
            }
            StoreError::Schema { .. } => "use the version of the program that wrote the data",
            StoreError::Instance => "give the instance file this data directory was made with",
            StoreError::Damaged(_) => {
                "nothing was changed; restore the data directory from a backup"
            }
            StoreError::Conflict | StoreError::Failed(_) | StoreError::Stopped => {
                "check the disk and the rights of the data directory, then start again"
            }
        };
        Self::new(error, hint)
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let hint = match error {
            OpenError::Store(error) => return error.into(),
            OpenError::Rosters(_) => "give the instance file this data directory was made with",
            OpenError::LogKey => "put back the log.key this data directory was made with",
            OpenError::Clock => "set the clock of this machine, then start again",
            OpenError::Closing(_) => {
                "check the disk, then start again; nothing acknowledged is lost"
            }
        };
        Self::new(error, hint)
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Instance(error) => error.into(),
            StartError::LogKey(error) => error.into(),
            StartError::Store(error) => error.into(),
            StartError::Wall(error) => error.into(),
        }
    }
}
