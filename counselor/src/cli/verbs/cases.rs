//! `list`, `show`, `save`, `forget` and `keep`

use super::{client, now, open_desk};
use crate::cli::arguments::{Arguments, Save};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::show;
use beistand_attachments::progress::Line;
use beistand_attachments::Patience;
use beistand_console::plain::plain_line;
use beistand_counselor::desk::case_number::CaseNumber;
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

pub fn save(arguments: &Arguments, save: &Save, output: &Output) -> Result<(), Failure> {
    let desk = open_desk(arguments)?;
    let client = client(arguments, desk.instance())?;
    let mut line = Line::new("fetching the file");
    let path = desk.save_file(
        &client,
        save.case,
        &save.file,
        &save.folder,
        Patience::STANDARD,
        &mut |step| line.show(step),
        now(),
    )?;
    output.say(&json!({ "file": path }), || {
        format!(
            "Saved as {}.\nIt came from somebody else: open it with care.\n",
            plain_line(&path.display().to_string())
        )
    });
    Ok(())
}

pub fn forget(arguments: &Arguments, number: CaseNumber, output: &Output) -> Result<(), Failure> {
    let desk = open_desk(arguments)?;
    let client = client(arguments, desk.instance())?;
    desk.forget(&client, number, now().day())?;
    output.say(&json!({ "case": number, "forgotten": true }), || {
        format!(
            "Case {number} is deleted on this machine, and what this desk wrote in it on the \
             server. Files that were saved, exports and backups are yours to delete.\n"
        )
    });
    Ok(())
}

pub fn keep(arguments: &Arguments, number: CaseNumber, output: &Output) -> Result<(), Failure> {
    open_desk(arguments)?.keep(number)?;
    output.say(&json!({ "case": number, "kept": true }), || {
        format!("Case {number} is kept until `beistand forget` is said.\n")
    });
    Ok(())
}
