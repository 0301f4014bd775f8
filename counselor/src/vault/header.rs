//! `vault.json`: how the passphrase becomes a key, and the random vault key sealed under it.

use super::VaultError;
use crate::passphrase::Passphrase;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::rngs::OsRng;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const LABEL: &[u8] = b"beistand/v1/vault-key";
const NAME: &str = "argon2id";
/// The most memory a header may demand, in KiB: a foreign one must not stop the machine.
const MOST_MEMORY: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;

pub(super) type VaultKey = Zeroizing<[u8; 32]>;

/// How costly it is to try a passphrase (Argon2id).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyDerivation {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl KeyDerivation {
    /// What every vault is made with: 64 MiB, 3 passes, 1 lane.
    pub const STANDARD: Self = Self {
        memory: 64 * 1024,
        passes: 3,
        lanes: 1,
    };

    /// Protects nothing; for tests that make many vaults.
    #[doc(hidden)]
    pub const FOR_TESTS: Self = Self {
        memory: 64,
        passes: 1,
        lanes: 1,
    };

    fn key(&self, passphrase: &Passphrase, salt: &[u8]) -> Result<VaultKey, VaultError> {
        let within = self.memory <= MOST_MEMORY && self.passes <= MOST_PASSES;
        let params = Params::new(self.memory, self.passes, self.lanes, Some(32))
            .ok()
            .filter(|_| within)
            .ok_or(VaultError::Damaged)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice())
            .map_err(|_| VaultError::Damaged)?;
        Ok(key)
    }
}

/// The file, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    v: u8,
    derivation: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    nonce: String,
    sealed_key: String,
}

impl Header {
    pub(super) fn create(passphrase: &Passphrase, derivation: KeyDerivation) -> (Self, VaultKey) {
        let (mut salt, mut nonce) = ([0; 16], [0; 24]);
        let mut vault_key = Zeroizing::new([0; 32]);
        OsRng.fill_bytes(&mut salt);
        OsRng.fill_bytes(&mut nonce);
        OsRng.fill_bytes(vault_key.as_mut_slice());
        let key = derivation
            .key(passphrase, &salt)
            .expect("our own parameters are valid");
        let payload = Payload {
            msg: vault_key.as_slice(),
            aad: LABEL,
        };
        let sealed = XChaCha20Poly1305::new(key.as_slice().into())
            .encrypt(XNonce::from_slice(&nonce), payload)
            .expect("32 bytes are not too long to seal");
        let header = Self {
            v: VERSION,
            derivation: NAME.to_owned(),
            memory_kib: derivation.memory,
            passes: derivation.passes,
            lanes: derivation.lanes,
            salt: STANDARD.encode(salt),
            nonce: STANDARD.encode(nonce),
            sealed_key: STANDARD.encode(sealed),
        };
        (header, vault_key)
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, VaultError> {
        #[derive(Deserialize)]
        struct Preface {
            v: u64,
        }
        let preface: Preface = serde_json::from_slice(bytes).map_err(|_| VaultError::Damaged)?;
        if preface.v != u64::from(VERSION) {
            return Err(VaultError::Version);
        }
        serde_json::from_slice(bytes).map_err(|_| VaultError::Damaged)
    }

    pub(super) fn encode(&self) -> String {
        serde_json::to_string_pretty(self).expect("a header is always JSON")
    }

    pub(super) fn open(&self, passphrase: &Passphrase) -> Result<VaultKey, VaultError> {
        if self.derivation != NAME {
            return Err(VaultError::Version);
        }
        let derivation = KeyDerivation {
            memory: self.memory_kib,
            passes: self.passes,
            lanes: self.lanes,
        };
        let decode = |text: &str| STANDARD.decode(text).map_err(|_| VaultError::Damaged);
        let nonce: [u8; 24] = decode(&self.nonce)?
            .try_into()
            .map_err(|_| VaultError::Damaged)?;
        let sealed = decode(&self.sealed_key)?;
        let key = derivation.key(passphrase, &decode(&self.salt)?)?;
        let payload = Payload {
            msg: &sealed,
            aad: LABEL,
        };
        let opened = XChaCha20Poly1305::new(key.as_slice().into())
            .decrypt(XNonce::from_slice(&nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| VaultError::WrongPassphrase)?;
        let vault_key = opened
            .as_slice()
            .try_into()
            .map_err(|_| VaultError::Damaged)?;
        Ok(Zeroizing::new(vault_key))
    }
}
