//! Files in parts: every length, stock age, and every way a part can be wrong.

mod support;

use beistand_crypto_core::attachment::{
    check_sizes, parts_for, About, Attachment, AttachmentError, AttachmentOpener, AttachmentSealer,
    SealedPart, MAX_FILE_SIZE, MAX_PARTS,
};
use beistand_crypto_core::part::{PartError, PART_DATA_SIZE};
use beistand_protocol::bytes::DeleteKey;
use beistand_protocol::class::PART_SIZE;
use beistand_protocol::fetch::FetchRecord;
use beistand_protocol::hash::{delete_hash, sha256};
use beistand_protocol::roster::Limits;
use beistand_protocol::tombstone::Tombstone;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use std::collections::BTreeSet;
use std::io::Read as _;
use support::record;

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn content(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length];
    rng(seed).fill_bytes(&mut bytes);
    bytes
}

fn seal(file: &[u8], seed: u64) -> (Attachment, Vec<SealedPart>) {
    let mut rng = rng(seed);
    let mut sealer = AttachmentSealer::new(file.len() as u64, &mut rng).unwrap();
    let mut parts = Vec::new();
    while let Some(range) = sealer.wants() {
        let slice = &file[range.start as usize..range.end as usize];
        parts.push(sealer.seal(slice, &mut rng).unwrap());
    }
    assert_eq!(sealer.sealed(), file.len() as u64);
    let about = About {
        name: "a photo.jpg".into(),
        ..About::default()
    };
    (sealer.finish(about).unwrap(), parts)
}

/// Opens what lies in the slots of `parts`.
fn open(attachment: &Attachment, parts: &[SealedPart]) -> Result<Vec<u8>, AttachmentError> {
    let mut opener = AttachmentOpener::new(attachment);
    let mut file = Vec::new();
    while let Some(slot) = opener.wants() {
        let part = parts.iter().find(|part| part.slot == slot).unwrap();
        file.extend_from_slice(&opener.open(&record(part.blob.bytes()))?);
        assert_eq!(opener.opened(), file.len() as u64);
    }
    opener.finish()?;
    Ok(file)
}

#[test]
fn a_file_of_any_length_comes_back() {
    for length in [
        0,
        1,
        PART_DATA_SIZE - 1,
        PART_DATA_SIZE,
        PART_DATA_SIZE + 1,
        2 * PART_DATA_SIZE,
        2 * PART_DATA_SIZE + 1,
        5 * PART_DATA_SIZE - 7,
    ] {
        let file = content(length, 1);
        let (attachment, parts) = seal(&file, 2);
        assert_eq!(attachment.size, length as u64);
        assert_eq!(attachment.sha256, sha256(&file));
        assert!(
            parts_for(attachment.size) == Ok(attachment.parts)
                && parts.len() == usize::from(attachment.parts)
        );
        assert!(parts
            .iter()
            .all(|part| part.blob.bytes().len() == PART_SIZE));
        let slots: Vec<_> = parts.iter().map(|part| part.slot).collect();
        assert_eq!(slots, attachment.slots());
        assert!(open(&attachment, &parts).unwrap() == file, "{length} bytes");
    }
}

#[test]
fn the_largest_file_has_the_most_parts_and_one_byte_more_is_refused() {
    assert_eq!(MAX_FILE_SIZE, 64 << 20);
    let steps: BTreeSet<_> = (0..=64)
        .map(|mebi| parts_for(mebi << 20).unwrap())
        .collect();
    assert_eq!(Vec::from_iter(steps), [1, 2, 4, 8, 16, 32, MAX_PARTS]);
    assert_eq!(parts_for(MAX_FILE_SIZE), Ok(MAX_PARTS));
    let too_large = AttachmentError::FileTooLarge {
        limit: MAX_FILE_SIZE,
    };
    assert_eq!(parts_for(MAX_FILE_SIZE + 1), Err(too_large));
    let refused = AttachmentSealer::new(MAX_FILE_SIZE + 1, &mut rng(3));
    assert_eq!(refused.map(drop).unwrap_err(), too_large);
}

#[test]
fn the_roster_limits_files_and_messages() {
    let limits = |file_bytes, message_bytes| Limits {
        file_bytes,
        message_bytes,
    };
    assert_eq!(check_sizes(&limits(10, 25), [10, 10, 5]), Ok(()));
    let file = AttachmentError::FileTooLarge { limit: 10 };
    assert_eq!(check_sizes(&limits(10, 25), [11]), Err(file));
    let message = AttachmentError::MessageTooLarge { limit: 25 };
    assert_eq!(check_sizes(&limits(10, 25), [10, 10, 6]), Err(message));
    // A roster may allow more than there are parts for; a sum may overflow.
    let parts = AttachmentError::FileTooLarge {
        limit: MAX_FILE_SIZE,
    };
    let generous = limits(1 << 40, 1 << 40);
    assert_eq!(check_sizes(&generous, [MAX_FILE_SIZE + 1]), Err(parts));
    assert_eq!(check_sizes(&generous, [u64::MAX, u64::MAX]), Err(parts));
}

#[test]
fn parts_are_of_one_size_whatever_the_library_adds() {
    // However long its grease is, a full part fits.
    let full = content(PART_DATA_SIZE, 4);
    for seed in 0..50 {
        let (_, parts) = seal(&full, seed);
        assert_eq!(parts[0].blob.bytes().len(), PART_SIZE);
    }
}

