//! The second seal: what the wall keeps is sealed once more under keys that lie outside the
//! database, because a log-structured store does not forget by itself and destroyed keys do.

use super::layout::{self, Fields, Record, CHUNK_SIZE, SECRET_SIZE};
use crate::store::{ItemRecord, StoreError, Visible};
use beistand_protocol::bytes::{CommitmentNonce, DeleteKey, Digest, Slot};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::rngs::OsRng;
use rand::RngCore as _;
use zeroize::Zeroizing;

/// A key that is destroyed to forget.
pub type ShreddingKey = Zeroizing<[u8; 32]>;

const NONCE_SIZE: usize = 24;

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
    place: u32,
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
        place,
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

/// The nonce of a chunk is its number: an item's key seals one blob, once.
fn chunk_nonce(number: u16) -> [u8; NONCE_SIZE] {
    let mut nonce = [0; NONCE_SIZE];
    if let Some(last) = nonce.last_chunk_mut::<2>() {
        *last = number.to_be_bytes();
    }
    nonce
}

/// A chunk as it goes into the database.
pub struct SealedChunk {
    /// Where it is found.
    pub key: Vec<u8>,
    /// Its ciphertext.
    pub sealed: Vec<u8>,
}

/// Seals a blob in chunks. `item_key` must be this item's alone.
pub fn seal_chunks(
    item_key: &ShreddingKey,
    record: &ItemRecord,
    blob: &[u8],
) -> Result<Vec<SealedChunk>, StoreError> {
    let cipher = XChaCha20Poly1305::new(item_key.as_ref().into());
    let mut chunks = Vec::with_capacity(blob.len().div_ceil(CHUNK_SIZE));
    for (number, chunk) in (0u16..).zip(blob.chunks(CHUNK_SIZE)) {
        let key = layout::chunk_key(record.day, &record.slot, number);
        let sealed = cipher
            .encrypt(
                XNonce::from_slice(&chunk_nonce(number)),
                Payload {
                    msg: chunk,
                    aad: &key,
                },
            )
            .map_err(|_| StoreError::Failed("a blob could not be sealed".to_owned()))?;
        chunks.push(SealedChunk { key, sealed });
    }
    Ok(chunks)
}

/// Opens one chunk, found under `key`, and appends it to `blob`.
pub fn open_chunk(
    item_key: &ShreddingKey,
    key: &[u8],
    number: u16,
    sealed: &[u8],
    blob: &mut Vec<u8>,
) -> Result<(), StoreError> {
    let chunk = XChaCha20Poly1305::new(item_key.as_ref().into())
        .decrypt(
            XNonce::from_slice(&chunk_nonce(number)),
            Payload {
                msg: sealed,
                aad: key,
            },
        )
        .map_err(|_| damaged("a blob does not open"))?;
    blob.extend_from_slice(&chunk);
    Ok(())
}
