//! The newest state leaf against the store: rosters, prekeys and index must be the bytes whose
//! hashes every visitor is shown.

use super::log::Log;
use crate::findings::{Check, Findings};
use crate::world::{Item, World};
use beistand_protocol::hash::sha256;
use beistand_protocol::index::IndexDay;
use beistand_protocol::json;
use beistand_protocol::prekey::PrekeysFile;
use beistand_protocol::roster_chain::RostersFile;
use beistand_protocol::state::{StateDay, StateLeaf};
use beistand_protocol::time::{Day, Epoch};
use std::collections::BTreeMap;

/// Compares the newest state leaf with what is stored.
pub fn check(world: &World, log: &Log, findings: &mut Findings) {
    let Some(state) = &log.state else {
        findings.cannot("what visitors are shown", "the log has no state leaf");
        return;
    };
    let stored = &world.stored;
    let is = |encoded: Result<String, _>, digest| {
        encoded.is_ok_and(|text: String| sha256(text.as_bytes()) == digest)
    };
    // Rosters that nobody refers to any more are kept, but not shown.
    let shown = (0..=stored.rosters.len()).any(|from| {
        let rosters = stored.rosters[from..].to_vec();
        is(json::encode(&RostersFile { v: 1, rosters }), state.rosters)
    });
    let what = "they are not those of the newest state";
    findings.expect(Check::State, shown, "the stored rosters", what);
    let prekeys = json::encode(&PrekeysFile {
        v: 1,
        prekeys: stored.prekeys.clone(),
    });
    findings.expect(
        Check::State,
        is(prekeys, state.prekeys),
        "the stored prekeys",
        what,
    );
    check_index(&stored.items, state, findings);
}

/// The index is not believed but made anew, from the items themselves.
fn check_index(items: &[Item], state: &StateLeaf, findings: &mut Findings) {
    let mut visible: BTreeMap<Day, Vec<(Epoch, &Item)>> = BTreeMap::new();
    for item in items
        .iter()
        .filter(|item| item.class.is_envelope() && item.leaf.is_some())
    {
        if let Some(epoch) = item.epoch {
            visible.entry(item.day).or_default().push((epoch, item));
        }
    }
    let mut made: BTreeMap<Day, StateDay> = BTreeMap::new();
    for (day, mut items) in visible {
        items.sort_by_key(|(epoch, item)| (*epoch, item.slot));
        let slots = items.iter().map(|(_, item)| item.slot).collect();
        let section = IndexDay { day, slots };
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        made.insert(
            day,
            StateDay {
                day,
                count,
                digest: section.digest(),
            },
        );
    }
    for said in &state.index {
        let place = format!("index of day {}", said.day);
        findings.look(Check::State);
        match made.remove(&said.day) {
            Some(found) if found == *said => {}
            Some(found) if found.count != said.count => {
                let what = format!(
                    "the state says {} envelopes, but {} are stored",
                    said.count, found.count
                );
                findings.find(Check::State, place, what);
            }
            Some(_) => {
                findings.find(
                    Check::State,
                    place,
                    "the stored envelopes make another index",
                );
            }
            None => findings.find(
                Check::State,
                place,
                format!(
                    "the state says {} envelopes, but none is stored",
                    said.count
                ),
            ),
        }
    }
    for (day, found) in made {
        let place = format!("index of day {day}");
        let what = format!(
            "{} envelopes are stored that the state does not show",
            found.count
        );
        findings.find(Check::State, place, what);
    }
}
