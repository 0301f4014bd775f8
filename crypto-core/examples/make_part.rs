//! Writes one frozen part: `cargo run -p beistand-crypto-core --example make_part -- FILE`. As of
//! envelopes, no two are alike: keep the old ones.
#![expect(
    clippy::disallowed_methods,
    reason = "an example writes files; the crate does not"
)]

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_crypto_core::part::PartKeys;
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_protocol::hash::sha256;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::json;

const NUMBER: u16 = 3;
const DATA: &[u8] = b"A frozen slice of a file.";
const NONCE: usize = 16;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os().nth(1).ok_or("usage: make_part FILE")?;
    let identity = HybridIdentity::from_seed(&[0x3d; 32]);
    let key = [0x3e; 32];
    let text = identity.to_text();
    let keys = PartKeys::new(identity, SecretHex::new(key));
    let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
    let sealed = keys.seal(NUMBER, DATA, &mut rng)?;
    let (blob, header) = (sealed.bytes(), sealed.header_size());
    // Where a flipped bit leaves a letter of base64, the header keeps its form.
    let letter_from = |from: usize| {
        let mut places = from..header;
        places.find(|&at| (blob[at] ^ 1).is_ascii_alphanumeric())
    };
    let case = json!({
        "identity": *text,
        "key": hex::encode(key),
        "number": NUMBER,
        "data": STANDARD.encode(DATA),
        "header": STANDARD.encode(&blob[..header]),
        "nonce": STANDARD.encode(&blob[header..header + NONCE]),
        "sha256": sha256(blob),
        "flipped": [
            { "at": 0, "expect": "missing" },
            { "at": letter_from(100), "expect": "foreign" },
            { "at": letter_from(header - 30), "expect": "altered" },
            { "at": header, "expect": "altered" },
            { "at": header + NONCE, "expect": "altered" },
            { "at": blob.len() - 1, "expect": "altered" },
        ],
    });
    let text = serde_json::to_string_pretty(&json!({ "kind": "part", "cases": [case] }))?;
    std::fs::write(&file, text + "\n")?;
    Ok(())
}
