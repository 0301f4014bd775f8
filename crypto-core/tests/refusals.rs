//! One test a manipulation: each is refused by name, or shown as a gap.

mod support;

use beistand_crypto_core::audience::{Audience, AudienceError};
use beistand_crypto_core::body::{Body, KeyChangeBody, MessageBody, NoteBody, ReplyBody};
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::conversation::{Continuity, Conversation};
use beistand_crypto_core::conversation_key::ConversationKey;
use beistand_crypto_core::counselor::compose_reply;
use beistand_crypto_core::message::Message;
use beistand_crypto_core::open::{open, OpenError, OpenedEnvelope};
use beistand_crypto_core::readers::{Readers, ReadersError};
use beistand_crypto_core::reporter::{Mailbox, ReaderChoice};
use beistand_crypto_core::reporter_keys::ReporterKeys;
use beistand_crypto_core::seal::{decoy, seal, SealError};
use beistand_crypto_core::secret_hex::SecretHex;
use beistand_crypto_core::signing::Signer;
use beistand_crypto_core::verify::{verify, ConversationKeys, Found, Refusal, VerifiedMessage};
use beistand_protocol::bytes::{Digest, InstanceId, Slot};
use beistand_protocol::class::BlobClass;
use beistand_protocol::grammar::GrammarError;
use beistand_protocol::roster::{Serial, Writer};
use beistand_protocol::snapshot::Snapshot;
use beistand_protocol::trust::Verified;
use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha512};
use support::{member, message, readers, reply, report, Desk, World, FIRST_DAY};

/// A conversation with a report by the reporter and a reply by the first of three desks; the
/// third may not read.
struct Scene {
    world: World,
    desks: Vec<Desk>,
    keys: ReporterKeys,
    snapshot: Verified<Snapshot>,
    report: Message,
    follow_up: Message,
    answer: Message,
}

impl Scene {
    fn new(seed: u64) -> Self {
        let (mut world, mut desks) = World::new(seed, 3, 8);
        let codename = Codename::generate(&mut world.rng);
        let keys = ReporterKeys::derive(&codename, &world.instance.instance);
        let mut mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
        let snapshot = world.snapshot();
        let first = mailbox
            .compose_report(
                &snapshot,
                &readers([1, 2]),
                report("First."),
                &mut world.rng,
            )
            .unwrap();
        world.put(&first);
        mailbox.sent(&first);
        world.sync(&mut desks[0]);
        let snapshot = world.snapshot();
        let choice = ReaderChoice::AsBefore;
        let follow_up = mailbox
            .compose_message(&snapshot, &choice, message("Second."), &mut world.rng)
            .unwrap();
        let conversation = desks[0].casebook.conversations().next().unwrap();
        let answer = compose_reply(
            &snapshot,
            &desks[0].keys,
            conversation,
            reply("Hm."),
            &mut world.rng,
        )
        .unwrap();
        let said = |outgoing: &beistand_crypto_core::outgoing::Outgoing| {
            outgoing.message().unwrap().message().clone()
        };
        let (report, follow_up, answer) = (said(&first), said(&follow_up), said(&answer));
        Self {
            world,
            desks,
            keys,
            snapshot,
            report,
            follow_up,
            answer,
        }
    }

    fn known(&self) -> ConversationKeys {
        ConversationKeys::new(self.keys.reply_to(), self.keys.instance())
    }

    fn verify(&self, opened: OpenedEnvelope) -> Result<VerifiedMessage, Refusal> {
        let message = opened.unverified();
        let found = Found {
            slot: message.slot,
            day: message.place.day,
        };
        self.verify_at(opened, found)
    }

    fn verify_at(&self, opened: OpenedEnvelope, found: Found) -> Result<VerifiedMessage, Refusal> {
        let instance = self.keys.instance();
        verify(
            opened,
            &found,
            instance,
            self.snapshot.rosters(),
            Some(&self.known()),
        )
    }

    fn by_reporter(&self, message: &Message) -> OpenedEnvelope {
        signed(message, self.keys.signer())
    }

