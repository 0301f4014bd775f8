//! `instance.json`: made once, pinned by everybody for ever.

use beistand_protocol::bytes::InstanceId;
use beistand_protocol::hash::sha256;
use beistand_protocol::instance::{Instance, InstanceError};
use beistand_protocol::verifier_key::VerifierKey;
use rand::rngs::OsRng;
use rand::RngCore;

/// A new instance under these root keys, with a random id. `threshold` is how many of them a
/// roster needs; where it is not said, more than half.
///
/// # Errors
/// [`InstanceError::Roots`].
pub fn new_instance(
    roots: Vec<VerifierKey>,
    threshold: Option<u8>,
    addresses: Vec<String>,
) -> Result<Instance, InstanceError> {
    let mut id = [0; InstanceId::LENGTH];
    OsRng.fill_bytes(&mut id);
    let majority = u8::try_from(roots.len() / 2 + 1).unwrap_or(u8::MAX);
    let threshold = threshold.unwrap_or(majority);
    let instance = Instance {
        v: 1,
        instance: InstanceId(id),
        roots,
        threshold,
        addresses,
    };
    // The same rules run wherever the file is read.
    Instance::parse(&encode(&instance))
}

/// The bytes of the file.
pub fn encode(instance: &Instance) -> Vec<u8> {
    let mut text = serde_json::to_string_pretty(instance).expect("an instance is always JSON");
    text.push('\n');
    text.into_bytes()
}

/// What two people compare to know that they have the same instance, whatever the spelling of
/// their files: the first 80 bits of a hash, in groups of four hexadecimal digits.
pub fn fingerprint(instance: &Instance) -> String {
    grouped(&sha256(&encode(instance)).0)
}

/// The first 80 bits of a hash in groups of four hexadecimal digits.
pub(crate) fn grouped(digest: &[u8; 32]) -> String {
    digest[..10]
        .chunks(2)
        .map(hex::encode)
        .collect::<Vec<_>>()
        .join(" ")
}
