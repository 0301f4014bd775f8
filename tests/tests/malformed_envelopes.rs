//! Envelopes and parts against those who tamper with them, with and without the keys that make a
//! valid MAC: an envelope opens as it was or not at all, and why not is not told apart.

use age::{EncryptError, Encryptor};
use age_core::format::{FileKey, Stanza};
use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_crypto_core::open::{open, OpenError};
use beistand_crypto_core::part::{PartError, PartKeys};
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar;
use beistand_tests::malformed::{mutations, seeds, Mutator};
use rand::rngs::StdRng;
use rand::SeedableRng as _;
use std::cell::RefCell;
use std::collections::HashSet;
use std::io::Write as _;

const CLASS: BlobClass = BlobClass::Envelope8;
const CHUNK: usize = 65_536;
const CHUNK_TAG: usize = 16;
/// What every opening costs more than a parser: its share of the mutations.
const OPENING: u64 = 20;

/// What a forger does to honest stanzas.
type Tamper<'a> = dyn FnMut(&mut Vec<Stanza>) + 'a;

/// Somebody who seals by hand: every stanza is honest until `tamper` has seen it, and the MAC is
/// made over what is left.
struct Forger<'a> {
    reader: &'a HybridIdentity,
    rng: RefCell<StdRng>,
    tamper: RefCell<&'a mut Tamper<'a>>,
}

impl age::Recipient for Forger<'_> {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let rng = &mut *self.rng.borrow_mut();
        let mut stanzas = vec![self.reader.recipient().wrap(file_key, rng)];
        while stanzas.len() < CLASS.stanzas() {
            let nobody = HybridIdentity::generate(rng).recipient();
            stanzas.push(nobody.wrap(file_key, rng));
        }
        (self.tamper.borrow_mut())(&mut stanzas);
        Ok((stanzas, HashSet::new()))
    }
}

/// An age file of the class's length, if the stanzas leave room, with this content and spaces.
fn forge<'a>(
    reader: &'a HybridIdentity,
    seed: u64,
    content: &[u8],
    tamper: &'a mut Tamper<'a>,
) -> Vec<u8> {
    let forger = Forger {
        reader,
        rng: RefCell::new(StdRng::seed_from_u64(seed)),
        tamper: RefCell::new(tamper),
    };
    let recipient: &dyn age::Recipient = &forger;
    let encryptor = Encryptor::with_recipients(std::iter::once(recipient)).unwrap();
    let mut header = Vec::new();
    let shared = Shared(RefCell::new(&mut header));
    let mut writer = encryptor.wrap_output(&shared).unwrap();
    let left = CLASS.size().saturating_sub(shared.0.borrow().len());
    let chunks = left.div_ceil(CHUNK + CHUNK_TAG);
    let room = left.saturating_sub(chunks * CHUNK_TAG);
    let mut plaintext = vec![b' '; room.max(content.len() + 1)];
    plaintext[..content.len()].copy_from_slice(content);
    *plaintext.last_mut().unwrap() = b'\n';
    writer.write_all(&plaintext).unwrap();
    writer.finish().unwrap();
    header
}

/// A buffer that can be measured while a writer holds it.
struct Shared<'a>(RefCell<&'a mut Vec<u8>>);

impl std::io::Write for &Shared<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A reader, and the two lines of a message that is well formed.
fn reader() -> (HybridIdentity, Vec<u8>) {
    let identity = HybridIdentity::from_seed(&[3; 32]);
    let line1 = seeds::message_lines().swap_remove(0);
    let sig = "A".repeat(86);
    let content = [&line1, format!("\n{{\"sig\":\"{sig}==\"}}\n").as_bytes()].concat();
    (identity, content)
}

/// Whether it opened; a failure after the grammar must be the one opaque failure.
fn opens(blob: &[u8], identity: &HybridIdentity) -> bool {
    match open(CLASS, blob, [identity]) {
        Ok(_) => true,
        Err(OpenError::NotAnEnvelope(error)) => {
            assert_eq!(grammar::check(CLASS, blob), Err(error));
            false
        }
        Err(error) => {
            assert_eq!(error, OpenError::Closed);
            assert_eq!(error.to_string(), "the envelope cannot be opened");
            false
        }
    }
}

#[test]
fn an_envelope_that_was_tampered_with_does_not_open() {
    let (identity, content) = reader();
    let honest = forge(&identity, 1, &content, &mut |_| {});
    assert!(opens(&honest, &identity));
    let header = grammar::check(CLASS, &honest).unwrap();
    let mut mutator = Mutator::new(1);
    let mut past_the_grammar = 0;
    for round in 0..(mutations() / OPENING).max(1) {
        let mut blob = honest.clone();
        // Half of them in the header, where the grammar does not already know better.
        let region = if round % 2 == 0 { header } else { blob.len() };
        mutator.change_in_place(&mut blob, region);
        if blob == honest {
            continue;
        }
        assert!(!opens(&blob, &identity), "round {round}");
        past_the_grammar += u64::from(grammar::check(CLASS, &blob).is_ok());
    }
    assert!(past_the_grammar > 0, "the decryption was never reached");
}

