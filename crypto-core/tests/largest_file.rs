//! The largest file there can be goes there and back with no more than one part of it in memory.

mod support;

use beistand_crypto_core::attachment::{
    About, AttachmentError, AttachmentOpener, AttachmentSealer, MAX_FILE_SIZE, MAX_PARTS,
};
use rand_chacha::rand_core::SeedableRng as _;
use rand_chacha::ChaCha20Rng;
use std::ops::Range;
use support::record;

/// A slice of a file of which each says where it begins.
fn slice(range: Range<u64>) -> Vec<u8> {
    let mut slice = vec![0xa5; (range.end - range.start) as usize];
    slice[..8].copy_from_slice(&range.start.to_be_bytes());
    slice
}

#[test]
fn the_largest_file_goes_there_and_back() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut sealer = AttachmentSealer::new(MAX_FILE_SIZE, &mut rng).unwrap();
    assert_eq!(sealer.parts(), MAX_PARTS);
    // What is said about the file needs all of it, so it goes there twice: once to be told, and once
    // beside its opening.
    let mut told = {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        AttachmentSealer::new(MAX_FILE_SIZE, &mut rng).unwrap()
    };
    while let Some(wanted) = told.wants() {
        told.seal(&slice(wanted), &mut rng).unwrap();
    }
    let attachment = told.finish(About::default()).unwrap();
    let mut opener = AttachmentOpener::new(&attachment);
    let mut parts = 0;
    while let Some(wanted) = sealer.wants() {
        let content = slice(wanted);
        let part = sealer.seal(&content, &mut rng).unwrap();
        assert_eq!(opener.wants(), Some(part.slot));
        let record = record(part.blob.bytes());
        assert!(*opener.open(&record).unwrap() == content, "part {parts}");
        parts += 1;
    }
    assert_eq!(parts, MAX_PARTS);
    assert_eq!(opener.opened(), MAX_FILE_SIZE);
    assert_eq!(
        opener.open(&record(b"")).unwrap_err(),
        AttachmentError::Complete
    );
    opener.finish().unwrap();
}
