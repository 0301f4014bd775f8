//! [`Value`] → a type. What does not depend on the type is compiled once.

use super::{JsonError, Value};
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, IntoDeserializer as _, MapAccess, SeqAccess, Visitor,
};
use std::borrow::Cow;
use std::vec::IntoIter;

impl<'de> Value<'de> {
    #[inline(never)]
    fn number(self) -> Result<u64, JsonError> {
        match self {
            Self::Number(number) => Ok(number),
            _ => Err(JsonError),
        }
    }

    #[inline(never)]
    fn text(self) -> Result<Cow<'de, str>, JsonError> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err(JsonError),
        }
    }

    #[inline(never)]
    fn list(self) -> Result<Elements<'de>, JsonError> {
        match self {
            Self::List(list) => Ok(Elements(list.into_iter())),
            _ => Err(JsonError),
        }
    }

    #[inline(never)]
    fn object(self) -> Result<Members<'de>, JsonError> {
        match self {
            Self::Object(members) => Ok(Members {
                rest: members.into_iter(),
                value: None,
            }),
            _ => Err(JsonError),
        }
    }
}

/// What is in a list.
struct Elements<'de>(IntoIter<Value<'de>>);

impl Elements<'_> {
    /// A type that takes less than there is does not get away with it.
    fn end(mut self) -> Result<(), JsonError> {
        self.0.next().map_or(Ok(()), |_| Err(JsonError))
    }
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = JsonError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, JsonError> {
        let next = self.0.next();
        next.map(|value| seed.deserialize(value)).transpose()
    }
}

/// What is in an object.
struct Members<'de> {
    rest: IntoIter<(Value<'de>, Value<'de>)>,
    /// Of the name that was read last.
    value: Option<Value<'de>>,
}

impl<'de> Members<'de> {
    #[inline(never)]
    fn next(&mut self) -> Option<Value<'de>> {
        let (name, value) = self.rest.next()?;
        self.value = Some(value);
        Some(name)
    }

    fn end(mut self) -> Result<(), JsonError> {
        self.rest.next().map_or(Ok(()), |_| Err(JsonError))
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = JsonError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, JsonError> {
        self.next().map(|name| seed.deserialize(name)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, JsonError> {
        seed.deserialize(self.value.take().ok_or(JsonError)?)
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
            visitor.visit_u64(self.number()?)
        })*
    };
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = JsonError;

    numbers! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Self::Bool(value) => visitor.visit_bool(value),
            _ => Err(JsonError),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.text()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        visitor.visit_str(&self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Self::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        let mut elements = self.list()?;
        let value = visitor.visit_seq(&mut elements)?;
        elements.end()?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        let mut members = self.object()?;
        let value = visitor.visit_map(&mut members)?;
        members.end()?;
        Ok(value)
    }

    /// Objects only: lists of unnamed members stand in no format.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.deserialize_map(visitor)
    }

    /// One of several words; variants that hold something stand in no format.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        let word = self.text()?;
        let word: StrDeserializer<'_, JsonError> = (*word).into_deserializer();
        visitor.visit_enum(word)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        visitor.visit_unit()
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(value) => visitor.visit_bool(value),
            Self::Number(number) => visitor.visit_u64(number),
            Self::OtherNumber => visitor.visit_f64(f64::NAN),
            Self::Text(_) => self.deserialize_str(visitor),
            Self::List(_) => self.deserialize_seq(visitor),
            Self::Object(_) => self.deserialize_map(visitor),
        }
    }

    // What stands in no format.
    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct
    }
}
