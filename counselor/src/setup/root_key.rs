//! A root key: it signs rosters, and lies in a vault of its own on a machine that is offline
//! most of the time.

use crate::passphrase::Passphrase;
use crate::vault::{KeyDerivation, Vault, VaultError};
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_crypto_core::signing::Signer;
use beistand_protocol::verifier_key::{VerifierKey, VerifierKeyError};
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use std::path::Path;

const RECORD: &str = "root-key";

/// A root key whose vault is open.
pub struct RootKey {
    signer: Signer,
    verifier: VerifierKey,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    name: String,
    seed: SecretHex<32>,
}

/// Why there is no root key.
#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A name that cannot stand in a signature.
    #[error("the key's name is empty, too long, or has a space or a plus sign in it")]
    Name,
    /// The vault holds something else.
    #[error("this vault holds no root key")]
    NotARoot,
}

impl From<VerifierKeyError> for RootKeyError {
    fn from(_: VerifierKeyError) -> Self {
        Self::Name
    }
}

impl RootKey {
    /// Makes a root key of that name in a new vault.
    ///
    /// # Errors
    /// [`RootKeyError::Name`], [`RootKeyError::Vault`].
    pub fn create(
        folder: &Path,
        passphrase: &Passphrase,
        derivation: KeyDerivation,
        name: &str,
    ) -> Result<Self, RootKeyError> {
        let signer = Signer::generate(&mut OsRng);
        let verifier = signer.verifier_key(name)?;
        let vault = Vault::create(folder, passphrase, derivation)?;
        let seed = SecretHex::new(*signer.seed());
        vault.write_json(
            RECORD,
            &Stored {
                name: name.to_owned(),
                seed,
            },
        )?;
        Ok(Self { signer, verifier })
    }

    /// Takes the root key out of its vault.
    ///
    /// # Errors
    /// [`RootKeyError::NotARoot`], [`RootKeyError::Vault`].
    pub fn open(folder: &Path, passphrase: &Passphrase) -> Result<Self, RootKeyError> {
        let vault = Vault::open(folder, passphrase)?;
        let stored: Stored = vault.read_json(RECORD)?.ok_or(RootKeyError::NotARoot)?;
        let signer = Signer::from_seed(stored.seed.expose());
        let verifier = signer.verifier_key(&stored.name)?;
        Ok(Self { signer, verifier })
    }

    /// Its public half, as it stands in `instance.json`.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.signer.sign_note(text)
    }
}
