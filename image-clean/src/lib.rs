//! Takes out of a photo what says where, when, with what and by whom it was taken. Pure: bytes in,
//! bytes out.
//!
//! Cleaning keeps, it does not remove: what is needed to show the picture goes on, everything
//! else stays behind, known or not. The picture itself is copied byte by byte, never decoded, so
//! it loses nothing. JPEG (ITU-T T.81), PNG (W3C PNG 3) and WebP (RFC 9649) are understood.
//!
//! What can be seen in the picture, and what a sensor leaves in its noise, stays in it.
#![warn(missing_docs)]

mod exif;
mod jpeg;
mod png;
mod removed;
mod webp;

pub use removed::Removed;

use removed::Findings;
use std::fmt;

/// What is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
    /// `image/webp`
    Webp,
}

/// A picture that is nothing but a picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The file to send in its place.
    pub bytes: Vec<u8>,
    /// Of what kind it is.
    pub format: Format,
    /// What was in it and is no more, each once, the most telling first.
    pub removed: Vec<Removed>,
}

/// Why nothing was cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CleanError {
    /// Another kind of file: nothing can be said about what is in it.
    NotAnImage,
    /// It begins like a picture, and goes on in a way that is not understood or is cut off. Part
    /// of it could be anything, so it must not be sent as if it were clean.
    Damaged,
}

/// Cleans a picture.
///
/// # Errors
/// [`CleanError`].
pub fn clean(bytes: &[u8]) -> Result<Cleaned, CleanError> {
    let format = Format::of(bytes).ok_or(CleanError::NotAnImage)?;
    let mut findings = Findings::default();
    let clean = match format {
        Format::Jpeg => jpeg::clean,
        Format::Png => png::clean,
        Format::Webp => webp::clean,
    };
    let bytes = clean(bytes, &mut findings).ok_or(CleanError::Damaged)?;
    Ok(Cleaned {
        bytes,
        format,
        removed: findings.into_list(),
    })
}

impl Format {
    /// What a file is by its first bytes; its name may say anything.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&jpeg::START) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(&png::SIGNATURE) {
            Some(Self::Png)
        } else if webp::is_webp(bytes) {
            Some(Self::Webp)
        } else {
            None
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

impl fmt::Debug for Cleaned {
    /// What a picture shows is not for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cleaned({:?}, {:?})", self.format, self.removed)
    }
}

impl fmt::Display for CleanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAnImage => "the file is no JPEG, PNG or WebP picture",
            Self::Damaged => "the picture is damaged or cut off",
        })
    }
}

impl std::error::Error for CleanError {}
