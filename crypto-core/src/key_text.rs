//! Keys as text: bech32 as age uses it, that is without the length limit of BIP 173. One
//! spelling a key: lower case for recipients, upper case for identities.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Checksum, Hrp};
use zeroize::Zeroizing;

/// Bech32 for texts of any length. Its error detection weakens with length, which is why every
/// key is checked by other means too.
enum LongBech32 {}

impl Checksum for LongBech32 {
    type MidstateRepr = u32;
    const CODE_LENGTH: usize = 4096;
    const CHECKSUM_LENGTH: usize = bech32::Bech32::CHECKSUM_LENGTH;
    const GENERATOR_SH: [u32; 5] = bech32::Bech32::GENERATOR_SH;
    const TARGET_RESIDUE: u32 = bech32::Bech32::TARGET_RESIDUE;
}

/// `prefix` (lower case) and `bytes` as bech32 text in lower case.
pub(crate) fn encode_lower(prefix: &str, bytes: &[u8]) -> String {
    bech32::encode_lower::<LongBech32>(hrp(prefix), bytes).expect("our keys fit the code length")
}

/// `prefix` (lower case) and `bytes` as bech32 text in upper case.
pub(crate) fn encode_upper(prefix: &str, bytes: &[u8]) -> Zeroizing<String> {
    let text = bech32::encode_upper::<LongBech32>(hrp(prefix), bytes);
    Zeroizing::new(text.expect("our keys fit the code length"))
}

/// In which letters a kind of key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letters {
    /// As recipients are.
    Lower,
    /// As identities are.
    Upper,
}

/// The bytes of bech32 text with this prefix (lower case), if it is the one spelling of those
/// bytes: in these letters, and with zeros where a letter holds more bits than there are.
pub(crate) fn decode(prefix: &str, letters: Letters, text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let other = match letters {
        Letters::Lower => u8::is_ascii_uppercase,
        Letters::Upper => u8::is_ascii_lowercase,
    };
    if text.as_bytes().iter().any(other) {
        return None;
    }
    let checked = CheckedHrpstring::new::<LongBech32>(text).ok()?;
    // Named after Bitcoin's use of it; the rule is that of bech32.
    if checked.hrp() != hrp(prefix) || checked.validate_segwit_padding().is_err() {
        return None;
    }
    let bytes = checked.byte_iter();
    let mut decoded = Zeroizing::new(vec![0; bytes.len()]);
    for (place, byte) in decoded.iter_mut().zip(bytes) {
        *place = byte;
    }
    Some(decoded)
}

fn hrp(prefix: &str) -> Hrp {
    Hrp::parse(prefix).expect("our prefixes are valid")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bech32::{ByteIterExt as _, Fe32, Fe32IterExt as _};

    #[test]
    fn the_checksum_is_consistent() {
        LongBech32::sanity_check();
    }
    /// `bytes` as text whose last letter of data holds these spare bits too, and whose checksum fits.
    fn text_with(bytes: &[u8], spare: u8) -> String {
        let mut letters: Vec<Fe32> = bytes.iter().copied().bytes_to_fes().collect();
        let last = letters.pop().unwrap().to_u8();
        letters.push(Fe32::try_from(last | spare).unwrap());
        let hrp = hrp("age1pq");
        letters
            .into_iter()
            .with_checksum::<LongBech32>(&hrp)
            .chars()
            .collect()
    }

    #[test]
    fn spare_bits_are_zero() {
        // 32 bytes leave 4 bits of their 52nd letter, 1,216 bytes 2 of their 1,946th.
        for (length, spare) in [(32, 1), (32, 8), (1_216, 1), (1_216, 2)] {
            let bytes = vec![0x5a; length];
            let (good, bad) = (text_with(&bytes, 0), text_with(&bytes, spare));
            assert_eq!(good, encode_lower("age1pq", &bytes));
            let read = |text: &str| decode("age1pq", Letters::Lower, text);
            assert_eq!(read(&good).as_deref(), Some(&bytes));
            assert_eq!(read(&bad), None);
        }
    }
}
