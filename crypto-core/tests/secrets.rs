//! Secrets are wiped when dropped, say nothing when printed, and compare in constant time. That a
//! type is wiped is a fact of its type: if it ceased to be, this file would not compile.

mod support;

use beistand_crypto_core::attachment::{AttachmentIdentity, AttachmentSealer};
use beistand_crypto_core::body::{Body, NoteBody, SharedMessage};
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::conversation_key::{ConversationKey, DayKey};
use beistand_crypto_core::device_keys::{DeviceKeys, DeviceSeeds, PrekeySecret};
use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_crypto_core::part::PartKeys;
use beistand_crypto_core::reporter::Mailbox;
use beistand_crypto_core::reporter_keys::ReporterKeys;
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_crypto_core::signing::Signer;
use beistand_crypto_core::word_list::WordList;
use beistand_crypto_core::xwing::{DecapsulationPair, SharedSecret};
use beistand_protocol::bytes::InstanceId;
use beistand_protocol::time::Day;
use rand_chacha::rand_core::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use support::{readers, report, World};
use zeroize::{Zeroize, ZeroizeOnDrop};

const fn is_wiped<T: ZeroizeOnDrop>() {}

const _: () = {
    is_wiped::<AttachmentIdentity>();
    is_wiped::<Body>();
    is_wiped::<Codename>();
    is_wiped::<ConversationKey>();
    is_wiped::<DayKey>();
    is_wiped::<DecapsulationPair>();
    is_wiped::<DeviceKeys>();
    is_wiped::<DeviceSeeds>();
    is_wiped::<HybridIdentity>();
    is_wiped::<PartKeys>();
    is_wiped::<PrekeySecret>();
    is_wiped::<ReporterKeys>();
    is_wiped::<SecretHex<32>>();
    is_wiped::<SharedMessage>();
    is_wiped::<SharedSecret>();
    is_wiped::<Signer>();
};

#[test]
fn nothing_secret_is_printed() {
    let mut rng = ChaCha20Rng::seed_from_u64(61);
    let codename = Codename::generate(&mut rng);
    let keys = ReporterKeys::derive(&codename, &InstanceId([9; 16]));
    let seeds = DeviceSeeds::generate(&mut rng);
    let device = DeviceKeys::new("desk", &seeds, Vec::new()).unwrap();
    let identity = HybridIdentity::generate(&mut rng);
    let key = keys.conversation_key(0);
    let sealer = AttachmentSealer::new(5, &mut rng).unwrap();
    let part_keys = PartKeys::new(HybridIdentity::from_seed(&[8; 32]), SecretHex::new([7; 32]));
    let printed = [
        format!("{:?}", AttachmentIdentity::from_seed([3; 32])),
        format!("{codename:?}"),
        format!("{key:?} {:?}", key.day_key(Day(1))),
        format!("{device:?} {seeds:?}"),
        format!("{identity:?} {:?}", keys.signer()),
        format!("{keys:?} {:?}", keys.reply_to()),
        format!("{sealer:?} {part_keys:?}"),
        format!("{:?}", SecretHex::new([5_u8; 32])),
        format!("{:?}", DecapsulationPair::from_seed(&[2; 32])),
        format!(
            "{:?}",
            PrekeySecret {
                day: Day(1),
                identity: HybridIdentity::from_seed(&[4; 32])
            }
        ),
    ];
    let phrase = codename.to_phrase(WordList::english());
    for text in printed {
        assert!(
            text.contains("(…)")
                || text.contains(", …)")
                || text.contains("parts)")
                || text.contains("(desk)"),
            "{text}"
        );
        let words = phrase.split(' ').filter(|word| word.len() > 4);
        assert!(words.clone().all(|word| !text.contains(word)), "{text}");
        // No run of hexadecimal as long as a key, nor a list of bytes.
        let hex = |run: &str| run.len() >= 16 && run.bytes().all(|byte| byte.is_ascii_hexdigit());
        let letters = |letter: char| !letter.is_ascii_alphanumeric();
        assert!(!text.split(letters).any(hex), "{text}");
        assert!(!text.contains("[") && !text.contains("SECRET"), "{text}");
    }
}

