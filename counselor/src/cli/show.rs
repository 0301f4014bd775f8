//! Cases, as they stand in a terminal. Everything others wrote is made harmless first.

use beistand_attachments::progress::size;
use beistand_console::date::date;
use beistand_console::plain::{plain, plain_line};
use beistand_counselor::desk::cases::{Case, CaseSummary, Turn};
use beistand_counselor::desk::forgetting::Deletion;
use beistand_crypto_core::body::{Answer, ForWhom, Kind, Status};
use beistand_crypto_core::consent::{Consent, ConsentView};
use beistand_crypto_core::conversation::Continuity;
use beistand_crypto_core::view::{AttachmentView, MessageView, ReportView};
use beistand_protocol::time::Day;

/// Letters and digits by which files are called.
const ID: usize = 8;

/// One line a case.
pub fn list(cases: &[CaseSummary]) -> String {
    if cases.is_empty() {
        return "No cases. `beistand sync` takes new ones from the server.\n".to_owned();
    }
    let mut text = String::from("CASE       FIRST       LAST        MESSAGES  STATUS\n");
    for case in cases {
        let gap = if case.has_gap {
            "  (something is missing)"
        } else {
            ""
        };
        text += &format!(
            "{}  {}  {}  {:>8}  {}{}{gap}\n",
            case.case,
            date(case.first_day),
            date(case.last_day),
            case.messages,
            turn(case.turn),
            case.deletion.map(deletion).unwrap_or_default(),
        );
    }
    text
}

/// A whole case.
pub fn case(case: &Case) -> String {
    let readers: Vec<String> = case
        .readers
        .iter()
        .map(|reader| person(reader.name.as_deref(), Some(reader.serial.0)))
        .collect();
    let mut text = format!(
        "Case {}: {}{}\nReadable by: {}\n",
        case.case,
        turn(case.turn),
        case.deletion.map(deletion).unwrap_or_default(),
        readers.join(", ")
    );
    for view in &case.messages {
        if view.continuity == Continuity::Gap {
            text += "\n  ··· something this person wrote before is missing: expired, deleted or \
                     withheld ···\n";
        }
        let mut until = case.files_until.iter();
        let until = until.find(|(slot, _)| *slot == view.slot);
        text += &message(view, until.map(|(_, day)| *day));
    }
    for refused in &case.refused {
        text += &format!(
            "\n  !!! not shown, because it is not to be believed: {}\n",
            refused.reason
        );
    }
    if case.refused_besides > 0 {
        text += &format!("  !!! and {} more\n", case.refused_besides);
    }
    text
}

fn message(view: &MessageView, files_until: Option<Day>) -> String {
    let who = match (view.serial, view.writer.0) {
        (None, _) => "Reporter".to_owned(),
        (Some(serial), writer) => {
            format!(
                "{} (device {writer})",
                person(view.name.as_deref(), Some(serial.0))
            )
        }
    };
    let mut text = format!("\n── {} · {who} · {}\n", date(view.day), kind(view.kind));
    let mut add = |label: &str, value: &str| {
        text += &format!("   {label}: {}\n", plain_line(value));
    };
    if let Some(report) = &view.report {
        report_lines(report, &mut add);
    }
    if let Some(status) = view.status {
        add("status", self::status(status));
    }
    for file in &view.attachments {
        add("file", &self::file(file, files_until));
    }
    if view.consent_to.is_some() {
        add("answers", "a question about what may be shown to whom");
    }
    if let Some(consent) = &view.consent {
        text += &self::consent(view.day, consent);
    }
    if let Some(words) = &view.text {
        text += &format!("\n{}\n", plain(words).trim_end());
    }
    text
}

fn file(file: &AttachmentView, until: Option<Day>) -> String {
    let metadata = match (file.kept_original, file.removed_metadata.as_slice()) {
        (true, _) => "as it was".to_owned(),
        (false, []) => "without metadata".to_owned(),
        (false, removed) => format!("without {}", removed.join(", ")),
    };
    let id = &file.sha256.to_string()[..ID];
    let until = until.map(|day| format!("; on the server until {}", date(day)));
    format!(
        "{id}  {} ({}, {metadata}{})",
        file.name,
        size(file.size),
        until.unwrap_or_default()
    )
}

/// A request for consent and how it stands.
pub fn consent(day: Day, consent: &ConsentView) -> String {
    let mut text = format!(
        "   asked on {}: may this be shown to {}?\n",
        date(day),
        plain_line(&consent.to)
    );
    for (number, item) in consent.items.iter().enumerate() {
        let answer = match item.answer {
            Some(Consent::Yes) => "yes",
            Some(Consent::No) => "no",
            None => "not answered",
        };
        let what = plain_line(&item.what);
        text += &format!("     {}. {what}: {answer}\n", number + 1);
    }
    if let Some(day) = consent.answered {
        text += &format!("   answered on {}\n", date(day));
    }
    text
}

fn deletion(deletion: Deletion) -> String {
    if deletion.kept {
        "; a counselor decided to keep it".to_owned()
    } else {
        format!("; this desk does so on {}", date(deletion.from))
    }
}

fn report_lines(report: &ReportView, add: &mut impl FnMut(&str, &str)) {
    let mut option = |label: &str, value: Option<&str>| {
        if let Some(value) = value {
            add(label, value);
        }
    };
    option("danger", report.danger.map(answer));
    option("still going on", report.ongoing.map(answer));
    option("for", report.for_whom.map(for_whom));
    option("call me", report.call_me.as_deref());
    option("pronouns", report.pronouns.as_deref());
    option("where", report.place.as_deref());
    option("safe times", report.safe_times.as_deref());
    let lists = [
        ("kinds", &report.kinds),
        ("accounts", &report.accounts),
        ("links", &report.links),
        ("wishes", &report.wishes),
        ("languages", &report.languages),
    ];
    for (label, values) in lists {
        if !values.is_empty() {
            add(label, &values.join(", "));
        }
    }
}

fn person(name: Option<&str>, serial: Option<u32>) -> String {
    match (name, serial) {
        (Some(name), _) => plain_line(name),
        (None, Some(serial)) => format!("person {serial}, who is not on the roster any more"),
        (None, None) => "somebody".to_owned(),
    }
}

fn turn(turn: Turn) -> &'static str {
    match turn {
        Turn::New => "new",
        Turn::Ours => "the reporter has written again",
        Turn::Reporters => "answered",
        Turn::Withdrawn => "withdrawn: the reporter asks you to delete it",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Report => "report",
        Kind::Message => "message",
        Kind::Reply => "reply",
        Kind::Note => "note, not visible to the reporter",
        Kind::Share => "shared from a colleague",
        Kind::KeyChange => "the reporter changed who may read",
        Kind::Withdraw => "the reporter asks you to delete everything",
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Received => "received",
        Status::Reading => "being read",
        Status::Answered => "answered",
        Status::WaitingForYou => "waiting for the reporter",
        Status::Closed => "closed",
    }
}

fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => "yes",
        Answer::No => "no",
        Answer::Unsure => "not sure",
    }
}

fn for_whom(for_whom: ForWhom) -> &'static str {
    match for_whom {
        ForWhom::Me => "the reporter",
        ForWhom::SomeoneElse => "somebody else",
        ForWhom::Witness => "somebody the reporter saw it happen to",
    }
}
