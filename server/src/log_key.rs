//! The key that signs checkpoints and promises. It is made at the first start and never leaves
//! the data directory; the roster, signed offline, names its public half.

use crate::disk::{create_durably, make_directory};
use beistand_protocol::bytes::InstanceId;
use beistand_protocol::checkpoint::{self, TreeHead};
use beistand_protocol::note::{self, Domain as _, LogDomain};
use beistand_protocol::promise::{self, Promise};
use beistand_protocol::verifier_key::VerifierKey;
use ed25519_dalek::{Signer as _, SigningKey};
use rand::rngs::OsRng;
use rand::RngCore as _;
use std::io;
use std::path::Path;
use zeroize::Zeroizing;

/// The file in the data directory: the verifier key and the secret in hexadecimal, a line each.
pub const FILE: &str = "log.key";
/// The key's name where it is made before the instance is known.
const NAME: &str = "log";

/// The log's signing key.
pub struct LogKey {
    verifier: VerifierKey,
    signing: SigningKey,
}

impl std::fmt::Debug for LogKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogKey({})", self.verifier)
    }
}

/// Why there is no log key.
#[derive(Debug, thiserror::Error)]
pub enum LogKeyError {
    /// It cannot be read or written.
    #[error("the log key cannot be read or written: {0}")]
    Disk(#[from] io::Error),
    /// The file holds something else.
    #[error("the file of the log key is malformed")]
    Form,
}

impl LogKey {
    /// The key in `directory`, made durably where there is none. Its name is the origin of the
    /// instance's checkpoints, as tlog-checkpoint advises, or `log` where no instance is given.
    ///
    /// # Errors
    /// One [`LogKeyError`] a way it can go wrong.
    pub fn open(directory: &Path, instance: Option<&InstanceId>) -> Result<Self, LogKeyError> {
        let path = directory.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => return Self::parse(&Zeroizing::new(text)),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            Err(_) => {}
        }
        make_directory(directory)?;
        let mut secret = Zeroizing::new([0; 32]);
        OsRng.fill_bytes(secret.as_mut());
        let signing = SigningKey::from_bytes(&secret);
        let name = instance.map_or_else(|| NAME.to_owned(), LogDomain::first_line);
        let verifier = VerifierKey::new(&name, signing.verifying_key().as_bytes())
            .map_err(|_| LogKeyError::Form)?;
        let hex = Zeroizing::new(hex::encode(secret.as_ref()));
        let text = Zeroizing::new(format!("{verifier}\n{}\n", hex.as_str()));
        match create_durably(&path, text.as_bytes()) {
            Ok(()) => Ok(Self { verifier, signing }),
            // Somebody else was first: theirs it is.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Self::parse(&Zeroizing::new(std::fs::read_to_string(&path)?))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn parse(text: &str) -> Result<Self, LogKeyError> {
        let lines = text
            .strip_suffix('\n')
            .and_then(|text| text.split_once('\n'));
        let (verifier, secret) = lines.ok_or(LogKeyError::Form)?;
        let verifier: VerifierKey = verifier.parse().map_err(|_| LogKeyError::Form)?;
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(secret, bytes.as_mut()).map_err(|_| LogKeyError::Form)?;
        let signing = SigningKey::from_bytes(&bytes);
        if signing.verifying_key().as_bytes() != verifier.public_key() {
            return Err(LogKeyError::Form);
        }
        Ok(Self { verifier, signing })
    }

    /// What checks it.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    fn note(&self, text: &str) -> String {
        note::sign(text, &self.verifier, |bytes| {
            self.signing.sign(bytes).to_bytes()
        })
    }

    /// The signed checkpoint of `head`.
    pub fn checkpoint(&self, instance: &InstanceId, head: &TreeHead) -> String {
        self.note(&checkpoint::text(instance, head))
    }

    /// The signed promise. The same promise is always the same note.
    pub fn promise(&self, instance: &InstanceId, promise: &Promise) -> String {
        self.note(&promise::text(instance, promise))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_only_its_owner_can_read_it() {
        let directory = tempfile::tempdir().unwrap();
        let made = LogKey::open(directory.path(), None).unwrap();
        let again = LogKey::open(directory.path(), Some(&InstanceId([1; 16]))).unwrap();
        assert_eq!(made.verifier(), again.verifier());
        assert_eq!(made.verifier().name(), "log");
        let metadata = std::fs::metadata(directory.path().join(FILE)).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        assert_eq!(mode & 0o777, 0o600);
        assert!(!format!("{made:?}").contains(&hex::encode(made.signing.to_bytes())));
    }

    #[test]
    fn it_is_named_after_the_log_where_the_instance_is_known() {
        let directory = tempfile::tempdir().unwrap();
        let key = LogKey::open(directory.path(), Some(&InstanceId([1; 16]))).unwrap();
        assert_eq!(
            key.verifier().name(),
            LogDomain::first_line(&InstanceId([1; 16]))
        );
    }

    #[test]
    fn a_damaged_file_is_refused_and_not_replaced() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(FILE), "something else\n").unwrap();
        assert!(matches!(
            LogKey::open(directory.path(), None),
            Err(LogKeyError::Form)
        ));
        let text = std::fs::read_to_string(directory.path().join(FILE)).unwrap();
        assert_eq!(text, "something else\n");
    }
}
