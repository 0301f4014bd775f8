//! Packs the word lists: a browser loads both. In each, a word is how many letters it shares with
//! the one before it, as a digit, and its other letters. The English list is that of BIP 39.

// The core is pure; what builds it reads a list and writes it packed.
#![allow(clippy::disallowed_methods)]

use std::path::PathBuf;
use std::{env, fs, io};

const GERMAN: &str = "words/german.txt";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={GERMAN}");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let english = bip39::Language::English.word_list();
    let german = fs::read_to_string(GERMAN)?;
    fs::write(out.join("english"), packed(english.iter().copied()))?;
    fs::write(out.join("german"), packed(german.lines()))
}

fn packed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut packed = String::new();
    let mut before = "";
    for word in words {
        let pairs = before.bytes().zip(word.bytes());
        let shared = pairs.take_while(|(one, other)| one == other).count().min(9);
        packed += &shared.to_string();
        packed += &word[shared..];
        before = word;
    }
    packed
}