#[test]
fn stock_age_opens_every_part() {
    let file = content(2 * PART_DATA_SIZE + 9, 5);
    let (attachment, parts) = seal(&file, 6);
    // What anybody's age program would be given: the identity's text in the message.
    let line = serde_json::to_value(&attachment).unwrap();
    let identity: beistand_crypto_core::hybrid_identity::HybridIdentity =
        line["identity"].as_str().unwrap().parse().unwrap();
    let mut joined = Vec::new();
    for part in &parts {
        let decryptor = age::Decryptor::new(part.blob.bytes()).unwrap();
        let identities = std::iter::once(&identity as &dyn age::Identity);
        let mut plaintext = Vec::new();
        let mut reader = decryptor.decrypt(identities).unwrap();
        reader.read_to_end(&mut plaintext).unwrap();
        joined.extend_from_slice(&plaintext[..PART_DATA_SIZE]);
    }
    assert!(joined[..file.len()] == file);
    assert!(joined[file.len()..].iter().all(|byte| *byte == 0));
}

#[test]
fn keys_and_slots_are_of_one_file_only() {
    let file = content(9, 7);
    let (first, _) = seal(&file, 8);
    let (second, _) = seal(&file, 9);
    assert_ne!(first.identity, second.identity);
    let slots: BTreeSet<_> = first.slots().into_iter().chain(second.slots()).collect();
    assert_eq!(slots.len(), 2);
}

#[test]
fn what_is_wrong_with_a_part_is_said() {
    let file = content(3 * PART_DATA_SIZE, 10);
    let (attachment, parts) = seal(&file, 11);
    let (_, foreign) = seal(&file, 12);
    let wrong = |blob: &[u8]| {
        let mut opener = AttachmentOpener::new(&attachment);
        opener.open(&record(parts[0].blob.bytes())).unwrap();
        let error = opener.open(&record(blob)).unwrap_err();
        // The right one may still come.
        opener.open(&record(parts[1].blob.bytes())).unwrap();
        error
    };
    let part = |error| AttachmentError::Part { number: 2, error };

    let nothing = content(PART_SIZE, 13);
    assert_eq!(wrong(&nothing), part(PartError::Missing));
    assert_eq!(wrong(&nothing[1..]), part(PartError::Missing));
    assert_eq!(wrong(&[]), part(PartError::Missing));
    assert_eq!(wrong(foreign[1].blob.bytes()), part(PartError::Foreign));
    assert_eq!(wrong(parts[2].blob.bytes()), part(PartError::Swapped));
    let honest = parts[1].blob.bytes();
    let header = parts[1].blob.header_size();
    for at in [header + 3, header + 100, PART_SIZE / 2, PART_SIZE - 1] {
        let mut altered = honest.to_vec();
        altered[at] ^= 1;
        assert_eq!(wrong(&altered), part(PartError::Altered), "byte {at}");
    }
}

#[test]
fn a_deleted_part_is_not_a_missing_one() {
    let (attachment, parts) = seal(b"a file", 14);
    let key = DeleteKey([5; 32]);
    let tombstone = |key| Tombstone {
        key,
        blob: sha256(parts[0].blob.bytes()),
    };
    let deleted = FetchRecord {
        delete_hash: delete_hash(&key),
        ..record(&tombstone(key).encode(beistand_protocol::class::BlobClass::Part))
    };
    let mut opener = AttachmentOpener::new(&attachment);
    assert_eq!(opener.open(&deleted).unwrap_err(), AttachmentError::Deleted);
    let forged = FetchRecord {
        blob: tombstone(DeleteKey([6; 32])).encode(beistand_protocol::class::BlobClass::Part),
        ..deleted
    };
    let missing = AttachmentError::Part {
        number: 1,
        error: PartError::Missing,
    };
    assert_eq!(opener.open(&forged).unwrap_err(), missing);
}

#[test]
fn another_content_than_the_message_speaks_of_is_refused() {
    let file = content(100, 15);
    let (attachment, parts) = seal(&file, 16);
    let other = Attachment {
        sha256: sha256(b"another file"),
        ..attachment.clone()
    };
    assert_eq!(open(&other, &parts), Err(AttachmentError::OtherContent));
    // A message that says the file is shorter: what follows would be lost without a word.
    let shorter = Attachment {
        size: 99,
        ..attachment.clone()
    };
    let altered = AttachmentError::Part {
        number: 1,
        error: PartError::Altered,
    };
    assert_eq!(open(&shorter, &parts), Err(altered));
    let longer = Attachment {
        size: 101,
        ..attachment
    };
    assert_eq!(open(&longer, &parts), Err(AttachmentError::OtherContent));
}

#[test]
fn a_sealer_takes_what_it_wants_and_nothing_else() {
    let mut rng = rng(17);
    let mut sealer = AttachmentSealer::new(5, &mut rng).unwrap();
    assert_eq!(sealer.wants(), Some(0..5));
    let changed = sealer.seal(b"four", &mut rng).unwrap_err();
    assert_eq!(changed, AttachmentError::Changed);
    let changed = sealer.seal(b"longer", &mut rng).unwrap_err();
    assert_eq!(changed, AttachmentError::Changed);
    sealer.seal(b"bytes", &mut rng).unwrap();
    let over = sealer.seal(b"", &mut rng).unwrap_err();
    assert_eq!(over, AttachmentError::Complete);
    assert!(sealer.finish(About::default()).is_ok());
    let early = AttachmentSealer::new(5, &mut rng).unwrap();
    let early = early.finish(About::default()).unwrap_err();
    assert_eq!(early, AttachmentError::Incomplete);
}
