//! The description of an organisation that a person writes in an editor (TOML, or JSON for
//! scripts) and from which rosters are drafted.

use super::organisation_rules::{self, Mistake};
use beistand_console::date::parse_date;
use beistand_crypto_core::attachment::MAX_FILE_SIZE;
use beistand_protocol::roster::{
    Helpline, Limits, LocalText, Member, Organisation, Serial, StampBits,
};
use serde::Deserialize;

/// A description to begin with; every line says what it is for.
pub const TEMPLATE: &str = include_str!("organisation.toml");

/// What a roster says beside keys and devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// What reporters are told.
    pub organisation: Organisation,
    /// Where the site is, where it is not the first address of the instance file.
    pub url: Option<String>,
    /// What members are called and can do, where that is to differ from their join requests.
    pub members: Vec<Member>,
    /// The rest.
    pub parameters: Parameters,
}

/// The parameters of a roster, each with a default that suits a small organisation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in `Roster`, but for `valid_days`")]
pub struct Parameters {
    /// How many days the roster is valid, at most 120.
    pub valid_days: u32,
    pub stanzas: u8,
    pub epoch_seconds: u32,
    pub ttl_days: u32,
    pub shard_bits: u8,
    pub fetch_count: u8,
    pub decoys_per_desk_day: u32,
    pub stamps: StampBits,
    pub limits: Limits,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            valid_days: 90,
            stanzas: 8,
            epoch_seconds: 1_800,
            ttl_days: 60,
            shard_bits: 0,
            fetch_count: 4,
            decoys_per_desk_day: 6,
            stamps: StampBits {
                envelope_min: 14,
                envelope_max: 22,
                part: 10,
                fetch: 8,
            },
            limits: Limits {
                file_bytes: MAX_FILE_SIZE,
                message_bytes: 256 << 20,
            },
        }
    }
}

/// Why a description cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DescriptionError {
    /// Not TOML or JSON of the expected form.
    #[error("the description of the organisation has a mistake in line {line}: {mistake}")]
    Form {
        /// The line, from 1.
        line: usize,
        /// In the parser's words.
        mistake: String,
    },
    /// Something that the site could not show.
    #[error("the description of the organisation cannot be used: {0}")]
    Value(#[from] Mistake),
    /// A date that is none.
    #[error("away_until of person {serial} is not a date like 2026-12-31")]
    Date {
        /// Whose.
        serial: u32,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    promise_days: u32,
    neutral_exit: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    helplines: Vec<Helpline>,
    #[serde(default)]
    other_ways: Vec<LocalText>,
    #[serde(default)]
    members: Vec<WrittenMember>,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMember {
    serial: u32,
    name: String,
    #[serde(default)]
    pronouns: Option<String>,
    #[serde(default)]
    languages: Vec<String>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    away_until: Option<String>,
}

impl Description {
    /// Reads a description: JSON where it begins with a brace, else TOML.
    ///
    /// # Errors
    /// [`DescriptionError`].
    pub fn parse(text: &str) -> Result<Self, DescriptionError> {
        let written: Written = if text.trim_start().starts_with('{') {
            serde_json::from_str(text).map_err(|error| DescriptionError::Form {
                line: error.line(),
                mistake: "it is not JSON of the expected form".to_owned(),
            })?
        } else {
            toml::from_str(text).map_err(|error| DescriptionError::Form {
                line: error.span().map_or(1, |span| {
                    text.get(..span.start)
                        .map_or(1, |before| before.matches('\n').count() + 1)
                }),
                mistake: error
                    .message()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            })?
        };
        let members = written
            .members
            .into_iter()
            .map(Member::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        let organisation = Organisation {
            name: written.name,
            promise_days: written.promise_days,
            helplines: written.helplines,
            other_ways: written.other_ways,
            neutral_exit: written.neutral_exit,
        };
        organisation_rules::check(&organisation, &members)?;
        Ok(Self {
            organisation,
            url: written.url,
            members,
            parameters: written.parameters,
        })
    }
}

impl TryFrom<WrittenMember> for Member {
    type Error = DescriptionError;

    fn try_from(written: WrittenMember) -> Result<Self, DescriptionError> {
        let serial = written.serial;
        let date = |text: String| parse_date(&text).ok_or(DescriptionError::Date { serial });
        Ok(Self {
            serial: Serial(serial),
            name: written.name,
            pronouns: written.pronouns,
            languages: written.languages,
            topics: written.topics,
            away_until: written.away_until.map(date).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_a_description() {
        let description = Description::parse(TEMPLATE).unwrap();
        assert_eq!(description.parameters, Parameters::default());
        assert_eq!(description.organisation.helplines.len(), 1);
    }

    #[test]
    fn json_and_toml_say_the_same() {
        let toml = "name='A'\npromise_days=3\nneutral_exit='https://x.example/'\n\
                    [[members]]\nserial=1\nname='M'\naway_until='2026-12-31'\n\
                    [parameters]\nepoch_seconds=2\n";
        let json = r#"{"name":"A","promise_days":3,"neutral_exit":"https://x.example/",
            "members":[{"serial":1,"name":"M","away_until":"2026-12-31"}],
            "parameters":{"epoch_seconds":2}}"#;
        let description = Description::parse(toml).unwrap();
        assert_eq!(Description::parse(json).unwrap(), description);
        assert_eq!(description.parameters.epoch_seconds, 2);
        assert_eq!(description.parameters.stanzas, 8);
    }

    #[test]
    fn a_mistake_is_named_with_its_line() {
        let wrong = "name='A'\npromise_days=3\nneutral_exit='https://x.example/'\nhelpline=1\n";
        let error = Description::parse(wrong).unwrap_err();
        assert!(
            matches!(error, DescriptionError::Form { line: 4, .. }),
            "{error}"
        );
        let wrong = "name='A'\npromise_days=3\nneutral_exit='x'\n[[members]]\nserial=4\nname='M'\n\
                     away_until='soon'\n";
        assert_eq!(
            Description::parse(wrong),
            Err(DescriptionError::Date { serial: 4 })
        );
    }
}
