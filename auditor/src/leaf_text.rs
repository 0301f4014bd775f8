//! Reads the log's leaves. The protocol only writes them; who audits must read them, and takes
//! no spelling but the one that would be written.

use beistand_protocol::class::BlobClass;
use beistand_protocol::leaf::Leaf;
use beistand_protocol::state::StateLeaf;
use beistand_protocol::time::Day;

/// The leaf that `text` is, or `None`.
pub fn parse(text: &str) -> Option<Leaf> {
    let fields: Vec<&str> = text.split('|').collect();
    let leaf = match fields[..] {
        ["put", class, day, commitment] => Leaf::Put {
            class: BlobClass::from_name(class)?,
            day: Day(day.parse().ok()?),
            commitment: commitment.parse().ok()?,
        },
        ["roster", digest] => Leaf::Roster {
            digest: digest.parse().ok()?,
        },
        ["site", version, digest] => Leaf::Site {
            version: version.to_owned(),
            digest: digest.parse().ok()?,
        },
        ["gone", day, count] => Leaf::Gone {
            day: Day(day.parse().ok()?),
            count: count.parse().ok()?,
        },
        ["state", ..] => Leaf::State(StateLeaf::parse(text)?),
        _ => return None,
    };
    (leaf.encode() == text).then_some(leaf)
}

#[cfg(test)]
mod tests {
    use super::*;
    use beistand_protocol::bytes::Digest;

    #[test]
    fn takes_the_one_spelling_only() {
        let digest = Digest([0xab; 32]);
        let leaves = [
            Leaf::Put {
                class: BlobClass::Part,
                day: Day(20_000),
                commitment: digest,
            },
            Leaf::Roster { digest },
            Leaf::Site {
                version: "1.2".to_owned(),
                digest,
            },
            Leaf::Gone {
                day: Day(19_940),
                count: 12,
            },
        ];
        for leaf in leaves {
            let text = leaf.encode();
            assert_eq!(parse(&text), Some(leaf));
            assert_eq!(parse(&format!("{text}|")), None);
            assert_eq!(parse(&text.to_uppercase()), None);
        }
        assert_eq!(parse(&format!("put|part|020000|{digest}")), None);
        assert_eq!(parse(&format!("put|letter|20000|{digest}")), None);
        assert_eq!(parse("gone|+1|0"), None);
        assert_eq!(parse(""), None);
    }
}
