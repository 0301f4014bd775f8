//! The twelve words a reporter keeps. Everything a reporter needs is derived from them
//! (section 3); nobody else has them and nobody can restore them.

use crate::word_list::WordList;
use rand_core::{CryptoRng, RngCore};
use sha2::{Digest as _, Sha256};
use std::fmt;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Words in a codename.
pub const CODENAME_WORDS: usize = 12;
/// Random bytes a codename stands for.
pub const ENTROPY_SIZE: usize = 16;

const BITS_A_WORD: u32 = 11;
const CHECKSUM_BITS: u32 = 4;

/// 128 random bits, shown as twelve words with a 4-bit checksum as BIP 39 has it.
#[derive(Clone, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Codename([u8; ENTROPY_SIZE]);

/// Why words are not a codename. Positions count from 1; no word is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodenameError {
    /// Another number of words than twelve.
    #[error("a codename has {CODENAME_WORDS} words, here are {found}")]
    Count {
        /// How many words there were.
        found: usize,
    },
    /// Words that are in no list.
    #[error("these words are not in the list: {}", positions(.at))]
    UnknownWords {
        /// Their positions, from 1.
        at: Vec<usize>,
    },
    /// All words exist, but they do not belong together: one is wrong, or two are swapped.
    #[error("the words are all known, but they do not belong together")]
    Checksum,
}

fn positions(at: &[usize]) -> String {
    at.iter()
        .map(|position| format!("word {position}"))
        .collect::<Vec<_>>()
        .join(", ")
}

impl Codename {
    /// A new codename.
    pub fn generate(rng: &mut (impl CryptoRng + RngCore)) -> Self {
        let mut entropy = Zeroizing::new([0; ENTROPY_SIZE]);
        rng.fill_bytes(entropy.as_mut_slice());
        Self(*entropy)
    }

    /// The codename of 16 entropy bytes.
    pub fn from_entropy(entropy: [u8; ENTROPY_SIZE]) -> Self {
        Self(entropy)
    }

    /// The 16 entropy bytes: the key material, the same in every language.
    pub fn entropy(&self) -> &[u8; ENTROPY_SIZE] {
        &self.0
    }

    /// The twelve words in this list.
    pub fn words(&self, list: WordList) -> [&'static str; CODENAME_WORDS] {
        let bits = Zeroizing::new(self.with_checksum());
        std::array::from_fn(|i| {
            let shift = BITS_A_WORD * (CODENAME_WORDS - 1 - i) as u32;
            let position = bits.window(shift);
            list.word(position).expect("11 bits are below 2,048")
        })
    }

    /// The twelve words in one line.
    pub fn to_phrase(&self, list: WordList) -> Zeroizing<String> {
        Zeroizing::new(self.words(list).join(" "))
    }

    /// Reads twelve words of this list as people type them: any case, any white space or
    /// punctuation between, numbers before, full-width letters.
    ///
    /// # Errors
    /// [`CodenameError`], friendly enough to be shown.
    pub fn parse(phrase: &str, list: WordList) -> Result<Self, CodenameError> {
        let words = Zeroizing::new(split_words(phrase));
        if words.len() != CODENAME_WORDS {
            return Err(CodenameError::Count { found: words.len() });
        }
        let mut bits = Zeroizing::new(Bits::default());
        let mut unknown = Vec::new();
        for (i, word) in words.iter().enumerate() {
            match list.position(word) {
                Some(position) => bits.push(position),
                None => unknown.push(i + 1),
            }
        }
        if !unknown.is_empty() {
            return Err(CodenameError::UnknownWords { at: unknown });
        }
        let codename = Self(bits.entropy.to_be_bytes());
        if codename.with_checksum() != *bits {
            return Err(CodenameError::Checksum);
        }
        Ok(codename)
    }

    /// Reads twelve words of any list there is, all of the same: words of two languages in one
    /// codename are a mistake, which is better told than guessed away.
    ///
    /// # Errors
    /// As [`Self::parse`], of the list that knows most of the words.
    pub fn parse_any(phrase: &str) -> Result<Self, CodenameError> {
        let mut closest: Option<CodenameError> = None;
        for list in WordList::all() {
            match Self::parse(phrase, list) {
                Ok(codename) => return Ok(codename),
                Err(error) => {
                    if closest
                        .as_ref()
                        .is_none_or(|known| distance(&error) < distance(known))
                    {
                        closest = Some(error);
                    }
                }
            }
        }
        Err(closest.expect("there is at least one list"))
    }

    fn with_checksum(&self) -> Bits {
        let digest = Sha256::digest(self.0);
        Bits {
            entropy: u128::from_be_bytes(self.0),
            checksum: digest[0] >> (8 - CHECKSUM_BITS),
        }
    }
}

