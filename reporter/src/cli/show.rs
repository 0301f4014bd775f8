//! What the program says, for people or as JSON. The shapes of the JSON are stable.

use super::failure::Failure;
use crate::{Inside, Said};
use beistand_attachments::progress::size;
use beistand_attachments::Source;
use beistand_console::date::date;
use beistand_console::plain::{plain, plain_line};
use beistand_crypto_core::body::{Kind, Status};
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::consent::{Consent, ConsentView};
use beistand_crypto_core::conversation::Continuity;
use beistand_crypto_core::reporter::Outcome;
use beistand_crypto_core::view::MessageView;
use beistand_crypto_core::word_list::WordList;
use beistand_protocol::roster::Serial;
use beistand_protocol::snapshot::Snapshot;
use serde_json::{json, Value};
use std::io::Write as _;
use std::path::Path;
use zeroize::Zeroizing;

/// Said both to an empty mailbox and to one without answers: from outside, wrong words and
/// patience look the same.
const NO_ANSWER: &str = "There is no answer here yet. Answers can take some days; if you expected \
one, compare the twelve words with what you wrote down: other words open another, empty place.";

/// Letters and digits by which files and questions are called.
const ID: usize = 8;

/// What was done, ready to be shown.
pub struct Shown {
    text: Zeroizing<String>,
    json: Value,
}

impl Shown {
    /// Adds what became of the files that were sent.
    pub fn with_files(mut self, files: &[Source]) -> Self {
        if files.is_empty() {
            return self;
        }
        self.text.push_str("\nFiles:\n");
        for (number, file) in files.iter().enumerate() {
            self.text.push_str(&format!(
                "  {}. {}, {}\n",
                number + 1,
                size(file.size()),
                file.says()
            ));
        }
        let json = |file: &Source| {
            let about = file.about();
            json!({
                "size": file.size(),
                "type": about.media_type,
                "kept_original": about.kept_original,
                "removed_metadata": about.removed_metadata,
            })
        };
        self.json["files"] = files.iter().map(json).collect();
        self
    }

    /// Prints it.
    ///
    /// # Errors
    /// Where standard output takes nothing: the words would be lost, so it must not pass unseen.
    pub fn print(&self, as_json: bool) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        let written = if as_json {
            writeln!(out, "{}", self.json)
        } else {
            writeln!(out, "{}", self.text.trim_end())
        };
        written.and_then(|()| out.flush()).map_err(|_| {
            Failure::refused(
                "what was done cannot be shown: standard output is closed or full",
                "it was done nevertheless; without the words nobody can read answers to a report",
            )
        })
    }
}

/// A report was taken; the words are shown in the language of this list.
pub fn filed(
    codename: &Codename,
    list: WordList,
    said: &Said<'_>,
    recorded: Option<bool>,
) -> Shown {
    let mut text = Zeroizing::new(String::from(
        "Your report was taken. These twelve words open the answers; nobody can restore them:\n\n",
    ));
    for (number, word) in codename.words(list).iter().enumerate() {
        let end = if number % 4 == 3 { '\n' } else { ' ' };
        text.push_str(&format!("  {:>2}. {word:<9}{end}", number + 1));
    }
    text.push_str(&format!(
        "\nWrite them down on paper. They are shown only this once.\n\n{}",
        after(said, recorded)
    ));
    let mut json = of_said(said, recorded);
    json["words"] = Value::from(codename.to_phrase(list).as_str());
    json["words_in"] = Value::from(list.language());
    Shown { text, json }
}

/// A message was taken.
pub fn sent(said: &Said<'_>, recorded: Option<bool>) -> Shown {
    let text = format!("Your message was taken.\n\n{}", after(said, recorded));
    Shown {
        text: Zeroizing::new(text),
        json: of_said(said, recorded),
    }
}

/// A file was saved.
pub fn saved(path: &Path) -> Shown {
    let text = format!(
        "Saved as {}.\nIt came from somebody else: open it with care. It stays on this machine \
         until you delete it.",
        plain_line(&path.display().to_string())
    );
    Shown {
        text: Zeroizing::new(text),
        json: json!({ "file": path }),
    }
}

/// What a withdrawal did, and honestly what it did not.
pub fn withdrawn(said: Option<&Said<'_>>, deleted: usize) -> Shown {
    let mut text = match deleted {
        0 => "Nothing of yours was left on the server to delete.\n".to_owned(),
        1 => "Your envelope was deleted from the server.\n".to_owned(),
        more => format!("Your {more} envelopes were deleted from the server.\n"),
    };
    match said {
        Some(said) => text.push_str(&format!(
            "The people who could read them were asked to delete their copies: {}.\n\
             They do so after some days; this program cannot see whether they did.\n\n{}",
            names(said.snapshot(), &said.readers),
            promise(said)
        )),
        None => text.push_str(
            "Nobody was asked to delete copies: no message of yours is left that says who has \
             any. To ask, write: beistand-report reply --readers-all\n",
        ),
    }
    let json = json!({
        "deleted": deleted,
        "asked": said.is_some(),
        "message": said.map(|said| of_said(said, None)),
    });
    Shown {
        text: Zeroizing::new(text),
        json,
    }
}

