//! What a person types to open a vault.

use std::fmt;
use zeroize::Zeroizing;

/// The fewest characters a new vault's passphrase may have.
pub const SHORTEST: usize = 8;

/// A passphrase. Wiped when dropped; never printed.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

/// The passphrase is too short to protect anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the passphrase has fewer than {SHORTEST} characters")]
pub struct TooShort;

impl Passphrase {
    /// A passphrase as it was typed, without the line's end.
    pub fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// Whether it may protect a new vault.
    ///
    /// # Errors
    /// [`TooShort`].
    pub fn check_new(&self) -> Result<(), TooShort> {
        if self.0.chars().count() < SHORTEST {
            return Err(TooShort);
        }
        Ok(())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}
