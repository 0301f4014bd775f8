//! Opens the second seal, XChaCha20-Poly1305 under the keys of the key files. What is inside is
//! still sealed to its readers; no auditor opens that.

use super::format::{Record, Secret};
use beistand_protocol::bytes::Slot;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// Opens a record with the key of its day. Bound to it: its key in the database and its clear
/// bytes.
pub fn record(day_key: &[u8; 32], slot: &Slot, record: &Record) -> Option<Secret> {
    let bound = [&b"i"[..], &slot.0, &record.clear].concat();
    let payload = Payload {
        msg: &record.sealed,
        aad: &bound,
    };
    let secret = XChaCha20Poly1305::new(day_key.into())
        .decrypt(XNonce::from_slice(&record.nonce), payload)
        .ok()?;
    Secret::parse(&secret)
}

/// Opens a chunk with the key of its item. Bound to it: its key in the database; the nonce is
/// its number.
pub fn chunk(item_key: &[u8; 32], key: &[u8], number: u16, sealed: &[u8]) -> Option<Vec<u8>> {
    let mut nonce = [0; 24];
    nonce[22..].copy_from_slice(&number.to_be_bytes());
    let payload = Payload {
        msg: sealed,
        aad: key,
    };
    XChaCha20Poly1305::new(item_key.into())
        .decrypt(XNonce::from_slice(&nonce), payload)
        .ok()
}
