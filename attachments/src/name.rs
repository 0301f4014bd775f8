//! File names that somebody else chose, made harmless.

/// Longer names are cut: some file systems take 255 bytes, and a number may have to be added.
const LONGEST: usize = 120;
const NAMELESS: &str = "file";
/// Names that are devices on Windows, whatever ending they have.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// A name that is a name and nothing else, on any system: no path, not hidden, no device, no
/// character that means something to a shell, a terminal or a file system, or that changes how
/// the rest looks.
pub fn safe_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|letter| !is_invisible(*letter))
        .map(|letter| if is_special(letter) { '_' } else { letter })
        .collect();
    let trimmed = plain
        .trim_start_matches(['.', '-', '~', ' '])
        .trim_end_matches(['.', ' ']);
    let name = shortened(trimmed);
    if name.is_empty() {
        NAMELESS.to_owned()
    } else if is_device(&name) {
        format!("_{name}")
    } else {
        name
    }
}

/// `name`, and where that is taken `name (2)` and so on: the ending stays where it is.
pub(crate) fn numbered(name: &str, number: usize) -> String {
    if number < 2 {
        return name.to_owned();
    }
    let (stem, ending) = split(name);
    format!("{stem} ({number}){ending}")
}

fn is_special(letter: char) -> bool {
    letter.is_control()
        || letter.is_whitespace() && letter != ' '
        || matches!(
            letter,
            '<' | '>' | ':' | '"' | '|' | '?' | '*' | '$' | '`' | '%' | '&' | ';' | '!' | '\''
        )
}

/// What turns the direction of writing or does not show.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_ascii_lowercase();
    let numbered = |prefix| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest: &str| rest.chars().count() == 1 && !rest.starts_with('0'))
    };
    DEVICES.contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = split(name);
    let ending = if ending.len() <= LONGEST / 4 {
        ending
    } else {
        ""
    };
    let mut end = LONGEST - ending.len();
    while !stem.is_char_boundary(end.min(stem.len())) {
        end -= 1;
    }
    format!("{}{ending}", &stem[..end.min(stem.len())])
}

/// The stem and the ending with its dot.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere() {
        let known = [
            ("photo.jpg", "photo.jpg"),
            ("Grüße an alle.pdf", "Grüße an alle.pdf"),
            ("../../etc/passwd", "passwd"),
            ("/etc/passwd", "passwd"),
            ("C:\\Windows\\system.ini", "system.ini"),
            ("..", "file"),
            (".", "file"),
            ("", "file"),
            ("a/", "file"),
            (".bashrc", "bashrc"),
            ("-rf", "rf"),
            ("~root", "root"),
            ("a\nb\u{0}c\u{1b}[2J", "a_b_c_[2J"),
            ("gpj.\u{202e}exe", "gpj.exe"),
            ("invi\u{200b}sible", "invisible"),
            ("what?*.txt", "what__.txt"),
            ("$(rm).txt", "_(rm).txt"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com1.png", "_com1.png"),
            ("comet.png", "comet.png"),
            ("trailing. . ", "trailing"),
        ];
        for (given, safe) in known {
            assert_eq!(safe_name(given), safe, "{given:?}");
        }
    }

    #[test]
    fn long_names_are_cut_before_their_ending() {
        let name = safe_name(&format!("{}.jpeg", "ä".repeat(200)));
        assert!(name.len() <= LONGEST && name.ends_with("ä.jpeg"));
        let name = safe_name(&format!("a.{}", "b".repeat(200)));
        assert!(name.len() <= LONGEST);
    }

    #[test]
    fn names_are_safe_once_and_for_all() {
        for given in ["../..//CON.", "...-~x", "a\u{202e}b", ". .a", "-.-"] {
            let safe = safe_name(given);
            assert_eq!(safe_name(&safe), safe, "{given:?}");
        }
    }

    #[test]
    fn a_number_stands_before_the_ending() {
        assert_eq!(numbered("a.b.jpg", 1), "a.b.jpg");
        assert_eq!(numbered("a.b.jpg", 2), "a.b (2).jpg");
        assert_eq!(numbered("file", 3), "file (3)");
    }
}
