//! `sync` and `doctor`: the two that look whether all is well.

use super::{client, now, open_desk};
use crate::cli::arguments::Arguments;
use crate::cli::failure::{Exit, Failure};
use crate::cli::output::Output;
use beistand_counselor::desk::sync::SyncReport;
use serde_json::json;
use std::process::ExitCode;

pub fn sync(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    let mut desk = open_desk(arguments)?;
    let client = client(arguments, desk.instance())?;
    let report = desk.sync(&client, now())?;
    output.say(&report, || sentences(&report));
    Ok(code(report.findings.is_empty()))
}

pub fn doctor(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    let desk = open_desk(arguments)?;
    let client = client(arguments, desk.instance())?;
    let checks = desk.doctor(&client, now())?;
    let well = checks.iter().all(|check| check.well);
    output.say(&json!({ "well": well, "checks": checks }), || {
        let line = |well: bool| if well { "well  " } else { "LOOK  " };
        checks
            .iter()
            .map(|check| format!("{}{}\n", line(check.well), check.says))
            .collect()
    });
    Ok(code(well))
}

fn code(well: bool) -> ExitCode {
    if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(Exit::Findings as u8)
    }
}

fn sentences(report: &SyncReport) -> String {
    let mut text = match report.messages {
        0 => "Nothing new for this desk.\n".to_owned(),
        count => {
            let cases: Vec<String> = report.cases.iter().map(ToString::to_string).collect();
            format!("New messages: {count}, in {}\n", cases.join(", "))
        }
    };
    let counted = [
        (
            report.sent,
            "Replies that had been waiting and are sent now",
        ),
        (
            report.waiting,
            "Messages whose conversation is not known yet",
        ),
        (report.refused, "Messages that are not to be believed"),
        (
            report.unknown_form,
            "Messages in a form this program does not know (is it the newest?)",
        ),
    ];
    for (count, says) in counted {
        if count > 0 {
            text += &format!("{says}: {count}\n");
        }
    }
    for case in &report.forgotten {
        text += &format!("Deleted, as its reporter asked: case {case}\n");
    }
    for finding in &report.findings {
        text += &format!("LOOK  {finding}\n");
    }
    text
}
