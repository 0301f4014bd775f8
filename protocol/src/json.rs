//! JSON in its one encoding: what parses and does not encode to the same bytes is refused, so
//! there are no duplicate keys, no spare white space and no second spelling of a number.

use serde::de::DeserializeOwned;
use serde::Serialize;

/// The bytes are not the one encoding of a value of the expected form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not JSON of the expected form in its canonical encoding")]
pub struct JsonError;

/// The largest integer every JSON implementation reads alike: 2^53 − 1.
pub const LARGEST_INTEGER: u64 = (1 << 53) - 1;

/// Reads a value whose encoding is exactly `text`.
///
/// # Errors
/// [`JsonError`], which says nothing about the content.
pub fn parse_canonical<T: DeserializeOwned + Serialize>(text: &str) -> Result<T, JsonError> {
    let value: T = serde_json::from_str(text).map_err(|_| JsonError)?;
    if encode(&value)? != text {
        return Err(JsonError);
    }
    Ok(value)
}

/// Reads a value from bytes served over HTTP, whose exact bytes something else vouches for.
///
/// # Errors
/// [`JsonError`], which says nothing about the content.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    // As text: readers for bytes beside those for text would be in a browser's download too.
    let text = std::str::from_utf8(bytes).map_err(|_| JsonError)?;
    serde_json::from_str(text).map_err(|_| JsonError)
}

/// The one encoding of `value`.
///
/// # Errors
/// [`JsonError`] where the type cannot be JSON, which none of ours is.
pub fn encode<T: Serialize>(value: &T) -> Result<String, JsonError> {
    serde_json::to_string(value).map_err(|_| JsonError)
}
