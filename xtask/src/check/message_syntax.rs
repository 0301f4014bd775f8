//! What a message may hold: text, `$1` to `$9`, and `{{PLURAL:$1|…}}` or `{{GENDER:$1|…}}`, not
//! nested. The site's own reader of messages (`web/shared/message.ts`) knows nothing else.

/// What is wrong with a message; none where it can be read.
pub fn mistake(message: &str) -> Option<&'static str> {
    if message.trim() != message {
        return Some("begins or ends with a space");
    }
    if message.contains(['<', '>']) {
        return Some("has markup; messages are plain text");
    }
    let mut rest = message;
    while let Some((text, after)) = rest.split_once("{{") {
        if let Some(mistake) = in_text(text) {
            return Some(mistake);
        }
        let Some((template, next)) = after.split_once("}}") else {
            return Some("opens {{ and does not close it");
        };
        if let Some(mistake) = in_template(template) {
            return Some(mistake);
        }
        rest = next;
    }
    in_text(rest)
}

fn in_text(text: &str) -> Option<&'static str> {
    if text.contains("}}") {
        return Some("closes }} where nothing is open");
    }
    let mut pieces = text.split('$');
    pieces.next();
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        if digits != 1 || piece.starts_with('0') {
            return Some("has a $ that is not followed by one digit from 1 to 9");
        }
    }
    None
}

/// What stands between `{{` and `}}`.
fn in_template(template: &str) -> Option<&'static str> {
    let choice = ["PLURAL:$", "GENDER:$"]
        .iter()
        .find_map(|name| template.strip_prefix(name));
    let Some((number, forms)) = choice.and_then(|rest| rest.split_once('|')) else {
        return Some("has a template that is neither {{PLURAL:$1|…}} nor {{GENDER:$1|…}}");
    };
    if number.len() != 1 || !("1"..="9").contains(&number) {
        return Some("chooses a form by something else than $1 to $9");
    }
    if forms.contains(['{', '}']) {
        return Some("has a template inside a template");
    }
    if forms.split('|').any(str::is_empty) {
        return Some("has an empty form");
    }
    in_text(forms)
}

#[cfg(test)]
mod tests {
    use super::mistake;

    #[test]
    fn what_can_be_read_is_good() {
        for message in [
            "Hello",
            "$1 and $2",
            "{{PLURAL:$1|one|$1 words}} of $2",
            "{{GENDER:$1|he|she|they}} and {{PLURAL:$2|0=nobody|one}}",
        ] {
            assert_eq!(mistake(message), None, "{message}");
        }
    }

    #[test]
    fn what_cannot_is_named() {
        for message in [
            " hello",
            "<b>hello</b>",
            "costs $",
            "$10",
            "$0",
            "{{PLURAL:$1|one",
            "one}}",
            "{{plural:$1|one}}",
            "{{PLURAL:1|one}}",
            "{{PLURAL:$1}}",
            "{{PLURAL:$1|one|}}",
            "{{PLURAL:$1|{{GENDER:$2|a}}|b}}",
            "{{SITENAME}}",
        ] {
            assert!(mistake(message).is_some(), "{message}");
        }
    }
}
