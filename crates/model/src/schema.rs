//! What a kind of document may hold, as data: one source for validation, reference resolution, the UI's types and the
//! documentation. The tables are written by the [`kind!`](crate::kinds) macro beside the typed structs.

use crate::record::Record;
use crate::record::RecordError;
use crate::value::Value;

/// A kind of document.
#[derive(Debug)]
pub struct KindSchema {
    /// Its name in events, files and on the command line.
    pub name: &'static str,
    /// What it is for.
    pub doc: &'static str,
    /// Its collections, in the order people read them.
    pub collections: &'static [CollectionSchema],
}

/// A named collection of records.
#[derive(Debug)]
pub struct CollectionSchema {
    /// Its name, in the plural: `nodes`.
    pub name: &'static str,
    /// The typed record's name: `Node`.
    pub record: &'static str,
    /// What one record is.
    pub doc: &'static str,
    /// What people call them.
    pub words: CollectionWords,
    /// The fields this version knows.
    pub fields: &'static [FieldSchema],
}

/// What people call the records of a collection.
#[derive(Clone, Copy, Debug)]
pub struct CollectionWords {
    /// One of them: `custom event`. None: the collection's name without its last letter.
    pub one: Option<&'static str>,
    /// Several of them: `custom events`. None: the collection's name.
    pub many: Option<&'static str>,
    /// What a record is called by its own fields; nothing where it has no name.
    pub name: fn(&Record) -> Option<String>,
    /// Whether people look for them by name.
    pub found: bool,
    /// Whether a document has one alone: `the settings`.
    pub alone: bool,
}

impl CollectionWords {
    /// Records that are called by their `name`, or by the `path` at which they stand.
    pub const PLAIN: Self = Self {
        one: None,
        many: None,
        name: name_or_path,
        found: false,
        alone: false,
    };
}

fn name_or_path(record: &Record) -> Option<String> {
    record.text("name").or_else(|| record.text("path"))
}

/// A field of a record.
#[derive(Debug)]
pub struct FieldSchema {
    /// Its name.
    pub name: &'static str,
    /// What it is, with its unit.
    pub doc: &'static str,
    /// What it holds.
    pub field_type: FieldType,
    /// Whether every record has it.
    pub required: bool,
    /// The collection of this document it names a record of.
    pub reference: Option<Reference>,
}

/// A field that names a record of the same document.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The collection of the record it names.
    pub collection: &'static str,
    /// What a missing record means.
    pub on_missing: OnMissing,
}

/// What happens in the projection when a referenced record is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnMissing {
    /// The record that refers is hidden: a wire without its node.
    Hide,
    /// The field reads as absent: an entity without its material.
    Clear,
    /// As `Clear`; besides, the field makes a tree, and a cycle is broken at its smallest id.
    Tree,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldType {
    /// `true` or `false`.
    Bool,
    /// A finite number.
    Number,
    /// A whole number.
    Integer,
    /// Text of at most this many bytes.
    Text(usize),
    /// One of these words.
    Word(&'static [&'static str]),
    /// `{x, y}`, in canvas pixels.
    Point,
    /// `{width, height}`, in canvas pixels.
    Size,
    /// That many numbers; `"NaN"`, `"Infinity"` and `"-Infinity"` stand for those.
    Numbers(usize),
    /// A record's id.
    Record,
    /// An object's CID, as text.
    Object,
    /// A typed glTF interactivity value: `{type, value}`.
    Literal,
    /// Any value.
    Any,
    /// A list of such items.
    List(&'static FieldType),
    /// Named entries of that type, each stored for itself as `field.entry`.
    Map(&'static FieldType),
}

/// Most bytes of a map field's entry name.
const MAX_ENTRY_NAME: usize = 256;

impl KindSchema {
    /// The collection of that name.
    pub fn collection(&self, name: &str) -> Option<&'static CollectionSchema> {
        self.collections
            .iter()
            .find(|collection| collection.name == name)
    }
}

impl CollectionSchema {
    /// The field that a stored name (`op`, `values.a`) belongs to.
    pub fn field(&self, stored_name: &str) -> Option<&'static FieldSchema> {
        let (name, entry) = match stored_name.split_once('.') {
            Some((name, _)) => (name, true),
            None => (stored_name, false),
        };
        self.fields
            .iter()
            .find(|field| field.name == name)
            .filter(|field| matches!(field.field_type, FieldType::Map(_)) == entry)
    }

    /// Checks a whole record: required fields present, known fields of their type. Unknown fields pass.
    pub fn check(&self, record: &Record) -> Result<(), RecordError> {
        for field in self.fields.iter().filter(|field| field.required) {
            if record.get(field.name).is_none() {
                return Err(self.error(field.name, "is missing".into()));
            }
        }
        record
            .0
            .iter()
            .try_for_each(|(name, value)| self.check_field(name, value))
    }

    /// Checks one field's value; null stands for *absent*.
    pub fn check_field(&self, stored_name: &str, value: &Value) -> Result<(), RecordError> {
        value
            .check()
            .map_err(|error| self.error(stored_name, error.to_string()))?;
        if stored_name.is_empty() || stored_name.len() > MAX_ENTRY_NAME {
            return Err(self.error(
                stored_name,
                format!("has a name outside 1 to {MAX_ENTRY_NAME} bytes"),
            ));
        }
        let Some(field) = self.field(stored_name) else {
            // A newer version's field, kept as it is; but a known name in the other form (`op.x`) is a mistake.
            let base = stored_name.split('.').next().unwrap_or(stored_name);
            return match self.fields.iter().find(|field| field.name == base) {
                Some(_) => Err(self.error(stored_name, "does not fit the field's shape".into())),
                None => Ok(()),
            };
        };
        if value.is_null() {
            return if field.required {
                Err(self.error(stored_name, "is required and cannot be cleared".into()))
            } else {
                Ok(())
            };
        }
        let field_type = match field.field_type {
            FieldType::Map(entry) => *entry,
            other => other,
        };
        field_type
            .check(value)
            .map_err(|problem| self.error(stored_name, problem))
    }

    fn error(&self, field: &str, problem: String) -> RecordError {
        RecordError {
            collection: self.name,
            field: field.to_owned(),
            problem,
        }
    }
}

