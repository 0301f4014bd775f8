//! Frozen parts of attachments. A part is a mebibyte, nearly all of it ciphertext of zeros, so a
//! vector keeps its header and nonce, and the rest is encrypted anew: by the age format's STREAM
//! as its specification has it, written down here once more, not by the age library.

use age::Identity as _;
use age_core::format::Stanza;
use age_core::secrecy::ExposeSecret as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use base64::Engine as _;
use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_crypto_core::part::{PartError, PartKeys, PART_DATA_SIZE};
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_protocol::class::BlobClass;
use beistand_protocol::hash::sha256;
use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::ChaCha20Poly1305;
use hkdf::Hkdf;
use serde_json::Value;
use sha2::Sha256;

/// Bytes of plaintext in a chunk of the STREAM.
const CHUNK: usize = 65_536;
const TAG: usize = 16;
const PAYLOAD_NONCE: usize = 16;
const FILE_KEY: usize = 16;

/// One part, and what it was sealed with.
pub struct FrozenPart {
    /// Which of its file's parts.
    pub number: u16,
    /// What it holds of the file: the beginning, zeros after it.
    pub data: Vec<u8>,
    header: Vec<u8>,
    nonce: [u8; PAYLOAD_NONCE],
    identity: String,
    key: SecretHex<32>,
    sha256: String,
}

impl FrozenPart {
    /// The part of one case of a vector file.
    ///
    /// # Panics
    /// The case is not of that form.
    pub fn of(case: &Value) -> Self {
        let text = |field: &str| case[field].as_str().expect(field).to_owned();
        let bytes = |field: &str| STANDARD.decode(text(field)).expect(field);
        let key = hex::decode(text("key")).expect("key");
        Self {
            number: case["number"]
                .as_u64()
                .and_then(|n| n.try_into().ok())
                .expect("number"),
            data: bytes("data"),
            header: bytes("header"),
            nonce: bytes("nonce").try_into().expect("nonce"),
            identity: text("identity"),
            key: SecretHex::new(key.try_into().expect("key")),
            sha256: text("sha256"),
        }
    }

    /// What opens it.
    pub fn keys(&self) -> PartKeys {
        PartKeys::new(self.identity(), self.key.clone())
    }

    /// Its plaintext: `data[1,044,480] ‖ slot[16] ‖ zeros`.
    pub fn plaintext(&self) -> Vec<u8> {
        let stream = BlobClass::Part.size() - self.header.len() - PAYLOAD_NONCE;
        let chunks = stream.div_ceil(CHUNK + TAG);
        let mut plaintext = self.data.clone();
        plaintext.resize(PART_DATA_SIZE, 0);
        plaintext.extend_from_slice(&self.keys().slot(self.number).0);
        plaintext.resize(stream - chunks * TAG, 0);
        plaintext
    }

    /// The part as it lies on the wall, with this plaintext inside.
    pub fn seal(&self, plaintext: &[u8]) -> Vec<u8> {
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(Some(&self.nonce), &self.file_key())
            .expand(b"payload", &mut key)
            .expect("HKDF gives 32 bytes");
        let cipher = ChaCha20Poly1305::new(&key.into());
        let mut blob = [self.header.as_slice(), &self.nonce].concat();
        let chunks = plaintext.chunks(CHUNK);
        let last = chunks.len() - 1;
        for (counter, chunk) in chunks.enumerate() {
            let mut nonce = [0; 12];
            nonce[3..11].copy_from_slice(&(counter as u64).to_be_bytes());
            nonce[11] = u8::from(counter == last);
            blob.extend(
                cipher
                    .encrypt(&nonce.into(), chunk)
                    .expect("a chunk is short"),
            );
        }
        blob
    }

    fn identity(&self) -> HybridIdentity {
        self.identity.parse().expect("identity")
    }

    /// The file key in the header's first stanza.
    fn file_key(&self) -> [u8; FILE_KEY] {
        let header = std::str::from_utf8(&self.header).expect("a header is text");
        let mut lines = header.lines().skip(1);
        let mut words = lines.next().expect("a stanza").split(' ').skip(1);
        let stanza = Stanza {
            tag: words.next().expect("a tag").to_owned(),
            args: words.map(str::to_owned).collect(),
            body: STANDARD_NO_PAD
                .decode(lines.next().expect("a body"))
                .expect("a body"),
        };
        let file_key = self.identity().unwrap_stanza(&stanza);
        let file_key = file_key
            .expect("the stanza is for it")
            .expect("it is well formed");
        *file_key.expose_secret()
    }
}

/// Checks one case: the same bytes come out, and opening them gives what it should.
///
/// # Panics
/// It does not hold.
pub fn check(case: &Value, name: &str) {
    let part = FrozenPart::of(case);
    let (keys, number) = (part.keys(), part.number);
    let plaintext = part.plaintext();
    let blob = part.seal(&plaintext);
    assert_eq!(blob.len(), BlobClass::Part.size(), "{name}");
    assert_eq!(sha256(&blob).to_string(), part.sha256, "{name}");
    let opened = keys.open(number, &blob).expect(name);
    assert!(*opened == plaintext[..PART_DATA_SIZE], "{name}");

    let failure = |keys: &PartKeys, number: u16, blob: &[u8]| {
        keys.open(number, blob).map(drop).expect_err(name)
    };
    let swapped = failure(&keys, number + 1, &blob);
    assert_eq!(swapped, PartError::Swapped, "{name}");
    let stranger = PartKeys::new(HybridIdentity::from_seed(&[1; 32]), part.key.clone());
    assert_eq!(
        failure(&stranger, number, &blob),
        PartError::Foreign,
        "{name}"
    );
    assert_eq!(
        failure(&keys, number, &blob[1..]),
        PartError::Missing,
        "{name}"
    );
    for flipped in case["flipped"].as_array().expect("flipped") {
        let mut altered = blob.clone();
        let at = flipped["at"].as_u64().expect("at") as usize;
        altered[at] ^= 1;
        let found = match failure(&keys, number, &altered) {
            PartError::Missing => "missing",
            PartError::Foreign => "foreign",
            PartError::Altered => "altered",
            PartError::Swapped => "swapped",
            PartError::TooLarge => "too-large",
        };
        assert_eq!(
            found,
            flipped["expect"].as_str().expect("expect"),
            "{name}, {flipped}"
        );
    }
}
