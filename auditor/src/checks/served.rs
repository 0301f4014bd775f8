//! What is served: one consistent, signed view, and the same that is stored.

use crate::findings::{Check, Findings};
use crate::served::ServedFiles;
use crate::world::World;
use beistand_protocol::instance::Instance;
use beistand_protocol::json;
use beistand_protocol::snapshot::{Served, Snapshot};
use beistand_protocol::state::StateResponse;

/// Verifies what was served as a visitor does, and compares its state with the stored log.
pub fn check(world: &World, instance: Option<&Instance>, findings: &mut Findings) {
    let Some(files) = &world.served else {
        findings.cannot(
            "what the server serves",
            "only what it stores was given to this audit",
        );
        return;
    };
    let Some(instance) = instance else {
        findings.cannot(
            "what the server serves",
            "no instance is pinned (--instance FILE)",
        );
        return;
    };
    findings.look(Check::Served);
    let served = Served {
        state: &files.state,
        rosters: &files.rosters,
        prekeys: &files.prekeys,
        index: &files.index,
        index_from: files.index_from,
    };
    if let Err(error) = Snapshot::verify(instance, &served, files.loaded, None) {
        findings.find(Check::Served, "what is served", error.to_string());
    }
    check_against_log(world, files, findings);
}

fn check_against_log(world: &World, files: &ServedFiles, findings: &mut Findings) {
    if world.stored.leaves.is_empty() {
        return;
    }
    let leaf = json::parse::<StateResponse>(&files.state).map(|response| response.leaf);
    let logged = leaf.is_ok_and(|leaf| world.stored.leaves.contains(&leaf));
    let what = "the log that is stored never had this state";
    findings.expect(Check::Served, logged, "what is served", what);
}
