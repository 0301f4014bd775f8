//! Words and texts, from where they cannot be seen by others: a file descriptor, a file, standard
//! input. They are wiped from memory when they are no longer needed.

use super::failure::Failure;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// More than anything that belongs here; what is larger is not read.
const LIMIT: u64 = 1 << 20;
const STANDARD_INPUT: u32 = 0;

/// The words as they were typed, from descriptor `number`, or asked for at a terminal.
///
/// # Errors
/// A usage failure where there is nothing to read them from.
pub fn words(number: Option<u32>) -> Result<Zeroizing<String>, Failure> {
    match number {
        Some(number) => descriptor(number),
        None if io::stdin().is_terminal() => ask(),
        None => Err(Failure::usage(
            "there is no terminal to ask for the words on",
            "give them through a file descriptor: --words-fd 3 3< FILE",
        )),
    }
}

/// Whether words and text would both come from standard input, which can give only one.
pub fn collide(words: Option<u32>, text: &Path) -> bool {
    is_standard_input(text) && matches!(words, Some(STANDARD_INPUT))
}

/// A text from a file, or from standard input for `-`.
///
/// # Errors
/// A failure in words that do not repeat the path's content.
pub fn text(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let result = if is_standard_input(path) {
        if io::stdin().is_terminal() {
            eprintln!("Write what you want to say; an empty line and Ctrl-D end it.");
        }
        read(io::stdin().lock())
    } else {
        File::open(path).and_then(read)
    };
    let text = result.map_err(|error| {
        let error = match error.kind() {
            io::ErrorKind::NotFound => "the file with the text does not exist".to_owned(),
            io::ErrorKind::InvalidData => "the text is not UTF-8".to_owned(),
            io::ErrorKind::FileTooLarge => "the text is longer than a megabyte".to_owned(),
            kind => format!("the text cannot be read: {kind}"),
        };
        Failure::usage(
            error,
            "nothing was sent; give --text FILE, or - for standard input",
        )
    })?;
    Ok(text)
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn descriptor(number: u32) -> Result<Zeroizing<String>, Failure> {
    let result = if number == STANDARD_INPUT {
        read(io::stdin().lock())
    } else {
        // The name by which a process opens its own descriptors again.
        File::open(PathBuf::from(format!("/dev/fd/{number}"))).and_then(read)
    };
    result.map_err(|_| {
        Failure::usage(
            "no words can be read from that file descriptor",
            "for example: --words-fd 3 3< FILE",
        )
    })
}

fn ask() -> Result<Zeroizing<String>, Failure> {
    let failed = |_| Failure::usage("the words could not be read", "try --words-fd N");
    eprint!("Your twelve words (they show while you type): ");
    io::stderr().flush().map_err(failed)?;
    let mut line = Zeroizing::new(String::new());
    io::stdin().read_line(&mut line).map_err(failed)?;
    Ok(line)
}

fn read(from: impl Read) -> io::Result<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::new());
    from.take(LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LIMIT {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| io::ErrorKind::InvalidData)?;
    // Some editors put a byte order mark in front.
    Ok(Zeroizing::new(
        text.trim_start_matches('\u{feff}').to_owned(),
    ))
}
