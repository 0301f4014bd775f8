//! X-Wing: the hybrid key encapsulation of X25519 and ML-KEM-768, as HPKE's
//! `MLKEM768-X25519` (KEM id 0x647a) uses it (section 2).
//!
//! A shared secret is safe as long as one of the two halves is. A secret key is a 32-byte seed
//! from which SHAKE256 expands both halves; the combiner is SHA3-256 over both shared secrets,
//! the X25519 share and key, and X-Wing's label.

use curve25519_dalek::montgomery::MontgomeryPoint;
use curve25519_dalek::traits::IsIdentity as _;
use ml_kem::kem::{Decapsulate as _, DecapsulationKey, EncapsulationKey};
use ml_kem::{EncapsulateDeterministic as _, EncodedSizeUser as _, KemCore as _};
use ml_kem::{MlKem768, MlKem768Params};
use sha3::digest::{Digest as _, ExtendableOutput as _, Update as _, XofReader as _};
use std::fmt;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

/// Bytes of a secret key: the seed both halves are expanded from.
pub const SEED_SIZE: usize = 32;
/// Bytes of a public key: ML-KEM-768 encapsulation key, then X25519 key.
pub const PUBLIC_KEY_SIZE: usize = ML_KEM_KEY_SIZE + X25519_SIZE;
/// Bytes of an encapsulated key: ML-KEM-768 ciphertext, then X25519 share.
pub const ENCAPSULATED_KEY_SIZE: usize = ML_KEM_CIPHERTEXT_SIZE + X25519_SIZE;
/// Bytes of randomness one encapsulation takes.
pub const RANDOMNESS_SIZE: usize = 64;

const ML_KEM_KEY_SIZE: usize = 1184;
const ML_KEM_CIPHERTEXT_SIZE: usize = 1088;
const X25519_SIZE: usize = 32;
const COMBINER_LABEL: &[u8; 6] = br"\.//^\";

/// A secret shared by the two ends of one encapsulation. Wiped when dropped.
#[derive(ZeroizeOnDrop)]
pub struct SharedSecret(Zeroizing<[u8; 32]>);

impl SharedSecret {
    /// The secret's bytes.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

/// Why bytes are no public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not exactly [`PUBLIC_KEY_SIZE`] bytes.
    #[error("a hybrid public key is {PUBLIC_KEY_SIZE} bytes long")]
    Length,
    /// A coefficient of the ML-KEM half is not reduced modulo q (FIPS 203, section 7.2).
    #[error("the ML-KEM half of the key is not in canonical form")]
    Unreduced,
    /// The X25519 half is a point of low order: every shared secret with it is zero.
    #[error("the X25519 half of the key is a point of low order")]
    LowOrder,
}

/// An encapsulated key that nobody can have made honestly: its X25519 share is of low order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the encapsulated key is of low order")]
pub struct DecapsulationError;

/// A checked public key.
#[derive(Clone)]
pub struct EncapsulationPair {
    ml_kem: EncapsulationKey<MlKem768Params>,
    x25519: PublicKey,
    bytes: Box<[u8; PUBLIC_KEY_SIZE]>,
}

/// A secret key with both halves expanded, so that trying it costs one KEM operation only.
#[derive(ZeroizeOnDrop)]
pub struct DecapsulationPair {
    ml_kem: DecapsulationKey<MlKem768Params>,
    x25519: StaticSecret,
    #[zeroize(skip)]
    x25519_public: PublicKey,
}

impl EncapsulationPair {
    /// Reads a public key.
    ///
    /// # Errors
    /// One [`KeyError`] for each thing that can be wrong with it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: Box<[u8; PUBLIC_KEY_SIZE]> =
            Box::new(bytes.try_into().map_err(|_| KeyError::Length)?);
        let (ml_kem_bytes, x25519_bytes) = bytes.split_at(ML_KEM_KEY_SIZE);
        let encoded = ml_kem_bytes.try_into().map_err(|_| KeyError::Length)?;
        let ml_kem = EncapsulationKey::from_bytes(&encoded);
        // This generation of ml-kem reduces silently, so compare with what it would write.
        if ml_kem.as_bytes() != encoded {
            return Err(KeyError::Unreduced);
        }
        let x25519: [u8; X25519_SIZE] = x25519_bytes.try_into().map_err(|_| KeyError::Length)?;
        // Every secret scalar is a multiple of the cofactor 8, so a point that 8 sends to the
        // identity gives no secret. Three doublings show it; a whole exchange would cost more
        // than the encapsulation that follows.
        let times_eight =
            MontgomeryPoint(x25519).mul_bits_be([true, false, false, false].into_iter());
        if times_eight.is_identity() {
            return Err(KeyError::LowOrder);
        }
        let x25519 = PublicKey::from(x25519);
        Ok(Self {
            ml_kem,
            x25519,
            bytes,
        })
    }

    /// The key's one encoding.
    pub fn as_bytes(&self) -> &[u8; PUBLIC_KEY_SIZE] {
        &self.bytes
    }

    /// Encapsulates with the given 64 random bytes: 32 for ML-KEM, 32 for X25519. The same bytes
    /// give the same result, so they must never be used twice outside a test.
    pub fn encapsulate(
        &self,
        randomness: &[u8; RANDOMNESS_SIZE],
    ) -> ([u8; ENCAPSULATED_KEY_SIZE], SharedSecret) {
        let (for_ml_kem, for_x25519) = randomness.split_at(32);
        let mut message = for_ml_kem.try_into().expect("the first half is 32 bytes");
        let (ciphertext, mut ml_kem_secret) = self
            .ml_kem
            .encapsulate_deterministic(&message)
            .expect("ML-KEM encapsulation has no way to fail");
        message.as_mut_slice().zeroize();
        let ephemeral: Zeroizing<[u8; 32]> =
            Zeroizing::new(for_x25519.try_into().expect("the second half is 32 bytes"));
        let ephemeral = StaticSecret::from(*ephemeral);
        let share = PublicKey::from(&ephemeral);
        let x25519_secret = ephemeral.diffie_hellman(&self.x25519);
        let shared = combine(
            &ml_kem_secret,
            x25519_secret.as_bytes(),
            &share,
            &self.x25519,
        );
        ml_kem_secret.as_mut_slice().zeroize();

        let mut encapsulated = [0; ENCAPSULATED_KEY_SIZE];
        encapsulated[..ML_KEM_CIPHERTEXT_SIZE].copy_from_slice(&ciphertext);
        encapsulated[ML_KEM_CIPHERTEXT_SIZE..].copy_from_slice(share.as_bytes());
        (encapsulated, shared)
    }
}

