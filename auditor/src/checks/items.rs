//! What lies on the wall against what the log says was put there, both ways: nothing stored that
//! was not logged, nothing logged that was lost before its day was over.

use super::log::Log;
use crate::findings::{Check, Findings};
use crate::world::{Content, Item, World};
use beistand_protocol::bytes::Slot;
use beistand_protocol::leaf::Leaf;
use beistand_protocol::time::Day;
use std::collections::{BTreeMap, BTreeSet};

/// Checks grammar and commitment of every item, and that every logged put is still there.
pub fn check(world: &World, log: &Log, findings: &mut Findings) {
    let mut slots: BTreeSet<Slot> = BTreeSet::new();
    let mut leaves: BTreeSet<u64> = BTreeSet::new();
    let mut waiting = 0;
    for item in &world.stored.items {
        let place = item.place();
        findings.look(Check::Completeness);
        if !slots.insert(item.slot) {
            findings.find(Check::Completeness, &place, "its slot is stored twice");
        }
        check_grammar(item, &place, findings);
        match item.leaf {
            Some(index) => {
                if !leaves.insert(index) {
                    findings.find(Check::Commitments, &place, "another item has the same leaf");
                }
                check_commitment(item, index, log, &place, findings);
            }
            None => waiting += 1,
        }
    }
    if waiting > 0 {
        findings.cannot(
            format!("the log's commitment to {waiting} stored items"),
            "their epoch had not closed when the server stopped; it closes when it starts again",
        );
    }
    check_nothing_lost(world, log, findings);
}

fn check_grammar(item: &Item, place: &str, findings: &mut Findings) {
    if let Content::Blob { grammar, .. } = &item.content {
        findings.look(Check::Grammar);
        if let Err(error) = grammar {
            findings.find(Check::Grammar, place, error.to_string());
        }
    }
}

fn check_commitment(item: &Item, index: u64, log: &Log, place: &str, findings: &mut Findings) {
    findings.look(Check::Commitments);
    let what = match (leaf(log, index), item.commitment()) {
        // A finding about the content says so already.
        (_, None) if matches!(item.content, Content::Unreadable) => return,
        (_, None) => "its tombstone does not fit what its writer committed to",
        (
            Some(Leaf::Put {
                class,
                day,
                commitment,
            }),
            Some(computed),
        ) => {
            if *class == item.class && *day == item.day && *commitment == computed {
                return;
            }
            "its leaf commits to something else"
        }
        (Some(_), _) => "its leaf is not that of a put",
        (None, _) => "the log has no such leaf",
    };
    findings.find(Check::Commitments, place, what);
}

fn leaf(log: &Log, index: u64) -> Option<&Leaf> {
    log.leaves.get(usize::try_from(index).ok()?)?.as_ref()
}

/// Of each day, as many items as were logged, unless the day was logged as gone: then none, and
/// the count in that leaf is the number of puts.
fn check_nothing_lost(world: &World, log: &Log, findings: &mut Findings) {
    let mut put: BTreeMap<Day, u64> = BTreeMap::new();
    let mut gone: BTreeMap<Day, u64> = BTreeMap::new();
    for leaf in log.leaves.iter().flatten() {
        match leaf {
            Leaf::Put { day, .. } => *put.entry(*day).or_default() += 1,
            Leaf::Gone { day, count } if gone.insert(*day, *count).is_some() => {
                let place = format!("day {day}");
                findings.find(Check::Completeness, place, "it is logged as gone twice");
            }
            _ => {}
        }
    }
    let mut kept: BTreeMap<Day, u64> = BTreeMap::new();
    for item in world.stored.items.iter().filter(|item| item.leaf.is_some()) {
        *kept.entry(item.day).or_default() += 1;
    }
    let days: BTreeSet<Day> = put
        .keys()
        .chain(gone.keys())
        .chain(kept.keys())
        .copied()
        .collect();
    for day in days {
        let count = |counts: &BTreeMap<Day, u64>| counts.get(&day).copied().unwrap_or(0);
        let (put, kept) = (count(&put), count(&kept));
        let place = format!("day {day}");
        findings.look(Check::Completeness);
        match gone.get(&day) {
            None if put == kept => {}
            None => findings.find(
                Check::Completeness,
                place,
                format!("{put} things were logged, but {kept} are stored"),
            ),
            Some(_) if kept > 0 => findings.find(
                Check::Completeness,
                place,
                format!("it is logged as gone, but {kept} things of it are stored"),
            ),
            Some(said) if *said != put => findings.find(
                Check::Completeness,
                place,
                format!("it is logged as gone with {said} things, but {put} were put"),
            ),
            Some(_) => {}
        }
    }
}
