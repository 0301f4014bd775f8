//! Text → [`Value`], by serde_json.

use super::JsonError;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// What a JSON text says, before it is known what it must be. Texts without an escape are not
/// copied.
pub enum Value<'de> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number from 0 on, below 2^64.
    Number(u64),
    /// Any other number. No format has one: it is only ever passed over.
    OtherNumber,
    /// A text.
    Text(Cow<'de, str>),
    /// A list.
    List(Vec<Value<'de>>),
    /// Names, which are texts, and values; in their order, each as often as it is there.
    Object(Vec<(Value<'de>, Value<'de>)>),
}

impl<'de> Value<'de> {
    /// Reads the whole of a text, in any spelling. Nested deeper than 128 is refused.
    ///
    /// # Errors
    /// [`JsonError`]: it is no JSON.
    pub fn read(text: &'de str) -> Result<Self, JsonError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let value = Self::deserialize(&mut reader).map_err(|_| JsonError)?;
        reader.end().map_err(|_| JsonError)?;
        Ok(value)
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

/// Takes whatever there is.
struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value<'de>, E> {
        Ok(Value::Number(number))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Value<'de>, E> {
        Ok(Value::OtherNumber)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value<'de>, E> {
        Ok(Value::OtherNumber)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value<'de>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Value::Object(members))
    }
}
