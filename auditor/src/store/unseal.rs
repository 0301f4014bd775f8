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

/// Opens a blob with the key of its item. Bound to it: class, day and slot; the nonce is zeros,
/// for a key seals one blob.
pub fn blob(key: &[u8; 32], slot: &Slot, record: &Record, sealed: &[u8]) -> Option<Vec<u8>> {
    let bound = [
        &b"b"[..],
        &[record.class.wire()],
        &record.day.0.to_be_bytes(),
        &slot.0,
    ]
    .concat();
    let payload = Payload {
        msg: sealed,
        aad: &bound,
    };
    XChaCha20Poly1305::new(key.into())
        .decrypt(XNonce::from_slice(&[0; 24]), payload)
        .ok()
}
