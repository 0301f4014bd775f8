//! Message JSON by the letter: no key twice, no number that two programs could read differently,
//! no second spelling.

use beistand_crypto_core::message::{Message, MessageError};
use beistand_tests::malformed::seeds;
use serde_json::Value;

fn lines() -> Vec<String> {
    let lines = seeds::message_lines().into_iter();
    lines.map(|line| String::from_utf8(line).unwrap()).collect()
}

/// Where each key of the JSON begins, and what it and its value look like.
fn members(line: &str) -> Vec<(usize, String)> {
    let value: Value = serde_json::from_str(line).unwrap();
    let mut found = Vec::new();
    collect(&value, line, &mut found);
    found
}

fn collect(value: &Value, line: &str, found: &mut Vec<(usize, String)>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let member = format!("{}:{value}", Value::from(key.as_str()));
                // The order of keys inside a value is not kept by this reader: then by its key.
                let at = line
                    .find(&member)
                    .or_else(|| line.find(&format!("\"{key}\":")));
                found.push((at.expect("every key stands in the line"), member));
                collect(value, line, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, line, found)),
        _ => {}
    }
}

#[test]
fn no_key_may_stand_twice() {
    let mut tried = 0;
    for line in lines() {
        for (at, member) in members(&line) {
            let twice = format!("{}{member},{}", &line[..at], &line[at..]);
            assert!(serde_json::from_str::<Value>(&twice).is_ok(), "it is JSON");
            assert!(Message::from_line(&twice).is_err(), "{member} twice");
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn no_key_may_be_added_or_left_out() {
    for line in lines() {
        let added = line.replacen('{', "{\"also\":1,", 1);
        assert!(Message::from_line(&added).is_err());
        let value: Value = serde_json::from_str(&line).unwrap();
        for key in value.as_object().unwrap().keys() {
            let mut without = value.clone();
            without.as_object_mut().unwrap().remove(key);
            assert!(Message::from_line(&without.to_string()).is_err(), "{key}");
        }
    }
}

#[test]
fn an_integer_has_one_spelling_and_less_than_54_bits() {
    let line = lines().swap_remove(0);
    let largest = format!("\"size\":{}", (1_u64 << 53) - 1);
    assert!(
        line.contains(&largest),
        "the vector has the largest integer"
    );
    let sized = |number: &str| {
        let text = line.replace(&largest, &format!("\"size\":{number}"));
        Message::from_line(&text).map(drop)
    };
    assert_eq!(sized("9007199254740991"), Ok(()));
    assert_eq!(sized("9007199254740992"), Err(MessageError::Integer));
    assert_eq!(sized("18446744073709551615"), Err(MessageError::Integer));
    for number in [
        "18446744073709551616",
        "1e3",
        "1E3",
        "1000.0",
        "-1",
        "-0",
        "007",
        "+7",
        "\"7\"",
        "null",
        "true",
        "[7]",
        "0x7",
        "1_000",
        "99999999999999999999999999999999999999999999",
    ] {
        assert!(sized(number).is_err(), "{number}");
    }
    for (key, numbers) in [
        ("v", ["0", "2", "256", "1.0"]),
        ("from", ["-1", "16", "256", "0.0"]),
        ("day", ["-1", "4294967296", "2e4", "20000.0"]),
        ("n", ["-1", "64", "256", "0.0"]),
        ("kc", ["-1", "256", "1e0", "0.0"]),
    ] {
        let value: Value = serde_json::from_str(&line).unwrap();
        let right = format!("\"{key}\":{}", value[key]);
        assert!(line.contains(&right));
        for number in numbers {
            let wrong = line.replacen(&right, &format!("\"{key}\":{number}"), 1);
            assert!(Message::from_line(&wrong).is_err(), "{key} {number}");
        }
    }
}

#[test]
fn there_is_no_second_spelling() {
    for line in lines() {
        let spellings = [
            format!(" {line}"),
            format!("{line} "),
            format!("{line}\n"),
            format!("\u{feff}{line}"),
            line.replacen(':', ": ", 1),
            line.replacen(',', ", ", 1),
            line.replacen("\"kind\"", "\"\\u006bind\"", 1),
            line.replacen("\"kind\":\"", "\"kind\":\"\\u00", 1),
        ];
        for spelling in spellings {
            assert_ne!(spelling, line);
            assert!(Message::from_line(&spelling).is_err());
        }
        let upper = line.replacen("\"roster\":\"22", "\"roster\":\"2A", 1);
        assert!(Message::from_line(&upper).is_err());
    }
}

#[test]
fn depth_does_not_exhaust_the_stack() {
    let deep = "[".repeat(40_000);
    let line = lines().swap_remove(0);
    let nested = line.replacen("\"body\":{", &format!("\"body\":{{\"text\":{deep}"), 1);
    for text in [deep.as_str(), &"{\"v\":".repeat(8_000), &nested] {
        assert!(Message::from_line(text).is_err());
    }
}