impl DecapsulationPair {
    /// Expands a seed into both halves.
    pub fn from_seed(seed: &[u8; SEED_SIZE]) -> Self {
        let mut expanded = Zeroizing::new([0_u8; 96]);
        let mut xof = sha3::Shake256::default();
        xof.update(seed);
        xof.finalize_xof().read(expanded.as_mut_slice());
        let mut d = expanded[..32].try_into().expect("32 bytes");
        let mut z = expanded[32..64].try_into().expect("32 bytes");
        let (ml_kem, _) = MlKem768::generate_deterministic(&d, &z);
        d.as_mut_slice().zeroize();
        z.as_mut_slice().zeroize();
        let half: Zeroizing<[u8; 32]> =
            Zeroizing::new(expanded[64..].try_into().expect("32 bytes"));
        let x25519 = StaticSecret::from(*half);
        let x25519_public = PublicKey::from(&x25519);
        Self {
            ml_kem,
            x25519,
            x25519_public,
        }
    }

    /// The public half, to which others encapsulate.
    pub fn encapsulation_pair(&self) -> EncapsulationPair {
        let ml_kem = self.ml_kem.encapsulation_key().clone();
        let mut bytes = Box::new([0; PUBLIC_KEY_SIZE]);
        bytes[..ML_KEM_KEY_SIZE].copy_from_slice(&ml_kem.as_bytes());
        bytes[ML_KEM_KEY_SIZE..].copy_from_slice(self.x25519_public.as_bytes());
        EncapsulationPair {
            ml_kem,
            x25519: self.x25519_public,
            bytes,
        }
    }

    /// The shared secret of an encapsulated key. One made for another key gives another secret,
    /// not an error: only the AEAD that uses it can tell.
    ///
    /// # Errors
    /// [`DecapsulationError`] where the X25519 share is of low order.
    pub fn decapsulate(
        &self,
        encapsulated: &[u8; ENCAPSULATED_KEY_SIZE],
    ) -> Result<SharedSecret, DecapsulationError> {
        let (ciphertext, share) = encapsulated.split_at(ML_KEM_CIPHERTEXT_SIZE);
        let share: [u8; X25519_SIZE] = share.try_into().expect("the rest is 32 bytes");
        let share = PublicKey::from(share);
        let x25519_secret = self.x25519.diffie_hellman(&share);
        if !x25519_secret.was_contributory() {
            return Err(DecapsulationError);
        }
        let ciphertext = ciphertext
            .try_into()
            .expect("the first part is an ML-KEM ciphertext");
        let mut ml_kem_secret = self
            .ml_kem
            .decapsulate(&ciphertext)
            .expect("ML-KEM decapsulation rejects implicitly, never with an error");
        let shared = combine(
            &ml_kem_secret,
            x25519_secret.as_bytes(),
            &share,
            &self.x25519_public,
        );
        ml_kem_secret.as_mut_slice().zeroize();
        Ok(shared)
    }
}

impl fmt::Debug for DecapsulationPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DecapsulationPair(…)")
    }
}

fn combine(
    ml_kem_secret: &[u8],
    x25519_secret: &[u8; 32],
    share: &PublicKey,
    key: &PublicKey,
) -> SharedSecret {
    let digest = sha3::Sha3_256::new()
        .chain(ml_kem_secret)
        .chain(x25519_secret)
        .chain(share.as_bytes())
        .chain(key.as_bytes())
        .chain(COMBINER_LABEL)
        .finalize();
    SharedSecret(Zeroizing::new(digest.into()))
}
