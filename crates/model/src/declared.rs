//! What an event says it changes, read off its block.

use std::borrow::Cow;
use std::collections::BTreeMap;

use wissil_dag::Ipld;

use crate::change::{Change, ChangeError, Operation};
use crate::field::RecordId;
use crate::record::Record;
use crate::value::Value;

/// A record that an event says it changes, and how: all that folding its update has to know of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared<'a> {
    /// The collection.
    pub collection: Cow<'a, str>,
    /// The record.
    pub id: Cow<'a, str>,
    /// What happens to it.
    pub kind: OperationKind,
}

/// What happens to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    /// It is created, or replaced whole.
    Put,
    /// Some of its fields are set.
    Set,
    /// It is removed.
    Remove,
}

impl<'a> Declared<'a> {
    /// What the changes of an event declare; the values they carry are looked at, not built.
    ///
    /// # Errors
    /// Exactly when [`Change::from_blocks`] fails.
    pub fn read_all(changes: &'a [Ipld]) -> Result<Vec<Self>, ChangeError> {
        read_all(changes, |block| Declared::from(&block))
    }

    /// What changes declare.
    pub fn of(changes: &'a [Change]) -> Vec<Self> {
        changes.iter().map(Declared::from).collect()
    }

    /// Which record: its collection and its id.
    pub(crate) fn name(&self) -> (&str, &str) {
        (&self.collection, &self.id)
    }

    /// The same without what it was read from.
    #[must_use]
    pub fn into_owned(self) -> Declared<'static> {
        Declared {
            collection: Cow::Owned(self.collection.into_owned()),
            id: Cow::Owned(self.id.into_owned()),
            kind: self.kind,
        }
    }
}

impl<'a> From<&'a Change> for Declared<'a> {
    fn from(change: &'a Change) -> Self {
        Self {
            collection: Cow::Borrowed(&change.collection),
            id: Cow::Borrowed(change.id.as_str()),
            kind: match change.operation {
                Operation::Put { .. } => OperationKind::Put,
                Operation::Set { .. } => OperationKind::Set,
                Operation::Remove { .. } => OperationKind::Remove,
            },
        }
    }
}

impl<'a> From<&Block<'a>> for Declared<'a> {
    fn from(block: &Block<'a>) -> Self {
        Self {
            collection: Cow::Borrowed(block.collection),
            id: Cow::Borrowed(block.id),
            kind: match block.values {
                Values::Put { .. } => OperationKind::Put,
                Values::Set { .. } => OperationKind::Set,
                Values::Remove { .. } => OperationKind::Remove,
            },
        }
    }
}

impl From<&Block<'_>> for Change {
    fn from(block: &Block<'_>) -> Self {
        let record = |fields: &Fields| Record(map_from(fields));
        Self {
            collection: block.collection.to_owned(),
            id: RecordId::from(block.id),
            operation: match block.values {
                Values::Put { put, was } => Operation::Put {
                    put: record(put),
                    was: was.map(record),
                },
                Values::Set { set, was } => Operation::Set {
                    set: map_from(set),
                    was: was.map(map_from).unwrap_or_default(),
                },
                Values::Remove { was } => Operation::Remove {
                    remove: true,
                    was: was.map(record),
                },
            },
        }
    }
}

/// Reads the changes of an event, each as `made` of its block.
pub(crate) fn read_all<'a, T>(
    changes: &'a [Ipld],
    made: impl Fn(Block<'a>) -> T,
) -> Result<Vec<T>, ChangeError> {
    let read = |(index, change)| {
        let block = Block::read(change).map_err(|reason| ChangeError { index, reason })?;
        Ok(made(block))
    };
    changes.iter().enumerate().map(read).collect()
}

type Fields = BTreeMap<String, Ipld>;

/// A change as it stands in an event's block, all of its values such as documents hold.
pub(crate) struct Block<'a> {
    collection: &'a str,
    id: &'a str,
    values: Values<'a>,
}

#[derive(Clone, Copy)]
enum Values<'a> {
    Put {
        put: &'a Fields,
        was: Option<&'a Fields>,
    },
    Set {
        set: &'a Fields,
        was: Option<&'a Fields>,
    },
    Remove {
        was: Option<&'a Fields>,
    },
}

