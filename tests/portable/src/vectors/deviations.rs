//! Where the age library, version 0.12.1, does otherwise than the CCTV vectors say, and why we
//! live with it. The list is exact: a vector in it that gives what it expects, fails.

use super::outcome::Outcome;

/// A vector the library decides otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deviation {
    /// The vector's name.
    pub name: &'static str,
    /// What it expects.
    pub expected: Outcome,
    /// What the library gives.
    pub given: Outcome,
    /// Why that does no harm here.
    pub reason: &'static str,
}

/// All of them.
pub const DEVIATIONS: [Deviation; 3] = [
    Deviation {
        name: "stanza_missing_body",
        expected: Outcome::HeaderFailure,
        given: Outcome::Success,
        reason: LEGACY_STANZA,
    },
    Deviation {
        name: "stanza_missing_final_line",
        expected: Outcome::HeaderFailure,
        given: Outcome::Success,
        reason: LEGACY_STANZA,
    },
    Deviation {
        name: "armor_whitespace_outside",
        expected: Outcome::Success,
        given: Outcome::ArmorFailure,
        reason: "the library finds an armor by its first bytes, so white space before it hides \
                 it; nothing on the wall is armored",
    },
];

const LEGACY_STANZA: &str = "the library still reads stanzas of age's beta versions, whose body \
                             has no short last line; the grammar of envelopes and parts refuses \
                             every body but one line of 43 characters";

/// The deviation of the vector of that name.
pub fn deviation(name: &str) -> Option<&'static Deviation> {
    DEVIATIONS.iter().find(|deviation| deviation.name == name)
}
