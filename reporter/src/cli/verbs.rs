//! What each verb does: read what is needed, visit once, show.

use super::arguments::{Arguments, Check, Consent, File, Files, Reply, Save, Verb, Who, Withdraw};
use super::failure::Failure;
use super::input;
use super::language;
use super::show::{self, Shown};
use crate::{Inside, ReporterError, Said, Saying, Visit};
use beistand_attachments::progress::Line;
use beistand_attachments::{open_all, Metadata, Patience, Source};
use beistand_client::Client;
use beistand_crypto_core::attachment::Attachment;
use beistand_crypto_core::body::{MessageBody, ReportBody, WithdrawBody};
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::reporter::ReaderChoice;
use beistand_protocol::instance::Instance;
use beistand_protocol::roster::Serial;
use beistand_protocol::time::UnixTime;
use rand::rngs::OsRng;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The longest pause between two looks for whether a message is recorded.
const LONGEST_PAUSE: u64 = 30;

/// A server, and what is pinned about it.
struct Place {
    client: Client,
    instance: Instance,
}

/// Does what the command line says.
///
/// # Errors
/// A [`Failure`] to report.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let shown = match &arguments.verb {
        Verb::File(verb) => file(arguments, verb)?,
        Verb::Check(verb) => check(arguments, verb)?,
        Verb::Reply(verb) => reply(arguments, verb)?,
        Verb::Consent(verb) => consent(arguments, verb)?,
        Verb::Save(verb) => save(arguments, verb)?,
        Verb::Withdraw(verb) => withdraw(arguments, verb)?,
    };
    shown.print(arguments.json)
}

fn file(arguments: &Arguments, verb: &File) -> Result<Shown, Failure> {
    let place = place(arguments)?;
    let mut body = match &verb.form {
        Some(form) => serde_json::from_str(&input::text(form)?).map_err(|_| {
            Failure::refused(
                "the form is not JSON of the expected form",
                "nothing was sent; only `text` is required, docs/protocol.md lists the rest",
            )
        })?,
        None => ReportBody {
            text: input::text(&verb.text)?.trim().to_owned(),
            ..ReportBody::default()
        },
    };
    if body.text.is_empty() {
        return Err(ReporterError::Empty.into());
    }
    let codename = Codename::generate(&mut OsRng);
    let visit = begin(&place, &codename)?;
    let mut files = open_files(&visit, &verb.files)?;
    let mut inside = visit.look()?;
    let readers = inside.readers_except(&serials(&verb.exclude))?;
    body.attachments = attach(&mut inside, &mut files)?;
    let said = inside.say(&Saying::Report(readers, Box::new(body)))?;
    let recorded = wait(&said, verb.wait)?;
    let list = verb.words_in.unwrap_or_else(language::own);
    Ok(show::filed(&codename, list, &said, recorded).with_files(&files))
}

fn check(arguments: &Arguments, verb: &Check) -> Result<Shown, Failure> {
    let place = place(arguments)?;
    let codename = codename(verb.words.words_fd)?;
    let inside = begin(&place, &codename)?.look()?;
    let shown = show::conversation(&inside);
    inside.say_nothing()?;
    Ok(shown)
}

fn reply(arguments: &Arguments, verb: &Reply) -> Result<Shown, Failure> {
    let place = place(arguments)?;
    // Beside files, words are not needed.
    let path = match &verb.text {
        None if !verb.files.attach.is_empty() => None,
        None => Some(Path::new("-")),
        Some(path) => Some(path.as_path()),
    };
    if path.is_some_and(|path| input::collide(verb.words.words_fd, path)) {
        return Err(Failure::usage(
            "words and text cannot both come from standard input",
            "give the text with --text FILE, or the words with --words-fd 3 3< FILE",
        ));
    }
    let codename = codename(verb.words.words_fd)?;
    let text = match path {
        Some(path) => input::text(path)?.trim().to_owned(),
        None => String::new(),
    };
    if text.is_empty() && verb.files.attach.is_empty() {
        return Err(ReporterError::Empty.into());
    }
    let visit = begin(&place, &codename)?;
    let mut files = open_files(&visit, &verb.files)?;
    let mut inside = visit.look()?;
    let choice = choice(&inside, &verb.who)?;
    let body = MessageBody {
        text,
        attachments: attach(&mut inside, &mut files)?,
        ..MessageBody::default()
    };
    let said = inside.say(&Saying::Message(choice, body))?;
    let recorded = wait(&said, verb.wait)?;
    Ok(show::sent(&said, recorded).with_files(&files))
}

fn consent(arguments: &Arguments, verb: &Consent) -> Result<Shown, Failure> {
    let place = place(arguments)?;
    let codename = codename(verb.words.words_fd)?;
    let inside = begin(&place, &codename)?.look()?;
    let choice = choice(&inside, &verb.who)?;
    let answer = inside.consent_answer(verb.question.as_deref(), &verb.yes)?;
    let body = MessageBody {
        consent: Some(answer),
        ..MessageBody::default()
    };
    let said = inside.say(&Saying::Message(choice, body))?;
    let recorded = wait(&said, verb.wait)?;
    Ok(show::sent(&said, recorded))
}

