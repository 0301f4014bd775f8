//! One file a verb's family; each makes the library do one thing and says what came of it.

mod cases;
mod consent;
mod exports;
mod health;
mod joining;
mod root;
mod writing;

use super::arguments::{Arguments, Verb};
use super::failure::Failure;
use super::output::Output;
use super::passphrase;
use beistand_client::{Client, ServerAddress};
use beistand_counselor::desk::Desk;
use beistand_protocol::instance::Instance;
use beistand_protocol::time::UnixTime;
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

const GUIDE: &str = include_str!("../../../docs/setup.md");

/// Does what the command line says.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let output = Output::new(arguments.json);
    match &arguments.verb {
        Verb::Guide => output.write(GUIDE),
        Verb::Root(verb) => root::run(arguments, verb, &output)?,
        Verb::Invite(invite) => joining::invite(invite, &output)?,
        Verb::Join(join) => joining::join(arguments, join, &output)?,
        Verb::Sync => return health::sync(arguments, &output),
        Verb::List => cases::list(arguments, &output)?,
        Verb::Show { case } => cases::show(arguments, *case, &output)?,
        Verb::Reply(reply) => writing::reply(arguments, reply, &output)?,
        Verb::Note(note) => writing::note(arguments, note, &output)?,
        Verb::Share(share) => writing::share(arguments, share, &output)?,
        Verb::Consent(verb) => consent::run(arguments, verb, &output)?,
        Verb::Save(save) => cases::save(arguments, save, &output)?,
        Verb::Forget { case } => cases::forget(arguments, *case, &output)?,
        Verb::Keep { case } => cases::keep(arguments, *case, &output)?,
        Verb::Keys(verb) => exports::keys(arguments, verb, &output)?,
        Verb::Envelopes(verb) => exports::envelopes(arguments, verb, &output)?,
        Verb::Backup { folder } => exports::backup(arguments, folder, &output)?,
        Verb::Doctor => return health::doctor(arguments, &output),
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder of the vault.
fn vault(arguments: &Arguments) -> Result<&Path, Failure> {
    arguments
        .vault
        .as_deref()
        .ok_or_else(|| Failure::usage("it is not said which vault", "Give its folder: --vault DIR"))
}

/// The desk in the vault.
fn open_desk(arguments: &Arguments) -> Result<Desk, Failure> {
    let folder = vault(arguments)?;
    Ok(Desk::open(
        folder,
        &passphrase::existing(arguments.passphrase_fd)?,
    )?)
}

/// The server of an instance, or the one named on the command line.
fn client(arguments: &Arguments, instance: &Instance) -> Result<Client, Failure> {
    let address: ServerAddress = match (&arguments.server, instance.addresses.first()) {
        (Some(server), _) => server.clone(),
        (None, Some(address)) => address.parse()?,
        (None, None) => {
            return Err(Failure::usage(
                "it is not said where the server is",
                "Give its address: --server URL",
            ))
        }
    };
    Ok(Client::new(address, arguments.proxy.as_ref())?)
}

/// This machine's clock.
fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixTime(since.map_or(0, |since| since.as_secs()))
}
