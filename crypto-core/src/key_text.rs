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

/// The bytes of bech32 text with this prefix, in either case. The caller compares its own
/// spelling of the result, so that only one is accepted.
pub(crate) fn decode(prefix: &str, text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let checked = CheckedHrpstring::new::<LongBech32>(text).ok()?;
    if checked.hrp() != hrp(prefix) {
        return None;
    }
    Some(Zeroizing::new(checked.byte_iter().collect()))
}

fn hrp(prefix: &str) -> Hrp {
    Hrp::parse(prefix).expect("our prefixes are valid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_consistent() {
        LongBech32::sanity_check();
    }
}