fn save(arguments: &Arguments, verb: &Save) -> Result<Shown, Failure> {
    let place = place(arguments)?;
    let codename = codename(verb.words.words_fd)?;
    let inside = begin(&place, &codename)?.look()?;
    let file = inside
        .attachment(&verb.file)
        .ok_or(ReporterError::UnknownFile);
    let saved = file.and_then(|file| {
        let mut line = Line::new("fetching the file");
        inside.save(&file, &verb.folder, Patience::STANDARD, &mut |step| {
            line.show(step)
        })
    });
    // Whatever came of it, the visit ends as every visit does.
    inside.say_nothing()?;
    Ok(show::saved(&saved?))
}

/// Before anything is sent, so that a file that cannot be sent costs nothing.
fn open_files(visit: &Visit<'_>, files: &Files) -> Result<Vec<Source>, ReporterError> {
    let metadata = if files.keep_metadata {
        Metadata::Keep
    } else {
        Metadata::Remove
    };
    let limits = &visit.snapshot().roster().limits;
    Ok(open_all(&files.attach, metadata, limits)?)
}

fn attach(inside: &mut Inside<'_>, files: &mut [Source]) -> Result<Vec<Attachment>, ReporterError> {
    let count = files.len();
    let mut lines: Vec<Line> = (1..=count)
        .map(|number| Line::new(format!("sending file {number} of {count}")))
        .collect();
    inside.attach(files, Patience::STANDARD, &mut |number, step| {
        lines[number].show(step);
    })
}

fn withdraw(arguments: &Arguments, verb: &Withdraw) -> Result<Shown, Failure> {
    let place = place(arguments)?;
    let codename = codename(verb.words.words_fd)?;
    let inside = begin(&place, &codename)?.look()?;
    let (said, deleted) = inside.withdraw(WithdrawBody::default())?;
    Ok(show::withdrawn(said.as_ref(), deleted))
}

fn place(arguments: &Arguments) -> Result<Place, Failure> {
    let (Some(server), Some(path)) = (&arguments.server, &arguments.instance) else {
        return Err(Failure::usage(
            "this is missing: --server <URL> and --instance <FILE>",
            "the organisation publishes its address and its instance.json",
        ));
    };
    let client = Client::new(server.clone(), arguments.proxy.as_ref()).map_err(|error| {
        Failure::usage(
            error.to_string(),
            "for Tor: --proxy socks5h://127.0.0.1:9050",
        )
    })?;
    Ok(Place {
        client,
        instance: instance(path)?,
    })
}

fn instance(path: &Path) -> Result<Instance, Failure> {
    let hint = "take the instance.json that the organisation publishes, by a way you trust";
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::usage(
            format!("the instance file cannot be read: {}", error.kind()),
            hint,
        )
    })?;
    Instance::parse(&bytes).map_err(|error| Failure::refused(error.to_string(), hint))
}

/// Before anything is sent, so that a typo costs nothing and gives nothing away.
fn codename(words_fd: Option<u32>) -> Result<Codename, Failure> {
    let phrase = input::words(words_fd)?;
    Ok(Codename::parse_any(&phrase).map_err(ReporterError::Words)?)
}

fn begin<'a>(place: &'a Place, codename: &Codename) -> Result<Visit<'a>, ReporterError> {
    Visit::begin(&place.client, &place.instance, codename, now())
}

/// Who may read. Where nothing signed by the reporter says so any more, never "all" unasked.
fn choice(inside: &Inside<'_>, who: &Who) -> Result<ReaderChoice, ReporterError> {
    let excluded = serials(&who.exclude);
    if who.readers_all {
        return Ok(ReaderChoice::Asked(inside.readers_except(&[])?));
    }
    if excluded.is_empty() {
        return Ok(ReaderChoice::AsBefore);
    }
    let readers = match inside.readers_before_except(&excluded)? {
        Some(readers) => readers,
        None => inside.readers_except(&excluded)?,
    };
    Ok(ReaderChoice::Asked(readers))
}

fn serials(numbers: &[u32]) -> Vec<Serial> {
    numbers.iter().copied().map(Serial).collect()
}

/// Looks until the message is recorded, but not for ever; `None` where nobody asked.
fn wait(said: &Said<'_>, asked: bool) -> Result<Option<bool>, ReporterError> {
    if !asked {
        return Ok(None);
    }
    let epoch = u64::from(said.snapshot().roster().epoch_seconds);
    let until = now().0 + 3 * epoch + 2 * LONGEST_PAUSE;
    while now().0 < until {
        if said.is_recorded(now())? {
            return Ok(Some(true));
        }
        std::thread::sleep(Duration::from_secs(epoch.clamp(1, LONGEST_PAUSE)));
    }
    Ok(Some(false))
}

fn now() -> UnixTime {
    // A clock before 1970 makes every state stale, which says what is wrong.
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixTime(since.map_or(0, |since| since.as_secs()))
}
