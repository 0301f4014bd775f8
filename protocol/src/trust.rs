//! Types that carry proof.
//!
//! What comes off the wire is [`Untrusted`]; only functions of this crate that checked a
//! signature or a hash can make a [`Verified`] of it, because its field is private.

use std::ops::Deref;

/// A parsed value nobody has vouched for yet. It can be looked at only by the verifying
/// functions of this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untrusted<T>(T);

/// A value whose signatures or hashes were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Untrusted<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(value)
    }

    pub(crate) fn peek(&self) -> &T {
        &self.0
    }

    pub(crate) fn into_verified(self) -> Verified<T> {
        Verified(self.0)
    }
}

impl<T> Verified<T> {
    pub(crate) fn vouch(value: T) -> Self {
        Self(value)
    }

    /// The value, without the proof.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}
