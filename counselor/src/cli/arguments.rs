//! The command line. Nothing secret can be said on it.

use beistand_client::{Proxy, ServerAddress};
use beistand_counselor::desk::case_number::CaseNumber;
use beistand_protocol::verifier_key::VerifierKey;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Read reports and answer them, and look after an organisation's keys. `beistand guide`
/// explains how to set an organisation up, step by step.
#[derive(Debug, Parser)]
#[command(
    name = "beistand",
    version = concat!(env!("CARGO_PKG_VERSION"), " (", env!("BEISTAND_COMMIT"), ")"),
    after_help = "Exit codes: 0 done, 1 refused, 2 wrong usage, 3 something needs looking into, \
                  4 server unreachable."
)]
pub struct Arguments {
    /// Folder with everything of this desk or root key, sealed under a passphrase
    #[arg(long, value_name = "DIR", global = true)]
    pub vault: Option<PathBuf>,
    /// Read the passphrase from this file descriptor instead of asking
    #[arg(long, value_name = "N", global = true)]
    pub passphrase_fd: Option<u32>,
    /// Address of the server, where it is not the first in the instance file
    #[arg(long, value_name = "URL", global = true)]
    pub server: Option<ServerAddress>,
    /// SOCKS5 proxy that resolves names, for Tor: 127.0.0.1:9050
    #[arg(long, value_name = "PROXY", global = true)]
    pub proxy: Option<Proxy>,
    /// Answer in JSON, for scripts
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one a run")]
pub enum Verb {
    /// Explain how to set an organisation up
    Guide,
    /// Root keys, the instance file and rosters
    #[command(subcommand)]
    Root(Root),
    /// Invite a counselor: write the file they join with
    Invite(Invite),
    /// Make your desk from an invitation, and the file that asks to be put on the roster
    Join(Join),
    /// Take everything new from the server, and do what the desk owes it
    Sync,
    /// List all cases
    List,
    /// Show one case
    Show {
        /// Its number, as in the list
        case: CaseNumber,
    },
    /// Answer the reporter of a case
    Reply(Reply),
    /// Write to the other readers of a case; the reporter cannot see that it exists
    Note(Note),
    /// Give all messages of a case to readers who lack them: who was allowed later, or has a new
    /// device
    Share(Share),
    /// Ask the reporter whether something may be shown to somebody, and see what was answered
    #[command(subcommand)]
    Consent(Consent),
    /// Save a file of a case
    Save(Save),
    /// Delete a case whose reporter asked for it, from the day on that `show` names
    Forget {
        /// Its number, as in the list
        case: CaseNumber,
    },
    /// Keep a case although its reporter asked for its deletion: for when somebody else seems to
    /// have the words
    Keep {
        /// Its number, as in the list
        case: CaseNumber,
    },
    /// Keys for other programs
    #[command(subcommand)]
    Keys(Keys),
    /// Envelopes for other programs
    #[command(subcommand)]
    Envelopes(Envelopes),
    /// Copy this desk to read from when its machine is lost. The copy has your cases and your
    /// passphrase, but none of the daily keys, and cannot be worked with
    Backup {
        /// A new or empty folder, best on another disk
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Look whether everything is as it should be
    Doctor,
}

/// Root keys, the instance file and rosters.
#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one a run")]
pub enum Root {
    /// Make a root key in a new vault and print its public half
    New {
        /// Its name in signatures
        #[arg(long, default_value = "root-1")]
        name: String,
    },
    /// Print the public half of a root key
    Key,
    /// Write the instance file
    InitInstance(InitInstance),
    /// Print a description of an organisation to fill in
    Template,
    /// Draft the next roster, to be read and signed
    Roster(Roster),
    /// Sign a draft, or add a signature to a signed roster
    Sign(Sign),
    /// Send a signed roster to the server
    Publish {
        /// The signed roster
        file: PathBuf,
        /// The instance file
        #[arg(long, value_name = "FILE")]
        instance: PathBuf,
    },
}

/// `root init-instance`
#[derive(Debug, Args)]
pub struct InitInstance {
    /// Public half of a root key; once for each, up to 5
    #[arg(long = "root", value_name = "KEY", required = true)]
    pub roots: Vec<VerifierKey>,
    /// How many of them must sign a roster; more than half where it is not said
    #[arg(long, value_name = "N")]
    pub threshold: Option<u8>,
    /// Where the site will be; the first is the one to show
    #[arg(long = "address", value_name = "URL", required = true)]
    pub addresses: Vec<ServerAddress>,
    /// The file to write
    #[arg(long, value_name = "FILE", default_value = "instance.json")]
    pub out: PathBuf,
}

/// `root roster`
#[derive(Debug, Args)]
pub struct Roster {
    /// The instance file
    #[arg(long, value_name = "FILE")]
    pub instance: PathBuf,
    /// The description of the organisation; as before where it is not given
    #[arg(long, value_name = "FILE")]
    pub organisation: Option<PathBuf>,
    /// What `beistand-server log-key` prints; as before where it is not given
    #[arg(long, value_name = "KEY")]
    pub log: Option<VerifierKey>,
    /// A join request; once for each. What is on the roster already stays as it is
    #[arg(long = "add", value_name = "FILE")]
    pub add: Vec<PathBuf>,
    /// A member who leaves, with all devices
    #[arg(long, value_name = "SERIAL")]
    pub remove_member: Vec<u32>,
    /// A device that is not used any more
    #[arg(long, value_name = "NUMBER")]
    pub remove_device: Vec<u8>,
    /// A device that was lost or stolen: nothing of it is believed from today on
    #[arg(long, value_name = "NUMBER")]
    pub distrust: Vec<u8>,
    /// Rosters so far, as a file; where it is not given, they are asked of the server
    #[arg(long, value_name = "FILE")]
    pub previous: Option<PathBuf>,
    /// This is the first roster; ask nobody for an earlier one
    #[arg(long, conflicts_with = "previous")]
    pub first: bool,
    /// The draft to write
    #[arg(long, value_name = "FILE", default_value = "roster-draft.json")]
    pub out: PathBuf,
}

/// `root sign`
#[derive(Debug, Args)]
pub struct Sign {
    /// The draft, or a roster others have signed
    pub file: PathBuf,
    /// The instance file, to compare with
    #[arg(long, value_name = "FILE")]
    pub instance: Option<PathBuf>,
    /// Write the signed roster there; printed where it is not given
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `invite`
#[derive(Debug, Args)]
pub struct Invite {
    /// The instance file
    #[arg(long, value_name = "FILE")]
    pub instance: PathBuf,
    /// The person's number: 1 and up, never given twice
    #[arg(long)]
    pub serial: u32,
    /// The name reporters will see
    #[arg(long)]
    pub name: String,
    /// Pronouns
    #[arg(long)]
    pub pronouns: Option<String>,
    /// A language the person answers in, such as en; once for each
    #[arg(long = "language", value_name = "TAG")]
    pub languages: Vec<String>,
    /// Something the person knows about; once for each
    #[arg(long = "topic", value_name = "WORD")]
    pub topics: Vec<String>,
    /// The file to write
    #[arg(long, value_name = "FILE", default_value = "invitation.json")]
    pub out: PathBuf,
}

/// `join`
#[derive(Debug, Args)]
pub struct Join {
    /// The invitation
    pub invitation: PathBuf,
    /// The request to write, for those who hold the root keys
    #[arg(long, value_name = "FILE", default_value = "join-request.json")]
    pub out: PathBuf,
}

/// `reply`
#[derive(Debug, Args)]
pub struct Reply {
    /// The case's number, as in the list
    pub case: CaseNumber,
    /// What to say: a file, or - for standard input [default: -, or nothing beside a status or
    /// files]
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,
    /// Where the case stands, for the reporter to see
    #[arg(long, value_name = "STATUS")]
    pub status: Option<Status>,
    /// A file to send with it; may be given several times. From pictures (JPEG, PNG, WebP) is taken
    /// out what says where, when and with what they were taken
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Send pictures as they are, with everything that is in them
    #[arg(long, requires = "attach")]
    pub keep_metadata: bool,
}

/// `note`
#[derive(Debug, Args)]
pub struct Note {
    /// The case's number, as in the list
    pub case: CaseNumber,
    /// What to say: a file, or - for standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub text: PathBuf,
}

/// `share`
#[derive(Debug, Args)]
pub struct Share {
    /// The case's number, as in the list
    pub case: CaseNumber,
    /// A reader who lacks messages, by number; may be given several times. Only those the reporter
    /// allowed can be given anything
    #[arg(long = "with", value_name = "SERIAL", required = true)]
    pub with: Vec<u32>,
}

/// Consent.
#[derive(Debug, Subcommand)]
pub enum Consent {
    /// Ask
    Ask(Ask),
    /// Show what was asked and answered
    Show {
        /// The case's number, as in the list
        case: CaseNumber,
    },
}

/// `consent ask`
#[derive(Debug, Args)]
pub struct Ask {
    /// The case's number, as in the list
    pub case: CaseNumber,
    /// What to ask: a file, or - for standard input. Its first line says who would see it, each
    /// further line one thing they would see
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub request: PathBuf,
    /// Words to the reporter beside it: a file
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,
}

/// `save`
#[derive(Debug, Args)]
pub struct Save {
    /// The case's number, as in the list
    pub case: CaseNumber,
    /// Which file, by the letters and digits `show` has for it
    #[arg(value_name = "ID")]
    pub file: String,
    /// Where to save it; what is there already is not touched
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
}

/// Where a case stands.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Status {
    /// It has arrived
    Received,
    /// Somebody is reading it
    Reading,
    /// It was answered
    Answered,
    /// You wait for the reporter
    WaitingForYou,
    /// It is closed
    Closed,
}

/// Keys for other programs.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Write the keys as an age identity file. Whoever has it can read what this desk can read
    Export {
        /// The file to write; printed where it is not given
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Envelopes for other programs.
#[derive(Debug, Subcommand)]
pub enum Envelopes {
    /// Save the envelopes this desk can open, as they lie on the server, as age files
    Export {
        /// The folder to write them to
        folder: PathBuf,
    },
}
