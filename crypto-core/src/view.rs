//! Messages as a site or a command line shows them: plain values, no keys.

use crate::body::{Answer, Body, ForWhom, Kind, ReportBody, Status};
use crate::consent::ConsentView;
use crate::conversation::{Continuity, Conversation};
use crate::verify::VerifiedMessage;
use beistand_protocol::bytes::{Digest, Slot};
use beistand_protocol::roster::{Roster, Serial, Writer};
use beistand_protocol::time::Day;
use serde::Serialize;

/// One message of a conversation.
#[derive(Clone, Serialize)]
pub struct MessageView {
    /// SHA-256 of line 1: its name in this conversation.
    pub digest: Digest,
    /// Where it lies on the wall.
    pub slot: Slot,
    /// The day it was written.
    pub day: Day,
    /// The kind.
    pub kind: Kind,
    /// 0 for the reporter, else the device.
    pub writer: Writer,
    /// The counselor who wrote it, or none for the reporter.
    pub serial: Option<Serial>,
    /// The counselor's name, where the roster still has it.
    pub name: Option<String>,
    /// The words.
    pub text: Option<String>,
    /// Where the case stands, in a reply that says so.
    pub status: Option<Status>,
    /// What else a report says.
    pub report: Option<ReportView>,
    /// The files that go with it.
    pub attachments: Vec<AttachmentView>,
    /// What a reply asks consent for, and how that stands.
    pub consent: Option<ConsentView>,
    /// The reply whose request for consent this message answers.
    pub consent_to: Option<Digest>,
    /// Who may read.
    pub readers: Vec<Serial>,
    /// `begins`, `continues` or `gap`.
    pub continuity: Continuity,
}

/// What a report says beside its text.
#[derive(Clone, Serialize)]
#[expect(missing_docs, reason = "named as in `ReportBody`")]
pub struct ReportView {
    #[serde(rename = "where")]
    pub place: Option<String>,
    pub links: Vec<String>,
    pub accounts: Vec<String>,
    pub kinds: Vec<String>,
    pub ongoing: Option<Answer>,
    pub danger: Option<Answer>,
    pub wishes: Vec<String>,
    pub languages: Vec<String>,
    pub safe_times: Option<String>,
    pub pronouns: Option<String>,
    pub call_me: Option<String>,
    pub for_whom: Option<ForWhom>,
}

/// A file that goes with a message.
#[derive(Clone, Serialize)]
pub struct AttachmentView {
    /// Its name as given: not a path.
    pub name: String,
    /// Its media type as given.
    #[serde(rename = "type")]
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// Whether this is the file as it was, metadata included.
    pub kept_original: bool,
    /// What was taken out of it before it was sent, in words of the sender's program.
    pub removed_metadata: Vec<String>,
}

impl Conversation {
    /// All messages in order, with names from `roster`.
    pub fn view(&self, roster: &Roster) -> Vec<MessageView> {
        self.messages()
            .map(|(message, continuity)| MessageView {
                consent: self.consent(message),
                ..MessageView::new(message, continuity, roster)
            })
            .collect()
    }
}

impl MessageView {
    /// The view of one message by itself, with names from `roster`.
    fn new(verified: &VerifiedMessage, continuity: Continuity, roster: &Roster) -> Self {
        let message = verified.message();
        let member = verified.author().and_then(|serial| roster.member(serial));
        let attachments = message
            .body
            .attachments()
            .iter()
            .map(|file| AttachmentView {
                name: file.name.clone(),
                media_type: file.media_type.clone(),
                size: file.size,
                sha256: file.sha256,
                kept_original: file.kept_original,
                removed_metadata: file.removed_metadata.clone(),
            });
        Self {
            digest: verified.digest(),
            slot: message.slot,
            day: message.place.day,
            kind: message.kind(),
            writer: message.place.writer,
            serial: verified.author(),
            name: member.map(|member| member.name.clone()),
            text: message.body.text().map(str::to_owned),
            status: match &message.body {
                Body::Reply(reply) => reply.status,
                _ => None,
            },
            report: match &message.body {
                Body::Report(report) => Some(ReportView::new(report)),
                _ => None,
            },
            attachments: attachments.collect(),
            consent: None,
            consent_to: message.body.consent_answer().map(|answer| answer.request),
            readers: message.readers.serials().to_vec(),
            continuity,
        }
    }
}

impl ReportView {
    fn new(report: &ReportBody) -> Self {
        Self {
            place: report.place.clone(),
            links: report.links.clone(),
            accounts: report.accounts.clone(),
            kinds: report.kinds.clone(),
            ongoing: report.ongoing,
            danger: report.danger,
            wishes: report.wishes.clone(),
            languages: report.languages.clone(),
            safe_times: report.safe_times.clone(),
            pronouns: report.pronouns.clone(),
            call_me: report.call_me.clone(),
            for_whom: report.for_whom,
        }
    }
}
