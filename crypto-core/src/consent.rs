//! Consent: a counselor asks whether something may be shown to somebody, item by item, and the
//! reporter answers, item by item (section 4). Both are messages, so both are signed.

use crate::body::Body;
use crate::conversation::Conversation;
use crate::verify::VerifiedMessage;
use beistand_protocol::bytes::Digest;
use beistand_protocol::time::Day;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// The most items of one request.
pub const MAX_ITEMS: usize = 32;

/// What a counselor would like to show, and to whom. Part of a reply.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
#[serde(deny_unknown_fields)]
pub struct ConsentRequest {
    /// Who would see it: a person, a body.
    pub to: String,
    /// What they would see, one thing an item.
    pub items: Vec<String>,
}

/// The reporter's answer. Part of a message; a later one to the same request replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentAnswer {
    /// SHA-256 of line 1 of the reply that asks.
    pub request: Digest,
    /// One answer an item, in their order.
    pub items: Vec<Consent>,
}

/// The answer about one item. There is no third: what is not allowed is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// It may be shown.
    Yes,
    /// It may not.
    No,
}

impl ConsentRequest {
    /// Whether it says to whom and what, and not too much.
    pub fn is_complete(&self) -> bool {
        let says = |text: &String| !text.trim().is_empty();
        says(&self.to) && may_have(self.items.len()) && self.items.iter().all(says)
    }
}

impl ConsentAnswer {
    /// Whether it can be the answer to anything.
    pub fn is_complete(&self) -> bool {
        may_have(self.items.len())
    }
}

fn may_have(items: usize) -> bool {
    (1..=MAX_ITEMS).contains(&items)
}

/// A request and how it stands: plain values for a site or a command line.
#[derive(Clone, Serialize)]
pub struct ConsentView {
    /// Who would see it.
    pub to: String,
    /// The items.
    pub items: Vec<ConsentItem>,
    /// The day of the newest answer; none where there is none in view.
    pub answered: Option<Day>,
}

/// One item of a request.
#[derive(Clone, Serialize)]
pub struct ConsentItem {
    /// What would be shown.
    pub what: String,
    /// What the reporter said about it last.
    pub answer: Option<Consent>,
}

impl Conversation {
    /// How the request in this message stands; none where it has none.
    pub fn consent(&self, message: &VerifiedMessage) -> Option<ConsentView> {
        let Body::Reply(reply) = &message.message().body else {
            return None;
        };
        let request = reply.consent.as_ref()?;
        let fits = |answer: &&ConsentAnswer| {
            answer.request == message.digest() && answer.items.len() == request.items.len()
        };
        // In reading order, so the last is the newest.
        let newest = self
            .messages()
            .filter_map(|(message, _)| {
                let answer = message.message().body.consent_answer().filter(fits)?;
                Some((message.message().place.day, answer))
            })
            .last();
        let answer = |i: usize| newest.map(|(_, answer)| answer.items[i]);
        let items = request.items.iter().enumerate();
        Some(ConsentView {
            to: request.to.clone(),
            items: items
                .map(|(i, what)| ConsentItem {
                    what: what.clone(),
                    answer: answer(i),
                })
                .collect(),
            answered: newest.map(|(day, _)| day),
        })
    }
}
