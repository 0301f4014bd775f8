//! The Merkle tree of RFC 6962 section 2.1: hashes, the compact range that is all a log has to
//! keep to go on growing, and inclusion proofs.

use crate::bytes::Digest;
use sha2::{Digest as _, Sha256};

/// The hash of a leaf: SHA-256(0x00 ‖ data).
pub fn leaf_hash(data: &[u8]) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(data);
    Digest(hasher.finalize().into())
}

/// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left.0);
    hasher.update(right.0);
    Digest(hasher.finalize().into())
}

/// The roots of the complete subtrees that cover the first `size` leaves, largest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompactRange {
    size: u64,
    roots: Vec<Digest>,
}

impl CompactRange {
    /// A tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes up a range that was stored. `None` where the number of roots does not fit the size.
    pub fn from_parts(size: u64, roots: Vec<Digest>) -> Option<Self> {
        (roots.len() == size.count_ones() as usize).then_some(Self { size, roots })
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The subtree roots, largest first; one for every 1 in the binary of the size.
    pub fn roots(&self) -> &[Digest] {
        &self.roots
    }

    /// Appends a leaf hash and answers the leaf's index.
    pub fn append(&mut self, leaf: Digest) -> u64 {
        let index = self.size;
        let mut node = leaf;
        // Each trailing 1 of the index is a complete subtree waiting for its right sibling.
        for _ in 0..index.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.roots.push(node);
        self.size += 1;
        index
    }

    /// The root hash; of the empty tree, SHA-256 of nothing.
    pub fn root(&self) -> Digest {
        let mut roots = self.roots.iter().rev();
        match roots.next() {
            None => Digest(Sha256::digest([]).into()),
            Some(last) => roots.fold(*last, |right, left| node_hash(left, &right)),
        }
    }

    /// The inclusion proof of the leaf that would be appended next, in the tree of which it is
    /// the last: the subtree roots, smallest first.
    pub fn proof_of_next(&self) -> Vec<Digest> {
        self.roots.iter().rev().copied().collect()
    }
}

/// The root that an inclusion proof leads to (RFC 9162 section 2.1.3.2), or `None` where the
/// proof has not the length that `index` and `size` demand.
pub fn root_from_proof(leaf: Digest, index: u64, size: u64, proof: &[Digest]) -> Option<Digest> {
    if index >= size {
        return None;
    }
    let (mut first, mut second) = (index, size - 1);
    let mut node = leaf;
    for sibling in proof {
        if second == 0 {
            return None;
        }
        if first & 1 == 1 || first == second {
            node = node_hash(sibling, &node);
            while first & 1 == 0 && first != 0 {
                first >>= 1;
                second >>= 1;
            }
        } else {
            node = node_hash(&node, sibling);
        }
        first >>= 1;
        second >>= 1;
    }
    (second == 0).then_some(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The reference tree definition, straight from RFC 6962 section 2.1.
    fn reference(leaves: &[Digest]) -> Digest {
        match leaves.len() {
            0 => Digest(Sha256::digest([]).into()),
            1 => leaves[0],
            n => {
                let k = n.next_power_of_two() / 2;
                node_hash(&reference(&leaves[..k]), &reference(&leaves[k..]))
            }
        }
    }

    #[test]
    fn the_compact_range_is_the_tree_of_the_rfc_and_its_proofs_verify() {
        let mut range = CompactRange::new();
        let mut leaves = Vec::new();
        for i in 0u64..200 {
            let leaf = leaf_hash(&i.to_be_bytes());
            let proof = range.proof_of_next();
            assert_eq!(range.append(leaf), i);
            leaves.push(leaf);
            assert_eq!(range.root(), reference(&leaves));
            assert_eq!(root_from_proof(leaf, i, i + 1, &proof), Some(range.root()));
            let again = CompactRange::from_parts(range.size(), range.roots().to_vec());
            assert_eq!(again, Some(range.clone()));
            if i > 0 {
                assert_ne!(
                    root_from_proof(leaf, i - 1, i + 1, &proof),
                    Some(range.root())
                );
            }
        }
        assert_eq!(CompactRange::from_parts(3, vec![leaf_hash(b"")]), None);
    }
}
