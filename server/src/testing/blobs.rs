//! Blobs that follow the grammar and hold noise.

use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::Engine as _;
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::{
    SealedBlob, AGE_VERSION_LINE, ENCAPSULATED_KEY_SIZE, STANZA_TAG, WRAPPED_FILE_KEY_SIZE,
};
use rand::RngCore;

/// A blob of `class` that nobody can open.
pub fn sealed_blob(class: BlobClass, random: &mut impl RngCore) -> SealedBlob {
    let mut noise = |size: usize| {
        let mut bytes = vec![0; size];
        random.fill_bytes(&mut bytes);
        bytes
    };
    let mut blob = [AGE_VERSION_LINE, b"\n"].concat();
    for _ in 0..class.stanzas() {
        let key = STANDARD_NO_PAD.encode(noise(ENCAPSULATED_KEY_SIZE));
        let body = STANDARD_NO_PAD.encode(noise(WRAPPED_FILE_KEY_SIZE));
        blob.extend_from_slice(format!("-> {STANZA_TAG} {key}\n{body}\n").as_bytes());
    }
    let mac = STANDARD_NO_PAD.encode(noise(32));
    blob.extend_from_slice(format!("--- {mac}\n").as_bytes());
    let payload = noise(class.size() - blob.len());
    blob.extend_from_slice(&payload);
    SealedBlob::parse(class, blob).expect("the generator follows the grammar")
}
