//! The Rust types of fields.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use wissil_dag::Cid;

use crate::record::Record;
use crate::schema::FieldType;
use crate::value::Value;

/// A Rust type that a record's field can have.
pub trait Field: Sized {
    /// Its schema.
    const TYPE: FieldType;
    /// Whether a record must have it; `Option`, lists of entries and defaults need not.
    const REQUIRED: bool = true;
    /// Reads it from one stored value; the error is the end of a sentence.
    fn from_value(value: &Value) -> Result<Self, String>;
    /// The stored value; null means absent.
    fn to_value(&self) -> Value;

    /// Reads the field of that name.
    fn read(record: &Record, name: &str) -> Result<Self, String> {
        match record.get(name) {
            Some(value) => Self::from_value(value),
            None => Err("is missing".into()),
        }
    }

    /// Writes the field of that name.
    fn write(&self, record: &mut Record, name: &str) {
        record.set(name, self.to_value());
    }
}

/// The name of a record inside its document: a ULID, or the name an importer gave it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(String);

/// Most bytes of a record's id.
const MAX_RECORD_ID: usize = 64;

/// Whether a text may name a record: 1 to 64 of `A-Z a-z 0-9 _ - :`.
pub(crate) fn is_record_id(text: &str) -> bool {
    (1..=MAX_RECORD_ID).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b':'))
}

impl RecordId {
    /// Whether the text is a legal id; ids of changes are checked when they are folded.
    pub fn is_valid(&self) -> bool {
        is_record_id(&self.0)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for RecordId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for RecordId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&RecordId> for RecordId {
    fn from(id: &RecordId) -> Self {
        id.clone()
    }
}

impl Borrow<str> for RecordId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&RecordId> for Value {
    fn from(id: &RecordId) -> Self {
        Value::text(id.as_str())
    }
}

impl From<RecordId> for Value {
    fn from(id: RecordId) -> Self {
        Value::Text(id.0)
    }
}

/// A place on a canvas, in pixels at 100 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// An extent on a canvas, in pixels at 100 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Size {
    /// To the right.
    pub width: f64,
    /// Downwards.
    pub height: f64,
}

/// A colour of the editor's palette, by name or as `#rrggbb`.
pub type Color = String;

/// The CID of an object: a file's content or an object block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Object(pub Cid);

/// A typed value of a Blueprint: a glTF interactivity type signature and its components.
///
/// Booleans are one `bool`; integers and floats one number; vectors and matrices their components in column-major
/// order; `ref` and custom types whatever they carry. Numbers that JSON lacks are the texts `"NaN"`, `"Infinity"` and
/// `"-Infinity"`. Without a value it is the type's default (Specification, section *Types*).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Literal {
    /// The signature: `bool`, `int`, `float`, `float2`, `float3`, `float4`, `float2x2`, `float3x3`, `float4x4`, `ref`,
    /// or a custom type's name.
    #[serde(rename = "type")]
    pub signature: String,
    /// The components; none for the default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub value: Vec<Value>,
}

macro_rules! scalar {
    ($type:ty, $schema:expr, $from:expr, $to:expr) => {
        impl Field for $type {
            const TYPE: FieldType = $schema;
            fn from_value(value: &Value) -> Result<Self, String> {
                Self::TYPE.check(value)?;
                let read: fn(&Value) -> Option<Self> = $from;
                read(value).ok_or_else(|| format!("must be {}", Self::TYPE.describe()))
            }
            fn to_value(&self) -> Value {
                let write: fn(&Self) -> Value = $to;
                write(self)
            }
        }
    };
}

/// Most bytes of a text field.
pub const MAX_TEXT: usize = 65_536;