    fn by_desk(&self, desk: usize, message: &Message) -> OpenedEnvelope {
        signed(message, self.desks[desk].keys.signer())
    }
}

/// A message in its two lines, signed as the specification says: Ed25519 over SHA-512 of the
/// label and line 1.
fn signed(message: &Message, signer: &Signer) -> OpenedEnvelope {
    use base64::Engine as _;
    let line1 = message.to_line().unwrap();
    let digest = Sha512::new()
        .chain_update("beistand/v1/message")
        .chain_update(line1.as_bytes());
    let key = ed25519_dalek::SigningKey::from_bytes(&signer.seed());
    let signature = key.sign(&digest.finalize()).to_bytes();
    let signature = base64::engine::general_purpose::STANDARD.encode(signature);
    OpenedEnvelope::from_lines(&line1, &format!("{{\"sig\":\"{signature}\"}}")).unwrap()
}

/// Moves a message to the slot of its (changed) place.
fn in_its_slot(scene: &Scene, mut message: Message) -> Message {
    message.slot = scene
        .keys
        .conversation_key(message.key_index)
        .slot(&message.place);
    message
}

#[test]
fn what_is_right_is_taken() {
    let scene = Scene::new(30);
    for message in [&scene.report, &scene.follow_up] {
        scene.verify(scene.by_reporter(message)).unwrap();
    }
    let answer = scene.verify(scene.by_desk(0, &scene.answer)).unwrap();
    assert_eq!(answer.author(), Some(Serial(1)));
}

#[test]
fn a_forged_signature() {
    let scene = Scene::new(31);
    let stranger = Signer::from_seed(&[8; 32]);
    for message in [&scene.report, &scene.follow_up, &scene.answer] {
        let refused = scene.verify(signed(message, &stranger)).unwrap_err();
        assert_eq!(refused, Refusal::Signature);
    }
    // A reader who signs for another reader.
    let refused = scene.verify(scene.by_desk(1, &scene.answer)).unwrap_err();
    assert_eq!(refused, Refusal::Signature);
}

#[test]
fn another_instance() {
    let scene = Scene::new(32);
    let mut message = scene.follow_up.clone();
    message.instance = InstanceId([1; 16]);
    assert_eq!(
        scene.verify(scene.by_reporter(&message)).unwrap_err(),
        Refusal::Instance
    );
}

#[test]
fn another_slot_than_it_says_or_its_place_gives() {
    let scene = Scene::new(33);
    let day = scene.follow_up.place.day;
    let elsewhere = Found {
        slot: Slot([7; 16]),
        day,
    };
    for opened in [
        scene.by_reporter(&scene.follow_up),
        scene.by_desk(0, &scene.answer),
    ] {
        assert_eq!(
            scene.verify_at(opened, elsewhere).unwrap_err(),
            Refusal::Slot
        );
    }
    let mut message = scene.follow_up.clone();
    message.slot = Slot([7; 16]);
    let opened = scene.by_reporter(&message);
    assert_eq!(
        scene.verify_at(opened, elsewhere).unwrap_err(),
        Refusal::Slot
    );
}

#[test]
fn a_note_moved_to_another_slot() {
    let scene = Scene::new(49);
    let mut note = scene.answer.clone();
    note.body = Body::Note(NoteBody { text: "n".into() });
    note.slot = Slot([3; 16]);
    scene.verify(scene.by_desk(0, &note)).unwrap();
    let found = Found {
        slot: Slot([4; 16]),
        day: note.place.day,
    };
    let opened = scene.by_desk(0, &note);
    assert_eq!(scene.verify_at(opened, found).unwrap_err(), Refusal::Slot);
}

