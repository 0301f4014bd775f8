//! Inputs that are nearly right: the same seed makes the same ones.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// Pieces that formats give a meaning to.
const TOKENS: [&[u8]; 22] = [
    b"\n",
    b"\n\n",
    b"-> ",
    b"--- ",
    b"-> mlkem768x25519 ",
    b"-> x-grease ",
    "— ".as_bytes(),
    b"age-encryption.org/v1\n",
    b"|",
    b":",
    b",",
    b"\"",
    b"\\u0000",
    b"{}",
    b"[]",
    b"null",
    b"1e3",
    b"9007199254740992",
    b"18446744073709551616",
    b"-1",
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
];

/// Draws mutations of seeds.
pub struct Mutator(StdRng);

impl Mutator {
    /// The mutations of this number.
    pub fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number below `end`, or 0 where that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            0
        } else {
            self.0.gen_range(0..end)
        }
    }

    /// One of the seeds, changed in one to four places. Every second one keeps its length, which
    /// alone would give away most others; and beginnings, where the fields are, are hit often.
    pub fn mutate(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = seeds[self.below(seeds.len())].clone();
        let keeps_length = self.below(2) == 0 && !bytes.is_empty();
        for _ in 0..1 + self.below(4) {
            if keeps_length {
                let region = [64, 4_096, bytes.len()][self.below(3)];
                self.change_in_place(&mut bytes, region);
            } else {
                self.change(&mut bytes, seeds);
            }
        }
        bytes
    }

    /// One change within the first `region` bytes that keeps the length: a flipped bit, a byte,
    /// or a piece from elsewhere in the region.
    pub fn change_in_place(&mut self, bytes: &mut [u8], region: usize) {
        let region = region.min(bytes.len());
        let at = self.below(region);
        match self.below(3) {
            0 => bytes[at] ^= 1 << self.below(8),
            1 => bytes[at] = self.0.gen(),
            _ => {
                let from = self.below(region);
                let length = 1 + self.below(64);
                let length = length.min(region - at).min(region - from);
                bytes.copy_within(from..from + length, at);
            }
        }
    }

    fn change(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        let length = bytes.len();
        let at = self.below(length + 1);
        let span = 1 + self.below(32);
        let end = (at + span).min(length);
        match self.below(9) {
            0 | 1 if length > 0 => {
                let at = self.below(length);
                bytes[at] ^= 1 << self.below(8);
            }
            2 if length > 0 => {
                let at = self.below(length);
                bytes[at] = *[0, 0xff, b'0', b'9', b'A', b' ', b'"', self.0.gen()]
                    .get(self.below(8))
                    .expect("below 8");
            }
            3 => drop(bytes.drain(at..end)),
            4 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            5 => bytes.truncate(at),
            6 => {
                let other = &seeds[self.below(seeds.len())];
                let from = self.below(other.len() + 1);
                let upto = (from + 4 * span).min(other.len());
                bytes.splice(at..end, other[from..upto].iter().copied());
            }
            7 => {
                let random: Vec<u8> = (0..span).map(|_| self.0.gen()).collect();
                bytes.splice(at..at, random);
            }
            _ => {
                let token = TOKENS[self.below(TOKENS.len())];
                bytes.splice(at..at, token.iter().copied());
            }
        }
    }
}
