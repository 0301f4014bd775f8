//! Our frozen vectors (`tests/vectors`): derivations, encapsulations with given randomness, and
//! what opening comes to. Cases with `expect` name the kind of failure.

use crate::part;
use age::Identity as _;
use age_core::format::Stanza;
use age_core::secrecy::ExposeSecret as _;
use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use beistand_crypto_core::codename::{Codename, CodenameError};
use beistand_crypto_core::conversation_key::ConversationKey;
use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_crypto_core::hybrid_recipient::HybridRecipient;
use beistand_crypto_core::message::{line_hash, Message, MessageError};
use beistand_crypto_core::open::{open, OpenError};
use beistand_crypto_core::part::part_slot;
use beistand_crypto_core::place::Place;
use beistand_crypto_core::reporter_keys::ReporterKeys;
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_crypto_core::signing::Signer;
use beistand_crypto_core::word_list::WordList;
use beistand_protocol::class::BlobClass;
use beistand_protocol::hash::delete_hash;
use beistand_protocol::roster::Writer;
use beistand_protocol::time::Day;
use serde_json::Value;

/// The kinds of files there are; none may be missing from the folder.
pub const KINDS: [&str; 7] = [
    "codename",
    "envelope",
    "hybrid",
    "message",
    "part",
    "reporter-keys",
    "slots",
];

/// Checks every case of one file; gives the file's kind.
///
/// # Panics
/// A case does not hold, or nobody checks vectors of this kind.
pub fn check(name: &str, text: &str) -> &'static str {
    let file: Value = serde_json::from_str(text).expect("vectors are JSON");
    let kind = KINDS.into_iter().find(|kind| file["kind"] == *kind);
    let kind = kind.unwrap_or_else(|| panic!("{name}: nobody checks vectors of its kind"));
    let check: fn(&Value, &str) = match kind {
        "codename" => codename,
        "hybrid" => hybrid,
        "reporter-keys" => reporter_keys,
        "slots" => slots,
        "message" => message,
        "part" => part::check,
        _ => envelope,
    };
    let cases = file["cases"].as_array().expect("a file has cases");
    assert!(!cases.is_empty(), "{name} has no case");
    for (i, case) in cases.iter().enumerate() {
        check(case, &format!("{name}, case {i}"));
    }
    kind
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field} is missing"))
}

fn bytes<const N: usize>(case: &Value, field: &str) -> [u8; N] {
    hex::decode(text(case, field)).unwrap().try_into().unwrap()
}

fn codename(case: &Value, name: &str) {
    let list = WordList::for_language(text(case, "list")).unwrap();
    let parsed = Codename::parse(text(case, "phrase"), list);
    match case.get("expect").map(|expect| expect.as_str().unwrap()) {
        None => {
            let entropy = bytes(case, "entropy");
            assert_eq!(parsed, Ok(Codename::from_entropy(entropy)), "{name}");
            let phrase = Codename::from_entropy(entropy).to_phrase(list);
            assert_eq!(*phrase, text(case, "phrase"), "{name}");
        }
        Some(expect) => {
            let found = match parsed.expect_err(name) {
                CodenameError::Count { .. } => "count",
                CodenameError::UnknownWords { .. } => "unknown",
                CodenameError::Checksum => "checksum",
            };
            assert_eq!(found, expect, "{name}");
        }
    }
}

fn hybrid(case: &Value, name: &str) {
    let identity = HybridIdentity::from_seed(&bytes(case, "seed"));
    assert_eq!(*identity.to_text(), text(case, "identity"), "{name}");
    let recipient: HybridRecipient = text(case, "recipient").parse().unwrap();
    assert_eq!(recipient, identity.recipient(), "{name}");
    let file_key = bytes(case, "file_key");
    let stanza = Stanza {
        tag: "mlkem768x25519".into(),
        args: vec![text(case, "argument").into()],
        body: STANDARD.decode(text(case, "body")).unwrap(),
    };
    assert_eq!(
        recipient.wrap_with(&file_key, &bytes(case, "randomness")),
        stanza,
        "{name}"
    );
    let unwrapped = identity.unwrap_stanza(&stanza).unwrap().unwrap();
    assert_eq!(*unwrapped.expose_secret(), file_key, "{name}");
}