#[test]
fn backdated_or_postdated() {
    let scene = Scene::new(34);
    let message = &scene.follow_up;
    for (day, fits) in [(0, true), (1, true), (2, false), (60, false)] {
        let found = Found {
            slot: message.slot,
            day: message.place.day.forward(day),
        };
        let outcome = scene.verify_at(scene.by_reporter(message), found);
        assert_eq!(outcome.err(), (!fits).then_some(Refusal::Day));
        let found = Found {
            slot: message.slot,
            day: message.place.day.back(day),
        };
        let outcome = scene.verify_at(scene.by_reporter(message), found);
        assert_eq!(outcome.err(), (!fits).then_some(Refusal::Day));
    }
}

#[test]
fn somebody_elses_keys_in_a_first_report() {
    let scene = Scene::new(35);
    // Whoever was given kc can compute its slots, and claims the conversation with own keys.
    let thief = Signer::from_seed(&[8; 32]);
    let mut message = scene.report.clone();
    let mut reply_to = scene.keys.reply_to();
    reply_to.sign = thief.public_key();
    message.reply_to = Some(reply_to.clone());
    assert_eq!(
        scene.verify(signed(&message, &thief)).unwrap_err(),
        Refusal::Conversation
    );
    // Under its own id it is another conversation, and does not enter the first.
    message.conversation = reply_to.conversation(scene.keys.instance());
    let other = scene.verify(signed(&message, &thief)).unwrap();
    let mut conversation = Conversation::new(scene.known());
    assert_eq!(conversation.add(other), Err(Refusal::UnknownConversation));
}

#[test]
fn a_follow_up_of_nothing_known() {
    let scene = Scene::new(36);
    let message = &scene.follow_up;
    let found = Found {
        slot: message.slot,
        day: message.place.day,
    };
    let (opened, rosters) = (scene.by_reporter(message), scene.snapshot.rosters());
    let refused = verify(opened, &found, scene.keys.instance(), rosters, None).unwrap_err();
    assert_eq!(refused, Refusal::UnknownConversation);
    assert!(refused.may_resolve());
}

#[test]
fn an_unknown_conversation_key() {
    let scene = Scene::new(37);
    let mut message = scene.follow_up.clone();
    message.key_index = 2;
    let message = in_its_slot(&scene, message);
    assert_eq!(
        scene.verify(scene.by_reporter(&message)).unwrap_err(),
        Refusal::UnknownKey
    );
}

#[test]
fn a_second_key_of_the_same_index() {
    let scene = Scene::new(38);
    let key = ConversationKey::new(SecretHex::new([5; 32]));
    let mut message = scene.report.clone();
    message.key_index = 1;
    message.slot = key.slot(&message.place);
    message.body = Body::KeyChange(KeyChangeBody {
        key: key.secret().clone(),
        text: None,
        attachments: Vec::new(),
        consent: None,
    });
    scene.verify(scene.by_reporter(&message)).unwrap();
    let mut known = scene.known();
    known.learn(1, scene.keys.conversation_key(1));
    let found = Found {
        slot: message.slot,
        day: message.place.day,
    };
    let (opened, rosters) = (scene.by_reporter(&message), scene.snapshot.rosters());
    let refused = verify(opened, &found, scene.keys.instance(), rosters, Some(&known));
    assert_eq!(refused.unwrap_err(), Refusal::OtherKey);
}

#[test]
fn an_unknown_roster_or_device() {
    let scene = Scene::new(39);
    let mut message = scene.answer.clone();
    message.roster = Digest([1; 32]);
    assert_eq!(
        scene.verify(scene.by_desk(0, &message)).unwrap_err(),
        Refusal::UnknownRoster
    );
    let mut message = scene.answer.clone();
    message.place.writer = Writer(9);
    let message = in_its_slot(&scene, message);
    assert_eq!(
        scene.verify(scene.by_desk(0, &message)).unwrap_err(),
        Refusal::UnknownDevice
    );
}

