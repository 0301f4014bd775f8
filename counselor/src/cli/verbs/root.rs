//! `root …`

use super::{client, now, vault};
use crate::cli::arguments::{Arguments, InitInstance, Root, Roster, Sign};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::{files, passphrase};
use beistand_client::Client;
use beistand_console::date::date;
use beistand_console::plain::plain_line;
use beistand_counselor::setup::instance_file::{self, fingerprint, new_instance};
use beistand_counselor::setup::join_request::JoinRequest;
use beistand_counselor::setup::organisation::{Description, TEMPLATE};
use beistand_counselor::setup::root_key::RootKey;
use beistand_counselor::setup::roster_draft::{self, Changes};
use beistand_counselor::setup::roster_signing::{self, Signed};
use beistand_counselor::vault::KeyDerivation;
use beistand_protocol::instance::Instance;
use beistand_protocol::json;
use beistand_protocol::problem::ProblemCode;
use beistand_protocol::roster::{self, Serial, Writer};
use beistand_protocol::roster_chain::{RosterChain, RostersFile};
use beistand_protocol::verifier_key::VerifierKey;
use serde_json::json;
use std::path::Path;

pub fn run(arguments: &Arguments, verb: &Root, output: &Output) -> Result<(), Failure> {
    match verb {
        Root::New { name } => new(arguments, name, output),
        Root::Key => {
            let passphrase = passphrase::existing(arguments.passphrase_fd)?;
            let key = RootKey::open(vault(arguments)?, &passphrase)?;
            say_key(key.verifier(), output);
            Ok(())
        }
        Root::InitInstance(init) => init_instance(init, output),
        Root::Template => {
            output.write(TEMPLATE);
            Ok(())
        }
        Root::Roster(roster) => draft(arguments, roster, output),
        Root::Sign(sign) => self::sign(arguments, sign, output),
        Root::Publish { file, instance } => publish(arguments, file, instance, output),
    }
}

fn new(arguments: &Arguments, name: &str, output: &Output) -> Result<(), Failure> {
    let folder = vault(arguments)?;
    let passphrase = passphrase::new(arguments.passphrase_fd)?;
    let key = RootKey::create(folder, &passphrase, KeyDerivation::STANDARD, name)?;
    say_key(key.verifier(), output);
    Ok(())
}

fn say_key(key: &VerifierKey, output: &Output) {
    output.say(&json!({ "key": key }), || format!("{key}\n"));
}

fn init_instance(init: &InitInstance, output: &Output) -> Result<(), Failure> {
    if init.out.exists() {
        return Err(Failure::usage(
            "there is an instance file already",
            "An instance keeps its file for ever; for another one choose another --out.",
        ));
    }
    let addresses = init.addresses.iter().map(ToString::to_string).collect();
    let instance = new_instance(init.roots.clone(), init.threshold, addresses)?;
    files::write(&init.out, &instance_file::encode(&instance))?;
    let fingerprint = fingerprint(&instance);
    let value = json!({
        "instance": instance.instance,
        "threshold": instance.threshold,
        "fingerprint": fingerprint,
        "file": init.out,
    });
    output.say(&value, || {
        format!(
            "Wrote {}. Rosters need {} of {} root keys.\nPublish its fingerprint somewhere else \
             than on the server: {fingerprint}\n",
            init.out.display(),
            instance.threshold,
            instance.roots.len(),
        )
    });
    Ok(())
}

fn draft(arguments: &Arguments, drafted: &Roster, output: &Output) -> Result<(), Failure> {
    let instance = Instance::parse(&files::read(&drafted.instance)?)?;
    let changes = changes(&instance, drafted)?;
    let before = before(arguments, &instance, drafted)?;
    let roster = roster_draft::draft(&instance, before.as_ref(), &changes, now())?;
    files::write(&drafted.out, roster_draft::encode(&roster).as_bytes())?;
    let value = json!({
        "version": roster.version,
        "members": roster.members.len(),
        "devices": roster.devices.len(),
        "not_after": roster.not_after,
        "file": drafted.out,
    });
    output.say(&value, || {
        let summary = summary(&roster);
        format!(
            "Wrote {}. Read it, then sign it.\n{summary}",
            drafted.out.display()
        )
    });
    Ok(())
}

fn changes(instance: &Instance, drafted: &Roster) -> Result<Changes, Failure> {
    let description = match &drafted.organisation {
        Some(path) => Some(Description::parse(&files::read_text(path)?)?),
        None => None,
    };
    let mut join = Vec::new();
    for path in &drafted.add {
        join.push(JoinRequest::parse(&instance.instance, &files::read(path)?)?);
    }
    Ok(Changes {
        description,
        log: drafted.log.clone(),
        join,
        remove_members: drafted.remove_member.iter().copied().map(Serial).collect(),
        remove_devices: drafted.remove_device.iter().copied().map(Writer).collect(),
        distrust: drafted.distrust.iter().copied().map(Writer).collect(),
    })
}

