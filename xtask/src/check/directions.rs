//! Who may use whom. The table in docs/architecture.md is the rule; this reads it.

use std::collections::{BTreeMap, BTreeSet};

use super::packages::{self, Packages};
use super::Report;
use crate::failure::{Failure, While};
use crate::layout;

const TABLE: &str = "docs/architecture.md";

/// What the table says of one crate.
#[derive(Debug, Default, PartialEq, Eq)]
struct Rule {
    /// Members it may use directly.
    may_use: BTreeSet<String>,
    /// Crates, ours or foreign, that must be nowhere in its tree.
    never: BTreeSet<String>,
}

/// Holds every member to the table, and the table to the members.
///
/// # Errors
/// The table or cargo's metadata cannot be read.
pub fn check() -> Result<Report, Failure> {
    let text = std::fs::read_to_string(layout::below_root(TABLE)).while_(TABLE)?;
    let packages = Packages::read()?;
    let mut trees = BTreeMap::new();
    for member in packages.members() {
        trees.insert(member.name.clone(), packages::whole_tree(&member.name)?);
    }
    Ok(Report::of(compare(&parse(&text), &packages, &trees)))
}

/// Reads the rows `| crate | may use | never |`; names stand in backticks.
fn parse(text: &str) -> BTreeMap<String, Rule> {
    let names = |cell: &str| -> BTreeSet<String> {
        let quoted = cell.split('`').skip(1).step_by(2);
        quoted.map(String::from).collect()
    };
    let mut rules = BTreeMap::new();
    let mut in_table = false;
    for line in text.lines() {
        let Some(row) = line.strip_prefix('|') else {
            in_table = false;
            continue;
        };
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        if cells.starts_with(&["crate", "may use", "never"]) {
            in_table = true;
        } else if in_table && cells.len() >= 3 {
            for name in names(cells[0]) {
                let rule = Rule {
                    may_use: names(cells[1]),
                    never: names(cells[2]),
                };
                rules.insert(name, rule);
            }
        }
    }
    rules
}

fn compare(
    rules: &BTreeMap<String, Rule>,
    packages: &Packages,
    trees: &BTreeMap<String, BTreeSet<String>>,
) -> Vec<String> {
    let mut findings = Vec::new();
    for name in rules.keys() {
        if packages.member(name).is_none() {
            findings.push(format!("{TABLE} has a row for {name}, which is no crate"));
        }
    }
    for member in packages.members() {
        let name = &member.name;
        let Some(rule) = rules.get(name) else {
            findings.push(format!("{name} has no row in the table of {TABLE}"));
            continue;
        };
        for used in packages.own_dependencies(member) {
            if !rule.may_use.contains(used) {
                findings.push(format!("{name} uses {used}, and may not"));
            }
        }
        let tree = &trees[name];
        for never in rule.never.intersection(tree) {
            findings.push(format!("{name} has {never} in its tree, and must not"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::packages::Package;
    use super::*;

    const DOCUMENT: &str = "
| word | meaning |
|---|---|
| `server` | not this table |

| crate | may use | never |
|---|---|---|
| `server` | `protocol` | `age`, `core`: no key type |
| `protocol` |  | `age` |
";

    /// What the table finds in crates of which each uses these members directly and has
    /// this tree.
    fn findings(crates: &[(&str, &[&str], &[&str])]) -> Vec<String> {
        let mut packages = Packages::default();
        let mut trees = BTreeMap::new();
        for (name, uses, tree) in crates {
            let owned = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
            let package = Package {
                name: name.to_string(),
                uses: owned(uses),
                ..Package::default()
            };
            packages.members.push(name.to_string());
            packages.by_id.insert(name.to_string(), package);
            trees.insert(
                name.to_string(),
                tree.iter().map(|name| name.to_string()).collect(),
            );
        }
        compare(&parse(DOCUMENT), &packages, &trees)
    }

    #[test]
    fn the_table_is_found_among_others() {
        let rules = parse(DOCUMENT);
        assert_eq!(rules.len(), 2);
        assert_eq!(rules["server"].may_use, BTreeSet::from(["protocol".into()]));
        assert!(rules["server"].never.contains("core"));
    }

    #[test]
    fn a_forbidden_crate_is_found_at_any_depth() {
        let protocol: (&str, &[&str], &[&str]) = ("protocol", &[], &["serde"]);
        let clean = findings(&[("server", &["protocol"], &["protocol", "serde"]), protocol]);
        assert_eq!(clean, Vec::<String>::new());
        let deep = findings(&[
            ("server", &["protocol"], &["protocol", "kit", "age"]),
            protocol,
        ]);
        assert_eq!(deep, ["server has age in its tree, and must not"]);
    }

    #[test]
    fn a_crate_used_the_wrong_way_round_is_found() {
        let turned = findings(&[("server", &[], &[]), ("protocol", &["server"], &["server"])]);
        assert_eq!(turned, ["protocol uses server, and may not"]);
    }

    #[test]
    fn a_crate_without_a_row_and_a_row_without_a_crate_are_found() {
        let other = findings(&[("server", &[], &[]), ("new", &[], &[])]);
        assert_eq!(other.len(), 2);
    }

    #[test]
    fn a_real_tree_has_more_than_the_direct_dependencies() {
        let tree = packages::whole_tree("xtask").unwrap();
        assert!(tree.contains("clap") && tree.contains("clap_builder"));
        assert!(!tree.contains("xtask"));
    }
}
