//! JSON in its one encoding: what parses and does not encode to the same bytes is refused, so
//! there are no duplicate keys, no spare white space and no second spelling of a number.
//!
//! serde_json reads every text in one and the same way, into a [`Value`]; types are made of that
//! (docs/adr/0011). Read straight into each type, its reader would be in a browser's download once
//! for every type, and with it the wording of errors that nobody is shown.

mod error;
mod typed;
mod value;

use serde::de::{Deserialize, DeserializeOwned};
use serde::Serialize;

pub use error::JsonError;
pub use value::Value;

/// The largest integer every JSON implementation reads alike: 2^53 − 1.
pub const LARGEST_INTEGER: u64 = (1 << 53) - 1;

/// Reads a value whose encoding is exactly `text`.
///
/// # Errors
/// [`JsonError`], which says nothing about the content.
pub fn parse_canonical<T: DeserializeOwned + Serialize>(text: &str) -> Result<T, JsonError> {
    let value: T = parse_text(text)?;
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
    parse_text(std::str::from_utf8(bytes).map_err(|_| JsonError)?)
}

/// Reads a value from the whole of a text, in any spelling.
///
/// # Errors
/// [`JsonError`], which says nothing about the content.
pub fn parse_text<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, JsonError> {
    T::deserialize(Value::read(text)?)
}

/// The one encoding of `value`.
///
/// # Errors
/// [`JsonError`] where the type cannot be JSON, which none of ours is.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<String, JsonError> {
    serde_json::to_string(value).map_err(|_| JsonError)
}
