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
