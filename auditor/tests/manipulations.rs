//! One test a manipulation: the auditor finds it, and nothing else.

mod support;

use beistand_auditor::check_world;
use beistand_auditor::findings::{Check, Findings};
use beistand_auditor::world::{Content, World};
use beistand_protocol::bytes::{DeleteKey, Digest};
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::GrammarError;
use beistand_protocol::leaf::Leaf;
use beistand_protocol::time::Day;
use beistand_protocol::tombstone::Tombstone;
use support::{item, Key, Maker, TODAY};

fn checks(findings: &Findings) -> Vec<Check> {
    let mut checks: Vec<Check> = findings
        .findings
        .iter()
        .map(|finding| finding.check)
        .collect();
    checks.sort_unstable();
    checks.dedup();
    checks
}

fn found(world: &World) -> Vec<Check> {
    checks(&check_world(world))
}

#[test]
fn a_world_in_order_is_clean_and_everything_was_looked_at() {
    let mut maker = Maker::new();
    maker.world.served = Some(maker.served());
    let findings = check_world(&maker.world);
    assert_eq!(findings.findings, []);
    assert_eq!(findings.not_made, []);
    for check in [Check::Grammar, Check::Commitments] {
        assert!(findings.examined[&check] >= 3, "{check:?}");
    }
    assert_eq!(findings.examined[&Check::Tree], 6);
}

#[test]
fn an_empty_store_is_clean_and_says_what_was_not_checked() {
    let findings = check_world(&World::default());
    assert_eq!(findings.findings, []);
    assert!(!findings.not_made.is_empty());
}

#[test]
fn without_an_instance_file_the_first_roster_is_believed_and_that_is_said() {
    let mut maker = Maker::new();
    maker.world.instance = None;
    let findings = check_world(&maker.world);
    assert_eq!(findings.findings, []);
    assert!(findings
        .not_made
        .iter()
        .any(|not_made| not_made.why.contains("--instance")));
}

#[test]
fn a_blob_that_was_exchanged() {
    let mut maker = Maker::new();
    let other = Content::Blob {
        digest: Digest([9; 32]),
        grammar: Ok(()),
    };
    maker.world.stored.items[0].content = other;
    assert_eq!(found(&maker.world), [Check::Commitments]);
}

#[test]
fn a_blob_that_is_no_envelope() {
    let mut maker = Maker::new();
    let Content::Blob { grammar, .. } = &mut maker.world.stored.items[0].content else {
        panic!()
    };
    *grammar = Err(GrammarError::ForeignStanza);
    assert_eq!(found(&maker.world), [Check::Grammar]);
}

#[test]
fn a_dropped_blob() {
    for position in [0, 3] {
        let mut maker = Maker::new();
        maker.world.stored.items.remove(position);
        assert!(
            found(&maker.world).contains(&Check::Completeness),
            "item {position}"
        );
    }
}

#[test]
fn a_dropped_blob_that_passes_for_a_deleted_one() {
    let mut maker = Maker::new();
    let digest = beistand_protocol::hash::sha256(&[1]);
    let forged = Tombstone {
        key: DeleteKey([0x55; 32]),
        blob: digest,
    };
    maker.world.stored.items[0].content = Content::Tombstone(forged);
    assert_eq!(found(&maker.world), [Check::Commitments]);
}

#[test]
fn something_stored_that_was_never_logged() {
    let mut maker = Maker::new();
    let mut extra = item(9, BlobClass::Part, false);
    extra.leaf = Some(2);
    maker.world.stored.items.push(extra);
    assert_eq!(
        found(&maker.world),
        [Check::Completeness, Check::Commitments]
    );
}

#[test]
fn an_item_backdated() {
    let mut maker = Maker::new();
    maker.world.stored.items[3].day = Day(TODAY.0 - 1);
    assert_eq!(
        found(&maker.world),
        [Check::Completeness, Check::Commitments]
    );
}

#[test]
fn an_envelope_hidden_from_the_index() {
    let mut maker = Maker::new();
    maker.world.stored.items[0].epoch = None;
    assert_eq!(found(&maker.world), [Check::State]);
}

