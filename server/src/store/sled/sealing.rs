//! The second seal: what the wall keeps is sealed once more under keys that lie outside the
//! database, because a log-structured store does not forget by itself and destroyed keys do.

use super::blob_files::TAG_SIZE;
use super::layout::{self, Fields, Record, SECRET_SIZE};
use crate::store::{ItemRecord, StoreError, Visible};
use beistand_protocol::bytes::{CommitmentNonce, DeleteKey, Digest, Slot};
use chacha20poly1305::aead::{Aead as _, AeadInPlace as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::rngs::OsRng;
use rand::RngCore as _;
use zeroize::Zeroizing;

/// A key that is destroyed to forget.
pub type ShreddingKey = Zeroizing<[u8; 32]>;

const NONCE_SIZE: usize = 24;

/// Where an item's key and blob are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// In the key file of its day.
    pub key: u32,
    /// In the file of its day and class.
    pub blob: u32,
}

/// A fresh key.
pub fn new_key() -> ShreddingKey {
    let mut key = Zeroizing::new([0; 32]);
    OsRng.fill_bytes(key.as_mut());
    key
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

/// Seals a record under the key of its day, with a random nonce: it is sealed anew whenever it
/// changes.
pub fn seal_record(
    day_key: &ShreddingKey,
    places: Places,
    record: &ItemRecord,
) -> Result<Record, StoreError> {
    let mut secret = Zeroizing::new(Vec::with_capacity(SECRET_SIZE));
    secret.extend_from_slice(&record.r.0);
    secret.extend_from_slice(&record.blob.0);
    let leaf = record.visible.map_or(0, |visible| visible.leaf);
    secret.extend_from_slice(&leaf.to_be_bytes());
    secret.push(u8::from(record.deleted.is_some()));
    secret.extend_from_slice(&record.deleted.map_or([0; 32], |key| key.0));
    let mut stored = Record {
        class: record.class,
        shard: record.shard,
        day: record.day,
        delete_hash: record.delete_hash,
        promised: record.promised,
        visible: record.visible.map(|visible| visible.epoch),
        key_place: places.key,
        blob_place: places.blob,
        sealed: Vec::new(),
    };
    let bound = [&layout::item_key(&record.slot)[..], &stored.clear()].concat();
    let mut nonce = [0; NONCE_SIZE];
    OsRng.fill_bytes(&mut nonce);
    let sealed = XChaCha20Poly1305::new(day_key.as_ref().into())
        .encrypt(
            XNonce::from_slice(&nonce),
            Payload {
                msg: &secret,
                aad: &bound,
            },
        )
        .map_err(|_| StoreError::Failed("a record could not be sealed".to_owned()))?;
    stored.sealed = [&nonce[..], &sealed].concat();
    Ok(stored)
}

/// Opens a record.
pub fn open_record(
    day_key: &ShreddingKey,
    slot: &Slot,
    stored: &Record,
) -> Result<ItemRecord, StoreError> {
    let wrong = || damaged("a record does not open");
    let (nonce, sealed) = stored
        .sealed
        .split_first_chunk::<NONCE_SIZE>()
        .ok_or_else(wrong)?;
    let bound = [&layout::item_key(slot)[..], &stored.clear()].concat();
    let secret = XChaCha20Poly1305::new(day_key.as_ref().into())
        .decrypt(
            XNonce::from_slice(nonce),
            Payload {
                msg: sealed,
                aad: &bound,
            },
        )
        .map_err(|_| wrong())?;
    let secret = Zeroizing::new(secret);
    let mut fields = Fields(&secret);
    let record = (|| {
        let r = CommitmentNonce(fields.array()?);
        let blob = Digest(fields.array()?);
        let leaf = u64::from_be_bytes(fields.array()?);
        let [deleted] = fields.array()?;
        let key = DeleteKey(fields.array()?);
        Some(ItemRecord {
            class: stored.class,
            day: stored.day,
            slot: *slot,
            delete_hash: stored.delete_hash,
            shard: stored.shard,
            promised: stored.promised,
            r,
            blob,
            visible: stored.visible.map(|epoch| Visible { epoch, leaf }),
            deleted: (deleted == 1).then_some(key),
        })
    })();
    record.ok_or_else(wrong)
}

/// An item's key seals one blob, once, so the nonce may be fixed.
const BLOB_NONCE: [u8; NONCE_SIZE] = [0; NONCE_SIZE];

/// Seals the blob of `record`. `item_key` must be this item's alone.
pub fn seal_blob(
    item_key: &ShreddingKey,
    record: &ItemRecord,
    mut blob: Vec<u8>,
) -> Result<Vec<u8>, StoreError> {
    blob.reserve_exact(TAG_SIZE);
    let bound = layout::bound_to_blob(record.class, record.day, &record.slot);
    XChaCha20Poly1305::new(item_key.as_ref().into())
        .encrypt_in_place(XNonce::from_slice(&BLOB_NONCE), &bound, &mut blob)
        .map_err(|_| StoreError::Failed("a blob could not be sealed".to_owned()))?;
    Ok(blob)
}

/// Opens the blob of `record`.
pub fn open_blob(
    item_key: &ShreddingKey,
    record: &ItemRecord,
    mut sealed: Vec<u8>,
) -> Result<Vec<u8>, StoreError> {
    let bound = layout::bound_to_blob(record.class, record.day, &record.slot);
    XChaCha20Poly1305::new(item_key.as_ref().into())
        .decrypt_in_place(XNonce::from_slice(&BLOB_NONCE), &bound, &mut sealed)
        .map_err(|_| damaged("a blob does not open"))?;
    Ok(sealed)
}
