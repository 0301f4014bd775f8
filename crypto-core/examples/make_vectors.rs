//! Writes the frozen vectors of this crate: `cargo run -p beistand-crypto-core --example
//! make_vectors -- DIR`. What they pin and when to run it: `tests/vectors/crypto-core/README.md`.
#![expect(
    clippy::disallowed_methods,
    reason = "an example writes files; the crate does not"
)]

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use beistand_crypto_core::attachment::{Attachment, AttachmentIdentity};
use beistand_crypto_core::body::{
    Body, KeyChangeBody, MessageBody, NoteBody, ReplyBody, ReportBody, Status, WithdrawBody,
};
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::consent::{Consent, ConsentAnswer, ConsentRequest, MAX_ITEMS};
use beistand_crypto_core::conversation_key::ConversationKey;
use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_crypto_core::message::{line_hash, Message};
use beistand_crypto_core::part::{part_slot, PART_DATA_SIZE};
use beistand_crypto_core::place::Place;
use beistand_crypto_core::readers::Readers;
use beistand_crypto_core::reporter_keys::ReporterKeys;
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_crypto_core::signing::Signer;
use beistand_crypto_core::word_list::WordList;
use beistand_protocol::bytes::{Digest, InstanceId, Slot};
use beistand_protocol::checkpoint::TreeHead;
use beistand_protocol::hash::delete_hash;
use beistand_protocol::roster::{Serial, Writer};
use beistand_protocol::time::Day;
use serde_json::{json, Value};
use std::path::Path;

const INSTANCE: InstanceId = InstanceId([0x1e; 16]);
const ENTROPIES: [[u8; 16]; 3] = [
    [0; 16],
    [0xff; 16],
    *b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os()
        .nth(1)
        .ok_or("usage: make_vectors DIR")?;
    let folder = Path::new(&folder);
    for (name, kind, cases) in [
        ("codename.json", "codename", codenames()),
        ("hybrid.json", "hybrid", hybrids()),
        ("reporter-keys.json", "reporter-keys", reporter_keys()),
        ("slots.json", "slots", slots()),
        ("messages.json", "message", messages()),
        ("consent.json", "message", consent()),
        ("attachments.json", "message", attachments()),
    ] {
        let text = serde_json::to_string_pretty(&json!({ "kind": kind, "cases": cases }))?;
        std::fs::write(folder.join(name), text + "\n")?;
        println!("{name}: {} cases", cases.as_array().map_or(0, Vec::len));
    }
    Ok(())
}

fn codenames() -> Value {
    let mut cases: Vec<Value> = Vec::new();
    for list in WordList::all() {
        cases.extend(ENTROPIES.iter().map(|entropy| {
            let phrase = Codename::from_entropy(*entropy).to_phrase(list);
            json!({ "list": list.language(), "phrase": *phrase, "entropy": hex::encode(entropy) })
        }));
    }
    let eleven = "zoo ".repeat(11);
    cases.push(json!({ "list": "en", "phrase": eleven, "expect": "count" }));
    cases.push(json!({ "list": "en", "phrase": format!("{eleven}zo"), "expect": "unknown" }));
    cases.push(json!({ "list": "en", "phrase": format!("{eleven}zoo"), "expect": "checksum" }));
    cases.push(json!({ "list": "de", "phrase": format!("{eleven}wrong"), "expect": "unknown" }));
    Value::Array(cases)
}

fn hybrids() -> Value {
    let cases = (0..3_u8).map(|i| {
        let seed: [u8; 32] = std::array::from_fn(|at| i.wrapping_mul(85) ^ at as u8);
        let randomness: [u8; 64] = std::array::from_fn(|at| (i + 1).wrapping_mul(at as u8));
        let file_key = [0x40 + i; 16];
        let identity = HybridIdentity::from_seed(&seed);
        let stanza = identity.recipient().wrap_with(&file_key, &randomness);
        json!({
            "seed": hex::encode(seed),
            "identity": *identity.to_text(),
            "recipient": identity.recipient().to_string(),
            "randomness": hex::encode(randomness),
            "file_key": hex::encode(file_key),
            "argument": stanza.args[0],
            "body": STANDARD.encode(&stanza.body),
        })
    });
    cases.collect()
}

fn reporter_keys() -> Value {
    let cases = ENTROPIES.iter().map(|entropy| {
        let keys = ReporterKeys::derive(&Codename::from_entropy(*entropy), &INSTANCE);
        let slot = Slot([0x5a; 16]);
        let delete_key = keys.delete_key(&slot);
        let conversation_keys: Vec<String> = (0..5)
            .map(|i| hex::encode(keys.conversation_key(i).secret().expose()))
            .collect();
        json!({
            "entropy": hex::encode(entropy),
            "instance": INSTANCE,
            "sign": keys.signer().public_key(),
            "recipient": keys.identity().recipient(),
            "conversation_keys": conversation_keys,
            "conversation": keys.conversation(),
            "slot": slot,
            "delete_key": delete_key,
            "delete_hash": delete_hash(&delete_key),
        })
    });
    cases.collect()
}

