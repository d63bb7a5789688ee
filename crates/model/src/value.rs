//! Field values in one normal form.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Integers beyond this magnitude are not exact in a double, nor in the web view.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// How deep lists and maps may nest inside one field.
pub const MAX_DEPTH: usize = 16;

/// What a field holds: JSON with one kind of number.
///
/// `1` and `1.0` are the same value, in memory and in encoded form: integral numbers are written as integers, so that
/// equal values have equal bytes. Not-a-number and the infinities are not values; formats that need them (glTF
/// interactivity) write the texts `"NaN"`, `"Infinity"`, `"-Infinity"`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing. As a field's value it means the field is absent.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A finite double.
    Number(f64),
    /// Unicode text.
    Text(String),
    /// An ordered list.
    List(Vec<Value>),
    /// Named values, sorted by name.
    Map(BTreeMap<String, Value>),
}

/// Why something is not a [`Value`].
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ValueError {
    /// A number that is not finite, or an integer that a double cannot hold.
    #[error("the number {0} cannot be stored exactly")]
    Number(String),
    /// Lists and maps nested deeper than `MAX_DEPTH` (16).
    #[error("values may nest at most {MAX_DEPTH} deep")]
    TooDeep,
    /// A data type that has no place in a document.
    #[error("{0} is not a document value")]
    Unsupported(&'static str),
}

impl Value {
    /// A number, refused when it is not finite.
    pub fn number(number: f64) -> Result<Self, ValueError> {
        if number.is_finite() {
            Ok(Value::Number(number))
        } else {
            Err(ValueError::Number(number.to_string()))
        }
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into())
    }

    /// A list of numbers, such as a vector. Numbers that are not finite become the texts that stand for them.
    pub fn numbers(numbers: impl IntoIterator<Item = f64>) -> Self {
        Value::List(numbers.into_iter().map(Value::from).collect())
    }

    /// Whether this is [`Value::Null`].
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The boolean, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Value::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// The text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(value) => Some(value),
            _ => None,
        }
    }

    /// The items, if this is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if this is a map.
    pub fn as_map(&self) -> Option<&BTreeMap<String, Value>> {
        match self {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The entry of that name, if this is a map that has it.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_map().and_then(|entries| entries.get(name))
    }

    /// Refuses numbers that are not finite and nesting deeper than `MAX_DEPTH` (16).
    pub fn check(&self) -> Result<(), ValueError> {
        self.check_at(0)
    }

    fn check_at(&self, depth: usize) -> Result<(), ValueError> {
        if depth > MAX_DEPTH {
            return Err(ValueError::TooDeep);
        }
        match self {
            Value::Number(number) if !number.is_finite() => {
                Err(ValueError::Number(number.to_string()))
            }
            Value::List(items) => items.iter().try_for_each(|item| item.check_at(depth + 1)),
            Value::Map(entries) => entries
                .values()
                .try_for_each(|entry| entry.check_at(depth + 1)),
            _ => Ok(()),
        }
    }

    /// About how many bytes this takes encoded; a bound for limits, not exact.
    pub fn weight(&self) -> usize {
        match self {
            Value::Null | Value::Bool(_) => 1,
            Value::Number(_) => 9,
            Value::Text(text) => 5 + text.len(),
            Value::List(items) => 5 + items.iter().map(Value::weight).sum::<usize>(),
            Value::Map(entries) => {
                5 + entries
                    .iter()
                    .map(|(name, entry)| 5 + name.len() + entry.weight())
                    .sum::<usize>()
            }
        }
    }
}

/// The integer a number stands for, where writing it as one loses nothing.
pub(crate) fn exact_integer(number: f64) -> Option<i64> {
    let negative_zero = number == 0.0 && number.is_sign_negative();
    (number.fract() == 0.0 && number.abs() <= MAX_SAFE_INTEGER && !negative_zero)
        .then_some(number as i64)
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<f64> for Value {
    /// Numbers that are not finite become the texts that stand for them.
    fn from(number: f64) -> Self {
        if number.is_nan() {
            Value::text("NaN")
        } else if number == f64::INFINITY {
            Value::text("Infinity")
        } else if number == f64::NEG_INFINITY {
            Value::text("-Infinity")
        } else {
            Value::Number(number)
        }
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::text(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::Text(value)
    }
}

impl TryFrom<serde_json::Value> for Value {
    type Error = ValueError;

    fn try_from(json: serde_json::Value) -> Result<Self, ValueError> {
        let value: Value =
            serde_json::from_value(json).map_err(|error| ValueError::Number(error.to_string()))?;
        value.check()?;
        Ok(value)
    }
}

impl From<&Value> for serde_json::Value {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(number) => match exact_integer(*number) {
                Some(integer) => integer.into(),
                None => (*number).into(),
            },
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(serde_json::Value::from).collect(),
            Value::Map(entries) => serde_json::Value::Object(
                entries
                    .iter()
                    .map(|(name, entry)| (name.clone(), entry.into()))
                    .collect(),
            ),
        }
    }
}

impl fmt::Display for Value {
    /// As JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", serde_json::Value::from(self))
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Number(number) => match exact_integer(*number) {
                Some(integer) => serializer.serialize_i64(integer),
                None => serializer.serialize_f64(*number),
            },
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Value::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (name, entry) in entries {
                    map.serialize_entry(name, entry)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        let number = value as f64;
        if number.abs() > MAX_SAFE_INTEGER {
            return Err(E::custom(ValueError::Number(value.to_string())));
        }
        Ok(Value::Number(number))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => Err(E::custom(ValueError::Number(value.to_string()))),
        }
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Value::number(value).map_err(E::custom)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::text(value))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((name, entry)) = access.next_entry()? {
            entries.insert(name, entry);
        }
        Ok(Value::Map(entries))
    }
}
