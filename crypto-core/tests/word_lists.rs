//! The rules of the word lists, `words/README.md`. The English list is BIP 39's and kept as it is;
//! the German one is ours, and must keep every rule.

use beistand_crypto_core::word_list::{WordList, UNIQUE_LETTERS, WORDS};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Of `words/german.txt`. Another hash means that somebody's words no longer open their mailbox.
const FROZEN: &str = "5899e0b7d6027bbce0903486a38b5479a8677afa3f4c22ea581ccb405cb88709";

fn german() -> Vec<&'static str> {
    WordList::german().iter().collect()
}

#[test]
fn the_german_list_is_what_it_was() {
    let text = include_str!("../words/german.txt");
    assert_eq!(hex::encode(Sha256::digest(text)), FROZEN);
    assert!(WordList::german().iter().eq(text.lines()));
}

#[test]
fn the_english_list_is_that_of_bip_39() {
    let theirs = bip39::Language::English.word_list();
    assert!(WordList::english().iter().eq(theirs.iter().copied()));
}

#[test]
fn every_list_is_complete_sorted_and_plain() {
    for list in WordList::all() {
        let words: Vec<_> = list.iter().collect();
        assert_eq!(words.len(), usize::from(WORDS), "{}", list.language());
        assert!(words.windows(2).all(|pair| pair[0] < pair[1]));
        for (position, word) in (0..).zip(&words) {
            assert!(word.bytes().all(|b| b.is_ascii_lowercase()), "{word}");
            assert_eq!(list.word(position), Some(*word));
            assert_eq!(list.position(word), Some(position));
        }
        assert_eq!(list.word(WORDS), None);
        assert_eq!(list.position("beistand"), None);
    }
    for word in german() {
        assert!((4..=8).contains(&word.len()), "{word}");
    }
}

#[test]
fn four_letters_are_enough_in_both_languages_together() {
    let mut beginnings = BTreeMap::new();
    for list in WordList::all() {
        for word in list.iter() {
            let beginning = &word[..word.len().min(UNIQUE_LETTERS)];
            if let Some(other) = beginnings.insert(beginning, word) {
                panic!("{other} and {word} begin alike");
            }
        }
    }
}

#[test]
fn nothing_frightens_or_pries() {
    let blocked: Vec<&str> = include_str!("../words/blocked.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect();
    let is_blocked = |word: &str| {
        blocked.iter().any(|rule| match rule.strip_suffix('*') {
            Some(beginning) => word.starts_with(beginning),
            None => word == *rule,
        })
    };
    for word in ["waffe", "waffen", "gewaltig", "adresse", "orten"] {
        assert!(is_blocked(word), "{word}");
    }
    let found: Vec<_> = german().into_iter().filter(|w| is_blocked(w)).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn no_slip_of_the_pen_makes_another_word() {
    assert!(one_slip("hand", "hund") && one_slip("rose", "rosen") && one_slip("acht", "acth"));
    assert!(!one_slip("rose", "rosten") && !one_slip("hand", "dnah"));
    let words = german();
    for (i, word) in words.iter().enumerate() {
        for other in &words[..i] {
            assert!(!one_slip(word, other), "{other} and {word}");
        }
    }
}

#[test]
fn no_word_is_the_plural_of_another() {
    let words: BTreeSet<_> = german().into_iter().collect();
    for word in &words {
        for ending in ["e", "en", "n", "er", "ern", "s", "es", "nen", "se", "innen"] {
            let plural = format!("{word}{ending}");
            assert!(!words.contains(plural.as_str()), "{word} and {plural}");
        }
    }
}

#[test]
fn no_two_words_sound_alike() {
    assert_eq!(sound("lerche"), sound("lerrche"));
    assert_eq!(sound("seite"), sound("saite"));
    assert_eq!(sound("phase"), sound("vase"));
    assert_eq!(sound("mahl"), sound("mal"));
    assert_eq!(sound("rad"), sound("rat"));
    assert_ne!(sound("rose"), sound("riese"));
    let mut sounds = BTreeMap::new();
    for word in german() {
        if let Some(other) = sounds.insert(sound(word), word) {
            panic!("{other} and {word} sound alike");
        }
    }
}

/// Whether one slip turns one word into the other: a letter more, less or other, or two neighbours
/// swapped.
fn one_slip(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let (short, long) = (short.as_bytes(), long.as_bytes());
    let same = |from: usize, to: usize| short[from..] == long[to..];
    let at = short
        .iter()
        .zip(long)
        .take_while(|(one, other)| one == other)
        .count();
    match long.len() - short.len() {
        0 if at == short.len() => true,
        0 => {
            let swapped = at + 1 < short.len()
                && short[at] == long[at + 1]
                && short[at + 1] == long[at]
                && same(at + 2, at + 2);
            swapped || same(at + 1, at + 1)
        }
        1 => same(at, at + 1),
        _ => false,
    }
}

/// Roughly how a German word sounds: spellings of one sound become one.
fn sound(word: &str) -> String {
    let mut sound = word.to_owned();
    for (spelled, sounds) in [
        ("ph", "f"),
        ("th", "t"),
        ("dt", "t"),
        ("ai", "ei"),
        ("ay", "ei"),
        ("ey", "ei"),
        ("eu", "oi"),
        ("ck", "k"),
        ("tz", "z"),
        ("chs", "x"),
        ("ks", "x"),
        ("gs", "x"),
        ("qu", "kw"),
        ("y", "i"),
        ("v", "f"),
        ("ie", "i"),
        ("ah", "a"),
        ("eh", "e"),
        ("ih", "i"),
        ("oh", "o"),
        ("uh", "u"),
    ] {
        sound = sound.replace(spelled, sounds);
    }
    let mut letters: Vec<char> = sound.chars().collect();
    letters.dedup();
    // Voiced consonants lose their voice at the end.
    if let Some(last) = letters.last_mut() {
        *last = match *last {
            'b' => 'p',
            'd' => 't',
            'g' => 'k',
            other => other,
        };
    }
    letters.into_iter().collect()
}
