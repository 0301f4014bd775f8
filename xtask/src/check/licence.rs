//! Licence expressions (SPDX, and the older `MIT/Apache-2.0`): are they satisfied?

use std::collections::BTreeSet;

/// Whether an expression can be satisfied with the allowed licences alone.
///
/// An expression that cannot be read is not satisfied.
pub fn is_satisfied(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut words: Vec<&str> = spaced.split_whitespace().collect();
    words.reverse();
    let satisfied = either(&mut words, allowed);
    words.is_empty() && satisfied == Some(true)
}

/// `both OR both …`; `None` where it cannot be read.
fn either(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> Option<bool> {
    let mut satisfied = both(words, allowed)?;
    while words.last() == Some(&"OR") {
        words.pop();
        satisfied |= both(words, allowed)?;
    }
    Some(satisfied)
}

/// `one AND one …`
fn both(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> Option<bool> {
    let mut satisfied = one(words, allowed)?;
    while words.last() == Some(&"AND") {
        words.pop();
        satisfied &= one(words, allowed)?;
    }
    Some(satisfied)
}

/// A name, a name `WITH` an exception, or an expression in parentheses.
fn one(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> Option<bool> {
    match words.pop()? {
        "(" => {
            let satisfied = either(words, allowed)?;
            (words.pop()? == ")").then_some(satisfied)
        }
        "OR" | "AND" | "WITH" | ")" => None,
        name => {
            let mut name = name.to_string();
            if words.last() == Some(&"WITH") {
                words.pop();
                name = format!("{name} WITH {}", words.pop()?);
            }
            Some(allowed.contains(&name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_weighed() {
        let allowed = BTreeSet::from(
            ["MIT", "BSD-3-Clause", "Apache-2.0 WITH LLVM-exception"].map(String::from),
        );
        let cases = [
            ("MIT", true),
            ("GPL-2.0", false),
            ("GPL-2.0 OR MIT", true),
            ("GPL-2.0/MIT", true),
            ("GPL-2.0 AND MIT", false),
            ("(GPL-2.0 OR MIT) AND BSD-3-Clause", true),
            ("GPL-2.0 OR MIT AND OpenSSL", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0", false),
            ("MIT OR", false),
            ("(MIT", false),
            ("MIT MIT", false),
            ("", false),
        ];
        for (expression, expected) in cases {
            assert_eq!(is_satisfied(expression, &allowed), expected, "{expression}");
        }
    }
}
