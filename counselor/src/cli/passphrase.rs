//! The passphrase comes from a file descriptor or is typed without showing: never from an
//! argument or the environment, where other programs could read it.

use super::failure::Failure;
use beistand_counselor::passphrase::Passphrase;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use zeroize::Zeroizing;

const STANDARD_INPUT: u32 = 0;
const LONGEST: u64 = 4096;

/// The passphrase of an existing vault.
pub fn existing(descriptor: Option<u32>) -> Result<Passphrase, Failure> {
    match descriptor {
        Some(number) => from_descriptor(number),
        None => ask("Passphrase: ").map(Passphrase::new),
    }
}

/// The passphrase of a new vault; typed twice where it is typed.
pub fn new(descriptor: Option<u32>) -> Result<Passphrase, Failure> {
    if let Some(number) = descriptor {
        return from_descriptor(number);
    }
    let first = ask("Choose a passphrase: ")?;
    let second = ask("Once more: ")?;
    if first != second {
        return Err(Failure::usage(
            "the two passphrases differ",
            "Nothing was made; try again.",
        ));
    }
    Ok(Passphrase::new(first))
}

/// Whether the passphrase and something else would both come from standard input.
pub fn is_standard_input(descriptor: Option<u32>) -> bool {
    descriptor == Some(STANDARD_INPUT)
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "there is no terminal to type the passphrase on",
            "Give it through a file descriptor: --passphrase-fd 3 3< FILE",
        ));
    }
    rpassword::prompt_password(prompt)
        .map(Zeroizing::new)
        .map_err(|_| Failure::usage("the passphrase could not be read", "Try --passphrase-fd N."))
}

/// The first line, without its end.
fn from_descriptor(number: u32) -> Result<Passphrase, Failure> {
    let text = if number == STANDARD_INPUT {
        read(io::stdin().lock())
    } else {
        // The name by which a process opens its own descriptors again.
        File::open(format!("/dev/fd/{number}")).and_then(read)
    };
    let text = text.map_err(|_| {
        Failure::usage(
            "no passphrase can be read from that file descriptor",
            "For example: --passphrase-fd 3 3< FILE",
        )
    })?;
    let line = text.split('\n').next().unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    Ok(Passphrase::new(Zeroizing::new(line.to_owned())))
}

fn read(from: impl Read) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(256));
    from.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}
