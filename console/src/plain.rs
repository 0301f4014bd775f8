//! What others wrote, made harmless for a terminal: no character that moves the cursor, changes
//! colours, rings, or turns the direction of what stands beside it.

/// `text` with a mark in the place of each character that does more than show itself.
pub fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' | '\t' => letter,
            letter if letter.is_control() || turns_direction(letter) => char::REPLACEMENT_CHARACTER,
            letter => letter,
        })
        .collect()
}

/// As [`plain`], in one line: for names.
pub fn plain_line(text: &str) -> String {
    plain(text).replace(['\n', '\t'], " ")
}

fn turns_direction(letter: char) -> bool {
    matches!(
        letter,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_acts_on_a_terminal_is_left() {
        let hostile = "a\u{1b}[2Jb\u{7}c\u{9b}31md\re\u{202e}f\u{85}g\u{2066}";
        let shown = plain(hostile);
        assert!(!shown
            .chars()
            .any(|letter| letter.is_control() || turns_direction(letter)));
        assert_eq!(shown.chars().count(), hostile.chars().count());
        assert_eq!(plain("Grüße,\n\tjemand 👋🏽"), "Grüße,\n\tjemand 👋🏽");
        assert_eq!(plain_line("a\nb"), "a b");
    }
}