scalar!(bool, FieldType::Bool, Value::as_bool, |v| Value::Bool(*v));
scalar!(f64, FieldType::Number, Value::as_number, |v| Value::from(
    *v
));
scalar!(
    i64,
    FieldType::Integer,
    |v| v.as_number().map(|n| n as i64),
    |v| Value::Number(*v as f64)
);
scalar!(
    u32,
    FieldType::Integer,
    |v| v
        .as_number()
        .filter(|n| (0.0..=f64::from(u32::MAX)).contains(n))
        .map(|n| n as u32),
    |v| Value::Number(f64::from(*v))
);
scalar!(
    String,
    FieldType::Text(MAX_TEXT),
    |v| v.as_text().map(str::to_owned),
    |v| Value::text(v.as_str())
);
scalar!(
    RecordId,
    FieldType::Record,
    |v| v.as_text().map(RecordId::from),
    |v| Value::from(v)
);
scalar!(
    Object,
    FieldType::Object,
    |v| v.as_text().and_then(|text| text.parse().ok()).map(Object),
    |v| Value::text(v.0.to_string())
);
scalar!(
    Point,
    FieldType::Point,
    |v| Some(Point {
        x: v.get("x")?.as_number()?,
        y: v.get("y")?.as_number()?
    }),
    |v| Value::Map(BTreeMap::from([
        ("x".to_owned(), Value::from(v.x)),
        ("y".to_owned(), Value::from(v.y))
    ]))
);
scalar!(
    Size,
    FieldType::Size,
    |v| Some(Size {
        width: v.get("width")?.as_number()?,
        height: v.get("height")?.as_number()?
    }),
    |v| Value::Map(BTreeMap::from([
        ("width".to_owned(), Value::from(v.width)),
        ("height".to_owned(), Value::from(v.height))
    ]))
);
scalar!(
    Literal,
    FieldType::Literal,
    |v| Some(Literal {
        signature: v.get("type")?.as_text()?.to_owned(),
        value: v
            .get("value")
            .and_then(Value::as_list)
            .map(<[_]>::to_vec)
            .unwrap_or_default(),
    }),
    |v| {
        let mut entries = BTreeMap::from([("type".to_owned(), Value::text(&*v.signature))]);
        if !v.value.is_empty() {
            entries.insert("value".to_owned(), Value::List(v.value.clone()));
        }
        Value::Map(entries)
    }
);
scalar!(Value, FieldType::Any, |v| Some(v.clone()), Value::clone);

impl<const N: usize> Field for [f64; N] {
    const TYPE: FieldType = FieldType::Numbers(N);
    fn from_value(value: &Value) -> Result<Self, String> {
        Self::TYPE.check(value)?;
        let mut numbers = [0.0; N];
        for (number, item) in numbers.iter_mut().zip(value.as_list().unwrap_or_default()) {
            *number = numeric(item).unwrap_or_default();
        }
        Ok(numbers)
    }
    fn to_value(&self) -> Value {
        Value::numbers(self.iter().copied())
    }
}

/// A number, or the text that stands for one that JSON lacks.
pub(crate) fn numeric(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => match text.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

impl<T: Field> Field for Option<T> {
    const TYPE: FieldType = T::TYPE;
    const REQUIRED: bool = false;
    fn from_value(value: &Value) -> Result<Self, String> {
        T::from_value(value).map(Some)
    }
    fn to_value(&self) -> Value {
        self.as_ref().map(T::to_value).unwrap_or_default()
    }
    fn read(record: &Record, name: &str) -> Result<Self, String> {
        record.get(name).map(T::from_value).transpose()
    }
}

impl<T: Field> Field for Vec<T> {
    const TYPE: FieldType = FieldType::List(&T::TYPE);
    const REQUIRED: bool = false;
    fn from_value(value: &Value) -> Result<Self, String> {
        value
            .as_list()
            .ok_or_else(|| format!("must be {}", Self::TYPE.describe()))?
            .iter()
            .map(T::from_value)
            .collect()
    }
    fn to_value(&self) -> Value {
        if self.is_empty() {
            return Value::Null;
        }
        Value::List(self.iter().map(T::to_value).collect())
    }
    fn read(record: &Record, name: &str) -> Result<Self, String> {
        record.get(name).map_or(Ok(Vec::new()), Self::from_value)
    }
}

impl<T: Field> Field for BTreeMap<String, T> {
    const TYPE: FieldType = FieldType::Map(&T::TYPE);
    const REQUIRED: bool = false;
    fn from_value(value: &Value) -> Result<Self, String> {
        value
            .as_map()
            .ok_or_else(|| format!("must be {}", Self::TYPE.describe()))?
            .iter()
            .map(|(name, entry)| Ok((name.clone(), T::from_value(entry)?)))
            .collect()
    }
    fn to_value(&self) -> Value {
        Value::Map(
            self.iter()
                .map(|(name, entry)| (name.clone(), entry.to_value()))
                .collect(),
        )
    }
    fn read(record: &Record, name: &str) -> Result<Self, String> {
        record
            .entries(name)
            .map(|(entry, value)| Ok((entry.to_owned(), T::from_value(value)?)))
            .collect()
    }
    fn write(&self, record: &mut Record, name: &str) {
        for (entry, value) in self {
            record.set(format!("{name}.{entry}"), value.to_value());
        }
    }
}
