//! The texts of web/i18n: the same keys in every language and in the documentation for
//! translators, the same placeholders, none unused, all in a form that the site can read. That
//! no key is missing is found by the site's type check, for keys are typed there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::message_syntax::mistake;
use super::{files, Report};
use crate::failure::{Failure, While};

const FOLDER: &str = "web/i18n/";
const SOURCE: &str = "en";
/// What translatewiki.net calls the language that documents the messages.
const DOCUMENTATION: &str = "qqq";

/// Compares the languages with each other and with the site's sources.
///
/// # Errors
/// A file cannot be read, or the source language is missing.
pub fn check() -> Result<Report, Failure> {
    let mut languages = BTreeMap::new();
    let mut sources = String::new();
    for path in files::all()? {
        let language = path
            .strip_prefix(FOLDER)
            .and_then(|name| name.strip_suffix(".json"));
        if let Some(language) = language {
            languages.insert(language.to_string(), messages(&path)?);
        } else if is_source(&path) {
            sources.push_str(&files::text(&path)?.unwrap_or_default());
        }
    }
    if !languages.contains_key(SOURCE) || !languages.contains_key(DOCUMENTATION) {
        return Err(Failure::new(format!(
            "{FOLDER} has no {SOURCE}.json or no {DOCUMENTATION}.json"
        )));
    }
    let mut findings = compare(&languages);
    findings.extend(unused(&languages[SOURCE], &sources));
    let note = format!(
        "{} messages, {} languages",
        languages[SOURCE].len(),
        languages.len() - 1
    );
    Ok(Report::of(findings).noting(note))
}

fn is_source(path: &str) -> bool {
    path.starts_with("web/")
        && !path.starts_with("web/test")
        && files::has_extension(path, &["ts", "mjs", "html"])
}

fn messages(path: &str) -> Result<BTreeMap<String, String>, Failure> {
    let text = files::text(path)?.unwrap_or_default();
    let file: Value = serde_json::from_str(&text).while_(format!("reading {path}"))?;
    let object = file
        .as_object()
        .ok_or_else(|| Failure::new(format!("{path} is no object")))?;
    let texts = object.iter().filter(|(key, _)| *key != "@metadata");
    Ok(texts
        .map(|(key, text)| (key.clone(), text.as_str().unwrap_or_default().to_string()))
        .collect())
}

fn compare(languages: &BTreeMap<String, BTreeMap<String, String>>) -> Vec<String> {
    let source = &languages[SOURCE];
    let mut findings = Vec::new();
    for (language, texts) in languages {
        for key in source.keys().filter(|key| !texts.contains_key(*key)) {
            findings.push(format!("{language}.json lacks {key}"));
        }
        for (key, text) in texts {
            let Some(original) = source.get(key) else {
                findings.push(format!("{language}.json has {key}, {SOURCE}.json has not"));
                continue;
            };
            if text.trim().is_empty() {
                findings.push(format!("{language}.json: {key} is empty"));
            }
            if language == DOCUMENTATION {
                continue;
            }
            if placeholders(text) != placeholders(original) {
                findings.push(format!(
                    "{language}.json: {key} has other placeholders than {SOURCE}.json"
                ));
            }
            if let Some(mistake) = mistake(text) {
                findings.push(format!("{language}.json: {key} {mistake}"));
            }
        }
    }
    findings
}

/// `$1`, `$2` … of a message. Those that only choose a form, as in `{{PLURAL:$2|is|are}}`,
/// do not count: not every language has the forms.
fn placeholders(text: &str) -> BTreeSet<&str> {
    let digits = |rest: &str| rest.bytes().take_while(u8::is_ascii_digit).count();
    text.match_indices('$')
        .filter(|(at, _)| {
            !text[..*at].ends_with("{{PLURAL:") && !text[..*at].ends_with("{{GENDER:")
        })
        .map(|(at, _)| &text[at..at + 1 + digits(&text[at + 1..])])
        .filter(|placeholder| placeholder.len() > 1)
        .collect()
}

/// Keys that stand in no string of the sources. A template such as `kind-${name}` uses
/// every key with its beginning and end.
fn unused(source: &BTreeMap<String, String>, sources: &str) -> Vec<String> {
    let templates: Vec<(&str, &str)> = sources
        .split('`')
        .filter_map(|part| {
            let (before, rest) = part.split_once("${")?;
            let (_, after) = rest.rsplit_once('}')?;
            let is_key = |text: &str| {
                text.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            };
            (!before.is_empty() && is_key(before) && is_key(after)).then_some((before, after))
        })
        .collect();
    let quotes = ['\'', '"', '`'];
    let is_used = |key: &&String| {
        let quoted = |quote: &char| sources.contains(&format!("{quote}{key}{quote}"));
        let templated = |(before, after): &(&str, &str)| {
            key.len() > before.len() + after.len()
                && key.starts_with(before)
                && key.ends_with(after)
        };
        quotes.iter().any(quoted) || templates.iter().any(templated)
    };
    let keys = source.keys().filter(|key| !is_used(key));
    keys.map(|key| format!("{key} is used nowhere")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(key, text): &(&str, &str)| (key.to_string(), text.to_string());
        list.iter().map(owned).collect()
    }

    fn findings(en: &[(&str, &str)], de: &[(&str, &str)], qqq: &[(&str, &str)]) -> Vec<String> {
        compare(&BTreeMap::from([
            ("en".to_string(), texts(en)),
            ("de".to_string(), texts(de)),
            ("qqq".to_string(), texts(qqq)),
        ]))
    }

    #[test]
    fn equal_languages_are_good() {
        let en = [
            ("hello", "Hello $1, {{PLURAL:$2|one|$2}}"),
            ("who", "$1 can"),
        ];
        let de = [
            ("hello", "{{PLURAL:$2|eins|$2}} für $1"),
            ("who", "$1 {{PLURAL:$2|kann|können}}"),
        ];
        assert!(findings(&en, &de, &[("hello", "Costs $5."), ("who", "-")]).is_empty());
    }

    #[test]
    fn every_difference_is_found() {
        let en = [("hello", "Hello $1")];
        assert_eq!(findings(&en, &[], &en).len(), 1);
        assert_eq!(findings(&en, &en, &[]).len(), 1);
        assert_eq!(findings(&en, &[("hello", "Hallo $2")], &en).len(), 1);
        // Another placeholder, and one that the site cannot read.
        assert_eq!(findings(&en, &[("hello", "Hallo $10")], &en).len(), 2);
        assert_eq!(findings(&en, &en, &[("hello", " ")]).len(), 1);
        let more = [("hello", "Hallo $1"), ("bye", "Tschüss")];
        assert_eq!(findings(&en, &more, &en).len(), 1);
    }

    #[test]
    fn unused_keys_are_found() {
        let source = texts(&[("kind-threat", "Threat"), ("send", "Send"), ("old", "Old")]);
        let sources = "say(button, 'send'); text(`kind-${kind}` as Key); // old";
        assert_eq!(unused(&source, sources), ["old is used nowhere"]);
    }
}
