//! `consent ask` and `consent show`

use super::writing::refuse_collision;
use super::{client, now, open_desk};
use crate::cli::arguments::{Arguments, Ask, Consent};
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::{files, show};
use beistand_counselor::desk::case_number::CaseNumber;
use beistand_crypto_core::body::ReplyBody;
use beistand_crypto_core::consent::{ConsentRequest, MAX_ITEMS};
use serde_json::json;

pub fn run(arguments: &Arguments, verb: &Consent, output: &Output) -> Result<(), Failure> {
    match verb {
        Consent::Ask(ask) => self::ask(arguments, ask, output),
        Consent::Show { case } => self::show(arguments, *case, output),
    }
}

fn ask(arguments: &Arguments, ask: &Ask, output: &Output) -> Result<(), Failure> {
    refuse_collision(arguments, &ask.request)?;
    let mut desk = open_desk(arguments)?;
    let request = parse(&files::read_words(&ask.request)?)?;
    let text = match &ask.text {
        Some(path) => files::read_words(path)?.to_string(),
        None => String::new(),
    };
    let client = client(arguments, desk.instance())?;
    let body = ReplyBody {
        text,
        consent: Some(request),
        ..ReplyBody::default()
    };
    let sent = desk.reply_with(&client, ask.case, body, now())?;
    output.say(&sent, || {
        format!(
            "Asked in case {}. `beistand consent show {}` shows what is answered.\n",
            sent.case, sent.case
        )
    });
    Ok(())
}

fn show(arguments: &Arguments, number: CaseNumber, output: &Output) -> Result<(), Failure> {
    let case = open_desk(arguments)?.case(number)?;
    let asked: Vec<_> = case
        .messages
        .iter()
        .filter_map(|view| {
            let consent = view.consent.as_ref()?;
            Some((view.digest, view.day, consent))
        })
        .collect();
    let values: Vec<_> = asked
        .iter()
        .map(|(digest, day, consent)| json!({ "question": digest, "day": day, "consent": consent }))
        .collect();
    output.say(&json!({ "case": number, "questions": values }), || {
        if asked.is_empty() {
            return "Nothing was asked in this case.\n".to_owned();
        }
        asked
            .iter()
            .map(|(_, day, consent)| show::consent(*day, consent))
            .collect()
    });
    Ok(())
}

/// The first line says who would see it, each further line one thing.
fn parse(text: &str) -> Result<ConsentRequest, Failure> {
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned);
    let request = ConsentRequest {
        to: lines.next().unwrap_or_default(),
        items: lines.collect(),
    };
    if !request.is_complete() {
        return Err(Failure::usage(
            "the request for consent is not complete",
            format!(
                "First a line that says who would see it, then 1 to {MAX_ITEMS} lines that say \
                 what."
            ),
        ));
    }
    Ok(request)
}