#[test]
fn a_counselor_who_is_not_a_reader() {
    let scene = Scene::new(40);
    let mut message = scene.answer.clone();
    message.place.writer = Writer(3);
    let message = in_its_slot(&scene, message);
    assert_eq!(
        scene.verify(scene.by_desk(2, &message)).unwrap_err(),
        Refusal::NotAReader
    );
    // Adding oneself to the list makes a message that names other readers than the reporter did.
    let mut message = message;
    message.readers = readers([1, 2, 3]);
    let verified = scene.verify(scene.by_desk(2, &message)).unwrap();
    let mut conversation = Conversation::new(scene.known());
    conversation
        .add(scene.verify(scene.by_reporter(&scene.report)).unwrap())
        .unwrap();
    assert_eq!(conversation.add(verified), Err(Refusal::OtherReaders));
    assert_eq!(conversation.readers().unwrap().readers(), &readers([1, 2]));
}

#[test]
fn a_distrusted_device_and_one_that_left() {
    let mut scene = Scene::new(41);
    scene.world.today = FIRST_DAY.forward(1);
    let distrusted = scene.world.today;
    scene
        .world
        .sign_roster(|roster| roster.devices[0].distrust_since = Some(distrusted));
    scene.snapshot = scene.world.snapshot();
    // Written before, found before: believed. Found later: backdated.
    scene.verify(scene.by_desk(0, &scene.answer)).unwrap();
    let found = Found {
        slot: scene.answer.slot,
        day: distrusted,
    };
    let opened = scene.by_desk(0, &scene.answer);
    assert_eq!(
        scene.verify_at(opened, found).unwrap_err(),
        Refusal::DistrustedDevice
    );
    // Nothing is sealed to it.
    let keys = &scene.keys;
    let audience = Audience::of_reporter(&scene.snapshot, keys, &readers([1, 2])).unwrap();
    assert_eq!(audience.unreachable(), [Serial(1)]);
    let nobody = Audience::of_reporter(&scene.snapshot, keys, &readers([1]));
    assert_eq!(nobody.err(), Some(AudienceError::NobodyReachable));

    let mut scene = Scene::new(42);
    scene.world.today = FIRST_DAY.forward(1);
    scene.world.sign_roster(|roster| {
        roster.devices.remove(0);
    });
    scene.snapshot = scene.world.snapshot();
    scene.verify(scene.by_desk(0, &scene.answer)).unwrap();
    let mut late = scene.answer.clone();
    late.place.day = FIRST_DAY.forward(9);
    let late = in_its_slot(&scene, late);
    assert_eq!(
        scene.verify(scene.by_desk(0, &late)).unwrap_err(),
        Refusal::UnknownDevice
    );
}

#[test]
fn a_repeated_place() {
    let scene = Scene::new(43);
    let mut conversation = Conversation::new(scene.known());
    conversation
        .add(scene.verify(scene.by_reporter(&scene.follow_up)).unwrap())
        .unwrap();
    // The same again is no second message.
    conversation
        .add(scene.verify(scene.by_reporter(&scene.follow_up)).unwrap())
        .unwrap();
    let mut other = scene.follow_up.clone();
    other.body = Body::Message(MessageBody {
        text: "Instead.".into(),
        ..Default::default()
    });
    let other = scene.verify(scene.by_reporter(&other)).unwrap();
    assert_eq!(conversation.add(other), Err(Refusal::RepeatedPlace));
    assert_eq!(conversation.messages().count(), 1);
    // A note has places of its own.
    let mut note = scene.answer.clone();
    note.body = Body::Note(NoteBody { text: "n".into() });
    conversation
        .add(scene.verify(scene.by_desk(0, &scene.answer)).unwrap())
        .unwrap();
    conversation
        .add(scene.verify(scene.by_desk(0, &note)).unwrap())
        .unwrap();
    assert_eq!(conversation.messages().count(), 3);
}