#[test]
fn every_byte_of_the_header_counts() {
    let (identity, content) = reader();
    let honest = forge(&identity, 2, &content, &mut |_| {});
    let header = grammar::check(CLASS, &honest).unwrap();
    // The nonce and the first bytes of the payload too; every byte where there is time.
    let step = if mutations() >= 1_000_000 { 1 } else { 37 };
    for at in (0..header + 64).step_by(step) {
        let mut blob = honest.clone();
        blob[at] ^= 1;
        assert!(!opens(&blob, &identity), "byte {at}");
    }
}

#[test]
fn an_envelope_cut_off_anywhere_is_none() {
    let (identity, content) = reader();
    let honest = forge(&identity, 3, &content, &mut |_| {});
    for length in 0..honest.len() {
        assert!(!opens(&honest[..length], &identity), "{length} bytes");
    }
    // With zeros in place of what is missing its length is right.
    let step = if mutations() >= 1_000_000 { 1 } else { 211 };
    for length in (0..honest.len() - 1).step_by(step) {
        let mut blob = honest.clone();
        blob[length..].fill(0);
        assert!(!opens(&blob, &identity), "{length} bytes and zeros");
    }
}

#[test]
fn a_valid_mac_over_tampered_stanzas_opens_nothing_else() {
    let (identity, content) = reader();
    let mut mutator = Mutator::new(4);
    let rounds = (mutations() / OPENING / 4).max(1);
    let mut closed = 0;
    for round in 0..rounds {
        let mut ours_is_whole = true;
        let blob = forge(&identity, round, &content, &mut |stanzas| {
            let which = mutator.below(stanzas.len());
            let before = (stanzas[which].args.clone(), stanzas[which].body.clone());
            let stanza = &mut stanzas[which];
            match mutator.below(4) {
                0 => mutator.change_in_place(&mut stanza.body, 32),
                1 => {
                    // Another character of the alphabet, so that the header can be written.
                    let mut text = std::mem::take(&mut stanza.args[0]).into_bytes();
                    let at = mutator.below(text.len());
                    text[at] = b"ABCDwxyz0189+/"[mutator.below(14)];
                    stanza.args[0] = String::from_utf8(text).unwrap();
                }
                2 => stanza.body.truncate(mutator.below(32)),
                _ => stanza.args.push("more".to_owned()),
            }
            let after = (stanza.args.clone(), stanza.body.clone());
            ours_is_whole = which != 0 || before == after;
        });
        let grammatical = grammar::check(CLASS, &blob).is_ok();
        let opened = opens(&blob, &identity);
        assert_eq!(opened, grammatical && ours_is_whole, "round {round}");
        closed += u64::from(grammatical && !opened);
    }
    assert!(closed > 0 || rounds < 100, "our own stanza was never hit");
}

#[test]
fn a_valid_mac_over_any_content_gives_a_message_or_an_error() {
    let (identity, content) = reader();
    let mut mutator = Mutator::new(5);
    let seeds = vec![content];
    for round in 0..(mutations() / OPENING / 4).max(1) {
        let content = mutator.mutate(&seeds);
        let blob = forge(&identity, round, &content, &mut |_| {});
        match open(CLASS, &blob, [&identity]) {
            Ok(opened) => {
                let line = opened.unverified().to_line().unwrap();
                assert!(content.starts_with(line.as_bytes()), "round {round}");
            }
            Err(OpenError::Content | OpenError::Message(_)) => {}
            Err(error) => panic!("round {round}: {error}"),
        }
    }
}

#[test]
fn a_part_that_was_tampered_with_is_closed() {
    let identity = HybridIdentity::from_seed(&[6; 32]);
    let keys = PartKeys::new(identity, SecretHex::new([7; 32]));
    let mut rng = StdRng::seed_from_u64(6);
    let sealed = keys.seal(3, b"a slice", &mut rng).unwrap();
    let header = sealed.header_size();
    let honest = sealed.into_bytes();
    assert!(keys.open(3, &honest).is_ok());
    assert_eq!(keys.open(4, &honest).map(drop), Err(PartError::Swapped));
    let closed = |blob: &[u8]| keys.open(3, blob).is_err();
    let mut mutator = Mutator::new(6);
    let mut blob = honest.clone();
    for round in 0..(mutations() / OPENING / 4).max(1) {
        let region = if round % 2 == 0 { header } else { blob.len() };
        mutator.change_in_place(&mut blob, region);
        assert!(blob == honest || closed(&blob), "round {round}");
        blob.copy_from_slice(&honest);
    }
    for length in 0..honest.len() {
        assert!(closed(&honest[..length]), "{length} bytes");
    }
}
