//! What decrypting a vector comes to, told apart as finely as the vectors do.

use super::file::VectorFile;
use age::armor::{ArmoredReadError, ArmoredReader};
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Identity};
use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_protocol::bytes::Digest;
use beistand_protocol::hash::sha256;
use std::fmt;
use std::io::{self, BufReader, Read};

/// Work that is still done for a passphrase, as the logarithm of scrypt's N: what age's own
/// program does by default.
const MAX_WORK_FACTOR: u8 = 22;
const ARMOR_BEGIN: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";

/// How decrypting ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All of the payload, to its end.
    Success,
    /// The header is good, and for somebody else.
    NoMatch,
    /// The file key was found, and the header's MAC is another.
    HmacFailure,
    /// The header is malformed.
    HeaderFailure,
    /// The payload breaks somewhere.
    PayloadFailure,
    /// The armor is malformed.
    ArmorFailure,
}

impl Outcome {
    const NAMES: [(Outcome, &'static str); 6] = [
        (Self::Success, "success"),
        (Self::NoMatch, "no match"),
        (Self::HmacFailure, "HMAC failure"),
        (Self::HeaderFailure, "header failure"),
        (Self::PayloadFailure, "payload failure"),
        (Self::ArmorFailure, "armor failure"),
    ];

    /// The outcome of that name in a vector.
    pub fn from_name(name: &str) -> Option<Self> {
        let mut names = Self::NAMES.into_iter();
        names.find(|known| known.1 == name).map(|known| known.0)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Self::NAMES.iter().find(|known| known.0 == *self);
        f.write_str(known.map_or("", |known| known.1))
    }
}

/// An outcome, and what was released until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decrypted {
    /// How it ended.
    pub outcome: Outcome,
    /// SHA-256 of all plaintext that was released.
    pub payload: Digest,
}

/// Why a vector could not be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TryError {
    /// An identity of a kind we do not know.
    #[error("an identity in the header is neither X25519 nor hybrid")]
    Identity,
    /// The library's two ways of reading end differently.
    #[error("buffered and unbuffered reading end differently")]
    TwoWays,
}

/// Decrypts a vector both ways the library offers; both must come to the same.
///
/// # Errors
/// What kept it from being tried.
pub fn decrypt(file: &VectorFile) -> Result<Decrypted, TryError> {
    let identities = identities(file)?;
    let (unbuffered, buffered) = if file.armored {
        let reader = || ArmoredReader::new(file.age.as_slice());
        (
            finish(Decryptor::new(reader()), &identities, file),
            finish(Decryptor::new_buffered(reader()), &identities, file),
        )
    } else {
        let reader = || file.age.as_slice();
        (
            finish(Decryptor::new(reader()), &identities, file),
            finish(
                Decryptor::new_buffered(BufReader::new(reader())),
                &identities,
                file,
            ),
        )
    };
    if unbuffered == buffered {
        Ok(buffered)
    } else {
        Err(TryError::TwoWays)
    }
}

fn identities(file: &VectorFile) -> Result<Vec<Box<dyn Identity>>, TryError> {
    let mut identities: Vec<Box<dyn Identity>> = Vec::new();
    for text in &file.identities {
        if let Ok(hybrid) = text.parse::<HybridIdentity>() {
            identities.push(Box::new(hybrid));
        } else if let Ok(classical) = text.parse::<age::x25519::Identity>() {
            identities.push(Box::new(classical));
        } else {
            return Err(TryError::Identity);
        }
    }
    for passphrase in &file.passphrases {
        let passphrase = SecretString::from(passphrase.clone());
        let mut identity = age::scrypt::Identity::new(passphrase);
        identity.set_max_work_factor(MAX_WORK_FACTOR);
        identities.push(Box::new(identity));
    }
    Ok(identities)
}

fn finish<R: Read>(
    decryptor: Result<Decryptor<R>, DecryptError>,
    identities: &[Box<dyn Identity>],
    file: &VectorFile,
) -> Decrypted {
    let identities = identities.iter().map(|identity| &**identity);
    let mut released = Vec::new();
    let outcome = match decryptor.and_then(|decryptor| decryptor.decrypt(identities)) {
        Ok(mut reader) => match reader.read_to_end(&mut released) {
            Ok(_) => Outcome::Success,
            Err(error) if is_of_armor(&error) => Outcome::ArmorFailure,
            Err(_) => Outcome::PayloadFailure,
        },
        Err(error) => of_header(&error, file),
    };
    Decrypted {
        outcome,
        payload: sha256(&released),
    }
}

fn of_header(error: &DecryptError, file: &VectorFile) -> Outcome {
    match error {
        DecryptError::Io(error) if is_of_armor(error) => Outcome::ArmorFailure,
        // The library looks for the line that begins an armor and takes everything else for a
        // binary file; here it is known that there should have been an armor.
        DecryptError::InvalidHeader | DecryptError::UnknownFormat
            if file.armored && !file.age.starts_with(ARMOR_BEGIN) =>
        {
            Outcome::ArmorFailure
        }
        DecryptError::InvalidMac => Outcome::HmacFailure,
        DecryptError::NoMatchingKeys
        | DecryptError::DecryptionFailed
        | DecryptError::KeyDecryptionFailed => Outcome::NoMatch,
        _ => Outcome::HeaderFailure,
    }
}

fn is_of_armor(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<ArmoredReadError>())
}
