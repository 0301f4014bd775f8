//! What we read from JSON by way of a value of any kind, and what serde_json makes of the same text
//! by itself: they must agree on every text of the kinds that our formats have.

use beistand_protocol::json::{encode, parse, parse_canonical, parse_text, JsonError, Value};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Yes,
    NotYet,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Number(u32);

/// Every kind of thing that stands in a format of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Everything {
    text: String,
    byte: u8,
    number: Number,
    large: u64,
    holds: bool,
    answer: Answer,
    maybe: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left_out: Option<Box<Everything>>,
    list: Vec<Option<u16>>,
}

/// A later version may say more.
#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Preface {
    byte: u8,
}

fn everything(text: &str) -> Everything {
    Everything {
        text: text.to_owned(),
        byte: 255,
        number: Number(0),
        large: u64::MAX,
        holds: true,
        answer: Answer::NotYet,
        maybe: None,
        left_out: None,
        list: vec![None, Some(65_535), Some(10)],
    }
}

/// Ours, which must be serde_json's.
fn read(text: &str) -> Result<Everything, JsonError> {
    let ours = parse_text::<Everything>(text);
    let theirs = serde_json::from_str::<Everything>(text).map_err(|_| JsonError);
    assert_eq!(ours, theirs, "{text}");
    assert_eq!(parse::<Everything>(text.as_bytes()), theirs);
    // serde_json lets half a pair of surrogates be where it passes over, and nowhere else.
    let is_json = serde_json::from_str::<serde_json::Value>(text).is_ok();
    let theirs_passed_over = serde_json::from_str::<Preface>(text).ok();
    assert_eq!(
        parse_text::<Preface>(text).ok(),
        theirs_passed_over.filter(|_| is_json),
        "{text}"
    );
    ours
}

#[test]
fn every_character_is_written_and_read_as_elsewhere() {
    let plain: String = ('\0'..='\u{ff}')
        .chain(['\u{2028}', '\u{fffd}', '𝄞'])
        .collect();
    let mut value = everything(&plain);
    value.left_out = Some(Box::new(everything("\"")));
    let text = encode(&value).unwrap();
    assert_eq!(text, serde_json::to_string(&value).unwrap());
    assert_eq!(read(&text).as_ref(), Ok(&value));
    assert_eq!(parse_canonical(&text), Ok(value));
}

#[test]
fn texts_are_taken_and_refused_as_elsewhere() {
    let good = serde_json::to_string_pretty(&everything("a")).unwrap();
    assert!(read(&good).is_ok());
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        read(&good.replace(from, to))
    };
    for (from, to) in [
        ("255", "256"),
        ("255", "0255"),
        ("255", "-1"),
        ("255", "1.0"),
        ("255", "1e1"),
        ("255", ""),
        ("18446744073709551615", "18446744073709551616"),
        ("true", "True"),
        ("true", "tru"),
        ("null", "nul"),
        ("\"a\"", "\"a"),
        ("\"a\"", "a"),
        ("\"a\"", "\"\\x\""),
        ("\"a\"", "\"\\u12\""),
        ("\"a\"", "\"\\u+123\""),
        ("\"a\"", "\"\\ü\""),
        ("\"a\"", "\"\n\""),
        ("\"byte\"", "\"text\""),
        ("\"byte\"", "\"other\""),
        ("not-yet", "never"),
        ("10\n", "10,\n"),
        ("65535,", "65535"),
        ("]\n}", "]\n"),
        ("]\n}", "]\n}}"),
        ("]\n}", "],\n}"),
        ("]\n}", "]\n,}"),
        ("]\n}", "\n}"),
        (":", ""),
        ("{", "{,"),
    ] {
        assert_eq!(with(from, to), Err(JsonError), "{to} for {from}");
    }
    for (from, to) in [
        ("{", " {"),
        (":", "\t:\r\n"),
        ("\"a\"", r#""\u0061""#),
        ("\"text\"", r#""\u0074ext""#),
        ("\"not-yet\"", r#""not\u002dyet""#),
        ("\"a\"", r#""a \" b \\ c \/ \b\f\n\r\t""#),
    ] {
        assert!(with(from, to).is_ok(), "{to} for {from}");
    }
    assert!(parse::<String>(b"\"\xff\"").is_err());
}

#[test]
fn what_is_not_known_is_passed_over_but_must_be_json() {
    for inside in [
        "null",
        "true",
        "false",
        "-0.5e-7",
        "1E+9",
        "\"\\\"\"",
        "[]",
        "{}",
        "[1,[2],{\"a\":[]}]",
        "tru",
        "-",
        "01",
        "1.",
        "1e",
        ".5",
        "[1,]",
        "[,]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "[}",
        "{]",
        "[",
        "\"",
        "\u{1}",
        "",
    ] {
        read(&format!("{{\"more\":{inside},\"byte\":1}}")).ok();
        read(&format!("{{\"byte\":1,\"more\":{inside}}}")).ok();
    }
    let deep = |depth: usize| {
        format!(
            "{{\"byte\":1,\"more\":{}{}}}",
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    assert_eq!(parse_text(&deep(99)), Ok(Preface { byte: 1 }));
    assert_eq!(parse_text::<Preface>(&deep(1_000_000)), Err(JsonError));
}

#[test]
fn garbled_texts_are_judged_as_elsewhere() {
    let mut rng = StdRng::seed_from_u64(11);
    let mut value = everything("ä\n\u{1}\"");
    value.left_out = Some(Box::new(everything("𝄞")));
    let texts = [
        encode(&value).unwrap(),
        serde_json::to_string_pretty(&value).unwrap(),
    ];
    let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "u00e4", "\\ud834", "0", "-1", ".", "e5", "null",
        " ", "\n", "ä",
    ];
    for round in 0..4_000 {
        let mut text: Vec<char> = texts[round % 2].chars().collect();
        for _ in 0..rng.gen_range(1..4) {
            let at = rng.gen_range(0..text.len());
            let until = (at + rng.gen_range(0..3)).min(text.len());
            let piece = pieces[rng.gen_range(0..pieces.len())];
            text.splice(at..until, piece.chars());
        }
        read(&text.iter().collect::<String>()).ok();
    }
}

/// serde_json also reads an object from a list of its members and a word from an object around it.
#[test]
fn there_is_one_form_for_an_object_and_one_for_a_word() {
    assert!(serde_json::from_str::<Preface>("[1]").is_ok());
    assert_eq!(parse_text::<Preface>("[1]"), Err(JsonError));
    assert!(serde_json::from_str::<Answer>("{\"yes\":null}").is_ok());
    assert_eq!(parse_text::<Answer>("{\"yes\":null}"), Err(JsonError));
}

#[test]
fn what_it_must_be_can_be_said_later() {
    #[derive(Deserialize)]
    struct Around<T> {
        body: T,
    }
    let text = r#"{"body": {"byte" : 7, "x":["\"", -1.5e9, null, {"y": [true]}]} }"#;
    let around: Around<Value<'_>> = parse_text(text).unwrap();
    assert_eq!(Preface::deserialize(around.body), Ok(Preface { byte: 7 }));
    assert!(parse_text::<Around<Value<'_>>>(r#"{"body":}"#).is_err());
    assert!(parse_text::<Around<Value<'_>>>(r#"{"other":1}"#).is_err());
}
