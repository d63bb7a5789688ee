//! What leads from one state of a document to another, and what takes changes back.

use std::collections::BTreeMap;

use crate::change::{Change, Operation};
use crate::field::RecordId;
use crate::projection::Projection;
use crate::record::Record;
use crate::value::Value;

/// Fields by name; null where there is none.
pub(crate) type Fields = BTreeMap<String, Value>;

/// The fields in which a record is another than before: as they are, and as they were.
pub(crate) fn changed_fields(before: &Record, after: &Record) -> (Fields, Fields) {
    let (mut set, mut was) = (Fields::new(), Fields::new());
    for field in before.0.keys().chain(after.0.keys()) {
        let value = |record: &Record| record.get(field).cloned().unwrap_or_default();
        let (old, new) = (value(before), value(after));
        if old != new {
            was.insert(field.clone(), old);
            set.insert(field.clone(), new);
        }
    }
    (set, was)
}

/// The changes that lead from one state to another, with the values before.
///
/// This is both the semantic diff that people read and what a rollback writes.
pub fn diff(from: &Projection, to: &Projection) -> Vec<Change> {
    let mut changes = Vec::new();
    let none = BTreeMap::new();
    for schema in from.kind().schema().collections {
        let name = schema.name;
        let (before, after) = (
            from.stored_records(name).unwrap_or(&none),
            to.stored_records(name).unwrap_or(&none),
        );
        let change = |id: &RecordId, operation| Change {
            collection: name.to_owned(),
            id: id.clone(),
            operation,
        };
        for (id, record) in before {
            if !after.contains_key(id) {
                changes.push(change(
                    id,
                    Operation::Remove {
                        remove: true,
                        was: Some(Record::clone(record)),
                    },
                ));
            }
        }
        for (id, record) in after {
            match before.get(id) {
                None => changes.push(change(
                    id,
                    Operation::Put {
                        put: Record::clone(record),
                        was: None,
                    },
                )),
                Some(old) if old != record => {
                    let (set, was) = changed_fields(old, record);
                    changes.push(change(id, Operation::Set { set, was }));
                }
                Some(_) => {}
            }
        }
    }
    changes
}

/// The changes that take others back, as far as what they wrote still stands.
///
/// A field that somebody changed since stays theirs; a record that somebody changed since is not removed, and one that
/// exists is not replaced: what others write into it meanwhile stays. What remains may be nothing.
pub fn inverse(changes: &[Change], now: &Projection) -> Vec<Change> {
    // The records as they are while one change after the other is taken back.
    let mut records: BTreeMap<(&str, &RecordId), Option<Record>> = BTreeMap::new();
    let mut taken_back = Vec::new();
    for change in changes.iter().rev() {
        let key = (change.collection.as_str(), &change.id);
        let record = records
            .entry(key)
            .or_insert_with(|| now.stored(key.0, change.id.as_str()).cloned());
        if let Some(operation) = inverse_of(&change.operation, record.as_ref()) {
            *record = after(&operation, record.take());
            taken_back.push(Change {
                collection: change.collection.clone(),
                id: change.id.clone(),
                operation,
            });
        }
    }
    taken_back
}

/// What takes one change back where its record is now so; none where nothing of it stands.
fn inverse_of(operation: &Operation, now: Option<&Record>) -> Option<Operation> {
    match (operation, now) {
        (Operation::Put { put, was: None }, Some(now)) => {
            (now == put).then_some(Operation::Remove {
                remove: true,
                was: None,
            })
        }
        (
            Operation::Put {
                put,
                was: Some(was),
            },
            Some(now),
        ) => {
            let (set, was) = changed_fields(was, put);
            set_back(&set, &was, now)
        }
        (Operation::Set { set, was }, Some(now)) => set_back(set, was, now),
        (Operation::Remove { was: Some(was), .. }, None) => Some(Operation::Put {
            put: was.clone(),
            was: None,
        }),
        _ => None,
    }
}

/// Sets fields to what they were, where they are still what was set.
fn set_back(set: &Fields, was: &Fields, now: &Record) -> Option<Operation> {
    let back: Fields = set
        .iter()
        .filter(|(field, value)| now.get(field).cloned().unwrap_or_default() == **value)
        .map(|(field, _)| (field.clone(), was.get(field).cloned().unwrap_or_default()))
        .collect();
    (!back.is_empty()).then_some(Operation::Set {
        set: back,
        was: Fields::new(),
    })
}