#[test]
fn words_of_people_are_not_printed_and_can_be_wiped() {
    const WORDS: &str = "the words of somebody";
    let (mut world, _) = World::new(62, 1, 8);
    let snapshot = world.snapshot();
    let codename = Codename::generate(&mut world.rng);
    let mut mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
    let sent = mailbox.compose_report(&snapshot, &readers([1]), report(WORDS), &mut world.rng);
    let sent = sent.unwrap();
    mailbox.sent(&sent);
    assert_eq!(sent.message().unwrap().message().body.text(), Some(WORDS));
    for text in [
        format!("{sent:?}"),
        format!("{mailbox:?}"),
        format!("{:?}", mailbox.conversation()),
        format!("{:?}", sent.message().unwrap().message()),
    ] {
        assert!(!text.contains(WORDS), "{text}");
    }
    let mut body = Body::Note(NoteBody {
        text: WORDS.to_owned(),
    });
    body.zeroize();
    assert_eq!(body.text(), Some(""));
}

#[test]
fn equality_is_of_all_bytes() {
    let secret = SecretHex::new([1_u8; 32]);
    assert!(secret == secret.clone());
    for at in 0..32 {
        let mut other = [1_u8; 32];
        other[at] = 2;
        assert!(secret != SecretHex::new(other));
    }
    for at in 0..16 {
        let mut other = [1; 16];
        other[at] = 2;
        assert!(Codename::from_entropy([1; 16]) != Codename::from_entropy(other));
    }
}

/// What fails is said without what was given: neither an error nor a panic made of one shows it.
#[test]
fn no_error_repeats_what_was_given() {
    use beistand_crypto_core::hybrid_recipient::HybridRecipient;
    use beistand_crypto_core::message::Message;
    use beistand_crypto_core::open::OpenedEnvelope;

    const GIVEN: &str = "marzipan";
    let said = [
        told(GIVEN.parse::<HybridIdentity>()),
        told(format!("AGE-SECRET-KEY-PQ-1{GIVEN}").parse::<HybridIdentity>()),
        told(format!("age1pq1{GIVEN}").parse::<HybridRecipient>()),
        told(Codename::parse_any(GIVEN)),
        told(Codename::parse_any(&format!("{GIVEN} ").repeat(12))),
        told(Message::from_line(GIVEN)),
        told(Message::from_line(&format!(
            "{{\"v\":1,\"kind\":\"{GIVEN}\"}}"
        ))),
        told(Message::from_line(&format!(
            "{{\"v\":1,\"kind\":\"note\",\"{GIVEN}\":1}}"
        ))),
        told(OpenedEnvelope::from_lines(GIVEN, GIVEN)),
        told(
            PartKeys::new(HybridIdentity::from_seed(&[8; 32]), SecretHex::new([7; 32]))
                .open(0, GIVEN.as_bytes()),
        ),
        told(serde_json::from_str::<SecretHex<32>>(&format!(
            "\"{GIVEN}\""
        ))),
        told(serde_json::from_str::<AttachmentIdentity>(&format!(
            "\"{GIVEN}\""
        ))),
    ];
    for said in said {
        assert!(!said.contains(GIVEN) && !said.contains("109, 97"), "{said}");
    }
}

/// How an error is told: to a person, to a log, and where somebody unwraps it.
fn told<T, E: std::error::Error>(outcome: Result<T, E>) -> String {
    let error = outcome.err().expect("it is refused");
    format!("{error} {error:?}")
}

/// That a comparison takes the same time whatever differs cannot be seen in its result, so this
/// looks at how it is written: secrets compare by `subtle`, never by a derived `==` on bytes.
#[test]
fn secrets_compare_in_constant_time() {
    for (name, source) in [
        ("SecretHex", include_str!("../src/secret_hex.rs")),
        ("Codename", include_str!("../src/codename.rs")),
    ] {
        let (before, _) = source.split_once(&format!("pub struct {name}")).unwrap();
        let derived = before
            .lines()
            .rfind(|line| line.starts_with("#[derive("))
            .unwrap();
        assert!(!derived.contains("PartialEq"), "{name}: {derived}");
        let equals = source
            .split(&format!("PartialEq for {name}"))
            .nth(1)
            .unwrap();
        let body = &equals[..equals.find("\n}").unwrap()];
        assert!(
            body.contains("self.0.ct_eq(&other.0).into()"),
            "{name}: {body}"
        );
    }
    // The rest compares by these two.
    let source = include_str!("../src/conversation_key.rs");
    assert!(source.contains("pub struct ConversationKey(SecretHex<32>);"));
}
