//! One record in one file: its name, sealed for the file name it has, then its content, sealed
//! for that name. So a listing reads only the beginnings, and no file can stand for another.
//!
//! ```text
//! nonce[24] ‖ seal(name, padded to 128) ‖ nonce[24] ‖ seal(length[4] ‖ content ‖ zeros)
//! ```
//!
//! The content is padded to a multiple of 4 KiB, so that sizes say little.

use super::header::VaultKey;
use super::VaultError;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use rand::rngs::OsRng;
use rand::RngCore;
use sha2::Sha256;
use zeroize::Zeroizing;

const NONCE: usize = 24;
const TAG: usize = 16;
const NAME_SIZE: usize = 128;
const BLOCK: usize = 4096;

/// Bytes of a file before its content.
pub(super) const HEAD_SIZE: usize = NONCE + NAME_SIZE + TAG;

/// Whether a file can be one of a record.
pub(super) fn is_file_name(name: &str) -> bool {
    name.len() == 32
        && name
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

pub(super) struct RecordKeys {
    content: XChaCha20Poly1305,
    names: Zeroizing<[u8; 32]>,
}

impl RecordKeys {
    pub(super) fn new(vault_key: &VaultKey) -> Self {
        let derive = |label: &[u8]| {
            let mut key = Zeroizing::new([0; 32]);
            Hkdf::<Sha256>::new(None, vault_key.as_slice())
                .expand(label, key.as_mut_slice())
                .expect("32 bytes are a valid length");
            key
        };
        let content = derive(b"beistand/v1/vault-records");
        Self {
            content: XChaCha20Poly1305::new(content.as_slice().into()),
            names: derive(b"beistand/v1/vault-names"),
        }
    }

    /// The file a record of that name lies in.
    pub(super) fn file_name(&self, name: &str) -> String {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(self.names.as_slice())
            .expect("an HMAC takes a key of any length");
        mac.update(name.as_bytes());
        hex::encode(&mac.finalize().into_bytes()[..16])
    }

    pub(super) fn seal(&self, name: &str, content: &[u8]) -> Vec<u8> {
        assert!(name.len() < NAME_SIZE, "record names are ours and short");
        let mut padded_name = [0; NAME_SIZE];
        padded_name[..name.len()].copy_from_slice(name.as_bytes());
        let length = u32::try_from(content.len()).expect("no record has 4 GiB");
        let mut padded = Zeroizing::new(Vec::with_capacity(content.len() + BLOCK + 4));
        padded.extend_from_slice(&length.to_be_bytes());
        padded.extend_from_slice(content);
        let size = padded.len().next_multiple_of(BLOCK);
        padded.resize(size, 0);
        let mut file = self.seal_piece(&padded_name, self.file_name(name).as_bytes());
        file.extend_from_slice(&self.seal_piece(&padded, name.as_bytes()));
        file
    }

    /// The content of the record `name` from its file.
    pub(super) fn open(&self, name: &str, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (head, sealed) = file
            .split_at_checked(HEAD_SIZE)
            .ok_or(VaultError::Damaged)?;
        if self.open_name(&self.file_name(name), head)? != name {
            return Err(VaultError::Damaged);
        }
        let padded = self.open_piece(sealed, name.as_bytes())?;
        let (length, rest) = padded.split_first_chunk::<4>().ok_or(VaultError::Damaged)?;
        let length = u32::from_be_bytes(*length) as usize;
        let content = rest.get(..length).ok_or(VaultError::Damaged)?;
        Ok(Zeroizing::new(content.to_vec()))
    }

    /// The record name in the head of the file `file_name`.
    pub(super) fn open_name(&self, file_name: &str, head: &[u8]) -> Result<String, VaultError> {
        if head.len() != HEAD_SIZE {
            return Err(VaultError::Damaged);
        }
        let padded = self.open_piece(head, file_name.as_bytes())?;
        let end = padded
            .iter()
            .position(|&byte| byte == 0)
            .ok_or(VaultError::Damaged)?;
        String::from_utf8(padded[..end].to_vec()).map_err(|_| VaultError::Damaged)
    }

    fn seal_piece(&self, plaintext: &[u8], bound_to: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        OsRng.fill_bytes(&mut nonce);
        let payload = Payload {
            msg: plaintext,
            aad: bound_to,
        };
        let sealed = self
            .content
            .encrypt(XNonce::from_slice(&nonce), payload)
            .expect("no record is too long to seal");
        [&nonce[..], &sealed].concat()
    }

    fn open_piece(&self, piece: &[u8], bound_to: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (nonce, sealed) = piece.split_at_checked(NONCE).ok_or(VaultError::Damaged)?;
        let payload = Payload {
            msg: sealed,
            aad: bound_to,
        };
        self.content
            .decrypt(XNonce::from_slice(nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| VaultError::Damaged)
    }
}
