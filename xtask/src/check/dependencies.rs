//! deny.toml's rules for bans, licences and sources, kept by cargo-deny where it is
//! installed and otherwise by our own reading of `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::licence;
use super::packages::Packages;
use super::Report;
use crate::failure::{Failure, While};
use crate::{layout, process};

const RULES: &str = "deny.toml";

/// Checks everything that the lock file names.
///
/// # Errors
/// deny.toml or cargo's metadata cannot be read, or cargo-deny has something to say.
pub fn check() -> Result<Report, Failure> {
    // Read in any case: the file must stay readable for both ways.
    let text = std::fs::read_to_string(layout::below_root(RULES)).while_(RULES)?;
    let rules = Rules::parse(&text)?;
    if process::find("cargo-deny").is_some() {
        return by_cargo_deny();
    }
    let findings = rules.weigh(&Packages::read()?);
    Ok(Report::of(findings)
        .noting("bans, licences, sources by own reading; advisories not checked: no cargo-deny"))
}

fn by_cargo_deny() -> Result<Report, Failure> {
    let deny = |what: &[&str]| {
        let mut cargo = process::cargo();
        cargo.args(["deny", "--log-level", "error", "check"]);
        process::capture(cargo.args(what))
    };
    deny(&["bans", "licenses", "sources"])?;
    let Err(failure) = deny(&["advisories"]) else {
        return Ok(Report::default().noting("cargo-deny, advisories included"));
    };
    // Without a network there is no database, and nothing has been found.
    let said = failure.to_string();
    if said.contains("failed to fetch") || said.contains("failed to load advisory database") {
        return Ok(
            Report::default().noting("cargo-deny; advisories not checked: database not to be had")
        );
    }
    Err(failure)
}

/// A crate that must not come in, except through its wrappers.
#[derive(Debug, Default)]
struct Ban {
    reason: String,
    wrappers: BTreeSet<String>,
}

/// The part of deny.toml that our own reading keeps.
#[derive(Debug, Default)]
struct Rules {
    licences: BTreeSet<String>,
    /// Further licences, for one crate each.
    exceptions: BTreeMap<String, BTreeSet<String>>,
    banned: BTreeMap<String, Ban>,
    registries: BTreeSet<String>,
}

impl Rules {
    fn parse(text: &str) -> Result<Self, Failure> {
        let file: Table = text.parse().while_(format!("reading {RULES}"))?;
        let section = |name: &str| file.get(name).and_then(Value::as_table);
        let missing = |what: &str| Failure::new(format!("{RULES} has no {what}"));
        let licences = section("licenses").ok_or_else(|| missing("[licenses]"))?;
        let bans = section("bans").ok_or_else(|| missing("[bans]"))?;
        let sources = section("sources").ok_or_else(|| missing("[sources]"))?;
        let mut rules = Rules {
            licences: strings(licences.get("allow")),
            registries: strings(sources.get("allow-registry")),
            ..Rules::default()
        };
        for exception in tables(licences.get("exceptions")) {
            let allowed = strings(exception.get("allow"));
            rules.exceptions.insert(string(exception, "crate"), allowed);
        }
        for ban in tables(bans.get("deny")) {
            let reason = string(ban, "reason");
            let wrappers = strings(ban.get("wrappers"));
            let ban_of = Ban { reason, wrappers };
            rules.banned.insert(string(ban, "crate"), ban_of);
        }
        Ok(rules)
    }

    fn weigh(&self, packages: &Packages) -> Vec<String> {
        let mut findings = Vec::new();
        for (id, package) in &packages.by_id {
            let name = &package.name;
            let version = &package.version;
            if let Some(ban) = self.banned.get(name) {
                let users = packages.users(id);
                let is_wrapped = |user: &&str| ban.wrappers.contains(*user);
                if users.is_empty() || !users.iter().all(is_wrapped) {
                    findings.push(format!("{name} {version} is banned: {}", ban.reason));
                }
            }
            let mut allowed = self.licences.clone();
            allowed.extend(self.exceptions.get(name).into_iter().flatten().cloned());
            match &package.licence {
                None => findings.push(format!("{name} {version} names no licence")),
                Some(licence) if !licence::is_satisfied(licence, &allowed) => {
                    findings.push(format!("{name} {version} is under {licence}"));
                }
                Some(_) => {}
            }
            let Some(source) = &package.source else {
                continue;
            };
            let registry = source.strip_prefix("registry+");
            if !registry.is_some_and(|url| self.registries.contains(url)) {
                findings.push(format!("{name} {version} is from {source}"));
            }
        }
        findings
    }
}

fn strings(value: Option<&Value>) -> BTreeSet<String> {
    let values = value.and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).map(String::from).collect()
}

fn tables(value: Option<&Value>) -> impl Iterator<Item = &Table> {
    let values = value.and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_table)
}

fn string(table: &Table, key: &str) -> String {
    let value = table.get(key).and_then(Value::as_str);
    value.unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::super::packages::Package;
    use super::*;

    const RULES: &str = r#"
        [licenses]
        allow = ["MIT"]
        exceptions = [{ crate = "odd", allow = ["Zlib"] }]
        [bans]
        deny = [{ crate = "openssl", reason = "one TLS is enough" }]
        [sources]
        allow-registry = ["https://example.org/index"]
    "#;

    fn findings(name: &str, licence: Option<&str>, source: Option<&str>) -> Vec<String> {
        let package = Package {
            name: name.into(),
            version: "1.0.0".into(),
            licence: licence.map(String::from),
            source: source.map(String::from),
            ..Package::default()
        };
        let packages = Packages {
            by_id: BTreeMap::from([(name.to_string(), package)]),
            members: Vec::new(),
        };
        Rules::parse(RULES).unwrap().weigh(&packages)
    }

    #[test]
    fn what_is_allowed_is_not_reported() {
        let registry = Some("registry+https://example.org/index");
        assert!(findings("serde", Some("MIT"), registry).is_empty());
        assert!(findings("odd", Some("Zlib"), registry).is_empty());
        assert!(findings("ours", Some("MIT"), None).is_empty());
    }

    #[test]
    fn what_is_not_allowed_is_reported() {
        let registry = Some("registry+https://example.org/index");
        assert_eq!(findings("serde", Some("Zlib"), registry).len(), 1);
        assert_eq!(findings("serde", None, registry).len(), 1);
        assert_eq!(findings("openssl", Some("MIT"), registry).len(), 1);
        let elsewhere = Some("git+https://example.org/serde");
        assert_eq!(findings("serde", Some("MIT"), elsewhere).len(), 1);
    }

    #[test]
    fn a_banned_crate_may_come_through_its_wrapper_only() {
        let rules = RULES.replace("reason =", r#"wrappers = ["kit"], reason ="#);
        let rules = Rules::parse(&rules).unwrap();
        let weigh = |user: &str| {
            let package = |name: &str, uses: &[&str]| Package {
                name: name.into(),
                licence: Some("MIT".into()),
                uses: uses.iter().map(|id| id.to_string()).collect(),
                ..Package::default()
            };
            let by_id = [package("openssl", &[]), package(user, &["openssl"])]
                .map(|package| (package.name.clone(), package));
            let packages = Packages {
                by_id: BTreeMap::from(by_id),
                members: Vec::new(),
            };
            rules.weigh(&packages).len()
        };
        assert_eq!(weigh("kit"), 0);
        assert_eq!(weigh("other"), 1);
    }

    #[test]
    fn rules_without_a_section_are_refused() {
        assert!(Rules::parse("[licenses]\nallow = []").is_err());
    }
}
