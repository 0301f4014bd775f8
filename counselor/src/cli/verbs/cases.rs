//! `list`, `show` and `reply`

use super::{client, now, open_desk};
use crate::cli::arguments::{Arguments, Reply, Status};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::{files, passphrase, show};
use beistand_counselor::desk::case_number::CaseNumber;
use beistand_crypto_core::body;
use serde_json::json;

pub fn list(arguments: &Arguments, output: &Output) -> Result<(), Failure> {
    let cases = open_desk(arguments)?.cases()?;
    output.say(&json!({ "cases": cases }), || show::list(&cases));
    Ok(())
}

pub fn show(arguments: &Arguments, number: CaseNumber, output: &Output) -> Result<(), Failure> {
    let case = open_desk(arguments)?.case(number)?;
    output.say(&case, || show::case(&case));
    Ok(())
}

pub fn reply(arguments: &Arguments, reply: &Reply, output: &Output) -> Result<(), Failure> {
    if files::is_standard_input(&reply.text)
        && passphrase::is_standard_input(arguments.passphrase_fd)
    {
        return Err(Failure::usage(
            "text and passphrase cannot both come from standard input",
            "Give the text with --text FILE.",
        ));
    }
    let mut desk = open_desk(arguments)?;
    let text = files::read_words(&reply.text)?;
    let client = client(arguments, desk.instance())?;
    let status = reply.status.map(body::Status::from);
    let sent = desk.reply(&client, reply.case, &text, status, now())?;
    output.say(&sent, || {
        format!(
            "Sent in case {}. The reporter sees it when the epoch is over.\n",
            sent.case
        )
    });
    Ok(())
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