/// The rosters so far; none where this is to be the first.
fn before(
    arguments: &Arguments,
    instance: &Instance,
    drafted: &Roster,
) -> Result<Option<RosterChain>, Failure> {
    if drafted.first {
        return Ok(None);
    }
    let rosters = match &drafted.previous {
        Some(path) => rosters_file(files::read_text(path)?),
        None => match client(arguments, instance)?.rosters() {
            Ok(rosters) => rosters,
            // A server without a roster waits for its first one.
            Err(error) if error.code() == Some(ProblemCode::NotReady) => return Ok(None),
            Err(error) => return Err(error.into()),
        },
    };
    Ok(Some(
        RosterChain::verify(instance, &rosters, None)?.into_inner(),
    ))
}

/// A file with one signed roster stands for the file a server serves.
fn rosters_file(text: String) -> Vec<u8> {
    if text.trim_start().starts_with('{') {
        return text.into_bytes();
    }
    let file = RostersFile {
        v: 1,
        rosters: vec![text],
    };
    json::encode(&file)
        .expect("texts are always JSON")
        .into_bytes()
}

fn sign(arguments: &Arguments, sign: &Sign, output: &Output) -> Result<(), Failure> {
    let file = files::read_text(&sign.file)?;
    let instance = match &sign.instance {
        Some(path) => Some(Instance::parse(&files::read(path)?)?),
        None => None,
    };
    let folder = vault(arguments)?;
    let key = RootKey::open(folder, &passphrase::existing(arguments.passphrase_fd)?)?;
    let signed = roster_signing::sign(&file, &key, instance.as_ref(), now())?;
    if let Some(path) = &sign.out {
        files::write(path, signed.note.as_bytes())?;
    }
    let missing = usize::from(signed.roster.threshold).saturating_sub(signed.signatures);
    let value = json!({
        "version": signed.roster.version,
        "digest": signed.digest,
        "signatures": signed.signatures,
        "missing": missing,
        "file": sign.out,
        "note": signed.note,
    });
    output.say(&value, || match &sign.out {
        None => signed.note.clone(),
        Some(path) => {
            let next = match missing {
                0 => "It can be published.".to_owned(),
                count => format!("Signatures still missing: {count}."),
            };
            format!(
                "{}Wrote {}. {next}\n",
                summary(&signed.roster),
                path.display()
            )
        }
    });
    Ok(())
}

fn publish(
    arguments: &Arguments,
    file: &Path,
    instance: &Path,
    output: &Output,
) -> Result<(), Failure> {
    let instance = Instance::parse(&files::read(instance)?)?;
    let signed = roster_signing::inspect(&files::read_text(file)?)?;
    let Signed {
        note,
        roster,
        digest,
        signatures,
    } = signed;
    if roster.instance != instance.instance {
        return Err(roster_signing::SigningError::Instance.into());
    }
    if signatures < usize::from(roster.threshold) {
        return Err(Failure::refused(
            format!(
                "the roster has {signatures} of {} necessary signatures",
                roster.threshold
            ),
            "Let the next holder of a root key run `beistand root sign` on this file.",
        ));
    }
    let client: Client = client(arguments, &instance)?;
    client.publish_roster(&note)?;
    let value = json!({ "version": roster.version, "digest": digest });
    output.say(&value, || {
        format!("The server has taken roster {}.\n", roster.version)
    });
    Ok(())
}

/// What whoever signs must have read.
fn summary(roster: &roster::Roster) -> String {
    let mut text = format!(
        "Roster {} of {}, valid from {} to {}, at {}\n",
        roster.version,
        plain_line(&roster.organisation.name),
        date(roster.not_before.day()),
        date(roster.not_after.day()),
        roster.url,
    );
    for member in &roster.members {
        let devices: Vec<String> = roster
            .devices_of(member.serial)
            .map(|device| match device.distrust_since {
                None => format!("device {}", device.writer.0),
                Some(day) => format!("device {}, distrusted since {}", device.writer.0, date(day)),
            })
            .collect();
        let devices = if devices.is_empty() {
            "no device".to_owned()
        } else {
            devices.join("; ")
        };
        text += &format!(
            "  {:>3}  {} ({devices})\n",
            member.serial.0,
            plain_line(&member.name)
        );
    }
    text
}
