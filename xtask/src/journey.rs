//! `cargo xtask run --once`: one report and its answer on a throw-away instance, by the
//! real programs over real HTTP, each step with its sizes and its time.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::failure::{Failure, While};
use crate::organisation::{Organisation, COUNSELORS};
use crate::programs::{self, Programs};
use crate::server::Server;
use crate::{layout, site};

const REPORT: &str = "Somebody keeps writing to my talk page from new accounts, and last night \
they named the street I live in.\n";
const ANSWER: &str = "Thank you for telling us. You are not alone with this. May we have the \
address removed first?\n";

/// How often something is asked again that appears when an epoch closes, once a second.
const PATIENCE: u32 = 60;

/// Plays the journey. Its last line is `journey complete: N steps, 0 failed`.
///
/// # Errors
/// Something cannot be built, or a step fails; the reason is the failure's.
pub fn play() -> Result<(), Failure> {
    site::build()?;
    let programs = programs::build()?;
    let folder = tempfile::tempdir().while_("making a folder for the instance")?;
    println!();
    let mut steps = Steps::default();
    let outcome = walk(&mut steps, folder.path(), programs);
    let failed = u32::from(outcome.is_err());
    println!(
        "journey complete: {} steps, {failed} failed",
        steps.done + failed
    );
    outcome
}

/// Counts and prints what was done.
#[derive(Default)]
struct Steps {
    done: u32,
}

impl Steps {
    /// Does one step and prints what it says of itself, with its time.
    fn step<T>(
        &mut self,
        name: &str,
        act: impl FnOnce() -> Result<(T, String), Failure>,
    ) -> Result<T, Failure> {
        let started = Instant::now();
        match act() {
            Ok((value, detail)) => {
                self.done += 1;
                let seconds = started.elapsed().as_secs_f32();
                println!("{:>2}. {name}: {detail} ({seconds:.2} s)", self.done);
                Ok(value)
            }
            Err(failure) => {
                println!("{:>2}. {name}: FAILED", self.done + 1);
                Err(failure)
            }
        }
    }
}

fn walk(steps: &mut Steps, folder: &Path, programs: Programs) -> Result<(), Failure> {
    let organisation = Organisation::in_folder(folder.to_path_buf(), programs)?;
    let [ada, boris, _] = &COUNSELORS;
    let server = steps.step("start", || {
        organisation.found("http://127.0.0.1:8180")?;
        let server = organisation.serve(0)?;
        let detail = format!("a server with a new instance listens on {}", server.url);
        Ok((server, detail))
    })?;
    steps.step("site", || serves_site(&server))?;
    steps.step("set up", || {
        organisation.publish_roster(&server)?;
        for counselor in &COUNSELORS {
            let url = &server.url;
            organisation.at_desk(counselor, &["sync", "--server", url])?;
        }
        let detail = format!("1 root key, {} desks with prekeys", COUNSELORS.len());
        Ok(((), detail))
    })?;
    let words = steps.step("file", || {
        let filed = json(&organisation.report(&server, &["file", "--text", "-"], REPORT)?)?;
        let words = filed["words"].as_str().unwrap_or_default().to_string();
        let count = words.split_whitespace().count();
        expect(count == 12, "filing did not answer with 12 words")?;
        let detail = format!("a report of {} bytes, {count} words", REPORT.len());
        Ok((words, detail))
    })?;
    let case = steps.step("sync", || {
        let case = until(|| {
            organisation.at_desk(ada, &["sync", "--server", &server.url])?;
            let list = json(&organisation.at_desk(ada, &["list", "--json"])?)?;
            Ok(list["cases"][0]["case"].as_str().map(String::from))
        })?;
        let detail = format!("{} has case {case}", ada.name);
        Ok((case, detail))
    })?;
    steps.step("show", || {
        let shown = json(&organisation.at_desk(ada, &["show", &case, "--json"])?)?;
        let text = shown["messages"][0]["text"].as_str().unwrap_or_default();
        expect(
            text.trim() == REPORT.trim(),
            "what was opened is not what was sealed",
        )?;
        Ok(((), format!("{} bytes, as they were written", text.len())))
    })?;
    steps.step("envelopes", || {
        let folder = folder.join("envelopes");
        let name = folder.to_string_lossy();
        let url = &server.url;
        organisation.at_desk(ada, &["envelopes", "export", &name, "--server", url])?;
        let sizes = sizes_of_files(&folder)?;
        expect(!sizes.is_empty(), "no envelope was exported")?;
        Ok(((), format!("on the wall as age files of {sizes:?} bytes")))
    })?;
    steps.step("reply", || {
        let text = folder.join("answer.txt");
        std::fs::write(&text, ANSWER).while_("writing the answer")?;
        let text = text.to_string_lossy();
        let url = &server.url;
        organisation.at_desk(ada, &["reply", &case, "--text", &text, "--server", url])?;
        Ok(((), format!("an answer of {} bytes", ANSWER.len())))
    })?;
    steps.step("check", || {
        let messages = until(|| {
            let verb = ["check", "--words-fd", "0"];
            let seen = json(&organisation.report(&server, &verb, &words)?)?;
            let messages = seen["messages"].as_array().cloned().unwrap_or_default();
            let is_answer = |message: &Value| {
                let text = message["text"].as_str().unwrap_or_default();
                text.trim() == ANSWER.trim()
            };
            Ok(messages.iter().any(is_answer).then_some(messages.len()))
        })?;
        let detail = format!("the answer came back, {messages} messages in view");
        Ok(((), detail))
    })?;
    steps.step("colleague", || {
        organisation.at_desk(boris, &["sync", "--server", &server.url])?;
        let list = json(&organisation.at_desk(boris, &["list", "--json"])?)?;
        let messages = list["cases"][0]["messages"].as_u64().unwrap_or_default();
        expect(messages == 2, "a colleague does not see report and answer")?;
        Ok(((), format!("{} sees {messages} messages, too", boris.name)))
    })?;
    steps.step("audit", || {
        server.stop()?;
        let bytes: u64 = sizes_of_files(&organisation.server_data())?.iter().sum();
        organisation.audit()?;
        Ok(((), format!("{bytes} bytes on disk, no findings")))
    })
}

