//! The number people call a case by. It is computed from the conversation, so that it counts
//! nothing, and all desks that can read the case call it the same.

use beistand_protocol::bytes::ConversationId;
use beistand_protocol::hash::labelled;
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// No letter that is mistaken for another when read out or written by hand.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;

/// Eight letters and digits, written in two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber([u8; LENGTH]);

/// A text is no case number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case number has eight letters and digits, like 7QXM-3HD9")]
pub struct CaseNumberError;

impl CaseNumber {
    /// The number of a conversation.
    pub fn of(conversation: &ConversationId) -> Self {
        let digest = labelled("case-number", &[&conversation.0]);
        let mut bytes = [0; 8];
        bytes[3..].copy_from_slice(&digest.0[..5]);
        let bits = u64::from_be_bytes(bytes);
        let letter = |position: usize| ALPHABET[(bits >> (35 - 5 * position) & 31) as usize];
        Self(std::array::from_fn(letter))
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, letter) in self.0.iter().enumerate() {
            let dash = if position == LENGTH / 2 { "-" } else { "" };
            write!(f, "{dash}{}", char::from(*letter))?;
        }
        Ok(())
    }
}

impl FromStr for CaseNumber {
    type Err = CaseNumberError;

    /// Forgives case, spaces, dashes, and the letters people confuse.
    fn from_str(text: &str) -> Result<Self, CaseNumberError> {
        let letters: Vec<u8> = text
            .bytes()
            .filter(|byte| !matches!(byte, b'-' | b' '))
            .map(|byte| match byte.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                letter => letter,
            })
            .collect();
        if letters.iter().any(|letter| !ALPHABET.contains(letter)) {
            return Err(CaseNumberError);
        }
        letters.try_into().map(Self).map_err(|_| CaseNumberError)
    }
}

impl Serialize for CaseNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_back_however_it_is_written() {
        for byte in 0..=255 {
            let number = CaseNumber::of(&ConversationId([byte; 16]));
            let text = number.to_string();
            assert_eq!(text.len(), 9);
            assert_eq!(text.parse(), Ok(number));
            assert_eq!(text.to_lowercase().replace('-', "").parse(), Ok(number));
            assert_eq!(text.replace('0', "o").replace('1', "l").parse(), Ok(number));
        }
        for wrong in ["", "7QXM-3HD", "7QXM-3HD99", "7QXM-3HDU", "7QXM_3HD9"] {
            assert_eq!(wrong.parse::<CaseNumber>(), Err(CaseNumberError), "{wrong}");
        }
    }

    #[test]
    fn numbers_are_frozen() {
        // People have written them down.
        let number = CaseNumber::of(&ConversationId([0; 16]));
        assert_eq!(number.to_string(), "5R64-7XXT");
    }
}