impl<'a> Block<'a> {
    fn read(change: &'a Ipld) -> Result<Self, String> {
        let Ipld::Map(fields) = change else {
            return Err("it is not a map".into());
        };
        let text = |name: &str| match fields.get(name) {
            Some(Ipld::String(text)) => Ok(text.as_str()),
            _ => Err(format!("`{name}` is missing or not a text")),
        };
        let was = || fields.get("was").map(checked_map).transpose();
        let values = match (fields.get("put"), fields.get("set"), fields.get("remove")) {
            (Some(put), None, None) => Values::Put {
                put: checked_map(put)?,
                was: was()?,
            },
            (None, Some(set), None) => Values::Set {
                set: checked_map(set)?,
                was: was()?,
            },
            (None, None, Some(Ipld::Bool(true))) => Values::Remove { was: was()? },
            _ => return Err("it needs exactly one of `put`, `set` and `remove: true`".into()),
        };
        Ok(Self {
            collection: text("collection")?,
            id: text("id")?,
            values,
        })
    }
}

fn checked_map(ipld: &Ipld) -> Result<&Fields, String> {
    let Ipld::Map(fields) = ipld else {
        return Err("`put`, `set` and `was` must be maps".into());
    };
    fields.values().try_for_each(|value| check(value, 0))?;
    Ok(fields)
}

/// Whether a document can hold a value.
fn check(ipld: &Ipld, depth: usize) -> Result<(), String> {
    if depth > crate::value::MAX_DEPTH {
        return Err(crate::ValueError::TooDeep.to_string());
    }
    match ipld {
        Ipld::Float(number) => Value::number(*number)
            .map(drop)
            .map_err(|error| error.to_string()),
        Ipld::List(items) => items.iter().try_for_each(|item| check(item, depth + 1)),
        Ipld::Map(entries) => entries.values().try_for_each(|it| check(it, depth + 1)),
        Ipld::Bytes(_) => Err("bytes are not a document value".into()),
        Ipld::Link(_) => Err("a link is not a document value; objects are named by text".into()),
        Ipld::Null | Ipld::Bool(_) | Ipld::Integer(_) | Ipld::String(_) => Ok(()),
    }
}

fn map_from(fields: &Fields) -> BTreeMap<String, Value> {
    let value = |(name, value): (&String, &Ipld)| (name.clone(), value_from(value));
    fields.iter().map(value).collect()
}

/// A value that [`check`] found to be one.
fn value_from(ipld: &Ipld) -> Value {
    match ipld {
        Ipld::Null | Ipld::Bytes(_) | Ipld::Link(_) => Value::Null,
        Ipld::Bool(value) => Value::Bool(*value),
        Ipld::Integer(integer) => Value::Number(*integer as f64),
        Ipld::Float(number) => Value::Number(*number),
        Ipld::String(text) => Value::Text(text.clone()),
        Ipld::List(items) => Value::List(items.iter().map(value_from).collect()),
        Ipld::Map(entries) => Value::Map(map_from(entries)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map<const N: usize>(entries: [(&str, Ipld); N]) -> Ipld {
        let entries = entries.map(|(name, value)| (name.to_owned(), value));
        Ipld::Map(BTreeMap::from(entries))
    }

    fn change<const N: usize>(rest: [(&str, Ipld); N]) -> Ipld {
        let Ipld::Map(mut fields) = map(rest) else {
            return Ipld::Null;
        };
        let text = |text: &str| Ipld::String(text.to_owned());
        fields.insert("collection".into(), text("entities"));
        fields.insert("id".into(), text("door"));
        Ipld::Map(fields)
    }

    #[test]
    fn what_is_declared_is_what_the_changes_are() {
        let fields = || map([("name", Ipld::String("Door".into()))]);
        let deep = (0..20).fold(Ipld::Null, |inner, _| Ipld::List(vec![inner]));
        let removed = ("remove", Ipld::Bool(true));
        let blocks = [
            change([("put", fields())]),
            change([("put", fields()), ("was", fields())]),
            change([("set", fields()), ("was", fields())]),
            change([removed.clone()]),
            change([removed.clone(), ("was", Ipld::Integer(1))]),
            change([removed, ("put", fields())]),
            change([("remove", Ipld::Bool(false))]),
            change([("set", map([("deep", deep)]))]),
            change([("set", map([("bytes", Ipld::Bytes(vec![1]))]))]),
            change([("set", map([("far", Ipld::Float(f64::INFINITY))]))]),
            change([]),
            fields(),
            Ipld::Null,
        ];
        for block in blocks {
            let block = [block];
            let changes = Change::from_blocks(&block);
            let declared = changes.as_ref().map(|changes| Declared::of(changes));
            assert_eq!(
                Declared::read_all(&block).as_ref(),
                declared.as_ref().map_err(|error| *error)
            );
        }
    }
}