#[test]
fn a_leaf_exchanged_a_leaf_cut_off_a_leaf_added() {
    let mut maker = Maker::new();
    maker.world.stored.leaves[4] = format!("put|part|{TODAY}|{}", Digest([1; 32]));
    assert_eq!(found(&maker.world), [Check::Commitments, Check::Tree]);
    let mut maker = Maker::new();
    maker.world.stored.leaves.pop();
    assert!(found(&maker.world).contains(&Check::Tree));
    let mut maker = Maker::new();
    let state = maker.world.stored.leaves[5].clone();
    maker.world.stored.leaves.push(state);
    assert_eq!(found(&maker.world), [Check::Tree]);
}

#[test]
fn a_leaf_that_says_more_than_a_leaf_may() {
    let mut maker = Maker::new();
    maker.world.stored.leaves[0].push_str("|192.0.2.1");
    assert!(found(&maker.world).contains(&Check::Records));
}

#[test]
fn a_checkpoint_signed_by_somebody_else() {
    let mut maker = Maker::new();
    maker.log = Key::new("log", 99);
    maker.log_everything(&[]);
    assert_eq!(found(&maker.world), [Check::Signatures]);
}

#[test]
fn a_roster_signed_by_somebody_else() {
    let mut maker = Maker::new();
    let note = &maker.world.stored.rosters[0];
    let text = note[..=note.rfind("\n\n").unwrap()].to_owned();
    maker.world.stored.rosters[0] = Key::new("root", 99).sign(&text);
    maker.log_everything(&[]);
    assert_eq!(found(&maker.world), [Check::Rosters]);
}

#[test]
fn a_roster_the_log_does_not_have() {
    let mut maker = Maker::new();
    maker.world.stored.leaves[0] = format!("roster|{}", Digest([3; 32]));
    assert_eq!(found(&maker.world), [Check::Tree, Check::Rosters]);
}

#[test]
fn rosters_or_prekeys_that_visitors_are_not_shown() {
    let mut maker = Maker::new();
    maker.world.stored.prekeys.push("not a note".to_owned());
    assert_eq!(found(&maker.world), [Check::Prekeys, Check::State]);
}

#[test]
fn a_day_that_is_gone_must_be_gone_and_counted() {
    // All of today is logged as gone, and is gone.
    let mut maker = Maker::new();
    maker.log_everything(&[Leaf::Gone {
        day: TODAY,
        count: 4,
    }]);
    let kept = std::mem::take(&mut maker.world.stored.items);
    assert_eq!(found(&maker.world), [Check::State]);
    // It is not gone.
    maker.world.stored.items = kept;
    assert_eq!(found(&maker.world), [Check::Completeness]);
    // One was dropped before and is not in the count.
    let mut maker = Maker::new();
    maker.log_everything(&[Leaf::Gone {
        day: TODAY,
        count: 3,
    }]);
    maker.world.stored.items.clear();
    assert!(found(&maker.world).contains(&Check::Completeness));
}

#[test]
fn a_server_that_holds_another_log_key_than_the_roster_names() {
    let mut maker = Maker::new();
    maker.world.stored.log_key = Some(maker.log.1.clone());
    assert_eq!(found(&maker.world), []);
    maker.world.stored.log_key = Some(Key::new("log", 99).1);
    assert_eq!(found(&maker.world), [Check::Signatures]);
}

#[test]
fn what_is_served_is_not_what_was_signed_or_stored() {
    // Another index than the state says.
    let mut maker = Maker::new();
    let mut served = maker.served();
    served.index.truncate(8 + 16);
    served.index[7] = 1;
    maker.world.served = Some(served);
    assert_eq!(found(&maker.world), [Check::Served]);
    // An old state.
    let mut maker = Maker::new();
    let mut served = maker.served();
    served.loaded.0 += 3 * 86_400;
    maker.world.served = Some(served);
    assert_eq!(found(&maker.world), [Check::Served]);
    // A second log: signed by the right key, and not the one that is stored.
    let mut other = Maker::new();
    other.world.stored.items.remove(0);
    other.log_everything(&[]);
    let mut maker = Maker::new();
    maker.world.served = Some(other.served());
    let findings = check_world(&maker.world);
    assert_eq!(checks(&findings), [Check::Served]);
    assert!(findings.findings[0].what.contains("never had this state"));
}