#[test]
fn a_broken_chain_is_a_gap() {
    let scene = Scene::new(44);
    let shown = |messages: &[&Message]| {
        let mut conversation = Conversation::new(scene.known());
        for message in messages {
            conversation
                .add(scene.verify(scene.by_reporter(message)).unwrap())
                .unwrap();
        }
        conversation
            .messages()
            .map(|(_, continuity)| continuity)
            .collect::<Vec<_>>()
    };
    let (first, second) = (&scene.report, &scene.follow_up);
    assert_eq!(
        shown(&[second, first]),
        [Continuity::Begins, Continuity::Continues]
    );
    assert_eq!(shown(&[second]), [Continuity::Gap]);
    let mut cut = second.clone();
    cut.prev = None;
    assert_eq!(shown(&[first, &cut]), [Continuity::Begins, Continuity::Gap]);
    cut.prev = Some(Digest([1; 32]));
    assert_eq!(shown(&[first, &cut]), [Continuity::Begins, Continuity::Gap]);
}

#[test]
fn nothing_is_sealed_beyond_the_list() {
    let mut scene = Scene::new(45);
    let rng = &mut scene.world.rng;
    let audience = Audience::of_reporter(&scene.snapshot, &scene.keys, &readers([1, 2])).unwrap();
    let signer = scene.keys.signer();
    let sealed = |message: &Message, rng: &mut _| seal(message, signer, &audience, rng).err();
    assert_eq!(sealed(&scene.follow_up, rng), None);
    let mut other = scene.follow_up.clone();
    other.readers = readers([1, 2, 3]);
    assert_eq!(sealed(&other, rng), Some(SealError::Readers));
    let mut other = scene.follow_up.clone();
    other.conversation.0[0] ^= 1;
    assert_eq!(sealed(&other, rng), Some(SealError::Conversation));
    let mut note = scene.answer.clone();
    note.body = Body::Note(NoteBody { text: "n".into() });
    assert_eq!(sealed(&note, rng), Some(SealError::Reporter));
    let stranger = Audience::of_reporter(&scene.snapshot, &scene.keys, &readers([1, 9]));
    assert_eq!(
        stranger.err(),
        Some(AudienceError::UnknownReader(Serial(9)))
    );
    assert_eq!(Readers::new([]), Err(ReadersError::Nobody));
}

#[test]
fn a_member_without_device_is_named() {
    let mut scene = Scene::new(46);
    scene
        .world
        .sign_roster(|roster| roster.members.push(member(Serial(4))));
    let snapshot = scene.world.snapshot();
    let audience = Audience::of_reporter(&snapshot, &scene.keys, &readers([1, 4])).unwrap();
    assert_eq!(audience.unreachable(), [Serial(4)]);
    let alone = Audience::of_reporter(&snapshot, &scene.keys, &readers([4]));
    assert_eq!(alone.err(), Some(AudienceError::NobodyReachable));
}

#[test]
fn what_does_not_open_says_nothing() {
    let mut scene = Scene::new(47);
    let class = BlobClass::Envelope8;
    let ours = [scene.keys.identity()];
    let closed = |blob: &[u8]| open(class, blob, ours).unwrap_err();
    let foreign = decoy(class, &mut scene.world.rng);
    assert_eq!(closed(foreign.bytes()), OpenError::Closed);
    // Tampering anywhere inside looks the same as not being for us.
    let stored = scene.world.wall[0].blob.clone();
    open(class, &stored, ours).unwrap();
    for at in [foreign.header_size() + 100, stored.len() - 1] {
        let mut blob = stored.clone();
        blob[at] ^= 1;
        assert_eq!(closed(&blob), OpenError::Closed);
    }
    let short = GrammarError::Length {
        expected: class.size(),
    };
    assert_eq!(closed(&stored[1..]), OpenError::NotAnEnvelope(short));
}

#[test]
fn an_answer_is_refused_where_the_body_fits_no_kind() {
    let scene = Scene::new(48);
    let line = scene.answer.to_line().unwrap();
    for line2 in [
        "{\"sig\":\"\"}",
        "",
        "{\"sig\":\"AAAA\"}",
        "{ \"sig\":\"\"}",
    ] {
        let outcome = OpenedEnvelope::from_lines(&line, line2);
        assert_eq!(outcome.unwrap_err(), OpenError::Content);
    }
    assert!(matches!(scene.answer.body, Body::Reply(ReplyBody { .. })));
}