/// Every file of the site comes from the server as it was built.
fn serves_site(server: &Server) -> Result<((), String), Failure> {
    let list = layout::site().join(site::HASHES);
    let list = std::fs::read_to_string(list)
        .while_("reading the list of the site's files")
        .map_err(|failure| failure.hint("cargo xtask site"))?;
    let names: Vec<&str> = list.lines().filter_map(|line| line.get(66..)).collect();
    let mut bytes = 0;
    for name in &names {
        let built = std::fs::read(layout::site().join(name)).while_(format!("reading {name}"))?;
        let path = if *name == "index.html" { "" } else { name };
        let served = server.file(&format!("/{path}"))?;
        expect(
            served == built,
            format!("the server does not serve {name} as it was built"),
        )?;
        bytes += served.len();
    }
    let detail = format!("{} files, {bytes} bytes, as they were built", names.len());
    Ok(((), detail))
}

/// Asks once a second until there is an answer.
fn until<T>(mut ask: impl FnMut() -> Result<Option<T>, Failure>) -> Result<T, Failure> {
    for _ in 0..PATIENCE {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    Err(Failure::new(format!("nothing came in {PATIENCE} tries")))
}

fn expect(holds: bool, otherwise: impl Into<String>) -> Result<(), Failure> {
    if holds {
        Ok(())
    } else {
        Err(Failure::new(otherwise))
    }
}

fn json(text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).while_("reading a program's JSON")
}

/// The sizes of all files below a folder, smallest first.
fn sizes_of_files(folder: &Path) -> Result<Vec<u64>, Failure> {
    let looking = format!("looking at {}", folder.display());
    let mut sizes = Vec::new();
    for entry in std::fs::read_dir(folder).while_(&looking)? {
        let entry = entry.while_(&looking)?;
        let about = entry.metadata().while_(&looking)?;
        if about.is_dir() {
            sizes.extend(sizes_of_files(&entry.path())?);
        } else {
            sizes.push(about.len());
        }
    }
    sizes.sort_unstable();
    Ok(sizes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_counted_and_a_failure_is_not_done() {
        let mut steps = Steps::default();
        let good = steps.step("good", || Ok((7, "seven".into())));
        assert_eq!(good.unwrap(), 7);
        let bad = steps.step::<()>("bad", || Err(Failure::new("no")));
        assert!(bad.is_err());
        assert_eq!(steps.done, 1);
    }
}
