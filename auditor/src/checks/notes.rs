//! Rosters and prekeys: who signed them, and whether they follow from each other.

use crate::findings::{Check, Findings};
use crate::world::World;
use beistand_protocol::instance::Instance;
use beistand_protocol::json;
use beistand_protocol::note::{Domain, RosterDomain};
use beistand_protocol::prekey;
use beistand_protocol::roster::Roster;
use beistand_protocol::roster_chain::{RosterChain, RostersFile};
use beistand_protocol::trust::Verified;

/// Whom the rest of the audit believes: the pinned instance, or what the first roster says of
/// itself where nothing was pinned.
pub struct Authority {
    /// The instance.
    pub instance: Instance,
    /// Its rosters.
    pub chain: Verified<RosterChain>,
}

/// Checks the rosters, then the prekeys under the newest of them.
pub fn check(world: &World, findings: &mut Findings) -> Option<Authority> {
    let stored = &world.stored;
    if stored.rosters.is_empty() {
        findings.cannot(
            "rosters, prekeys and every signature",
            "the server has not taken a roster yet",
        );
        return None;
    }
    let instance = pinned_or_claimed(world, findings)?;
    let file = RostersFile {
        v: 1,
        rosters: stored.rosters.clone(),
    };
    // A version and a list of strings are always JSON.
    let file = json::encode(&file).unwrap_or_default();
    findings.look_at(Check::Rosters, stored.rosters.len() as u64);
    let chain = match RosterChain::verify(&instance, file.as_bytes(), None) {
        Ok(chain) => chain,
        Err(error) => {
            findings.find(Check::Rosters, "the stored rosters", error.to_string());
            return None;
        }
    };
    check_prekeys(
        &instance,
        &chain.current().roster,
        &stored.prekeys,
        findings,
    );
    if let Some(key) = &stored.log_key {
        let same = chain.current().roster.log == *key;
        let what = "it is not the key the newest roster names";
        findings.expect(Check::Signatures, same, "the server's log key", what);
    }
    Some(Authority { instance, chain })
}

fn check_prekeys(instance: &Instance, roster: &Roster, notes: &[String], findings: &mut Findings) {
    for (position, note) in notes.iter().enumerate() {
        findings.look(Check::Prekeys);
        // Each on its own day: how long a server keeps them is not a question of signatures.
        let made_on = day_of(note);
        let result = prekey::verify(&instance.instance, roster, note.as_bytes(), made_on);
        let problem = match result {
            // Its device has left since, or is distrusted; clients pass it by.
            Ok(_) | Err(prekey::PrekeyError::Device) => continue,
            Err(error) => error,
        };
        findings.find(
            Check::Prekeys,
            format!("stored prekey {position}"),
            problem.to_string(),
        );
    }
}

fn day_of(note: &str) -> beistand_protocol::time::Day {
    let line = note.lines().nth(1).unwrap_or_default();
    json::parse_canonical::<prekey::Prekey>(line)
        .map_or(beistand_protocol::time::Day(0), |prekey| prekey.day)
}

fn pinned_or_claimed(world: &World, findings: &mut Findings) -> Option<Instance> {
    if let Some(instance) = &world.instance {
        return Some(instance.clone());
    }
    findings.cannot(
        "that the root keys are the organisation's",
        "no instance file was given: the first stored roster was believed (--instance FILE)",
    );
    let claimed = world.stored.rosters.first().and_then(|note| claimed(note));
    if claimed.is_none() {
        findings.look(Check::Rosters);
        findings.find(
            Check::Rosters,
            "stored roster 0",
            "its text is not that of a roster",
        );
    }
    claimed
}

/// What a roster says of its own instance and root keys.
fn claimed(note: &str) -> Option<Instance> {
    let roster: Roster = json::parse_canonical(note.lines().nth(1)?).ok()?;
    let first_line = RosterDomain::first_line(&roster.instance);
    (note.lines().next() == Some(first_line.as_str())).then(|| Instance {
        v: 1,
        instance: roster.instance,
        roots: roster.roots,
        threshold: roster.threshold,
        addresses: vec![roster.url],
    })
}
