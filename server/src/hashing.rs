//! SHA-256 of blobs: of all that a put computes, the most.
//!
//! `sha2`, which everything else here hashes with, is slow on machines without SHA extensions; ring,
//! which TLS brings along, takes half the time there. Both compute the same.

use beistand_protocol::bytes::Digest;
use ring::digest::{digest, SHA256};

/// SHA-256 of a blob.
pub fn hash_of_blob(blob: &[u8]) -> Digest {
    let mut hash = Digest([0; 32]);
    hash.0.copy_from_slice(digest(&SHA256, blob).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use beistand_protocol::hash::sha256;

    #[test]
    fn it_is_the_hash_that_everybody_else_computes() {
        let bytes: Vec<u8> = (0..10_000_u32).map(|at| ((at * at) >> 3) as u8).collect();
        for length in (0..200).chain([4_095, 4_096, 4_097, 10_000]) {
            assert_eq!(hash_of_blob(&bytes[..length]), sha256(&bytes[..length]));
        }
    }
}
