//! What only the two ends may know: keys, envelopes, messages.
//!
//! Everything here is pure: what is random is drawn from an `rng` that is passed in, and the day
//! comes from a verified snapshot or an argument. The one exception is the age library's
//! `Encryptor`, which draws file key, payload nonce and grease itself.
//!
//! Two ways through the crate, the same in a browser, on a command line and at a desk:
//!
//! * report: [`reporter::Mailbox`] composes, [`audience`] says to whom, [`mod@seal`] seals,
//!   [`outgoing::Outgoing`] is put; [`casebook::Casebook`] opens and verifies what a desk syncs;
//! * answer: [`counselor`] composes, and the mailbox locates, fetches, opens and verifies.
//!
//! `docs/protocol.md` is the specification; section numbers in comments refer to it.
#![warn(missing_docs)]

mod age_file;
pub mod archive;
pub mod attachment;
pub mod audience;
pub mod body;
pub mod casebook;
pub mod codename;
pub mod compose;
pub mod consent;
pub mod conversation;
pub mod conversation_key;
pub mod counselor;
mod derivation;
pub mod device_keys;
mod hpke;
pub mod hybrid_identity;
pub mod hybrid_recipient;
mod key_text;
pub mod message;
pub mod open;
pub mod ordered;
pub mod outgoing;
pub mod part;
pub mod place;
pub mod readers;
pub mod reply_to;
pub mod reporter;
pub mod reporter_keys;
pub mod seal;
pub mod secret_hex;
mod shuffle;
pub mod signing;
mod slot_index;
mod stanzas;
pub mod verify;
pub mod view;
pub mod word_list;
pub mod xwing;
