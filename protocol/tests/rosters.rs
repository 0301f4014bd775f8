//! Which rosters are believed: P7 of the threat model, as far as rosters go.
mod support;

use beistand_protocol::bytes::{Digest, InstanceId};
use beistand_protocol::note::NoteError;
use beistand_protocol::roster::{Roster, Writer};
use beistand_protocol::roster_chain::{RosterChain, RosterError, SeenRoster};
use beistand_protocol::roster_rules::RosterRule;
use beistand_protocol::time::UnixTime;
use support::{key, rosters_file, world, World, NOW};

fn chain(world: &World, notes: Vec<String>) -> Result<RosterChain, RosterError> {
    RosterChain::verify(&world.instance, &rosters_file(notes), None).map(|c| c.into_inner())
}

fn second(world: &World) -> Roster {
    let first = chain(world, vec![world.roster_note(&world.roster())]).unwrap();
    Roster {
        version: 2,
        previous: Some(first.current().digest),
        ..world.roster()
    }
}

#[test]
fn a_chain_is_followed_to_its_newest_roster() {
    let world = world();
    let notes = vec![
        world.roster_note(&world.roster()),
        world.roster_note(&second(&world)),
    ];
    let chain = chain(&world, notes).unwrap();
    assert_eq!(chain.current_at(NOW).unwrap().roster.version, 2);
    assert_eq!(chain.all().len(), 2);
}

#[test]
fn a_stranger_another_instance_and_a_broken_chain_are_refused() {
    let world = world();
    let first = world.roster_note(&world.roster());
    let stranger = key("root-1", 50).sign(&world.roster_text(&world.roster()));
    assert!(matches!(
        chain(&world, vec![stranger]),
        Err(RosterError::Note(NoteError::Signatures { .. }))
    ));

    let mut other = support::world();
    other.instance.instance = InstanceId([5; 16]);
    let foreign = other.roster_note(&other.roster());
    assert_eq!(
        chain(&world, vec![foreign]).err(),
        Some(RosterError::Note(NoteError::Domain))
    );

    let unlinked = Roster {
        previous: Some(Digest([0; 32])),
        ..second(&world)
    };
    let notes = vec![first.clone(), world.roster_note(&unlinked)];
    assert_eq!(chain(&world, notes).err(), Some(RosterError::Chain));
    let skipping = Roster {
        version: 3,
        ..second(&world)
    };
    let notes = vec![first, world.roster_note(&skipping)];
    assert_eq!(chain(&world, notes).err(), Some(RosterError::Chain));
    assert_eq!(chain(&world, vec![]).err(), Some(RosterError::File));
}

#[test]
fn an_expired_roster_is_refused_and_still_shows_its_helplines() {
    let world = world();
    let chain = chain(&world, vec![world.roster_note(&world.roster())]).unwrap();
    let end = world.roster().not_after;
    assert!(chain.current_at(UnixTime(end.0 - 1)).is_ok());
    assert_eq!(chain.current_at(end).err(), Some(RosterError::Expired));
    assert_eq!(chain.current().roster.organisation.name, "Lighthouse");
    let early = UnixTime(world.roster().not_before.0 - 2 * UnixTime::DAY_SECONDS);
    assert_eq!(chain.current_at(early).err(), Some(RosterError::NotYet));
}

#[test]
fn who_has_seen_a_newer_or_another_roster_refuses() {
    let world = world();
    let file = rosters_file(vec![world.roster_note(&world.roster())]);
    let current = RosterChain::verify(&world.instance, &file, None)
        .unwrap()
        .seen();
    assert!(RosterChain::verify(&world.instance, &file, Some(&current)).is_ok());
    for seen in [
        SeenRoster {
            version: 2,
            digest: Digest([0; 32]),
        },
        SeenRoster {
            version: 1,
            digest: Digest([0; 32]),
        },
    ] {
        let refused = RosterChain::verify(&world.instance, &file, Some(&seen));
        assert_eq!(refused.err(), Some(RosterError::Rollback));
    }
}

#[test]
fn new_roots_are_signed_by_the_old_and_the_new() {
    let world = world();
    let new = key("root-2", 60);
    let first = world.roster_note(&world.roster());
    let next = Roster {
        roots: vec![new.public.clone()],
        ..second(&world)
    };
    let text = world.roster_text(&next);
    let old_only = world.root.sign(&text);
    assert!(chain(&world, vec![first.clone(), old_only.clone()]).is_err());
    let new_only = new.sign(&text);
    assert!(chain(&world, vec![first.clone(), new_only]).is_err());
    let both = new.cosign(&old_only);
    assert!(chain(&world, vec![first, both]).is_ok());
}

