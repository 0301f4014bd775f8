//! A signature counts for one kind of note of one instance, and only enough of them count.
mod support;

use beistand_protocol::bytes::InstanceId;
use beistand_protocol::note::{self, Note, NoteError, PrekeyDomain, RosterDomain};
use support::{key, world};

fn body_note(body: &str) -> String {
    let world = world();
    world
        .root
        .sign(&note::text::<RosterDomain>(world.id(), body))
}

#[test]
fn a_note_is_read_back_as_it_was_signed() {
    let world = world();
    let note = body_note("one\n\ntwo\n");
    let verified = Note::<RosterDomain>::parse(world.id(), note.as_bytes())
        .unwrap()
        .verify(&world.instance.roots, 1)
        .unwrap();
    assert_eq!(verified.body(), "one\n\ntwo\n");
}

#[test]
fn another_kind_of_note_or_instance_is_refused() {
    let world = world();
    let note = body_note("one\n");
    let other = Note::<PrekeyDomain>::parse(world.id(), note.as_bytes());
    assert_eq!(other.err(), Some(NoteError::Domain));
    let other = Note::<RosterDomain>::parse(&InstanceId([8; 16]), note.as_bytes());
    assert_eq!(other.err(), Some(NoteError::Domain));
}

#[test]
fn a_changed_text_a_stranger_and_too_few_signatures_are_refused() {
    let world = world();
    let parse = |note: &str| Note::<RosterDomain>::parse(world.id(), note.as_bytes()).unwrap();
    let note = body_note("one\n");
    let changed = parse(&note.replace("one", "two"));
    assert_eq!(
        changed.verify(&world.instance.roots, 1).err(),
        Some(NoteError::Forged)
    );

    let stranger = key("stranger", 77);
    let text = note::text::<RosterDomain>(world.id(), "one\n");
    let signed = parse(&stranger.sign(&text));
    assert_eq!(
        signed.verify(&world.instance.roots, 1).err(),
        Some(NoteError::Signatures {
            found: 0,
            needed: 1
        })
    );

    // The same key twice is one signature.
    let second = key("root-2", 3);
    let roots = [world.root.public.clone(), second.public.clone()];
    let twice = world.root.cosign(&note);
    assert_eq!(
        parse(&twice).verify(&roots, 2).err(),
        Some(NoteError::Forged)
    );
    let missing = parse(&note).verify(&roots, 2).err();
    assert_eq!(
        missing,
        Some(NoteError::Signatures {
            found: 1,
            needed: 2
        })
    );
    let both = second.cosign(&note);
    assert!(parse(&both).verify(&roots, 2).is_ok());
}

#[test]
fn a_stranger_with_the_name_of_a_root_is_not_that_root() {
    let world = world();
    let impostor = key("root-1", 77);
    let text = note::text::<RosterDomain>(world.id(), "one\n");
    let note = impostor.sign(&text);
    let parsed = Note::<RosterDomain>::parse(world.id(), note.as_bytes()).unwrap();
    assert!(parsed.verify(&world.instance.roots, 1).is_err());
}

#[test]
fn malformed_notes_are_refused() {
    let world = world();
    let note = body_note("one\n");
    let bad = [
        String::new(),
        note.trim_end().to_owned(),
        note.replace("\n\n", "\n"),
        note.replace("— ", "- "),
        note.replace("one", "o\u{0}ne"),
        note.replace("one", "o\tne"),
    ];
    for (i, bytes) in bad.iter().enumerate() {
        let parsed = Note::<RosterDomain>::parse(world.id(), bytes.as_bytes());
        assert_eq!(parsed.err(), Some(NoteError::Form), "case {i}");
    }
    assert!(Note::<RosterDomain>::parse(world.id(), &[0xff; 64]).is_err());
    let large = body_note(&format!("{}\n", "x".repeat(300_000)));
    let parsed = Note::<RosterDomain>::parse(world.id(), large.as_bytes());
    assert_eq!(parsed.err(), Some(NoteError::TooLarge));
}
