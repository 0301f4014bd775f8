//! `keys export`, `envelopes export` and `backup`

use super::{client, now, open_desk};
use crate::cli::arguments::{Arguments, Envelopes, Keys};
use crate::cli::failure::Failure;
use crate::cli::files;
use crate::cli::output::Output;
use beistand_console::plain::plain_line;
use serde_json::json;
use std::path::Path;

const WARNING: &str = "warning: whoever has these keys can read what this desk can read. Keep \
                       them where nobody else comes, and destroy them when you are done.";

pub fn keys(arguments: &Arguments, verb: &Keys, output: &Output) -> Result<(), Failure> {
    let Keys::Export { out } = verb;
    let identities = open_desk(arguments)?.export_identities();
    eprintln!("{WARNING}");
    match out {
        None => output.write(&identities),
        Some(path) => {
            files::write_secret(path, identities.as_bytes())?;
            let count = identities
                .lines()
                .filter(|line| !line.starts_with('#'))
                .count();
            output.say(&json!({ "keys": count, "file": path }), || {
                format!("Wrote {}, with {count} keys.\n", path.display())
            });
        }
    }
    Ok(())
}

pub fn envelopes(arguments: &Arguments, verb: &Envelopes, output: &Output) -> Result<(), Failure> {
    let Envelopes::Export { folder } = verb;
    let desk = open_desk(arguments)?;
    let client = client(arguments, desk.instance())?;
    files::secret_folder(folder)?;
    let count = desk.export_envelopes(&client, now(), |slot, envelope| -> Result<(), Failure> {
        let path = folder.join(format!("{slot}.age"));
        // What was saved before is the same: a slot is never used twice.
        if path.exists() {
            return Ok(());
        }
        files::write_secret(&path, envelope)
    })?;
    output.say(&json!({ "envelopes": count, "folder": folder }), || {
        format!("Wrote {count} envelopes to {}.\n", folder.display())
    });
    Ok(())
}

pub fn backup(arguments: &Arguments, folder: &Path, output: &Output) -> Result<(), Failure> {
    open_desk(arguments)?.back_up(folder, now().day())?;
    output.say(&json!({ "folder": folder }), || {
        let folder = plain_line(&folder.display().to_string());
        format!(
            "Copied to {folder}.\n\
             It opens with the passphrase of today. What you delete here stays in it.\n\
             Look whether it opens:\n  beistand --vault {folder} list\n",
        )
    });
    Ok(())
}
