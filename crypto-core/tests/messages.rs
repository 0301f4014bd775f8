//! Line 1 has one encoding; everything else is refused by name, and nothing panics.

mod support;

use beistand_crypto_core::body::{Body, Kind, MessageBody};
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::message::{Message, MessageError, LINE_LIMIT, SHARE_LINE_LIMIT};
use beistand_crypto_core::reporter::Mailbox;
use beistand_protocol::roster::Writer;
use rand_chacha::rand_core::RngCore as _;
use support::{readers, report, World};

fn a_report(world: &mut World) -> (Message, String) {
    let mailbox =
        Mailbox::from_codename(&Codename::from_entropy([4; 16]), &world.instance.instance);
    let mut body = report("Line one\nline \"two\" — ünïcode \u{202e}");
    body.links = vec!["https://example.org/w/index.php?diff=1".into()];
    let snapshot = world.snapshot();
    let outgoing = mailbox
        .compose_report(&snapshot, &readers([1, 2]), body, &mut world.rng)
        .unwrap();
    let verified = outgoing.message().unwrap();
    (verified.message().clone(), verified.line1().to_owned())
}

#[test]
fn one_encoding() {
    let (mut world, _) = World::new(20, 2, 8);
    let (message, line) = a_report(&mut world);
    assert!(!line.contains('\n'));
    assert_eq!(Message::from_line(&line).unwrap(), message);
    let fields = [
        "{\"v\":1,\"instance\":\"",
        "\",\"kind\":\"report\",\"conversation\":\"",
        "\",\"from\":0,\"day\":20000,\"n\":0,\"kc\":0,\"prev\":null,\"roster\":\"",
        "\",\"slot\":\"",
        "\",\"checkpoint\":{\"size\":1,\"root\":\"",
        "\"},\"readers\":[1,2],\"reply_to\":{\"sign\":\"",
        "\",\"recipient\":\"age1pq1",
        "\",\"kc0\":\"",
        "\"},\"body\":{\"text\":\"",
    ];
    let mut rest = line.as_str();
    for field in fields {
        let at = rest
            .find(field)
            .unwrap_or_else(|| panic!("{field} is missing"));
        rest = &rest[at + field.len()..];
    }
}

#[test]
fn every_other_spelling_is_refused() {
    let (mut world, _) = World::new(21, 2, 8);
    let (_, line) = a_report(&mut world);
    let cases = [
        (
            line.replacen("\"v\":1,", "\"v\":1,\"v\":1,", 1),
            MessageError::Form,
        ),
        (
            line.replacen("\"v\":1,", "\"v\": 1,", 1),
            MessageError::NotCanonical,
        ),
        (
            line.replacen("\"n\":0", "\"n\":0,\"n\":0", 1),
            MessageError::Form,
        ),
        (line.replacen("\"n\":0", "\"n\":0.0", 1), MessageError::Form),
        (line.replacen("\"n\":0", "\"n\":-1", 1), MessageError::Form),
        (line.replacen("\"n\":0", "\"n\":64", 1), MessageError::Place),
        (
            line.replacen("\"from\":0", "\"from\":1", 1),
            MessageError::Writer,
        ),
        (
            line.replacen("\"from\":0", "\"from\":16", 1),
            MessageError::Place,
        ),
        (
            line.replacen("\"kc\":0", "\"kc\":1", 1),
            MessageError::KeyIndex,
        ),
        (
            line.replacen("\"prev\":null,", "", 1),
            MessageError::NotCanonical,
        ),
        (line.replacen("[1,2]", "[2,1]", 1), MessageError::Form),
        (line.replacen("[1,2]", "[1,1]", 1), MessageError::Form),
        (line.replacen("[1,2]", "[]", 1), MessageError::Form),
        (
            line.replacen("\"size\":1", "\"size\":9007199254740992", 1),
            MessageError::Integer,
        ),
        (
            line.replacen("\"size\":1", "\"size\":18446744073709551616", 1),
            MessageError::Form,
        ),
        (
            line.replacen("\"text\":\"L", "\"text\":\"\\u004c", 1),
            MessageError::NotCanonical,
        ),
        (
            line.replacen("\"text\"", "\"text\":\"x\",\"text\"", 1),
            MessageError::Form,
        ),
        (
            line.replacen("\"links\"", "\"linkz\"", 1),
            MessageError::Form,
        ),
        (
            line.replacen("{\"v\"", "{\"w\":1,\"v\"", 1),
            MessageError::Form,
        ),
        (format!("{line} "), MessageError::NotCanonical),
        (format!("{line}{{}}"), MessageError::Form),
        (
            line.replacen("\"v\":1", "\"v\":2", 1),
            MessageError::Version,
        ),
        (
            line.replacen("\"kind\":\"report\"", "\"kind\":\"poll\"", 1),
            MessageError::Kind,
        ),
        (
            line.replacen("\"kind\":\"report\"", "\"kind\":\"message\"", 1),
            MessageError::Form,
        ),
        (String::new(), MessageError::Form),
        ("x".repeat(SHARE_LINE_LIMIT + 1), MessageError::TooLong),
    ];
    for (line, expected) in cases {
        let refused = Message::from_line(&line).expect_err("refused");
        assert_eq!(refused, expected, "{}", &line[..line.len().min(300)]);
    }
    let upper = line.replacen("\"slot\":\"", "\"slot\":\"A", 1);
    assert_eq!(Message::from_line(&upper), Err(MessageError::Form));
}

