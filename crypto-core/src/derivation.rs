//! HKDF-SHA256 and HMAC-SHA256 with the project's labels in front of every purpose.

use beistand_protocol::LABEL_PREFIX;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// HKDF of `key` with `beistand/v1/` ‖ `label` ‖ `suffix` as info. Labels are fixed, and a label
/// is followed by a suffix of one length only, so two purposes never meet.
pub(crate) fn expand<const N: usize>(
    key: &[u8],
    salt: Option<&[u8]>,
    label: &str,
    suffix: &[u8],
) -> Zeroizing<[u8; N]> {
    let mut out = Zeroizing::new([0; N]);
    Hkdf::<Sha256>::new(salt, key)
        .expand_multi_info(
            &[LABEL_PREFIX.as_bytes(), label.as_bytes(), suffix],
            out.as_mut_slice(),
        )
        .expect("derived keys are shorter than HKDF's limit");
    out
}

/// A key that authenticates many short inputs: the keyed state is computed once.
pub(crate) struct KeyedHash(Hmac<Sha256>);

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

impl Drop for KeyedHash {
    /// The library has no way to wipe a keyed state, so another one is written over it, and the
    /// compiler is told that somebody may look.
    fn drop(&mut self) {
        self.0 = keyed(&[]);
        std::hint::black_box(&mut self.0);
    }
}

impl ZeroizeOnDrop for KeyedHash {}

impl KeyedHash {
    pub(crate) fn new(key: &[u8]) -> Self {
        Self(keyed(key))
    }

    /// HMAC over `beistand/v1/` ‖ `label` ‖ `pieces`.
    pub(crate) fn of(&self, label: &str, pieces: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        mac.update(LABEL_PREFIX.as_bytes());
        mac.update(label.as_bytes());
        for piece in pieces {
            mac.update(piece);
        }
        mac.finalize().into_bytes().into()
    }
}
