//! What must hold for every input whatever, and ways to make many inputs that are nearly right.
//! The ordinary tests, the fuzz targets and the replay of their corpora all use this.

mod mutator;
pub mod properties;
pub mod seeds;

pub use mutator::Mutator;

/// Number of mutations a format gets by default: what a run of all tests has time for.
const DEFAULT_MUTATIONS: u64 = 20_000;

/// Mutations a format gets in this run: `BEISTAND_MUTATIONS`, or a small number.
///
/// # Panics
/// The variable is no number.
pub fn mutations() -> u64 {
    match std::env::var("BEISTAND_MUTATIONS") {
        Ok(text) => text.parse().expect("BEISTAND_MUTATIONS is a number"),
        Err(_) => DEFAULT_MUTATIONS,
    }
}
