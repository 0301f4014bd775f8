//! `invite` and `join`

use super::vault;
use crate::cli::arguments::{Arguments, Invite, Join};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::{files, passphrase};
use beistand_console::plain::plain_line;
use beistand_counselor::desk::Desk;
use beistand_counselor::setup::instance_file::fingerprint;
use beistand_counselor::setup::invitation::Invitation;
use beistand_counselor::setup::join_request::JoinRequest;
use beistand_counselor::vault::KeyDerivation;
use beistand_protocol::instance::Instance;
use beistand_protocol::roster::{Member, Serial};
use serde_json::json;

pub fn invite(invite: &Invite, output: &Output) -> Result<(), Failure> {
    let instance = Instance::parse(&files::read(&invite.instance)?)?;
    let fingerprint = fingerprint(&instance);
    let member = Member {
        serial: Serial(invite.serial),
        name: invite.name.clone(),
        pronouns: invite.pronouns.clone(),
        languages: invite.languages.clone(),
        topics: invite.topics.clone(),
        away_until: None,
    };
    let invitation = Invitation::new(instance, member)?;
    files::write(&invite.out, &invitation.encode())?;
    let value = json!({ "serial": invite.serial, "fingerprint": fingerprint, "file": invite.out });
    output.say(&value, || {
        format!(
            "Wrote {}. Give it to {} and compare this, by voice: {fingerprint}\n",
            invite.out.display(),
            plain_line(&invite.name),
        )
    });
    Ok(())
}

/// Joining once more with the same invitation writes the same request again.
pub fn join(arguments: &Arguments, join: &Join, output: &Output) -> Result<(), Failure> {
    let invitation = Invitation::parse(&files::read(&join.invitation)?)?;
    let folder = vault(arguments)?;
    let desk = if folder.join("vault.json").exists() {
        let desk = Desk::open(folder, &passphrase::existing(arguments.passphrase_fd)?)?;
        let same = desk.instance().instance == invitation.instance.instance
            && desk.member().serial == invitation.member.serial;
        if !same {
            return Err(Failure::usage(
                "this vault is somebody else's desk, or of another organisation",
                "Choose a new folder for --vault.",
            ));
        }
        desk
    } else {
        let passphrase = passphrase::new(arguments.passphrase_fd)?;
        Desk::create(folder, &passphrase, KeyDerivation::STANDARD, &invitation)?
    };
    let request = desk.join_request();
    let own = JoinRequest::parse(&desk.instance().instance, &request)?;
    files::write(&join.out, &request)?;
    let instance = fingerprint(desk.instance());
    let value = json!({
        "serial": desk.member().serial,
        "device": desk.keys().verifier(),
        "instance_fingerprint": instance,
        "fingerprint": own.fingerprint(),
        "file": join.out,
    });
    output.say(&value, || {
        format!(
            "Wrote {}. Send it to those who hold the root keys, and compare by voice:\n  \
             the organisation: {instance}\n  your request:     {}\n",
            join.out.display(),
            own.fingerprint(),
        )
    });
    Ok(())
}
