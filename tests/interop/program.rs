//! The Rust side of the interoperability tests, which are written in JavaScript.
//!
//! `make DIR` plays an organisation: a report is filed, a counselor exports keys and envelopes
//! with the real program. `open DIR` opens `DIR/theirs.age`, which another implementation made.

use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_tests::organisation::Organisation;
use std::io::Read;
use std::path::Path;

/// What is reported; the JavaScript expects it.
const REPORT: &str = "Etwas ist passiert: \u{1f9e9} \"quoted\"";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", folder] => make(Path::new(folder)),
        ["open", folder] => open(Path::new(folder)),
        _ => panic!("beistand-interop make|open DIR"),
    }
}

fn make(folder: &Path) {
    let organisation = Organisation::of(2);
    organisation.reporter().file(REPORT, &[]);
    let desk = organisation.counselor(1);
    desk.sync(organisation.url());
    let path = |name: &str| folder.join(name).display().to_string();
    desk.run(&["keys", "export", "--out", &path("keys.txt")])
        .ok();
    let arguments = [
        "--server",
        organisation.url(),
        "envelopes",
        "export",
        &path("envelopes"),
    ];
    desk.run(&arguments).ok();
    let identity = identity(folder);
    std::fs::write(
        folder.join("recipient.txt"),
        identity.recipient().to_string(),
    )
    .expect("there is room for a file");
    organisation.audited_clean();
}

fn open(folder: &Path) {
    let theirs = std::fs::read(folder.join("theirs.age")).expect("their file is there");
    let identity = identity(folder);
    let decryptor = age::Decryptor::new(&theirs[..]).expect("it is an age file");
    let mut plaintext = decryptor
        .decrypt(std::iter::once(&identity as &dyn age::Identity))
        .expect("it is encrypted to our recipient");
    let mut text = String::new();
    plaintext
        .read_to_string(&mut text)
        .expect("it is text, whole");
    print!("{text}");
}

/// The first exported identity.
fn identity(folder: &Path) -> HybridIdentity {
    let keys = std::fs::read_to_string(folder.join("keys.txt")).expect("the keys were exported");
    let line = keys
        .lines()
        .find(|line| line.starts_with("AGE-SECRET-KEY-PQ-1"));
    line.expect("there is an identity")
        .parse()
        .expect("it is one of ours")
}
