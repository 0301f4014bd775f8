//! Trial decryption: tries every key that is still on a disk on every byte of every file, as
//! somebody would who has seized it and knows what to look for.

use beistand_server::store::NewItem;
use chacha20::cipher::{KeyIvInit as _, StreamCipher as _, StreamCipherSeek as _};
use chacha20::XChaCha20;
use std::collections::BTreeSet;
use std::path::Path;

/// XChaCha20-Poly1305 uses the first block of the key stream for its tag.
const FIRST_BLOCK: u64 = 64;
const NONCE: usize = 24;
/// Bytes that are compared: enough not to be there by chance.
const PIECE: usize = 32;
/// How far apart the pieces of a blob are that are looked for: less than a disk writes at once.
const STEP: usize = 512;

/// What was found of an item.
#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
pub struct Found {
    /// Places where a piece of its blob lies under a key that is still there.
    pub blob: usize,
    /// Places where its record's `r` does.
    pub r: usize,
}

impl Found {
    pub const NOTHING: Self = Self { blob: 0, r: 0 };
}

/// Every file below, as it lies on the disk.
fn files(directory: &Path, found: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(std::fs::read(&path).unwrap());
        }
    }
}

/// Every 32 bytes of every file below `keys/`, and of what else is said to hold keys.
fn keys(directory: &Path) -> BTreeSet<[u8; 32]> {
    let mut found = Vec::new();
    files(&directory.join("keys"), &mut found);
    let pieces = found.iter().flat_map(|file| file.chunks_exact(32));
    pieces
        .map(|piece| piece.try_into().unwrap())
        .filter(|key| *key != [0; 32])
        .collect()
}

/// Tries every key on every offset of every file.
pub fn search(directory: &Path, item: &NewItem) -> Found {
    let keys = keys(directory);
    let mut all = Vec::new();
    files(directory, &mut all);
    let mut found = Found::default();
    let blob = item.blob.bytes();
    for key in &keys {
        // A blob is sealed under a nonce of zeros, so every piece of it has one ciphertext only,
        // wherever it lies.
        let mut sealed = blob.to_vec();
        let mut stream = XChaCha20::new(key.into(), &[0; NONCE].into());
        stream.seek(FIRST_BLOCK);
        stream.apply_keystream(&mut sealed);
        // All blobs begin with the same words.
        let pieces: BTreeSet<&[u8]> = sealed
            .chunks_exact(STEP)
            .skip(1)
            .map(|piece| &piece[..PIECE])
            .collect();
        for file in &all {
            found.blob += file
                .windows(PIECE)
                .filter(|window| pieces.contains(window))
                .count();
        }
    }
    for file in &all {
        // In the clear there never was anything.
        let windows = || file.windows(PIECE);
        assert!(!windows().any(|window| window == item.r.0));
        assert!(!windows().any(|window| *window == blob[4_000..4_000 + PIECE]));
        // A record's nonce stands right before its ciphertext, which begins with `r`.
        for window in file.windows(NONCE + PIECE) {
            let (nonce, sealed) = window.split_at(NONCE);
            if nonce.iter().all(|byte| *byte == nonce[0]) {
                continue;
            }
            for key in &keys {
                let mut r: [u8; PIECE] = sealed.try_into().unwrap();
                let mut stream = XChaCha20::new(key.into(), nonce.into());
                stream.seek(FIRST_BLOCK);
                stream.apply_keystream(&mut r);
                found.r += usize::from(r == item.r.0);
            }
        }
    }
    found
}
