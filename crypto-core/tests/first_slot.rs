//! The slot of a first report is known before there is anything to say.

mod support;

use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::reporter::Mailbox;
use support::{readers, report, World};

#[test]
fn it_is_where_the_report_will_lie_whoever_reads_it() {
    let (mut world, _) = World::new(1, 3, 8);
    let codename = Codename::generate(&mut world.rng);
    let mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
    let snapshot = world.snapshot();
    for allowed in [vec![1], vec![1, 2, 3]] {
        let outgoing = mailbox
            .compose_report(&snapshot, &readers(allowed), report("x"), &mut world.rng)
            .unwrap();
        assert_eq!(outgoing.slot, mailbox.first_slot(&snapshot));
    }
}

#[test]
fn other_words_lie_elsewhere() {
    let (mut world, _) = World::new(1, 1, 8);
    let snapshot = world.snapshot();
    let mut slot = || {
        let codename = Codename::generate(&mut world.rng);
        Mailbox::from_codename(&codename, &world.instance.instance).first_slot(&snapshot)
    };
    assert_ne!(slot(), slot());
}
