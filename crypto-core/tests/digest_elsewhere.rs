//! A file whose digest is computed beside the sealing: the same as when it is computed there.

use beistand_crypto_core::attachment::{
    About, Attachment, AttachmentError, AttachmentOpener, AttachmentSealer, FileDigest, SealedPart,
};
use beistand_crypto_core::part::PART_DATA_SIZE;
use beistand_protocol::bytes::Digest;
use beistand_protocol::hash::sha256;
use rand_chacha::rand_core::SeedableRng as _;
use rand_chacha::ChaCha20Rng;

mod support;

/// Two parts, and the digest of what was sealed.
fn sealed(file: &[u8]) -> (AttachmentSealer, Vec<SealedPart>, Digest) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut sealer = AttachmentSealer::without_digest(file.len() as u64, &mut rng).unwrap();
    let mut digest = FileDigest::default();
    let mut parts = Vec::new();
    while let Some(range) = sealer.wants() {
        let slice = &file[range.start as usize..range.end as usize];
        digest.update(slice);
        parts.push(sealer.seal(slice, &mut rng).unwrap());
    }
    (sealer, parts, digest.finish())
}

fn opened(attachment: &Attachment, parts: &[SealedPart]) -> Result<(), AttachmentError> {
    let mut opener = AttachmentOpener::new(attachment);
    for part in parts {
        opener.open(&support::record(part.blob.bytes()))?;
    }
    opener.finish()
}

#[test]
fn it_comes_in_at_the_end_and_counts() {
    let file = vec![7; PART_DATA_SIZE + 1];
    let (sealer, parts, digest) = sealed(&file);
    assert_eq!(digest, sha256(&file));
    let attachment = sealer.finish_with(About::default(), digest).unwrap();
    assert_eq!(attachment.sha256, digest);
    assert_eq!(opened(&attachment, &parts), Ok(()));
}

#[test]
fn a_file_is_never_sent_without_its_digest_nor_read_with_another() {
    let file = vec![7; PART_DATA_SIZE + 1];
    let (sealer, ..) = sealed(&file);
    let without = sealer.finish(About::default());
    assert_eq!(without.err(), Some(AttachmentError::Incomplete));
    let (sealer, parts, _) = sealed(&file);
    let attachment = sealer
        .finish_with(About::default(), sha256(b"another file"))
        .unwrap();
    assert_eq!(
        opened(&attachment, &parts),
        Err(AttachmentError::OtherContent)
    );
}
