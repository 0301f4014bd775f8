//! Lists of 2,048 words in which a codename can be shown. Words stand for their position, so a
//! codename is the same in every language. No word, and no beginning of four letters, is in two
//! lists: the language of a codename can be told from any of its words.

use std::sync::LazyLock;

/// Number of words in every list: a word stands for 11 bits.
pub const WORDS: u16 = 2048;

/// Letters after which at most one word of all lists is left.
pub const UNIQUE_LETTERS: usize = 4;

/// Chosen by hand for this project; `words/README.md` says how. Frozen: whoever wrote a codename
/// down relies on every position in it.
static GERMAN: LazyLock<String> =
    LazyLock::new(|| unpacked(include_str!(concat!(env!("OUT_DIR"), "/german"))));
/// The list of BIP 39.
static ENGLISH: LazyLock<String> =
    LazyLock::new(|| unpacked(include_str!(concat!(env!("OUT_DIR"), "/english"))));

/// The words of a list, one a line, as build.rs has packed them: each begins with a digit, which says
/// how many letters it shares with the one before it.
fn unpacked(packed: &str) -> String {
    let mut words = String::new();
    let mut before = 0;
    for letter in packed.chars() {
        if let Some(shared) = letter.to_digit(10) {
            let from = before;
            if !words.is_empty() {
                words.push('\n');
            }
            before = words.len();
            words.extend_from_within(from..from + shared as usize);
        } else {
            words.push(letter);
        }
    }
    words
}

/// One list of 2,048 words, sorted, in lower-case letters a to z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordList {
    language: &'static str,
    /// One a line.
    words: &'static str,
}

impl WordList {
    /// The English list of BIP 39.
    pub fn english() -> Self {
        Self {
            language: "en",
            words: &ENGLISH,
        }
    }

    /// The German list.
    pub fn german() -> Self {
        Self {
            language: "de",
            words: &GERMAN,
        }
    }

    /// The list for a language tag such as `de-AT` or a locale such as `de_AT.UTF-8`, where
    /// there is one.
    pub fn for_language(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
        Self::all()
            .into_iter()
            .find(|list| list.language.eq_ignore_ascii_case(primary))
    }

    /// Every list there is.
    pub fn all() -> [Self; 2] {
        [Self::english(), Self::german()]
    }

    /// The language tag of the list.
    pub fn language(self) -> &'static str {
        self.language
    }

    /// The words in their order.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        self.words.lines()
    }

    /// The word at a position below [`WORDS`], or `None` above.
    pub fn word(self, position: u16) -> Option<&'static str> {
        self.iter().nth(usize::from(position))
    }

    /// The position of a word in lower case.
    pub fn position(self, word: &str) -> Option<u16> {
        let found = self.iter().position(|known| known == word)?;
        Some(u16::try_from(found).expect("a position is below 2,048"))
    }

    /// All words that start with `beginning`, in order.
    pub fn completions(self, beginning: &str) -> Vec<&'static str> {
        let beginning = beginning.trim().to_ascii_lowercase();
        self.iter()
            .filter(|word| word.starts_with(&beginning))
            .collect()
    }

    /// The same, of every list. A beginning of [`UNIQUE_LETTERS`] fits at most one word.
    pub fn completions_in_all(beginning: &str) -> Vec<&'static str> {
        Self::all()
            .into_iter()
            .flat_map(|list| list.completions(beginning))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completes_what_is_typed() {
        let english = WordList::english();
        assert_eq!(english.completions(" Aban"), ["abandon"]);
        assert!(english.completions("zoo").contains(&"zoo"));
        assert!(english.completions("xyz").is_empty());
        assert_eq!(english.completions("").len(), usize::from(WORDS));
        assert_eq!(WordList::completions_in_all("aban"), ["abandon"]);
        assert_eq!(WordList::completions_in_all("Igel"), ["igel"]);
    }

    #[test]
    fn finds_the_list_of_a_language() {
        for (tag, language) in [
            ("de", "de"),
            ("de-AT", "de"),
            ("de_CH.UTF-8", "de"),
            ("DE@euro", "de"),
            ("en.UTF-8", "en"),
        ] {
            let list = WordList::for_language(tag).map(WordList::language);
            assert_eq!(list, Some(language), "{tag}");
        }
        for tag in ["", "C", "POSIX", "fr_FR", "deutsch"] {
            assert_eq!(WordList::for_language(tag), None, "{tag}");
        }
    }
}
