//! The command line. Nothing secret can be said on it: words come through a file descriptor,
//! texts from a file or standard input.

use super::language;
use beistand_client::{Proxy, ServerAddress};
use beistand_crypto_core::word_list::WordList;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Report to people who can help, read their answers, and write back. Everything is sealed on
/// this machine; the server cannot read it.
#[derive(Debug, Parser)]
#[command(
    name = "beistand-report",
    version = concat!(env!("CARGO_PKG_VERSION"), " (", env!("BEISTAND_COMMIT"), ")"),
    after_help = "Exit codes: 0 done, 1 refused, 2 wrong usage, 4 server unreachable."
)]
pub struct Arguments {
    /// Address of the server: https://…, or http:// of an onion service through --proxy
    #[arg(long, value_name = "URL", global = true)]
    pub server: Option<ServerAddress>,
    /// The organisation's instance.json, got by a way you trust
    #[arg(long, value_name = "FILE", global = true)]
    pub instance: Option<PathBuf>,
    /// SOCKS5 proxy that resolves names, for Tor: socks5h://127.0.0.1:9050
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
pub enum Verb {
    /// File a report and get the twelve words that open its answers
    File(File),
    /// Read the conversation
    Check(Check),
    /// Write into the conversation
    Reply(Reply),
    /// Answer a question for consent: what may be shown to whom, item by item
    Consent(Consent),
    /// Save a file that came with an answer, or one of your own
    Save(Save),
    /// Delete what you sent and ask the readers to delete their copies
    Withdraw(Withdraw),
}

/// `file`
#[derive(Debug, Args)]
pub struct File {
    /// What happened: a file, or - for standard input
    #[arg(
        long,
        value_name = "FILE",
        default_value = "-",
        conflicts_with = "form"
    )]
    pub text: PathBuf,
    /// The whole form as JSON instead of a text alone: a file, or - for standard input
    #[arg(long, value_name = "FILE")]
    pub form: Option<PathBuf>,
    /// Files to send with it
    #[command(flatten)]
    pub files: Files,
    /// A person who must not read it; may be given several times
    #[arg(long, value_name = "SERIAL")]
    pub exclude: Vec<u32>,
    /// Language of the twelve words, en or de; without it that of your locale
    #[arg(long, value_name = "LANGUAGE", value_parser = language::word_list)]
    pub words_in: Option<WordList>,
    /// Wait until the log shows the report
    #[arg(long)]
    pub wait: bool,
}

/// Files that go with a message.
#[derive(Debug, Args)]
pub struct Files {
    /// A file to send with it; may be given several times. From pictures (JPEG, PNG, WebP) is taken
    /// out what says where, when and with what they were taken
    #[arg(long, value_name = "FILE")]
    pub attach: Vec<PathBuf>,
    /// Send pictures as they are, as evidence, with everything that is in them
    #[arg(long, requires = "attach")]
    pub keep_metadata: bool,
}

/// Where the words come from.
#[derive(Debug, Args)]
pub struct Words {
    /// File descriptor the twelve words are read from; without it they are asked for
    #[arg(long, value_name = "N")]
    pub words_fd: Option<u32>,
}

/// Who may read, where no list signed by the reporter is in view any more.
#[derive(Debug, Args)]
pub struct Who {
    /// Everybody on the roster may read
    #[arg(long, conflicts_with = "exclude")]
    pub readers_all: bool,
    /// A person who must not read it; may be given several times
    #[arg(long, value_name = "SERIAL")]
    pub exclude: Vec<u32>,
}

/// `check`
#[derive(Debug, Args)]
pub struct Check {
    /// The words
    #[command(flatten)]
    pub words: Words,
}

/// `reply`
#[derive(Debug, Args)]
pub struct Reply {
    /// The words
    #[command(flatten)]
    pub words: Words,
    /// What to write: a file, or - for standard input [default: -, or nothing beside files]
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,
    /// Files to send with it
    #[command(flatten)]
    pub files: Files,
    /// Who may read
    #[command(flatten)]
    pub who: Who,
    /// Wait until the log shows the message
    #[arg(long)]
    pub wait: bool,
}

/// `consent`
#[derive(Debug, Args)]
pub struct Consent {
    /// The words
    #[command(flatten)]
    pub words: Words,
    /// An item that may be shown; may be given several times. What is not named may not be shown
    #[arg(long, value_name = "NUMBER", required_unless_present = "none")]
    pub yes: Vec<usize>,
    /// Nothing may be shown
    #[arg(long, conflicts_with = "yes")]
    pub none: bool,
    /// Which question, by the letters and digits `check` shows; the newest where it is not given
    #[arg(long, value_name = "ID")]
    pub question: Option<String>,
    /// Who may read the answer
    #[command(flatten)]
    pub who: Who,
    /// Wait until the log shows the answer
    #[arg(long)]
    pub wait: bool,
}

/// `save`
#[derive(Debug, Args)]
pub struct Save {
    /// Which file, by the letters and digits `check` shows
    #[arg(value_name = "ID")]
    pub file: String,
    /// The words
    #[command(flatten)]
    pub words: Words,
    /// Where to save it; what is there already is not touched
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
}

/// `withdraw`
#[derive(Debug, Args)]
pub struct Withdraw {
    /// The words
    #[command(flatten)]
    pub words: Words,
    /// Who may read the wish
    #[command(flatten)]
    pub who: Who,
}