/// A record after a change.
fn after(operation: &Operation, record: Option<Record>) -> Option<Record> {
    match operation {
        Operation::Put { put, .. } => Some(put.clone()),
        Operation::Remove { .. } => None,
        Operation::Set { set, .. } => {
            let mut record = record?;
            for (field, value) in set {
                record.set(field.clone(), value.clone());
            }
            Some(record)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declared::Declared;
    use crate::document::Document;
    use crate::foreign::ForeignEdit;
    use crate::kinds::DocumentKind;

    const TYPE: &str = "version.restore";

    fn named(name: &str) -> Record {
        Record::new().with("name", name)
    }

    fn set(field: &str, value: impl Into<Value>) -> Change {
        Change::set("entities", "a", [(field, value.into())])
    }

    /// A scene with the entity `a`, as two replicas have it.
    fn two_scenes() -> (Document, Document) {
        let mut one = Document::new(DocumentKind::SCENE, 1);
        let mut two = Document::new(DocumentKind::SCENE, 2);
        let put = Change::put("entities", "a", named("Door").with("locked", true));
        let made = one.author(TYPE, vec![put]).unwrap();
        two.fold(1, &foreign(&made.changes, made.update)).unwrap();
        (one, two)
    }

    fn foreign(changes: &[Change], update: Vec<u8>) -> ForeignEdit {
        ForeignEdit::new(TYPE, Declared::of(changes), update)
    }

    /// Both make an edit without knowing of the other's; gives what both have then.
    fn at_once(
        (mut one, mut two): (Document, Document),
        ones: Vec<Change>,
        twos: Vec<Change>,
    ) -> Record {
        let ones = one.author(TYPE, ones).unwrap();
        let twos = two.author(TYPE, twos).unwrap();
        two.fold(1, &foreign(&ones.changes, ones.update)).unwrap();
        one.fold(2, &foreign(&twos.changes, twos.update)).unwrap();
        assert!(one.projection() == two.projection());
        one.projection().record("entities", "a").unwrap().clone()
    }

    #[test]
    fn what_others_set_meanwhile_survives_that_a_record_is_put_again() {
        let again = vec![Change::put("entities", "a", named("Gate"))];
        let record = at_once(two_scenes(), again, vec![set("visible", false)]);
        assert_eq!(record, named("Gate").with("visible", false));
    }

    #[test]
    fn what_others_set_meanwhile_survives_an_undo() {
        let (mut one, mut two) = two_scenes();
        let again = Change::put("entities", "a", named("Gate"));
        let again = one.author(TYPE, vec![again]).unwrap();
        two.fold(1, &foreign(&again.changes, again.update)).unwrap();
        let back = inverse(&again.changes, one.projection());
        let record = at_once((one, two), back, vec![set("visible", false)]);
        let before = named("Door").with("locked", true);
        assert_eq!(record, before.with("visible", false));
    }

    #[test]
    fn what_others_set_since_stays_and_the_rest_is_taken_back() {
        let (mut one, _) = two_scenes();
        let again = Change::put("entities", "a", named("Gate"));
        let again = one.author(TYPE, vec![again]).unwrap().changes;
        let _ = one.author(TYPE, vec![set("name", "Arch")]).unwrap();
        let back = inverse(&again, one.projection());
        assert_eq!(back, [set("locked", true)]);
    }

    #[test]
    fn several_changes_of_one_record_are_taken_back_one_after_the_other() {
        let (mut one, _) = two_scenes();
        let before = one.projection().clone();
        let several = vec![
            set("name", "Gate"),
            set("name", "Arch"),
            Change::remove("entities", "a"),
            Change::put("entities", "a", named("Tomb")),
            set("locked", false),
            Change::put("entities", "b", named("Wall")),
            Change::set("entities", "b", [("name", Value::text("Fence"))]),
        ];
        let several = one.author(TYPE, several).unwrap().changes;
        let back = inverse(&several, one.projection());
        let _ = one.author(TYPE, back).unwrap();
        assert!(*one.projection() == before);
    }
}
