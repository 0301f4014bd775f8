//! The stanzas of a header: those that are read, and decoys that look the same.

use crate::hybrid_identity::HybridIdentity;
use crate::hybrid_recipient::{HybridRecipient, POSTQUANTUM_LABEL};
use crate::shuffle::shuffle;
use age_core::format::{FileKey, Stanza, FILE_KEY_BYTES};
use rand_core::{CryptoRng, RngCore};
use std::cell::RefCell;
use std::collections::HashSet;

/// Wraps the file key for some recipients and fills up with decoys: real encapsulations of
/// random bytes to a key that is forgotten at once. Nobody can tell from a header how many can
/// read, or who.
pub(crate) struct Stanzas<'a, R> {
    recipients: &'a [&'a HybridRecipient],
    count: usize,
    rng: RefCell<&'a mut R>,
}

impl<'a, R: CryptoRng + RngCore> Stanzas<'a, R> {
    /// `count` stanzas, at least as many as there are recipients.
    pub(crate) fn new(recipients: &'a [&'a HybridRecipient], count: usize, rng: &'a mut R) -> Self {
        debug_assert!(recipients.len() <= count);
        Self {
            recipients,
            count,
            rng: RefCell::new(rng),
        }
    }
}

impl<R: CryptoRng + RngCore> age::Recipient for Stanzas<'_, R> {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), age::EncryptError> {
        let rng = &mut **self.rng.borrow_mut();
        let mut stanzas = Vec::with_capacity(self.count);
        for recipient in self.recipients {
            stanzas.push(recipient.wrap(file_key, rng));
        }
        let missing = self.count.saturating_sub(stanzas.len());
        if missing > 0 {
            add_decoys(&mut stanzas, missing, rng);
        }
        shuffle(&mut stanzas, rng);
        Ok((stanzas, HashSet::from([POSTQUANTUM_LABEL.to_owned()])))
    }
}

/// Adds decoys, all to one new key that nobody keeps.
///
/// One key is as good as one for each, because a stanza does not say whose it is. It has no
/// fingerprint of the key; the X25519 share is a random point whatever the key; an ML-KEM
/// ciphertext is a fresh Module-LWE sample, pseudorandom and independent of all others even for
/// whoever knows the key (anonymity of Kyber: Maram and Xagawa, PKC 2023); and the body is
/// encrypted under the hash of both secrets. So decoys have no more to do with each other than
/// with what is read.
fn add_decoys(stanzas: &mut Vec<Stanza>, count: usize, rng: &mut (impl CryptoRng + RngCore)) {
    let nobody = HybridIdentity::generate(rng).recipient();
    for _ in 0..count {
        let mut file_key = [0; FILE_KEY_BYTES];
        rng.fill_bytes(&mut file_key);
        stanzas.push(nobody.wrap(&FileKey::new(Box::new(file_key)), rng));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::{Identity as _, Recipient as _};
    use rand_chacha::rand_core::SeedableRng as _;
    use std::collections::BTreeSet;

    #[test]
    fn a_reader_can_stand_anywhere_among_the_decoys() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(6);
        let identity = HybridIdentity::generate(&mut rng);
        let recipient = identity.recipient();
        let recipients = [&recipient];
        let mut positions = BTreeSet::new();
        for _ in 0..100 {
            let file_key = FileKey::new(Box::new([1; FILE_KEY_BYTES]));
            let stanzas = Stanzas::new(&recipients, 8, &mut rng);
            let (stanzas, _) = stanzas.wrap_file_key(&file_key).unwrap();
            assert_eq!(stanzas.len(), 8);
            let opens = |stanza: &Stanza| identity.unwrap_stanza(stanza).is_some();
            let ours: Vec<usize> = (0..8).filter(|&at| opens(&stanzas[at])).collect();
            assert_eq!(ours.len(), 1);
            positions.extend(ours);
        }
        assert_eq!(positions.len(), 8);
    }
    #[test]
    fn decoys_have_nothing_in_common() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(7);
        let file_key = FileKey::new(Box::new([1; FILE_KEY_BYTES]));
        let stanzas = Stanzas::new(&[], 8, &mut rng);
        let (stanzas, _) = stanzas.wrap_file_key(&file_key).unwrap();
        let distinct = |of: &dyn Fn(&Stanza) -> Vec<u8>| {
            let all: BTreeSet<_> = stanzas.iter().map(of).collect();
            all.len()
        };
        // The ML-KEM ciphertext, the X25519 share behind it, and what both encrypt.
        assert_eq!(distinct(&|stanza| stanza.args[0][..1_400].into()), 8);
        assert_eq!(distinct(&|stanza| stanza.args[0][1_452..].into()), 8);
        assert_eq!(distinct(&|stanza| stanza.body.clone()), 8);
    }
}
