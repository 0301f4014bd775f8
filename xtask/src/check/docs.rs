//! The documents: every page in the summary, every link to something that is there, and every
//! source file and test that a page names.
//! The book itself is built where mdbook is installed.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::{files, Report};
use crate::failure::Failure;
use crate::{layout, process};

const SUMMARY: &str = "docs/SUMMARY.md";

/// Looks at every Markdown file of the repository.
///
/// # Errors
/// Files cannot be read, or mdbook has something to say.
pub fn check() -> Result<Report, Failure> {
    let files: BTreeSet<String> = files::all()?.into_iter().collect();
    let pages = files.iter().filter(|path| path.ends_with(".md"));
    let tests = tests(&files)?;
    let mut findings = Vec::new();
    let mut count = 0;
    for page in pages.clone() {
        let text = files::text(page)?.unwrap_or_default();
        for link in links(&text) {
            count += 1;
            findings.extend(broken(page, &text, link)?);
        }
        if page.starts_with("docs/") {
            let missing = named(&text).filter(|name| !is_there(name, &files, &tests));
            findings.extend(missing.map(|name| format!("{page} names {name}, which is not there")));
        }
    }
    let summary = files::text(SUMMARY)?.unwrap_or_default();
    let listed: BTreeSet<String> = links(&summary).map(|link| beside(SUMMARY, link)).collect();
    let in_book = |page: &&&String| page.starts_with("docs/") && page.as_str() != SUMMARY;
    for page in pages.filter(|page| in_book(&page)) {
        if !listed.contains(page) {
            findings.push(format!("{page} does not stand in {SUMMARY}"));
        }
    }
    let note = if process::find("mdbook").is_some() {
        let book = layout::below_root("target/book");
        let mut mdbook = process::command("mdbook", &layout::root());
        process::capture(mdbook.args(["build", "--dest-dir"]).arg(book).arg("docs"))?;
        format!("{count} links; book built with mdbook")
    } else {
        format!("{count} links; book not built: no mdbook")
    };
    Ok(Report::of(findings).noting(note))
}

/// The lines that do not stand in fenced blocks.
fn outside_fences(text: &str) -> impl Iterator<Item = &str> {
    let mut in_fence = false;
    text.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_fence ^= is_fence;
        !is_fence && !in_fence
    })
}

/// Targets of `[text](target)` and `![text](target)`, outside code.
fn links(text: &str) -> impl Iterator<Item = &str> {
    outside_fences(text)
        .flat_map(|line| line.split('`').step_by(2))
        .flat_map(|part| part.split("](").skip(1))
        .filter_map(|rest| Some(rest.split_once(')')?.0.trim()))
}

/// What stands in code outside fenced blocks.
fn named(text: &str) -> impl Iterator<Item = &str> {
    outside_fences(text).flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// Whether a name in code is no file or test of ours, or one that exists: a page that argues with
/// a test must notice when the test goes.
fn is_there(name: &str, files: &BTreeSet<String>, tests: &BTreeSet<String>) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.contains('/') && [".rs", ".ts", ".mjs"].iter().any(|end| name.ends_with(end)) {
        name.contains('*') || files.contains(name)
    } else if name.matches('_').count() > 3 && name.chars().all(is_word) {
        tests.contains(name)
    } else {
        true
    }
}

/// The names of all functions under a `#[test]`.
fn tests(files: &BTreeSet<String>) -> Result<BTreeSet<String>, Failure> {
    let mut names = BTreeSet::new();
    for path in files.iter().filter(|path| path.ends_with(".rs")) {
        let text = files::text(path)?.unwrap_or_default();
        let after = text.split("#[test]\n").skip(1);
        let name = |rest: &str| Some(rest.split_once("fn ")?.1.split_once('(')?.0.to_owned());
        names.extend(after.filter_map(name));
    }
    Ok(names)
}

/// What is wrong with a link on a page, if anything. Addresses of the web are not
/// looked at: a check does not depend on the network.
fn broken(page: &str, text: &str, link: &str) -> Result<Option<String>, Failure> {
    if link.contains("://") || link.starts_with("mailto:") {
        return Ok(None);
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = beside(page, path);
    if !path.is_empty() && !layout::below_root(&target).exists() {
        return Ok(Some(format!("{page} links to {link}, which is not there")));
    }
    if anchor.is_empty() {
        return Ok(None);
    }
    let other = if path.is_empty() {
        text.to_string()
    } else {
        files::text(&target)?.unwrap_or_default()
    };
    let has_heading = headings(&other).any(|heading| heading == anchor);
    Ok((!has_heading).then(|| format!("{page} links to {link}, and there is no such heading")))
}

/// The path from the root of what a page calls by a path relative to itself.
fn beside(page: &str, path: &str) -> String {
    let path = path.split('#').next().unwrap_or(path);
    let mut resolved = PathBuf::from(page);
    resolved.pop();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => {
                resolved.pop();
            }
            Component::Normal(name) => resolved.push(name),
            _ => {}
        }
    }
    resolved.to_string_lossy().replace('\\', "/")
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn headings(text: &str) -> impl Iterator<Item = String> + '_ {
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|letter| letter.is_alphanumeric() || "-_ ".contains(*letter));
            kept.map(|letter| if letter == ' ' { '-' } else { letter })
                .collect()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_outside_code() {
        let text = "[a](b.md) and ![c](d.png)\n```\n[no](no.md)\n```\n`[no](no.md)` [e](#f)";
        assert_eq!(links(text).collect::<Vec<_>>(), ["b.md", "d.png", "#f"]);
    }

    #[test]
    fn links_are_resolved_from_their_page() {
        assert_eq!(beside("docs/adr/0001.md", "../a.md#b"), "docs/a.md");
        assert_eq!(beside("README.md", "docs/a.md"), "docs/a.md");
    }

    #[test]
    fn files_and_tests_that_went_are_found() {
        let files = BTreeSet::from(["a/b.rs".to_owned()]);
        let tests = BTreeSet::from(["this_is_no_test_of_yours".to_owned()]);
        let text = "`a/b.rs` `a/c.rs` `k(label)` `c.rs`\n```\n`d/e.rs`\n```\n\
                    `this_is_no_test_of_yours` `this_was_a_test_once` `decoys_per_desk_day` `a/*.mjs`";
        let missing = named(text).filter(|name| !is_there(name, &files, &tests));
        assert_eq!(
            missing.collect::<Vec<_>>(),
            ["a/c.rs", "this_was_a_test_once"]
        );
    }

    #[test]
    fn broken_links_are_found() {
        let text = "# Two ways, walked\n";
        let is_broken = |link| broken("README.md", text, link).unwrap().is_some();
        assert!(!is_broken("xtask/src/check/docs.rs"));
        assert!(is_broken("xtask/src/check/no-such-file.rs"));
        assert!(!is_broken("#two-ways-walked"));
        assert!(is_broken("#three-ways"));
        assert!(!is_broken("https://example.org/nowhere"));
    }
}
