//! The log: every leaf readable, the tree over them the one that was signed, the state last.

use super::notes::Authority;
use crate::findings::{Check, Findings};
use crate::leaf_text;
use crate::world::World;
use beistand_protocol::checkpoint::{self, Checkpoint};
use beistand_protocol::json;
use beistand_protocol::leaf::Leaf;
use beistand_protocol::merkle::{leaf_hash, root_from_proof, CompactRange};
use beistand_protocol::state::{StateLeaf, StateResponse};
use beistand_protocol::verifier_key::VerifierKey;

/// The log as the other checks use it.
#[derive(Default)]
pub struct Log {
    /// The leaves, in order; none where one could not be read.
    pub leaves: Vec<Option<Leaf>>,
    /// The newest state.
    pub state: Option<StateLeaf>,
}

/// Reads the leaves, rebuilds the tree and compares it with the signed checkpoint.
pub fn check(world: &World, authority: Option<&Authority>, findings: &mut Findings) -> Log {
    let leaves = read(world, findings);
    check_epochs(&leaves, findings);
    if let Some(authority) = authority {
        check_rosters_logged(&leaves, authority, findings);
        check_challenges(world, authority, findings);
    }
    check_tree(world, authority, findings);
    let state = match leaves.last() {
        Some(Some(Leaf::State(state))) => Some(state.clone()),
        None => None,
        Some(_) => {
            findings.find(Check::Tree, "the last leaf", "it is not a state leaf");
            None
        }
    };
    Log { leaves, state }
}

fn read(world: &World, findings: &mut Findings) -> Vec<Option<Leaf>> {
    let mut leaves = Vec::with_capacity(world.stored.leaves.len());
    for (index, text) in world.stored.leaves.iter().enumerate() {
        let leaf = leaf_text::parse(text);
        findings.expect(
            Check::Records,
            leaf.is_some(),
            &format!("leaf {index}"),
            "it is not a leaf this auditor knows",
        );
        leaves.push(leaf);
    }
    leaves
}

/// Epochs only grow from state to state.
fn check_epochs(leaves: &[Option<Leaf>], findings: &mut Findings) {
    let mut before = None;
    for (index, leaf) in leaves.iter().enumerate() {
        let Some(Leaf::State(state)) = leaf else {
            continue;
        };
        let grows = before.is_none_or(|before| before <= (state.epoch, state.day));
        findings.expect(
            Check::State,
            grows,
            &format!("leaf {index}"),
            "its epoch or day is before that of the state leaf before it",
        );
        before = Some((state.epoch, state.day));
    }
}

fn check_rosters_logged(leaves: &[Option<Leaf>], authority: &Authority, findings: &mut Findings) {
    let known = authority.chain.all();
    for signed in known {
        let logged = leaves
            .iter()
            .flatten()
            .any(|leaf| matches!(leaf, Leaf::Roster { digest } if *digest == signed.digest));
        findings.expect(
            Check::Rosters,
            logged,
            &format!("roster {}", signed.roster.version),
            "the log has no leaf for it",
        );
    }
}

fn check_challenges(world: &World, authority: &Authority, findings: &mut Findings) {
    for (position, note) in world.stored.challenges.iter().enumerate() {
        let signed = verify(authority, note).is_some();
        let place = format!("stored first checkpoint {position}");
        let what = "it is not signed by the log key of any stored roster";
        findings.expect(Check::Signatures, signed, &place, what);
    }
}

fn check_tree(world: &World, authority: Option<&Authority>, findings: &mut Findings) {
    let stored = &world.stored;
    let Some(state) = &stored.state else {
        if !stored.leaves.is_empty() {
            findings.find(
                Check::Tree,
                "the log",
                "it has leaves, but no state was published",
            );
        }
        return;
    };
    let Ok(state) = json::parse::<StateResponse>(state.as_bytes()) else {
        findings.find(
            Check::Records,
            "the published state",
            "it is not of the form of a state",
        );
        return;
    };
    let last = stored.leaves.last() == Some(&state.leaf);
    let what = "its leaf is not the last one of the log";
    findings.expect(Check::State, last, "the published state", what);
    let Some(authority) = authority else {
        findings.cannot(
            "the checkpoint",
            "no verified roster names the key it must be signed by",
        );
        return;
    };
    let what = "it is not signed by the log key of any stored roster";
    let challenge = verify(authority, &state.challenge).is_some();
    findings.expect(
        Check::Signatures,
        challenge,
        "the published stamp challenge",
        what,
    );
    findings.look(Check::Signatures);
    let Some(checkpoint) = verify(authority, &state.checkpoint) else {
        findings.find(Check::Signatures, "the checkpoint", what);
        return;
    };
    let head = checkpoint.head;
    let index = head.size.checked_sub(1);
    let proven = index.and_then(|index| {
        root_from_proof(
            leaf_hash(state.leaf.as_bytes()),
            index,
            head.size,
            &state.proof,
        )
    });
    let what = "its proof does not lead from its leaf to the checkpoint's root";
    findings.expect(
        Check::State,
        proven == Some(head.root),
        "the published state",
        what,
    );
    let mut tree = CompactRange::new();
    for leaf in &stored.leaves {
        tree.append(leaf_hash(leaf.as_bytes()));
    }
    findings.look_at(Check::Tree, tree.size());
    if tree.size() != checkpoint.head.size {
        let what = format!(
            "{} leaves are stored, but the checkpoint counts {}",
            tree.size(),
            checkpoint.head.size
        );
        findings.find(Check::Tree, "the log", what);
    } else if tree.root() != checkpoint.head.root {
        findings.find(
            Check::Tree,
            "the log",
            "its leaves lead to another root than was signed",
        );
    }
}

/// The log key may have changed from roster to roster.
fn verify(authority: &Authority, note: &str) -> Option<Checkpoint> {
    let mut keys: Vec<&VerifierKey> = Vec::new();
    for signed in authority.chain.all().iter().rev() {
        if !keys.contains(&&signed.roster.log) {
            keys.push(&signed.roster.log);
        }
    }
    let instance = &authority.instance.instance;
    keys.into_iter()
        .find_map(|key| checkpoint::verify(instance, key, note.as_bytes()).ok())
        .map(beistand_protocol::trust::Verified::into_inner)
}
