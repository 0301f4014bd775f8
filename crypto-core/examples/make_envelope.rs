//! Writes one frozen envelope: `cargo run -p beistand-crypto-core --example make_envelope -- FILE`.
//! The age library draws its own randomness, so no two are alike: keep the old ones, which must
//! open for ever, and add a new one only when the format changes.
#![expect(
    clippy::disallowed_methods,
    reason = "an example writes files; the crate does not"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use beistand_crypto_core::codename::Codename;
use beistand_crypto_core::reporter::Mailbox;
use serde_json::json;
use support::{readers, report, World};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args_os()
        .nth(1)
        .ok_or("usage: make_envelope FILE")?;
    // Three counselors of whom the first has a prekey and the third may not read.
    let (mut world, mut desks) = World::new(1, 3, 8);
    world.upload_prekey(&mut desks[0]);
    let codename = Codename::generate(&mut world.rng);
    let mailbox = Mailbox::from_codename(&codename, &world.instance.instance);
    let snapshot = world.snapshot();
    let body = report("A frozen report.");
    let outgoing = mailbox.compose_report(&snapshot, &readers([1, 2]), body, &mut world.rng)?;
    let message = outgoing.message().ok_or("a report has a message")?;
    let blob = outgoing.blob.bytes();
    let identity = |desk: usize| desks[desk].keys.identity().to_text().to_string();
    let case = json!({
        "class": outgoing.class(),
        "digest": message.digest(),
        "opens_for": [
            *desks[0].keys.prekeys()[0].identity.to_text(),
            identity(1),
            *mailbox.keys().identity().to_text(),
        ],
        "closed_for": [identity(0), identity(2)],
        "flipped": [
            { "at": 0, "expect": "not-an-envelope" },
            { "at": 21, "expect": "not-an-envelope" },
            { "at": outgoing.blob.header_size(), "expect": "closed" },
            { "at": outgoing.blob.header_size() + 16, "expect": "closed" },
            { "at": blob.len() - 1, "expect": "closed" },
        ],
        "blob": STANDARD.encode(blob),
    });
    let text = serde_json::to_string_pretty(&json!({ "kind": "envelope", "cases": [case] }))?;
    std::fs::write(&file, text + "\n")?;
    Ok(())
}
