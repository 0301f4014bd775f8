//! The post-quantum recipient and identity: what they refuse, and that they sit in age as they
//! should.

use age::{DecryptError, EncryptError, Identity as _};
use age_core::format::{FileKey, Stanza};
use age_core::secrecy::ExposeSecret as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::Engine as _;
use beistand_crypto_core::hybrid_identity::{HybridIdentity, IdentityError};
use beistand_crypto_core::hybrid_recipient::{HybridRecipient, RecipientError};
use beistand_crypto_core::xwing::{KeyError, PUBLIC_KEY_SIZE};
use beistand_protocol::hash::sha256;
use rand_chacha::rand_core::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use std::cell::RefCell;
use std::io::{Read as _, Write as _};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(5)
}

fn stanza_for(identity: &HybridIdentity) -> Stanza {
    identity
        .recipient()
        .wrap(&FileKey::new(Box::new([3; 16])), &mut rng())
}

/// `None` where the stanza is for somebody else, else the file key or whether the header is bad.
fn unwrap(identity: &HybridIdentity, stanza: &Stanza) -> Option<Result<[u8; 16], bool>> {
    identity.unwrap_stanza(stanza).map(|outcome| match outcome {
        Ok(key) => Ok(*key.expose_secret()),
        Err(error) => Err(matches!(error, DecryptError::InvalidHeader)),
    })
}

#[test]
fn wraps_and_unwraps() {
    let identity = HybridIdentity::generate(&mut rng());
    let other = HybridIdentity::from_seed(&[9; 32]);
    let stanza = stanza_for(&identity);
    assert_eq!(unwrap(&identity, &stanza), Some(Ok([3; 16])));
    assert_eq!(unwrap(&other, &stanza), None);
    let mut foreign = stanza_for(&identity);
    foreign.tag = "X25519".into();
    assert_eq!(unwrap(&identity, &foreign), None);
}

#[test]
fn a_tampered_stanza_is_not_ours() {
    let identity = HybridIdentity::generate(&mut rng());
    let mut stanza = stanza_for(&identity);
    stanza.body[0] ^= 1;
    assert_eq!(unwrap(&identity, &stanza), None);
    for position in [0, 1_087, 1_088, 1_119] {
        let mut stanza = stanza_for(&identity);
        let mut key = STANDARD_NO_PAD.decode(&stanza.args[0]).unwrap();
        key[position] ^= 1;
        stanza.args[0] = STANDARD_NO_PAD.encode(key);
        assert_eq!(unwrap(&identity, &stanza), None, "byte {position}");
    }
}

#[test]
fn a_malformed_stanza_is_refused() {
    let identity = HybridIdentity::generate(&mut rng());
    let malformed = |change: &dyn Fn(&mut Stanza)| {
        let mut stanza = stanza_for(&identity);
        change(&mut stanza);
        assert_eq!(unwrap(&identity, &stanza), Some(Err(true)));
    };
    malformed(&|stanza| stanza.body.push(0));
    malformed(&|stanza| stanza.body.truncate(31));
    malformed(&|stanza| stanza.args.clear());
    malformed(&|stanza| stanza.args.push("x".into()));
    malformed(&|stanza| stanza.args[0].push('='));
    malformed(&|stanza| {
        stanza.args[0].pop();
    });
    malformed(&|stanza| stanza.args[0].push('A'));
    // 1,120 bytes end in two spare bits of base64: they must be zero.
    malformed(&|stanza| {
        let last = stanza.args[0].pop().unwrap();
        let next = char::from_u32(last as u32 + 1).unwrap();
        stanza.args[0].push(next);
    });
}

#[test]
fn a_share_of_low_order_is_refused() {
    let identity = HybridIdentity::generate(&mut rng());
    for share in low_order_points() {
        let mut stanza = stanza_for(&identity);
        let mut key = STANDARD_NO_PAD.decode(&stanza.args[0]).unwrap();
        key[1_088..].copy_from_slice(&share);
        stanza.args[0] = STANDARD_NO_PAD.encode(key);
        assert_eq!(unwrap(&identity, &stanza), Some(Err(true)));
    }
}

#[test]
fn a_key_of_low_order_is_refused() {
    let good = HybridIdentity::generate(&mut rng()).recipient();
    for point in low_order_points() {
        let mut bytes = good.as_bytes().to_vec();
        bytes[1_184..].copy_from_slice(&point);
        assert_eq!(HybridRecipient::from_bytes(&bytes), Err(KeyError::LowOrder));
    }
}

