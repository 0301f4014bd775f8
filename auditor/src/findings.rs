//! What an audit says: which checks were made over how much, what they found, and, as important,
//! which could not be made.

use serde::Serialize;
use std::collections::BTreeMap;

/// The checks an audit can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Every file in the data directory is one the format knows.
    Files,
    /// Every key and value in the store is of a documented form, in its one encoding.
    Records,
    /// Everything that belongs to a blob is there, and belongs to one.
    Completeness,
    /// Every sealed value opens with its key, and nothing else has one.
    Shredding,
    /// Every blob follows the grammar of its class.
    Grammar,
    /// Every blob recomputes to the commitment in its leaf.
    Commitments,
    /// The tree over the stored leaves is the tree the checkpoint names.
    Tree,
    /// The checkpoint and every promise kept are signed by the log key the roster names.
    Signatures,
    /// The rosters are signed by the pinned root keys and follow from each other.
    Rosters,
    /// Every prekey is signed by a device of the roster.
    Prekeys,
    /// Rosters, prekeys and index are those whose hashes stand in the state leaf.
    State,
    /// What the server serves is one consistent, signed view.
    Served,
    /// The files that were audited are byte for byte as they were before.
    Untouched,
}

impl Check {
    /// What is true where the check finds nothing.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Files => "every file in the data directory is one the format knows",
            Self::Records => "every stored key and value is of a documented form",
            Self::Completeness => "what belongs to a blob is there, and nothing is left over",
            Self::Shredding => "every sealed value opens with its own key, and no key is spare",
            Self::Grammar => "every blob is an age file of the strict grammar",
            Self::Commitments => "every blob is the one its leaf in the log commits to",
            Self::Tree => "the stored leaves are the tree the checkpoint names",
            Self::Signatures => "checkpoints and promises are signed by the log key of the roster",
            Self::Rosters => "the rosters are signed by the root keys and follow from each other",
            Self::Prekeys => "every prekey is signed by a device of the roster",
            Self::State => "rosters, prekeys and index are those of the signed state",
            Self::Served => "what is served is one consistent, signed view",
            Self::Untouched => "the audited files are unchanged",
        }
    }
}

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check that found it.
    pub check: Check,
    /// Where: a file, or a record of the store.
    pub place: String,
    /// What, in a sentence; never the content of a value.
    pub what: String,
}

/// A check that was not made, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotMade {
    /// What could not be checked.
    pub what: String,
    /// Why, and what would help.
    pub why: String,
}

/// The result of an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// How many things each check looked at.
    pub examined: BTreeMap<Check, u64>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// What could not be checked.
    pub not_made: Vec<NotMade>,
}

impl Findings {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// One more thing was looked at.
    pub fn look(&mut self, check: Check) {
        self.look_at(check, 1);
    }

    /// So many more things were looked at.
    pub fn look_at(&mut self, check: Check, count: u64) {
        *self.examined.entry(check).or_default() += count;
    }

    /// Something is not as it must be.
    pub fn find(&mut self, check: Check, place: impl Into<String>, what: impl Into<String>) {
        self.findings.push(Finding {
            check,
            place: place.into(),
            what: what.into(),
        });
    }

    /// Looks at one thing, and finds it wanting unless `holds`.
    pub fn expect(&mut self, check: Check, holds: bool, place: &str, what: &str) {
        self.look(check);
        if !holds {
            self.find(check, place, what);
        }
    }

    /// Takes in what another part of the audit found.
    pub fn merge(&mut self, other: Findings) {
        for (check, examined) in other.examined {
            self.look_at(check, examined);
        }
        self.findings.extend(other.findings);
        self.not_made.extend(other.not_made);
    }

    /// A check could not be made.
    pub fn cannot(&mut self, what: impl Into<String>, why: impl Into<String>) {
        self.not_made.push(NotMade {
            what: what.into(),
            why: why.into(),
        });
    }

    /// How many findings a check has.
    pub fn count(&self, check: Check) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.check == check)
            .count()
    }
}
