//! Reading the text of a file's JSON.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value as Json};

use crate::json::{Object, escape};
use crate::note::Notes;

/// Reads JSON. A name that stands twice in an object, which glTF forbids (*JSON Encoding*) and of which only the last can
/// be kept, is noted.
pub(crate) fn parse(text: &[u8], notes: &mut Notes) -> Result<Json, serde_json::Error> {
    let mut place = String::new();
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Value {
        place: &mut place,
        notes,
    };
    let json = value.deserialize(&mut reader)?;
    reader.end().map(|()| json)
}

/// Why JSON cannot be read, in words.
pub(crate) fn problem(error: &serde_json::Error) -> String {
    let place = format!(" at line {}, column {}", error.line(), error.column());
    if error.to_string().starts_with("recursion limit exceeded") {
        return format!("lists and objects stand in each other more than 127 deep{place}");
    }
    match error.is_eof() {
        true => "it ends before it is whole".into(),
        false => format!("it is no JSON{place}"),
    }
}

/// A value that stands at a place, a JSON pointer.
struct Value<'a> {
    place: &'a mut String,
    notes: &'a mut Notes,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Json, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Json, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number out of range"))?;
        Ok(number.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let Value { place, notes } = self;
        let (mut list, length) = (Vec::new(), place.len());
        loop {
            place.push_str(&format!("/{}", list.len()));
            let item = items.next_element_seed(Value {
                place: &mut *place,
                notes: &mut *notes,
            })?;
            place.truncate(length);
            match item {
                Some(item) => list.push(item),
                None => return Ok(Json::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let Value { place, notes } = self;
        let (mut object, length) = (Object::new(), place.len());
        while let Some(name) = members.next_key::<String>()? {
            place.push('/');
            place.push_str(&escape(&name));
            let member = members.next_value_seed(Value {
                place: &mut *place,
                notes: &mut *notes,
            })?;
            if object.insert(name, member).is_some() {
                notes.problem(
                    place.as_str(),
                    "stands twice, which the format does not allow; the last counts, and what stood before it was left out",
                );
            }
            place.truncate(length);
        }
        Ok(Json::Object(object))
    }
}