#[test]
fn a_writer_number_never_changes_hands() {
    let world = world();
    let first = world.roster_note(&world.roster());
    let mut next = second(&world);
    next.devices[0].sign = key("device-1", 99).public;
    let notes = vec![first, world.roster_note(&next)];
    assert_eq!(
        chain(&world, notes).err(),
        Some(RosterError::Rule(RosterRule::Devices))
    );
}

#[test]
fn a_server_takes_only_what_follows() {
    let world = world();
    let note = world.roster_note(&world.roster());
    let first = RosterChain::first(&world.instance, &note, NOW).unwrap();
    assert_eq!(first.roster.version, 1);
    let current = chain(&world, vec![note.clone()]).unwrap();
    let next = world.roster_note(&second(&world));
    assert!(current.next(&world.instance, &next, NOW).is_ok());
    assert_eq!(
        current.next(&world.instance, &note, NOW).err(),
        Some(RosterError::Chain)
    );
    let over = Roster {
        not_after: NOW,
        ..second(&world)
    };
    let over = world.roster_note(&over);
    assert_eq!(
        current.next(&world.instance, &over, NOW).err(),
        Some(RosterError::Expired)
    );
}

/// What makes a good roster a bad one.
type Damage = fn(&mut Roster);

#[test]
fn every_rule_has_a_roster_that_breaks_it() {
    let broken: Vec<(RosterRule, Damage)> = vec![
        (RosterRule::FormatVersion, |r| r.v = 2),
        (RosterRule::Version, |r| r.version = 0),
        (RosterRule::Version, |r| r.previous = Some(Digest([0; 32]))),
        (RosterRule::Validity, |r| r.not_after = r.not_before),
        (RosterRule::Validity, |r| {
            r.not_after.0 = r.not_before.0 + 121 * 86_400
        }),
        (RosterRule::Roots, |r| r.threshold = 2),
        (RosterRule::Roots, |r| r.roots.push(r.roots[0].clone())),
        (RosterRule::Stanzas, |r| r.stanzas = 9),
        (RosterRule::Parameters, |r| r.epoch_seconds = 0),
        (RosterRule::Parameters, |r| r.fetch_count = 0),
        (RosterRule::Parameters, |r| r.stamps.envelope_min = 21),
        (RosterRule::Members, |r| r.members.clear()),
        (RosterRule::Members, |r| {
            r.members[1].serial = r.members[0].serial
        }),
        (RosterRule::Devices, |r| r.devices[1].writer = Writer(1)),
        (RosterRule::Devices, |r| r.devices[1].writer = Writer(0)),
        (RosterRule::Devices, |r| r.devices[1].writer = Writer(16)),
        (RosterRule::Devices, |r| {
            r.devices[1].identity = r.devices[0].identity.clone()
        }),
        (RosterRule::Devices, |r| {
            r.devices[1].identity = "age1pq1short".to_owned()
        }),
        (RosterRule::Devices, |r| r.devices[1].serial.0 = 77),
        (RosterRule::TooManyDevices, too_many_devices),
        (RosterRule::Witnesses, |r| r.quorum = 1),
        (RosterRule::Witnesses, |r| r.witnesses.push(r.log.clone())),
        (RosterRule::Text, |r| r.members[0].name = " ".to_owned()),
        (RosterRule::Text, |r| {
            r.members[0].name = "a\u{202e}b".to_owned()
        }),
        (RosterRule::Text, |r| {
            r.members[0].name = "a\u{61c}b".to_owned()
        }),
        (RosterRule::Text, |r| {
            r.organisation.name = "a\u{2028}b".to_owned()
        }),
        (RosterRule::Text, |r| r.organisation.name = "x".repeat(201)),
        (RosterRule::Address, |r| {
            r.organisation.neutral_exit = "javascript:x".to_owned()
        }),
        (RosterRule::Address, |r| {
            r.organisation.neutral_exit = "http://example.org".to_owned()
        }),
        (RosterRule::Address, |r| {
            r.organisation.neutral_exit = "http://example.org?.onion".to_owned()
        }),
        (RosterRule::Address, |r| r.url = "https://a@b/".to_owned()),
    ];
    let good = world().roster();
    assert_eq!(good.check(), Ok(()));
    for (i, (rule, damage)) in broken.into_iter().enumerate() {
        let mut roster = good.clone();
        damage(&mut roster);
        assert_eq!(roster.check(), Err(rule), "case {i}");
    }
}

fn too_many_devices(roster: &mut Roster) {
    let letters = ['q', 'p', 'z', 'r', 'y', '9', 'x', '8'];
    roster.devices = (1u8..=8)
        .map(|i| {
            let mut device = roster.devices[0].clone();
            device.writer = Writer(i);
            device.sign = key(&format!("device-{i}"), 100 + i).public;
            device.identity = support::recipient(letters[usize::from(i) - 1]);
            device
        })
        .collect();
}