impl PartialEq for Codename {
    /// In the same time whatever differs.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// How far words are from a codename, for choosing the error that helps most.
fn distance(error: &CodenameError) -> usize {
    match error {
        CodenameError::Checksum => 0,
        CodenameError::UnknownWords { at } => at.len(),
        CodenameError::Count { .. } => CODENAME_WORDS + 1,
    }
}

/// 132 bits: 128 of entropy, then 4 of checksum.
#[derive(Default, PartialEq, Eq, Zeroize)]
struct Bits {
    entropy: u128,
    checksum: u8,
}

impl Bits {
    /// The 11 bits that start `shift` bits from the right.
    fn window(&self, shift: u32) -> u16 {
        let bits = match shift.checked_sub(CHECKSUM_BITS) {
            Some(shift) => self.entropy >> shift,
            None => (self.entropy << CHECKSUM_BITS) | u128::from(self.checksum),
        };
        (bits & 0x7ff) as u16
    }

    /// Appends 11 bits on the right.
    fn push(&mut self, position: u16) {
        let carried = (u16::from(self.checksum) << BITS_A_WORD) | position;
        self.entropy = (self.entropy << BITS_A_WORD) | u128::from(carried >> CHECKSUM_BITS);
        self.checksum = (carried & 0xf) as u8;
    }
}

fn split_words(phrase: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in phrase.chars() {
        // Letters as some keyboards type them, and marks nobody sees.
        let letter = match letter {
            '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
                char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter)
            }
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => continue,
            letter => letter,
        };
        if letter.is_alphabetic() {
            let word = words.last_mut().expect("there is always a last word");
            // All words of all lists are of a to z.
            word.push(letter.to_ascii_lowercase());
        } else if words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
    }
    if words.last().is_some_and(String::is_empty) {
        words.pop();
    }
    words
}

impl fmt::Debug for Codename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codename(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_bip39() {
        // Entropy of all zeros and all ones, as the BIP 39 document gives them.
        let zeros = Codename::from_entropy([0; ENTROPY_SIZE]);
        let phrase = zeros.to_phrase(WordList::english());
        assert_eq!(*phrase, format!("{}about", "abandon ".repeat(11)));
        let ones = Codename::from_entropy([0xff; ENTROPY_SIZE]);
        assert_eq!(
            *ones.to_phrase(WordList::english()),
            format!("{}wrong", "zoo ".repeat(11))
        );
        for byte in 0..=255 {
            let codename =
                Codename::from_entropy(std::array::from_fn(|i| byte ^ (i as u8).wrapping_mul(37)));
            let theirs = bip39::Mnemonic::from_entropy(codename.entropy()).unwrap();
            assert_eq!(
                theirs.words().collect::<Vec<_>>(),
                codename.words(WordList::english())
            );
            let phrase = codename.to_phrase(WordList::english());
            assert_eq!(Codename::parse(&phrase, WordList::english()), Ok(codename));
        }
    }

    #[test]
    fn reads_what_people_type() {
        let codename = Codename::from_entropy([0; ENTROPY_SIZE]);
        let numbered: String = (1..12)
            .map(|i| format!("{i}. Abandon,\u{a0}\n"))
            .collect::<String>()
            + "12) ABOUT\t";
        assert_eq!(Codename::parse_any(&numbered), Ok(codename.clone()));
        let wide = "ａｂａｎｄｏｎ　".repeat(11) + "ａｂｏｕｔ";
        assert_eq!(Codename::parse_any(&wide), Ok(codename));
    }

    #[test]
    fn is_the_same_in_every_language() {
        for byte in 0..=255 {
            let codename =
                Codename::from_entropy(std::array::from_fn(|i| byte ^ (i as u8).wrapping_mul(37)));
            for list in WordList::all() {
                let phrase = codename.to_phrase(list);
                assert_eq!(Codename::parse_any(&phrase), Ok(codename.clone()));
            }
        }
    }

    #[test]
    fn refuses_words_of_two_languages_and_names_the_fewer() {
        let codename = Codename::from_entropy([0x5e; ENTROPY_SIZE]);
        let german = codename.words(WordList::german());
        let mut mixed = codename.words(WordList::english());
        mixed[2] = german[2];
        mixed[10] = german[10];
        assert_eq!(
            Codename::parse_any(&mixed.join(" ")),
            Err(CodenameError::UnknownWords { at: vec![3, 11] })
        );
    }

    #[test]
    fn says_what_is_wrong() {
        let english = WordList::english();
        let eleven = "zoo ".repeat(11);
        assert_eq!(
            Codename::parse(&eleven, english),
            Err(CodenameError::Count { found: 11 })
        );
        assert_eq!(
            Codename::parse("", english),
            Err(CodenameError::Count { found: 0 })
        );
        let swapped = format!("wrong {eleven}");
        assert_eq!(
            Codename::parse(&swapped, english),
            Err(CodenameError::Checksum)
        );
        let typos = format!("zoozoo {}wronk", "zoo ".repeat(10));
        let error = Codename::parse(&typos, english).unwrap_err();
        assert_eq!(error, CodenameError::UnknownWords { at: vec![1, 12] });
        assert_eq!(
            error.to_string(),
            "these words are not in the list: word 1, word 12"
        );
    }
}