fn reporter_keys(case: &Value, name: &str) {
    let instance = text(case, "instance").parse().unwrap();
    let codename = Codename::from_entropy(bytes(case, "entropy"));
    let keys = ReporterKeys::derive(&codename, &instance);
    assert_eq!(
        keys.signer().public_key().as_bytes(),
        &bytes(case, "sign"),
        "{name}"
    );
    assert_eq!(
        keys.identity().recipient().to_string(),
        text(case, "recipient"),
        "{name}"
    );
    for (i, key) in case["conversation_keys"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
    {
        let derived = keys.conversation_key(i as u8);
        assert_eq!(
            hex::encode(derived.secret().expose()),
            key.as_str().unwrap(),
            "{name}"
        );
    }
    assert_eq!(
        keys.conversation().to_string(),
        text(case, "conversation"),
        "{name}"
    );
    let delete_key = keys.delete_key(&text(case, "slot").parse().unwrap());
    assert_eq!(delete_key.0, bytes(case, "delete_key"), "{name}");
    assert_eq!(
        delete_hash(&delete_key).to_string(),
        text(case, "delete_hash"),
        "{name}"
    );
}

fn slots(case: &Value, name: &str) {
    let secret = SecretHex::new(bytes(case, "key"));
    let key = ConversationKey::new(secret.clone());
    let number = |value: &Value, field: &str| value[field].as_u64().unwrap();
    for place in case["places"].as_array().unwrap() {
        let found = key.slot(&Place {
            day: Day(number(place, "day") as u32),
            writer: Writer(number(place, "writer") as u8),
            number: number(place, "number") as u8,
        });
        assert_eq!(found.to_string(), text(place, "slot"), "{name}");
    }
    for shard in case["shards"].as_array().unwrap() {
        let found = key.shard(number(shard, "bits") as u8);
        assert_eq!(u64::from(found), number(shard, "shard"), "{name}");
    }
    for part in case["parts"].as_array().unwrap() {
        let found = part_slot(&secret, number(part, "part") as u16);
        assert_eq!(found.to_string(), text(part, "slot"), "{name}");
    }
}

fn message(case: &Value, name: &str) {
    let line = text(case, "line1");
    let parsed = Message::from_line(line);
    match case.get("expect").map(|expect| expect.as_str().unwrap()) {
        None => {
            assert_eq!(*parsed.unwrap().to_line().unwrap(), line, "{name}");
            let signer = Signer::from_seed(&bytes(case, "sign_seed"));
            assert_eq!(signer.sign_message(line), text(case, "line2"), "{name}");
            assert_eq!(line_hash(line).to_string(), text(case, "digest"), "{name}");
        }
        Some(expect) => assert_eq!(failure(parsed.expect_err(name)), expect, "{name}"),
    }
}

fn failure(error: MessageError) -> &'static str {
    match error {
        MessageError::TooLong => "too-long",
        MessageError::Form => "form",
        MessageError::Version => "version",
        MessageError::Kind => "kind",
        MessageError::NotCanonical => "not-canonical",
        MessageError::Integer => "integer",
        MessageError::Place => "place",
        MessageError::Writer => "writer",
        MessageError::ReplyTo => "reply-to",
        MessageError::KeyIndex => "key-index",
        MessageError::Attachment => "attachment",
        MessageError::Consent => "consent",
    }
}

/// An envelope each identity opens, or not; and the same with single bytes flipped.
fn envelope(case: &Value, name: &str) {
    let class = BlobClass::from_name(text(case, "class")).unwrap();
    let blob = STANDARD.decode(text(case, "blob")).unwrap();
    for identity in case["opens_for"].as_array().unwrap() {
        let identity: HybridIdentity = identity.as_str().unwrap().parse().unwrap();
        let opened = open(class, &blob, [&identity]).expect(name);
        let line = opened.unverified().to_line().unwrap();
        assert_eq!(line_hash(&line).to_string(), text(case, "digest"), "{name}");
        for flipped in case["flipped"].as_array().unwrap() {
            let mut blob = blob.clone();
            blob[flipped["at"].as_u64().unwrap() as usize] ^= 1;
            let found = match open(class, &blob, [&identity]).expect_err(name) {
                OpenError::NotAnEnvelope(_) => "not-an-envelope",
                OpenError::Closed => "closed",
                OpenError::Content => "content",
                OpenError::Message(_) => "message",
            };
            assert_eq!(found, text(flipped, "expect"), "{name}, {flipped}");
        }
    }
    for identity in case["closed_for"].as_array().unwrap() {
        let identity: HybridIdentity = identity.as_str().unwrap().parse().unwrap();
        assert_eq!(
            open(class, &blob, [&identity]).unwrap_err(),
            OpenError::Closed,
            "{name}"
        );
    }
}