/// The conversation, as far as this visit shows it.
pub fn conversation(inside: &Inside<'_>) -> Shown {
    let messages = inside.conversation().view(inside.snapshot().roster());
    let count = |wanted: fn(Outcome) -> bool| inside.outcomes().filter(|o| wanted(*o)).count();
    let deleted = count(|outcome| outcome == Outcome::Deleted);
    let missing = count(|outcome| outcome == Outcome::Missing);
    let refused = count(|outcome| matches!(outcome, Outcome::Refused(_) | Outcome::Malformed));
    let answered = messages.iter().any(|message| message.kind == Kind::Reply);

    let mut text = Zeroizing::new(String::new());
    for message in &messages {
        text.push_str(&of_message(message));
    }
    let mut remark = |count: usize, what: &str| {
        if count > 0 {
            text.push_str(&format!("({count} {what})\n"));
        }
    };
    remark(
        inside.left(),
        "more from before did not fit into this visit",
    );
    remark(deleted, "deleted by who wrote them");
    remark(
        missing,
        "listed by the server, which did not hand them out or damaged them",
    );
    remark(
        refused,
        "refused: not written by whom they claim, or for a newer program",
    );
    if !answered {
        text.push_str(NO_ANSWER);
    }
    let json = json!({
        "messages": messages,
        "answered": answered,
        "left": inside.left(),
        "deleted": deleted,
        "missing": missing,
        "refused": refused,
        "remark": (!answered).then_some(NO_ANSWER),
    });
    Shown { text, json }
}

fn of_message(message: &MessageView) -> String {
    let who = match (message.serial, &message.name) {
        (None, _) => "You".to_owned(),
        (Some(_), Some(name)) => plain_line(name),
        (Some(serial), None) => format!("A counselor who has left (number {})", serial.0),
    };
    let mut text = format!("── {who}, {}", date(message.day));
    if let Some(status) = message.status {
        text.push_str(&format!(" · {}", status_words(status)));
    }
    text.push('\n');
    if message.continuity == Continuity::Gap {
        text.push_str("(something this person wrote before is missing here)\n");
    }
    match (&message.text, message.kind) {
        (Some(words), _) => text.push_str(&plain(words)),
        (None, Kind::Withdraw) => text.push_str("(asked that everything be deleted)"),
        (None, Kind::KeyChange) => text.push_str("(changed who may read)"),
        (None, _) => {}
    }
    if let Some(consent) = &message.consent {
        text.push_str(&of_consent(&message.digest.to_string()[..ID], consent));
    }
    if message.consent_to.is_some() {
        text.push_str("(answered what may be shown)");
    }
    for file in &message.attachments {
        text.push_str(&format!(
            "\n[file {}: {}, {}]",
            &file.sha256.to_string()[..ID],
            plain_line(&file.name),
            size(file.size)
        ));
    }
    text.push_str("\n\n");
    text
}

fn of_consent(id: &str, consent: &ConsentView) -> String {
    let mut text = format!(
        "\n[question {id}: may this be shown to {}?]\n",
        plain_line(&consent.to)
    );
    for (number, item) in consent.items.iter().enumerate() {
        let answer = match item.answer {
            Some(Consent::Yes) => "yes",
            Some(Consent::No) => "no",
            None => "not answered",
        };
        let what = plain_line(&item.what);
        text.push_str(&format!("  {}. {what}: {answer}\n", number + 1));
    }
    if consent.answered.is_none() {
        text.push_str("Answer with: beistand-report consent --yes NUMBER, or --none\n");
    }
    text
}

fn status_words(status: Status) -> &'static str {
    match status {
        Status::Received => "received",
        Status::Reading => "being read",
        Status::Answered => "answered",
        Status::WaitingForYou => "waiting for you",
        Status::Closed => "closed",
    }
}

fn after(said: &Said<'_>, recorded: Option<bool>) -> String {
    let organisation = &said.snapshot().roster().organisation;
    format!(
        "Who can read it: {}\nWhen an answer comes: within {} working days, promises {}\n\
         How long it can be read here: until {}\n{}{}",
        names(said.snapshot(), &said.readers),
        organisation.promise_days,
        plain_line(&organisation.name),
        date(said.readable_until()),
        match recorded {
            Some(true) => "The public log shows it: recorded.\n",
            Some(false) => "The public log does not show it yet: look again later.\n",
            None => "",
        },
        promise(said)
    )
}

fn promise(said: &Said<'_>) -> String {
    format!(
        "What the server promised (keep it, if you can, as proof that it took this):\n  epoch {} \
         · leaf {}\n",
        said.delivered.promise.epoch, said.delivered.promise.leaf
    )
}

fn names(snapshot: &Snapshot, serials: &[Serial]) -> String {
    let name = |serial: &Serial| {
        snapshot.roster().member(*serial).map_or_else(
            || format!("number {}", serial.0),
            |member| plain_line(&member.name),
        )
    };
    serials.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn of_said(said: &Said<'_>, recorded: Option<bool>) -> Value {
    let readers: Vec<Value> = said
        .readers
        .iter()
        .map(|serial| {
            let member = said.snapshot().roster().member(*serial);
            json!({ "serial": serial, "name": member.map(|member| &member.name) })
        })
        .collect();
    json!({
        "readers": readers,
        "day": said.day,
        "slot": said.slot,
        "readable_until": date(said.readable_until()),
        "promise_days": said.snapshot().roster().organisation.promise_days,
        "promise": {
            "epoch": said.delivered.promise.epoch,
            "leaf": said.delivered.promise.leaf,
            "r": said.delivered.r,
            "note": said.delivered.note,
        },
        "recorded": recorded,
    })
}
