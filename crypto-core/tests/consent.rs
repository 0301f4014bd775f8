//! Asking for consent and answering, item by item.

mod support;

use beistand_crypto_core::body::{Body, MessageBody, ReplyBody};
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::consent::{Consent, ConsentAnswer, ConsentRequest, MAX_ITEMS};
use beistand_crypto_core::counselor::compose_reply;
use beistand_crypto_core::message::MessageError;
use beistand_crypto_core::reporter::{Mailbox, ReaderChoice};
use beistand_crypto_core::view::MessageView;
use support::{readers, report, World};

fn request() -> ConsentRequest {
    ConsentRequest {
        to: "a lawyer".into(),
        items: vec!["the report".into(), "both pictures".into()],
    }
}

fn shown(views: &[MessageView]) -> Vec<Option<Consent>> {
    let asked = views.iter().find_map(|view| view.consent.as_ref()).unwrap();
    assert_eq!(asked.to, "a lawyer");
    asked.items.iter().map(|item| item.answer).collect()
}

#[test]
fn the_newest_answer_counts() {
    let (mut world, mut desks) = World::new(31, 1, 8);
    let codename = Codename::generate(&mut world.rng);
    let mut mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
    let snapshot = world.snapshot();
    let sent = mailbox
        .compose_report(&snapshot, &readers([1]), report("help"), &mut world.rng)
        .unwrap();
    world.put(&sent);
    mailbox.sent(&sent);
    world.sync(&mut desks[0]);

    let id = mailbox.conversation().id();
    let snapshot = world.snapshot();
    let body = ReplyBody {
        consent: Some(request()),
        ..ReplyBody::default()
    };
    let conversation = desks[0].casebook.conversation(&id).unwrap();
    let asked = compose_reply(
        &snapshot,
        &desks[0].keys,
        conversation,
        body,
        &mut world.rng,
    );
    world.put(&asked.unwrap());
    world.read(&mut mailbox);
    let roster = world.rosters[0].0.clone();
    let views = mailbox.conversation().view(&roster);
    let digest = views
        .iter()
        .find(|view| view.consent.is_some())
        .unwrap()
        .digest;
    assert_eq!(shown(&views), [None, None]);

    use Consent::{No, Yes};
    let answers = [vec![Yes, Yes], vec![Yes, No], vec![No]];
    for (answer, expected) in answers.into_iter().zip([[Yes, Yes], [Yes, No], [Yes, No]]) {
        let body = MessageBody {
            consent: Some(ConsentAnswer {
                request: digest,
                items: answer,
            }),
            ..MessageBody::default()
        };
        let snapshot = world.snapshot();
        let choice = ReaderChoice::AsBefore;
        let sent = mailbox.compose_message(&snapshot, &choice, body, &mut world.rng);
        let sent = sent.unwrap();
        world.put(&sent);
        mailbox.sent(&sent);
        world.sync(&mut desks[0]);
        let at_desk = desks[0].casebook.conversation(&id).unwrap().view(&roster);
        let expected = expected.map(Some);
        // The last one answers for another number of items: it is no answer.
        assert_eq!(shown(&at_desk), expected);
        assert_eq!(shown(&mailbox.conversation().view(&roster)), expected);
        assert_eq!(at_desk.last().unwrap().consent_to, Some(digest));
    }
}

#[test]
fn a_request_says_to_whom_and_what() {
    let (mut world, desks) = World::new(32, 1, 8);
    let codename = Codename::generate(&mut world.rng);
    let mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
    let snapshot = world.snapshot();
    let list = readers([1]);
    let sent = mailbox
        .compose_report(&snapshot, &list, report("help"), &mut world.rng)
        .unwrap();
    let mut message = sent.message().unwrap().message().clone();
    message.place.writer = desks[0].writer;
    message.reply_to = None;
    let mut line = |request: ConsentRequest| {
        message.body = Body::Reply(ReplyBody {
            consent: Some(request),
            ..ReplyBody::default()
        });
        message.to_line().map(drop)
    };
    assert_eq!(line(request()), Ok(()));
    let wrong = [
        ConsentRequest {
            to: " ".into(),
            ..request()
        },
        ConsentRequest {
            items: Vec::new(),
            ..request()
        },
        ConsentRequest {
            items: vec!["a".into(), String::new()],
            ..request()
        },
        ConsentRequest {
            items: vec!["a".into(); MAX_ITEMS + 1],
            ..request()
        },
    ];
    for request in wrong {
        assert_eq!(line(request), Err(MessageError::Consent));
    }
}