/// Every u that multiplies to zero: 0, 1 and p − 1, the two of order 8, p and p + 1 for 0 and 1;
/// and each with the highest bit set, which X25519 does not look at.
fn low_order_points() -> Vec<[u8; 32]> {
    let near_p = |low: u8| {
        let mut bytes = [0xff; 32];
        bytes[0] = low;
        bytes[31] = 0x7f;
        bytes
    };
    let mut one = [0; 32];
    one[0] = 1;
    let of_order_eight = [
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    ];
    let mut points = vec![[0; 32], one, near_p(0xec), near_p(0xed), near_p(0xee)];
    points.extend(of_order_eight.map(|u| <[u8; 32]>::try_from(hex::decode(u).unwrap()).unwrap()));
    for mut point in points.clone() {
        point[31] |= 0x80;
        points.push(point);
    }
    points
}

#[test]
fn an_unreduced_key_is_refused() {
    let good = HybridIdentity::generate(&mut rng()).recipient();
    let mut bytes = good.as_bytes().to_vec();
    // The first coefficient, 12 bits, becomes q = 3329 and then the largest there is.
    for coefficient in [3_329_u16, 0xfff] {
        bytes[0] = coefficient as u8;
        bytes[1] = (bytes[1] & 0xf0) | (coefficient >> 8) as u8;
        assert_eq!(
            HybridRecipient::from_bytes(&bytes),
            Err(KeyError::Unreduced)
        );
    }
    for length in [0, 32, PUBLIC_KEY_SIZE - 1, PUBLIC_KEY_SIZE + 1] {
        let mut bytes = good.as_bytes().to_vec();
        bytes.resize(length, 0);
        assert_eq!(HybridRecipient::from_bytes(&bytes), Err(KeyError::Length));
    }
}

#[test]
fn one_spelling_a_key() {
    let identity = HybridIdentity::generate(&mut rng());
    let secret = identity.to_text();
    assert!(secret.starts_with("AGE-SECRET-KEY-PQ-1"));
    assert_eq!(
        secret.parse::<HybridIdentity>().unwrap().seed(),
        identity.seed()
    );
    assert_eq!(
        secret.to_lowercase().parse::<HybridIdentity>().err(),
        Some(IdentityError)
    );
    assert_eq!(
        secret[1..].parse::<HybridIdentity>().err(),
        Some(IdentityError)
    );
    let short = secret.replace("PQ-", "");
    assert_eq!(short.parse::<HybridIdentity>().err(), Some(IdentityError));

    let text = identity.recipient().to_string();
    assert!(text.starts_with("age1pq1"));
    assert_eq!(text.parse(), Ok(identity.recipient()));
    let upper: Result<HybridRecipient, _> = text.to_uppercase().parse();
    assert_eq!(upper, Err(RecipientError::Form));
    let mut typo = text.into_bytes();
    typo[100] = if typo[100] == b'q' { b'p' } else { b'q' };
    let typo: Result<HybridRecipient, _> = String::from_utf8(typo).unwrap().parse();
    assert_eq!(typo, Err(RecipientError::Form));
}

#[test]
fn secrets_do_not_print_themselves() {
    let identity = HybridIdentity::from_seed(&[0xab; 32]);
    let printed = format!("{identity:?}");
    assert_eq!(printed, "HybridIdentity(…)");
}

#[test]
fn works_in_age_and_refuses_classical_company() {
    let (rng, identity) = (RefCell::new(rng()), HybridIdentity::from_seed(&[1; 32]));
    let recipient = identity.recipient();
    let hybrid = recipient.with_rng(&rng);
    let recipients = [&hybrid as &dyn age::Recipient, &hybrid];
    let encryptor = age::Encryptor::with_recipients(recipients.into_iter()).unwrap();
    let mut file = Vec::new();
    let mut writer = encryptor.wrap_output(&mut file).unwrap();
    writer.write_all(b"hello").unwrap();
    writer.finish().unwrap();
    let mut text = String::new();
    let identities = std::iter::once(&identity as &dyn age::Identity);
    let decryptor = age::Decryptor::new(&file[..]).unwrap();
    decryptor
        .decrypt(identities)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(text, "hello");

    let classical = age::x25519::Identity::generate().to_public();
    let mixed = [&hybrid as &dyn age::Recipient, &classical];
    let refused = age::Encryptor::with_recipients(mixed.into_iter()).err();
    assert!(matches!(
        refused,
        Some(EncryptError::IncompatibleRecipients { .. })
    ));
}

#[test]
fn the_pair_of_the_specification() {
    // C2SP age.md shows this identity and its recipient, of which SHA-256 stands here.
    let text = "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR";
    let identity: HybridIdentity = text.parse().unwrap();
    assert_eq!(*identity.to_text(), text);
    let recipient = identity.recipient().to_string();
    assert_eq!(recipient.len(), 1_959);
    assert_eq!(
        sha256(recipient.as_bytes()).to_string(),
        "a091dd7e0ee9d62b75173dcc98441a0424baa941e66a8776e570a4ae60ff61ea"
    );
}
