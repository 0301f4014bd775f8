//! Examples of others: what the specifications show must come out here too.

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use beistand_protocol::hash::sha256;
use beistand_protocol::merkle::{leaf_hash, root_from_proof, CompactRange};
use beistand_protocol::note;
use beistand_protocol::verifier_key::VerifierKey;

/// The example of C2SP signed-note.
const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const TEXT: &str = "This is an example message.\n";
const SIGNATURE: &str =
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRK\
                         uwHjG1Yu72IneyaQM=";

fn signature() -> ([u8; 4], [u8; 64]) {
    let bytes = STANDARD.decode(SIGNATURE).unwrap();
    let (id, signature) = bytes.split_at(4);
    (id.try_into().unwrap(), signature.try_into().unwrap())
}

#[test]
fn the_key_of_a_signed_note() {
    let key: VerifierKey = KEY.parse().unwrap();
    assert_eq!(key.name(), "example.com/foo");
    assert_eq!(key.id(), [0x53, 0x0d, 0x90, 0x3a]);
    assert_eq!(key.to_string(), KEY);
    assert_eq!(VerifierKey::new(key.name(), key.public_key()).unwrap(), key);
    // An id that is not that of name and key.
    assert!(KEY
        .replace("530d903a", "530d903b")
        .parse::<VerifierKey>()
        .is_err());
}

#[test]
fn the_signature_of_a_signed_note() {
    let key: VerifierKey = KEY.parse().unwrap();
    let (id, signature) = signature();
    assert_eq!(id, key.id());
    assert!(key.verifies(TEXT.as_bytes(), &signature));
    // The newline at the end is part of the text.
    assert!(!key.verifies(TEXT.trim_end().as_bytes(), &signature));
    // Written by us, it would be the same note.
    let ours = note::sign(TEXT, &key, |text| {
        assert_eq!(text, TEXT.as_bytes());
        signature
    });
    assert_eq!(ours, format!("{TEXT}\n— example.com/foo {SIGNATURE}\n"));
}

/// The leaves of the reference tree of Certificate Transparency (RFC 6962), and the roots of its
/// first 1 to 8 of them.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn the_tree_of_certificate_transparency() {
    let mut tree = CompactRange::new();
    assert_eq!(tree.root(), sha256(b""));
    for (i, (leaf, root)) in LEAVES.iter().zip(ROOTS).enumerate() {
        let leaf = leaf_hash(&hex::decode(leaf).unwrap());
        let proof = tree.proof_of_next();
        tree.append(leaf);
        assert_eq!(tree.root().to_string(), root, "{} leaves", i + 1);
        let size = i as u64 + 1;
        let proven = root_from_proof(leaf, i as u64, size, &proof);
        assert_eq!(proven, Some(tree.root()), "{size} leaves");
    }
}
