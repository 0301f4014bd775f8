//! Our side of many age files at once, for the interoperability tests in JavaScript. Jobs are
//! lines on standard input, so that no identity stands among arguments; each gives one line.
//!
//! ```text
//! keys SEED                                  gives  IDENTITY RECIPIENT
//! seal binary|armored PLAIN FILE RECIPIENT…  gives  sealed
//! open IDENTITY FILE                         gives  SIZE SHA-256, or closed
//! ```

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::{Decryptor, Encryptor, Identity, Recipient};
use beistand_crypto_core::hybrid_identity::HybridIdentity;
use beistand_crypto_core::hybrid_recipient::HybridRecipient;
use beistand_protocol::hash::sha256;
use rand::rngs::OsRng;
use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};

fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("jobs are text");
        let words: Vec<&str> = line.split(' ').collect();
        println!("{}", answer(&words));
    }
}

fn answer(job: &[&str]) -> String {
    match job {
        ["keys", seed] => keys(seed),
        ["seal", "binary", plain, file, recipients @ ..] => {
            seal(Format::Binary, plain, file, recipients)
        }
        ["seal", "armored", plain, file, recipients @ ..] => {
            seal(Format::AsciiArmor, plain, file, recipients)
        }
        ["open", identity, file] => open(identity, file).unwrap_or_else(|| "closed".to_owned()),
        _ => panic!("there is no such job"),
    }
}

fn keys(seed: &str) -> String {
    let mut bytes = [0; 32];
    hex::decode_to_slice(seed, &mut bytes).expect("a seed is 32 bytes in hexadecimal");
    let identity = HybridIdentity::from_seed(&bytes);
    format!("{} {}", *identity.to_text(), identity.recipient())
}

fn seal(format: Format, plain: &str, file: &str, recipients: &[&str]) -> String {
    let plain = std::fs::read(plain).expect("the plaintext is there");
    let recipients: Vec<HybridRecipient> = recipients
        .iter()
        .map(|text| text.parse().expect("it is a recipient"))
        .collect();
    let rng = RefCell::new(OsRng);
    let recipients: Vec<Box<dyn Recipient + '_>> = recipients
        .iter()
        .map(|recipient| Box::new(recipient.with_rng(&rng)) as Box<dyn Recipient>)
        .collect();
    let encryptor = Encryptor::with_recipients(recipients.iter().map(|recipient| &**recipient))
        .expect("hybrid recipients agree");
    let armor = ArmoredWriter::wrap_output(Vec::new(), format).expect("memory takes it");
    let mut writer = encryptor.wrap_output(armor).expect("memory takes it");
    writer.write_all(&plain).expect("memory takes it");
    let sealed = writer.finish().and_then(ArmoredWriter::finish);
    let sealed = sealed.expect("memory takes it");
    std::fs::write(file, sealed).expect("there is room for a file");
    "sealed".to_owned()
}

fn open(identity: &str, file: &str) -> Option<String> {
    let identity: HybridIdentity = identity.parse().expect("it is an identity");
    let file = std::fs::File::open(file).expect("the file is there");
    let mut plain = Vec::new();
    Decryptor::new_buffered(ArmoredReader::new(BufReader::new(file)))
        .ok()?
        .decrypt(std::iter::once(&identity as &dyn Identity))
        .ok()?
        .read_to_end(&mut plain)
        .ok()?;
    Some(format!("{} {}", plain.len(), sha256(&plain)))
}
