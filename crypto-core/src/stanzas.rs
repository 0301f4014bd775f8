//! The stanzas of a header: those that are read, and decoys that look the same.

use crate::hybrid_identity::HybridIdentity;
use crate::hybrid_recipient::{HybridRecipient, POSTQUANTUM_LABEL};
use crate::shuffle::shuffle;
use age_core::format::{FileKey, Stanza, FILE_KEY_BYTES};
use rand_core::{CryptoRng, RngCore};
use std::cell::RefCell;
use std::collections::HashSet;

/// Wraps the file key for some recipients and fills up with decoys: real encapsulations of
/// random bytes to keys that are forgotten at once. Nobody can tell from a header how many can
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
        while stanzas.len() < self.count {
            stanzas.push(decoy(rng));
        }
        shuffle(&mut stanzas, rng);
        Ok((stanzas, HashSet::from([POSTQUANTUM_LABEL.to_owned()])))
    }
}

fn decoy(rng: &mut (impl CryptoRng + RngCore)) -> Stanza {
    let nobody = HybridIdentity::generate(rng).recipient();
    let mut file_key = [0; FILE_KEY_BYTES];
    rng.fill_bytes(&mut file_key);
    nobody.wrap(&FileKey::new(Box::new(file_key)), rng)
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
}