fn slots() -> Value {
    let secret: [u8; 32] = std::array::from_fn(|at| at as u8);
    let key = ConversationKey::new(SecretHex::new(secret));
    let places = [
        (0, 0, 0),
        (20_000, 0, 0),
        (20_000, 0, 1),
        (20_000, 1, 0),
        (20_001, 15, 63),
    ];
    let places: Vec<Value> = places
        .into_iter()
        .map(|(day, writer, number)| {
            let place = Place {
                day: Day(day),
                writer: Writer(writer),
                number,
            };
            json!({ "day": day, "writer": writer, "number": number, "slot": key.slot(&place) })
        })
        .collect();
    let shards: Vec<Value> = (0..=8)
        .map(|bits| json!({ "bits": bits, "shard": key.shard(bits) }))
        .collect();
    let parts: Vec<Value> = [0, 1, 63]
        .into_iter()
        .map(|i| json!({ "part": i, "slot": part_slot(&SecretHex::new(secret), i) }))
        .collect();
    json!([{ "key": hex::encode(secret), "places": places, "shards": shards, "parts": parts }])
}

/// What the message vectors are written by: a reporter, and device 3.
struct Writers {
    reporter: ReporterKeys,
    device: Signer,
}

impl Writers {
    fn new() -> Self {
        Self {
            reporter: ReporterKeys::derive(&Codename::from_entropy(ENTROPIES[2]), &INSTANCE),
            device: Signer::from_seed(&[0x77; 32]),
        }
    }

    /// A message that keeps the rules, as number `number` of its day.
    fn case(&self, number: u8, body: Body) -> Value {
        let keys = &self.reporter;
        let kind = body.kind();
        let (writer, signer) = if kind.is_by_reporter() {
            (Writer::REPORTER, keys.signer())
        } else {
            (Writer(3), &self.device)
        };
        let key_index = u8::from(matches!(body, Body::KeyChange(_)));
        let place = Place {
            day: Day(20_000),
            writer,
            number,
        };
        let message = Message {
            instance: INSTANCE,
            conversation: keys.conversation(),
            place,
            key_index,
            prev: (number > 0).then_some(Digest([number; 32])),
            roster: Digest([0x22; 32]),
            slot: keys.conversation_key(key_index).slot(&place),
            checkpoint: TreeHead {
                size: 9_007_199_254_740_991,
                root: Digest([0x33; 32]),
            },
            readers: Readers::new([Serial(7), Serial(2)]).expect("two readers"),
            reply_to: kind.carries_reply_to().then(|| keys.reply_to()),
            body,
        };
        let line = message.to_line().expect("these messages keep the rules");
        json!({
            "sign_seed": hex::encode(*signer.seed()),
            "line1": *line,
            "line2": signer.sign_message(&line),
            "digest": line_hash(&line),
        })
    }

    fn cases(&self, bodies: impl IntoIterator<Item = Body>) -> Vec<Value> {
        let numbered = (0_u8..).zip(bodies);
        numbered
            .map(|(number, body)| self.case(number, body))
            .collect()
    }
}

/// A case that breaks a rule: one piece of the line of `case` replaced.
fn broken(case: &Value, from: &str, to: &str, expect: &str) -> Value {
    let line = case["line1"].as_str().expect("a line");
    assert!(line.contains(from), "{from} is not in the line");
    json!({ "line1": line.replacen(from, to, 1), "expect": expect })
}

fn messages() -> Value {
    let writers = Writers::new();
    let key = writers.reporter.conversation_key(1).secret().clone();
    let bodies = [
        Body::Report(ReportBody {
            text: "What happened, in \"two\" lines:\nä — 日本語.".into(),
            links: vec!["https://example.org/?diff=1".into()],
            kinds: vec!["threats".into()],
            ..ReportBody::default()
        }),
        Body::Message(MessageBody {
            text: "More.".into(),
            attachments: Vec::new(),
            consent: None,
        }),
        Body::Reply(ReplyBody {
            text: "We read it.".into(),
            status: Some(Status::WaitingForYou),
            attachments: Vec::new(),
            consent: None,
        }),
        Body::Note(NoteBody {
            text: "Between us.".into(),
        }),
        Body::KeyChange(KeyChangeBody {
            key,
            text: None,
            attachments: Vec::new(),
            consent: None,
        }),
        Body::Withdraw(WithdrawBody::default()),
    ];
    let mut cases = writers.cases(bodies);
    let message = cases[1].clone();
    let mut broken = |from: &str, to: &str, expect: &str| {
        cases.push(self::broken(&message, from, to, expect));
    };
    broken("{\"v\":1", "{\"v\":2", "version");
    broken("\"message\"", "\"song\"", "kind");
    broken("\"n\":1", "\"n\":1,\"n\":1", "form");
    broken("\"n\":1", "\"n\":64", "place");
    broken("\"n\":1", "\"n\": 1", "not-canonical");
    broken("\"from\":0", "\"from\":3", "writer");
    broken("9007199254740991", "9007199254740992", "integer");
    broken("[2,7]", "[7,2]", "form");
    broken("}", "", "form");
    Value::Array(cases)
}

