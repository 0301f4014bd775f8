//! `reply`, `note` and `share`

use super::{client, now, open_desk};
use crate::cli::arguments::{Arguments, Note, Reply, Share, Status};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::{files, passphrase};
use beistand_attachments::progress::Line;
use beistand_attachments::{open_all, Metadata, Patience, Source};
use beistand_client::Client;
use beistand_counselor::desk::Desk;
use beistand_crypto_core::attachment::Attachment;
use beistand_crypto_core::body::{self, ReplyBody};
use beistand_protocol::roster::Serial;
use serde_json::json;
use std::path::Path;

pub fn reply(arguments: &Arguments, reply: &Reply, output: &Output) -> Result<(), Failure> {
    // A status or a file can stand for itself.
    let says_more = reply.status.is_some() || !reply.attach.is_empty();
    let path = match &reply.text {
        None if says_more => None,
        None => Some(Path::new("-")),
        Some(path) => Some(path.as_path()),
    };
    if let Some(path) = path {
        refuse_collision(arguments, path)?;
    }
    let mut desk = open_desk(arguments)?;
    let text = match path {
        Some(path) => files::read_words(path)?.to_string(),
        None => String::new(),
    };
    let client = client(arguments, desk.instance())?;
    let mut sources = open_files(&desk, reply)?;
    let body = ReplyBody {
        text,
        status: reply.status.map(body::Status::from),
        attachments: attach(&desk, &client, reply, &mut sources)?,
        consent: None,
    };
    let sent = desk.reply_with(&client, reply.case, body, now())?;
    let files: Vec<_> = sources.iter().map(said_of_file).collect();
    let value = json!({
        "case": sent.case, "slot": sent.slot, "epoch": sent.epoch, "files": files,
    });
    output.say(&value, || {
        let mut text = format!(
            "Sent in case {}. The reporter sees it when the epoch is over.\n",
            sent.case
        );
        for (number, source) in sources.iter().enumerate() {
            text += &format!("File {}: {}\n", number + 1, source.says());
        }
        text
    });
    Ok(())
}

pub fn note(arguments: &Arguments, note: &Note, output: &Output) -> Result<(), Failure> {
    refuse_collision(arguments, &note.text)?;
    let mut desk = open_desk(arguments)?;
    let text = files::read_words(&note.text)?;
    let client = client(arguments, desk.instance())?;
    let sent = desk.note(&client, note.case, &text, now())?;
    output.say(&sent, || {
        format!(
            "Sent in case {} to its readers. The reporter cannot see it.\n",
            sent.case
        )
    });
    Ok(())
}

pub fn share(arguments: &Arguments, share: &Share, output: &Output) -> Result<(), Failure> {
    let mut desk = open_desk(arguments)?;
    let client = client(arguments, desk.instance())?;
    let with: Vec<Serial> = share.with.iter().copied().map(Serial).collect();
    let sent = desk.share(&client, share.case, &with, now())?;
    output.say(&json!({ "case": share.case, "shares": sent }), || {
        format!(
            "Shared case {} in {} envelopes. They have it after their next sync.\n",
            share.case,
            sent.len()
        )
    });
    Ok(())
}

/// Only one of the two can come from standard input.
pub fn refuse_collision(arguments: &Arguments, text: &Path) -> Result<(), Failure> {
    if files::is_standard_input(text) && passphrase::is_standard_input(arguments.passphrase_fd) {
        return Err(Failure::usage(
            "text and passphrase cannot both come from standard input",
            "Give the text with --text FILE.",
        ));
    }
    Ok(())
}

fn open_files(desk: &Desk, reply: &Reply) -> Result<Vec<Source>, Failure> {
    let metadata = if reply.keep_metadata {
        Metadata::Keep
    } else {
        Metadata::Remove
    };
    match desk.roster()? {
        _ if reply.attach.is_empty() => Ok(Vec::new()),
        Some(roster) => Ok(open_all(&reply.attach, metadata, &roster.limits)?),
        None => Err(Failure::usage(
            "this desk knows no roster yet",
            "Run `beistand sync`.",
        )),
    }
}

fn attach(
    desk: &Desk,
    client: &Client,
    reply: &Reply,
    sources: &mut [Source],
) -> Result<Vec<Attachment>, Failure> {
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let count = sources.len();
    let mut lines: Vec<Line> = (1..=count)
        .map(|number| Line::new(format!("sending file {number} of {count}")))
        .collect();
    let mut progress = |number: usize, step| lines[number].show(step);
    let patience = Patience::STANDARD;
    Ok(desk.attach(client, reply.case, sources, patience, &mut progress, now())?)
}

fn said_of_file(source: &Source) -> serde_json::Value {
    let about = source.about();
    json!({
        "size": source.size(),
        "type": about.media_type,
        "kept_original": about.kept_original,
        "removed_metadata": about.removed_metadata,
    })
}

impl From<Status> for body::Status {
    fn from(status: Status) -> Self {
        match status {
            Status::Received => Self::Received,
            Status::Reading => Self::Reading,
            Status::Answered => Self::Answered,
            Status::WaitingForYou => Self::WaitingForYou,
            Status::Closed => Self::Closed,
        }
    }
}
