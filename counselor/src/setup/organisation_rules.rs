//! What a description of an organisation must hold so that the site can show it: found where it
//! is written and signed, not by somebody in distress in front of an empty line.

use beistand_protocol::roster::{Helpline, LocalText, Member, Organisation};
use beistand_protocol::roster_rules::text_is_clean;

/// A value that cannot be used. It names the place, never the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {mistake}")]
pub struct Mistake {
    /// Such as `helplines[2].country`, counted from 1.
    pub place: String,
    /// What is wrong, and how it is right.
    pub mistake: &'static str,
}

type Checked = Result<(), Mistake>;

fn ensure(holds: bool, place: impl Into<String>, mistake: &'static str) -> Checked {
    if holds {
        return Ok(());
    }
    Err(Mistake {
        place: place.into(),
        mistake,
    })
}

fn text(value: &str, longest: usize, place: impl Into<String>) -> Checked {
    ensure(
        text_is_clean(value, longest),
        place,
        "is empty, too long, or has line breaks or invisible characters in it",
    )
}

/// Checks what reporters will be told, and who is said to be there.
///
/// # Errors
/// The first [`Mistake`].
pub fn check(organisation: &Organisation, members: &[Member]) -> Checked {
    text(&organisation.name, 200, "name")?;
    ensure(
        (1..=365).contains(&organisation.promise_days),
        "promise_days",
        "is a number of working days from 1 to 365",
    )?;
    ensure(
        is_https(&organisation.neutral_exit),
        "neutral_exit",
        "is an address that begins with https://, without a name or password in it",
    )?;
    for (at, helpline) in organisation.helplines.iter().enumerate() {
        check_helpline(helpline, &format!("helplines[{}]", at + 1))?;
    }
    for (at, way) in organisation.other_ways.iter().enumerate() {
        check_way(way, &format!("other_ways[{}]", at + 1))?;
    }
    for (at, member) in members.iter().enumerate() {
        check_member(member, &format!("members[{}]", at + 1))?;
    }
    Ok(())
}

fn check_helpline(helpline: &Helpline, place: &str) -> Checked {
    let country = &helpline.country;
    let is_code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    ensure(
        is_code || country == "*",
        format!("{place}.country"),
        "is a country's two capital letters, such as \"DE\", or \"*\" for anywhere",
    )?;
    check_language(&helpline.language, place)?;
    text(&helpline.name, 200, format!("{place}.name"))?;
    text(&helpline.contact, 200, format!("{place}.contact"))?;
    // Any words will do ("ask at the door"); what looks like an address must be one to be opened.
    ensure(
        !helpline.contact.contains("://") || is_https(&helpline.contact),
        format!("{place}.contact"),
        "is a number, a mail address, or an address that begins with https://",
    )
}

fn check_way(way: &LocalText, place: &str) -> Checked {
    check_language(&way.language, place)?;
    text(&way.text, 2_000, format!("{place}.text"))
}

fn check_member(member: &Member, place: &str) -> Checked {
    text(&member.name, 100, format!("{place}.name"))?;
    for language in &member.languages {
        ensure(
            is_language(language),
            format!("{place}.languages"),
            LANGUAGE,
        )?;
    }
    Ok(())
}

const LANGUAGE: &str = "is the short code of a language, such as \"de\", \"en\" or \"pt-BR\"";

fn check_language(language: &str, place: &str) -> Checked {
    ensure(is_language(language), format!("{place}.language"), LANGUAGE)
}

/// The form of a BCP 47 tag: two or three letters, then parts of up to eight letters and digits.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// As the site demands of what it opens: `https`, a host, nobody's name in it.
fn is_https(address: &str) -> bool {
    let host = address
        .strip_prefix("https://")
        .map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
        && address.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::super::organisation::{Description, DescriptionError};

    const GOOD: [&str; 3] = [
        "name='A'",
        "promise_days=3",
        "neutral_exit='https://x.example/'",
    ];

    /// The place that is named where this is written.
    fn named(written: &str) -> Option<String> {
        match Description::parse(written) {
            Ok(_) => None,
            Err(DescriptionError::Value(mistake)) => Some(mistake.place),
            Err(other) => panic!("{other}"),
        }
    }

    /// With one of the first lines put otherwise.
    fn first(line: &str) -> Option<String> {
        let key = |line: &str| line.split('=').next().map(str::to_owned);
        named(
            &GOOD
                .map(|good| if key(good) == key(line) { line } else { good })
                .join("\n"),
        )
    }

    /// With a section after the first lines.
    fn section(lines: &str) -> Option<String> {
        named(&format!("{}\n{lines}", GOOD.join("\n")))
    }

    fn helpline(country: &str, language: &str, contact: &str) -> Option<String> {
        section(&format!(
            "[[helplines]]\ncountry='{country}'\nlanguage='{language}'\nname='N'\ncontact='{contact}'"
        ))
    }

    #[test]
    fn what_the_site_can_show_is_good() {
        assert_eq!(section(""), None);
        for (country, language, contact) in [
            ("DE", "de", "0800 000 000"),
            ("*", "zh-Hant-TW", "https://example.org/help"),
            ("AT", "tlh", "ask at the door"),
        ] {
            assert_eq!(helpline(country, language, contact), None);
        }
    }

    #[test]
    fn what_it_cannot_is_named_with_its_place() {
        let place = |text: &str| Some(text.to_owned());
        assert_eq!(first("name=' '"), place("name"));
        assert_eq!(first("promise_days=0"), place("promise_days"));
        for exit in [
            "http://x.example/",
            "https://",
            "https://a:b@x.example/",
            "river",
        ] {
            let line = format!("neutral_exit='{exit}'");
            assert_eq!(first(&line), place("neutral_exit"), "{exit}");
        }
        assert_eq!(helpline("de", "de", "1"), place("helplines[1].country"));
        assert_eq!(
            helpline("DE", "German", "1"),
            place("helplines[1].language")
        );
        assert_eq!(
            helpline("DE", "de", "http://x.example"),
            place("helplines[1].contact")
        );
        assert_eq!(
            section("[[other_ways]]\nlanguage='en'\ntext='a\u{202e}b'"),
            place("other_ways[1].text")
        );
        let member = "[[members]]\nserial=1\nname='M'\nlanguages=['deutsch und englisch']";
        assert_eq!(section(member), place("members[1].languages"));
    }

    #[test]
    fn the_sentence_says_how_it_is_right_and_repeats_nothing() {
        let written = "name='A'\npromise_days=3\nneutral_exit='http://secret.example/'\n";
        let said = Description::parse(written).unwrap_err().to_string();
        assert!(said.contains("neutral_exit") && said.contains("https://"));
        assert!(!said.contains("secret"));
    }
}
