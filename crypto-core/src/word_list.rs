//! Lists of 2,048 words in which a codename can be shown. Words stand for their position, so a
//! codename can be read in one language and typed in another.

use bip39::Language;

/// Number of words in every list: a word stands for 11 bits.
pub const WORDS: u16 = 2048;

/// One list of 2,048 words, sorted, in lower-case letters a to z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordList {
    language: &'static str,
    words: &'static [&'static str; WORDS as usize],
}

impl WordList {
    /// The English list of BIP 39.
    pub fn english() -> Self {
        Self {
            language: "en",
            words: Language::English.word_list(),
        }
    }

    /// The list for a language tag such as `en` or `de-AT`, where there is one.
    pub fn for_language(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::all()
            .into_iter()
            .find(|list| list.language.eq_ignore_ascii_case(primary))
    }

    /// Every list there is.
    pub fn all() -> impl IntoIterator<Item = Self> {
        [Self::english()]
    }

    /// The language tag of the list.
    pub fn language(self) -> &'static str {
        self.language
    }

    /// The word at a position below [`WORDS`], or `None` above.
    pub fn word(self, position: u16) -> Option<&'static str> {
        self.words.get(usize::from(position)).copied()
    }

    /// The position of a word in lower case.
    pub fn position(self, word: &str) -> Option<u16> {
        let found = self.words.binary_search(&word).ok()?;
        Some(u16::try_from(found).expect("a position is below 2,048"))
    }

    /// All words that start with `beginning`, in order: one of four letters fits at most one
    /// word, except where the word is a beginning itself.
    pub fn completions(self, beginning: &str) -> &'static [&'static str] {
        let beginning = beginning.trim().to_lowercase();
        let first = self
            .words
            .partition_point(|word| *word < beginning.as_str());
        let rest = &self.words[first..];
        &rest[..rest.partition_point(|word| word.starts_with(&beginning))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_sorted_and_plain() {
        for list in WordList::all() {
            assert!(list.words.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(list
                .words
                .iter()
                .all(|word| word.bytes().all(|b| b.is_ascii_lowercase())));
        }
    }

    #[test]
    fn completes_what_is_typed() {
        let english = WordList::english();
        assert_eq!(english.completions(" Aban"), ["abandon"]);
        assert!(english.completions("zoo").contains(&"zoo"));
        assert!(english.completions("xyz").is_empty());
        assert_eq!(english.completions("").len(), usize::from(WORDS));
    }
}