#[test]
fn a_later_version_is_told_from_rubbish() {
    // Whatever fields it has: only `v` and `kind` are read.
    let later = r#"{"v":7,"kind":"hologram","sealed":[1,2,3]}"#;
    assert_eq!(Message::from_line(later), Err(MessageError::Version));
    let unknown = r#"{"v":1,"kind":"hologram","sealed":[1,2,3]}"#;
    assert_eq!(Message::from_line(unknown), Err(MessageError::Kind));
}

#[test]
fn what_is_longer_than_a_line_is_refused() {
    let (mut world, _) = World::new(22, 2, 8);
    let (mut message, line) = a_report(&mut world);
    let room = LINE_LIMIT - line.len();
    let Body::Report(body) = &message.body else {
        panic!("a report")
    };
    let mut body = body.clone();
    body.text.push_str(&"x".repeat(room));
    message.body = Body::Report(body.clone());
    assert_eq!(message.to_line().unwrap().len(), LINE_LIMIT);
    body.text.push('x');
    message.body = Body::Report(body);
    assert_eq!(message.to_line().unwrap_err(), MessageError::TooLong);
}

#[test]
fn a_kind_keeps_its_rules() {
    let (mut world, _) = World::new(23, 2, 8);
    let (message, _) = a_report(&mut world);
    let mut without = message.clone();
    without.reply_to = None;
    assert_eq!(without.to_line().unwrap_err(), MessageError::ReplyTo);
    let mut with = message.clone();
    with.body = Body::Message(MessageBody::default());
    assert_eq!(with.to_line().unwrap_err(), MessageError::ReplyTo);
    let mut device = message;
    device.place.writer = Writer(3);
    assert_eq!(device.to_line().unwrap_err(), MessageError::Writer);
    assert!(Kind::Report.reaches_reporter() && !Kind::Share.reaches_reporter());
}

#[test]
fn hostile_lines_do_not_panic() {
    let (mut world, _) = World::new(24, 2, 8);
    let (_, line) = a_report(&mut world);
    for end in (0..line.len()).filter(|end| line.is_char_boundary(*end)) {
        assert!(Message::from_line(&line[..end]).is_err());
    }
    for _ in 0..5_000 {
        let mut bytes = line.clone().into_bytes();
        for _ in 0..1 + world.rng.next_u32() % 3 {
            let at = world.rng.next_u32() as usize % bytes.len();
            bytes[at] = world.rng.next_u32() as u8;
        }
        let Ok(mutated) = String::from_utf8(bytes) else {
            continue;
        };
        if let Ok(message) = Message::from_line(&mutated) {
            assert_eq!(*message.to_line().unwrap(), mutated);
        }
    }
}
