//! What `cargo metadata` knows: the packages of the lock file and who uses whom.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

use crate::failure::{Failure, While};
use crate::process;

/// One package of the workspace or one it depends on.
#[derive(Debug, Clone, Default)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where cargo has it from; `None` is a path in this repository.
    pub source: Option<String>,
    /// Its licence expression, as its authors wrote it.
    pub licence: Option<String>,
    /// The folder of its manifest.
    pub folder: PathBuf,
    /// The root file of each of its targets.
    pub targets: Vec<PathBuf>,
    /// Ids of what it uses when it runs; neither build nor test dependencies.
    pub uses: Vec<String>,
}

/// All packages by cargo's id, and which of them are ours.
#[derive(Debug, Clone, Default)]
pub struct Packages {
    /// Every package that the lock file names and some feature set uses.
    pub by_id: BTreeMap<String, Package>,
    /// The ids of the workspace's members.
    pub members: Vec<String>,
}

impl Packages {
    /// Asks cargo.
    ///
    /// # Errors
    /// cargo does not answer, for example because the lock file is out of date.
    pub fn read() -> Result<Self, Failure> {
        let mut cargo = process::cargo();
        cargo.args(["metadata", "--format-version", "1", "--locked", "--quiet"]);
        let text = process::capture(&mut cargo)?;
        let metadata: Value = serde_json::from_str(&text).while_("reading cargo's metadata")?;
        Ok(Packages::from_metadata(&metadata))
    }

    fn from_metadata(metadata: &Value) -> Self {
        let mut uses: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for node in list(&metadata["resolve"]["nodes"]) {
            let normal = list(&node["deps"])
                .iter()
                .filter(|used| list(&used["dep_kinds"]).iter().any(is_normal))
                .map(|used| text(&used["pkg"]));
            uses.insert(text(&node["id"]), normal.collect());
        }
        let mut by_id = BTreeMap::new();
        for package in list(&metadata["packages"]) {
            let id = text(&package["id"]);
            let mut folder = PathBuf::from(text(&package["manifest_path"]));
            folder.pop();
            let targets = list(&package["targets"])
                .iter()
                .map(|target| PathBuf::from(text(&target["src_path"])));
            let package = Package {
                name: text(&package["name"]),
                version: text(&package["version"]),
                source: package["source"].as_str().map(String::from),
                licence: package["license"].as_str().map(String::from),
                folder,
                targets: targets.collect(),
                uses: uses.remove(&id).unwrap_or_default(),
            };
            by_id.insert(id, package);
        }
        Packages {
            by_id,
            members: list(&metadata["workspace_members"])
                .iter()
                .map(text)
                .collect(),
        }
    }

    /// The workspace's packages.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.members.iter().filter_map(|id| self.by_id.get(id))
    }

    /// The member of this name.
    pub fn member(&self, name: &str) -> Option<&Package> {
        self.members().find(|package| package.name == name)
    }

    /// Names of the members that a package uses directly.
    pub fn own_dependencies(&self, package: &Package) -> BTreeSet<&str> {
        package
            .uses
            .iter()
            .filter(|id| self.members.contains(id))
            .map(|id| self.by_id[id].name.as_str())
            .collect()
    }

    /// Names of those that use a package directly.
    pub fn users(&self, id: &str) -> BTreeSet<&str> {
        let users = self.by_id.values();
        users
            .filter(|user| user.uses.iter().any(|used| used == id))
            .map(|user| user.name.as_str())
            .collect()
    }
}

/// Names of everything in a member's tree of ordinary dependencies, for every platform,
/// with the features it has when it is built alone.
///
/// # Errors
/// cargo does not answer.
pub fn whole_tree(member: &str) -> Result<BTreeSet<String>, Failure> {
    let mut cargo = process::cargo();
    cargo.args(["tree", "--package", member, "--edges", "normal"]);
    cargo.args(["--target", "all", "--prefix", "none", "--format", "{p}"]);
    let tree = process::capture(cargo.args(["--locked", "--quiet"]))?;
    let names = tree.lines().skip(1);
    Ok(names
        .filter_map(|line| line.split_whitespace().next())
        .map(String::from)
        .collect())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_string()
}

/// Cargo says `null` for the kind of an ordinary dependency.
fn is_normal(kind: &Value) -> bool {
    kind["kind"].is_null()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_ordinary_dependencies_count() {
        let package = |id: &str| json!({"id": id, "name": id, "manifest_path": "x/Cargo.toml"});
        let used = |id: &str, kind: Value| json!({"pkg": id, "dep_kinds": [{"kind": kind}]});
        let packages = Packages::from_metadata(&json!({
            "packages": [package("ours"), package("near"), package("far"), package("test-only")],
            "workspace_members": ["ours", "near"],
            "resolve": {"nodes": [
                {"id": "ours", "deps": [used("near", Value::Null), used("test-only", json!("dev"))]},
                {"id": "near", "deps": [used("far", Value::Null)]},
                {"id": "far", "deps": []},
            ]},
        }));
        let ours = packages.member("ours").unwrap();
        assert_eq!(packages.own_dependencies(ours), BTreeSet::from(["near"]));
        assert_eq!(packages.users("far"), BTreeSet::from(["near"]));
        assert!(packages.users("test-only").is_empty());
    }
}
