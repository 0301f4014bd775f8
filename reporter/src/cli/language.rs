//! The language new words are shown in.

use beistand_crypto_core::word_list::WordList;

/// Variables that say which language somebody reads, the strongest first, as POSIX has them.
const LOCALE: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// The list of a language given on the command line.
///
/// # Errors
/// There are no words in it.
pub fn word_list(tag: &str) -> Result<WordList, String> {
    WordList::for_language(tag).ok_or_else(|| "there are words in en and de".to_owned())
}

/// The list of this person's language, or English.
pub fn own() -> WordList {
    of_locale(|name| std::env::var(name).ok())
}

fn of_locale(variable: impl Fn(&str) -> Option<String>) -> WordList {
    LOCALE
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty())
        .and_then(|value| WordList::for_language(&value))
        .unwrap_or_else(WordList::english)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_variable_that_says_something_decides() {
        for (all, messages, lang, language) in [
            (None, None, None, "en"),
            (None, None, Some("de_DE.UTF-8"), "de"),
            (Some(""), None, Some("de_DE.UTF-8"), "de"),
            (None, Some("en_GB"), Some("de_DE.UTF-8"), "en"),
            (Some("C"), Some("de_DE"), Some("de_DE"), "en"),
            (Some("de_AT@euro"), None, Some("en"), "de"),
        ] {
            let found = of_locale(|name| {
                let value = match name {
                    "LC_ALL" => all,
                    "LC_MESSAGES" => messages,
                    _ => lang,
                };
                value.map(str::to_owned)
            });
            assert_eq!(found.language(), language, "{all:?} {messages:?} {lang:?}");
        }
    }
}