impl FieldType {
    /// Whether the value is of this type; the error is the end of a sentence.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let fits = match self {
            FieldType::Bool => value.as_bool().is_some(),
            FieldType::Number => value.as_number().is_some(),
            FieldType::Integer => value
                .as_number()
                .is_some_and(|number| number.fract() == 0.0),
            FieldType::Text(most) => match value.as_text() {
                Some(text) if text.len() > *most => {
                    return Err(format!("is {} bytes long; at most {most} fit", text.len()));
                }
                Some(_) => true,
                None => false,
            },
            FieldType::Word(words) => match value.as_text() {
                Some(word) if words.contains(&word) => true,
                _ => return Err(format!("must be one of {}", words.join(", "))),
            },
            FieldType::Point => has_numbers(value, &["x", "y"]),
            FieldType::Size => has_numbers(value, &["width", "height"]),
            FieldType::Numbers(count) => value
                .as_list()
                .is_some_and(|items| items.len() == *count && items.iter().all(is_numeric)),
            FieldType::Record => value.as_text().is_some_and(crate::field::is_record_id),
            FieldType::Object => value
                .as_text()
                .is_some_and(|text| text.parse::<wissil_dag::Cid>().is_ok()),
            FieldType::Literal => value
                .get("type")
                .is_some_and(|name| name.as_text().is_some()),
            FieldType::Any => true,
            FieldType::List(item) => match value.as_list() {
                Some(items) => {
                    for (index, element) in items.iter().enumerate() {
                        item.check(element)
                            .map_err(|problem| format!("item {index} {problem}"))?;
                    }
                    true
                }
                None => false,
            },
            FieldType::Map(entry) => match value.as_map() {
                Some(entries) => {
                    for (name, element) in entries {
                        entry
                            .check(element)
                            .map_err(|problem| format!("entry `{name}` {problem}"))?;
                    }
                    true
                }
                None => false,
            },
        };
        if fits {
            Ok(())
        } else {
            Err(format!("must be {}", self.describe()))
        }
    }

    /// The type in words, with its article.
    pub fn describe(&self) -> String {
        match self {
            FieldType::Bool => "true or false".into(),
            FieldType::Number => "a number".into(),
            FieldType::Integer => "a whole number".into(),
            FieldType::Text(most) => format!("a text of at most {most} bytes"),
            FieldType::Word(words) => format!("one of {}", words.join(", ")),
            FieldType::Point => "a point {x, y}".into(),
            FieldType::Size => "a size {width, height}".into(),
            FieldType::Numbers(count) => format!("a list of {count} numbers"),
            FieldType::Record => "a record's id".into(),
            FieldType::Object => "an object's CID".into(),
            FieldType::Literal => "a typed value {type, value}".into(),
            FieldType::Any => "any value".into(),
            FieldType::List(item) => format!("a list, each item {}", item.describe()),
            FieldType::Map(entry) => format!("named entries, each {}", entry.describe()),
        }
    }

    /// The type in TypeScript.
    pub fn typescript(&self) -> String {
        match self {
            FieldType::Bool => "boolean".into(),
            FieldType::Number | FieldType::Integer => "number".into(),
            FieldType::Text(_) | FieldType::Object => "string".into(),
            FieldType::Record => "RecordId".into(),
            FieldType::Word(words) => words
                .iter()
                .map(|word| format!("\"{word}\""))
                .collect::<Vec<_>>()
                .join(" | "),
            FieldType::Point => "Point".into(),
            FieldType::Size => "Size".into(),
            FieldType::Numbers(count) => format!("[{}]", vec!["Numeric"; *count].join(", ")),
            FieldType::Literal => "Literal".into(),
            FieldType::Any => "FieldValue".into(),
            FieldType::List(item) => format!("({})[]", item.typescript()),
            FieldType::Map(entry) => format!("Record<string, {}>", entry.typescript()),
        }
    }
}

fn is_numeric(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::Text(text) => matches!(text.as_str(), "NaN" | "Infinity" | "-Infinity"),
        _ => false,
    }
}

fn has_numbers(value: &Value, names: &[&str]) -> bool {
    value.as_map().is_some_and(|entries| {
        names
            .iter()
            .all(|name| entries.get(*name).is_some_and(|n| n.as_number().is_some()))
    })
}