/// A counselor asks whether something may be shown, and a reporter answers, with and without
/// changing who may read.
fn consent() -> Value {
    let writers = Writers::new();
    let key = writers.reporter.conversation_key(1).secret().clone();
    let request = ConsentRequest {
        to: "a lawyer".into(),
        items: vec!["the report".into(), "both pictures".into()],
    };
    let answer = ConsentAnswer {
        request: Digest([0x44; 32]),
        items: vec![Consent::Yes, Consent::No],
    };
    let bodies = [
        Body::Reply(ReplyBody {
            text: "May we?".into(),
            status: None,
            attachments: Vec::new(),
            consent: Some(request),
        }),
        Body::Message(MessageBody {
            text: "The report only.".into(),
            attachments: Vec::new(),
            consent: Some(answer.clone()),
        }),
        Body::KeyChange(KeyChangeBody {
            key,
            text: None,
            attachments: Vec::new(),
            consent: Some(answer),
        }),
    ];
    let mut cases = writers.cases(bodies);
    let (asks, answers) = (cases[0].clone(), cases[1].clone());
    let items = "[\"yes\",\"no\"]";
    let too_many = format!("[{}]", vec!["\"yes\""; MAX_ITEMS + 1].join(","));
    cases.extend([
        broken(&asks, "a lawyer", " ", "consent"),
        broken(&asks, "both pictures", "", "consent"),
        broken(&asks, "[\"the report\",\"both pictures\"]", "[]", "consent"),
        broken(&asks, "\"to\":", "\"too\":", "form"),
        broken(&answers, items, "[]", "consent"),
        broken(&answers, items, &too_many, "consent"),
        broken(&answers, items, "[\"yes\",\"perhaps\"]", "form"),
        broken(&answers, items, "[\"yes\",null]", "form"),
        broken(&answers, "\"request\":\"4", "\"request\":\"", "form"),
    ]);
    Value::Array(cases)
}

/// A file that goes with a message: of no byte, of one part, of more.
fn attachments() -> Value {
    let writers = Writers::new();
    let attachment = |size: u64, parts: u16| Attachment {
        name: "what I saw.png".into(),
        media_type: "image/png".into(),
        size,
        sha256: Digest([0x55; 32]),
        identity: AttachmentIdentity::from_seed([0x66; 32]),
        key: SecretHex::new([0x67; 32]),
        parts,
        kept_original: size == 0,
        removed_metadata: match size {
            0 => Vec::new(),
            _ => vec!["GPS".into()],
        },
    };
    let slice = PART_DATA_SIZE as u64;
    let files = vec![
        attachment(0, 1),
        attachment(slice, 1),
        attachment(slice + 1, 2),
        attachment(2 * slice + 1, 4),
    ];
    let bodies = [
        Body::Message(MessageBody {
            text: "Files.".into(),
            attachments: files,
            consent: None,
        }),
        Body::Reply(ReplyBody {
            text: "A file.".into(),
            status: None,
            attachments: vec![attachment(slice, 1)],
            consent: None,
        }),
    ];
    let mut cases = writers.cases(bodies);
    let reply = cases[1].clone();
    cases.extend([
        broken(&reply, "\"parts\":1", "\"parts\":2", "attachment"),
        broken(&reply, "\"parts\":1", "\"parts\":0", "attachment"),
        broken(&reply, "\"parts\":1", "\"parts\":65536", "form"),
        broken(&reply, "1044480", "1044481", "attachment"),
        broken(&reply, "1044480", "9007199254740992", "integer"),
        broken(&reply, "1044480", "18446744073709551616", "form"),
        broken(&reply, "AGE-SECRET-KEY-PQ-1", "age-secret-key-pq-1", "form"),
        broken(&reply, "\"key\":\"67", "\"key\":\"6", "form"),
        broken(&reply, "[\"GPS\"]", "[]", "not-canonical"),
    ]);
    Value::Array(cases)
}
