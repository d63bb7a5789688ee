//! A live document: the fold of its events.

use std::collections::BTreeMap;

use wissil_dag::{BranchId, DocumentId, ReplicaId, SessionId};

use crate::change::{Change, Operation};
use crate::crdt::{ApplyError, Crdt, Touched};
use crate::declared::Declared;
use crate::diff::changed_fields;
use crate::event_type::{self, TypeError};
use crate::field::RecordId;
use crate::foreign::ForeignEdit;
use crate::gate::{self, GateError};
use crate::kinds::DocumentKind;
use crate::prepared::Prepared;
use crate::projection::{Delta, Projection};
use crate::record::{Record, RecordError};
use crate::schema::CollectionSchema;

/// Most records of one document.
pub const MAX_RECORDS: usize = 500_000;

/// A document as the fold of events: checkpoint, updates, own edits.
///
/// Whatever the way it came to be, it is the same: `live == replay of its log == checkpoint + tail`.
pub struct Document {
    kind: DocumentKind,
    crdt: Crdt,
    projection: Projection,
    unusable: bool,
}

/// An edit that was made here: what to write into its event, and what it changed.
#[derive(Debug)]
#[must_use = "the edit stands in this document but in no event yet"]
pub struct Authored {
    /// The changes, with the values before and without those that change nothing.
    pub changes: Vec<Change>,
    /// The update that does the same elsewhere.
    pub update: Vec<u8>,
    /// What changed in the projection.
    pub delta: Delta,
}

/// Why an edit was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditError {
    /// The kind has no such collection.
    #[error("a {kind} has no `{collection}`")]
    UnknownCollection {
        /// The document's kind.
        kind: DocumentKind,
        /// The collection that was named.
        collection: String,
    },
    /// An id that cannot name a record.
    #[error("`{0}` cannot name a record: 1 to 64 letters, digits, `_`, `-` and `:` can")]
    InvalidId(String),
    /// A field that does not fit the schema.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The record to change does not exist.
    #[error("there is no record `{id}` in `{collection}`; it may have been deleted")]
    NotFound {
        /// The collection that was named.
        collection: String,
        /// The id that was named.
        id: String,
    },
    /// Nothing would change.
    #[error("the edit changes nothing")]
    Nothing,
    /// The event's type does not carry such changes.
    #[error(transparent)]
    Type(#[from] TypeError),
    /// Too many records.
    #[error("a document holds at most {MAX_RECORDS} records")]
    TooManyRecords,
    /// An earlier failure left the document unusable; it has to be opened again.
    #[error("the document has to be opened again after an earlier failure")]
    Unusable,
}

/// Why a foreign event was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FoldError {
    /// Refused by the scan of its bytes; the document is as before.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// The event's type does not carry such changes; the document is as before.
    #[error(transparent)]
    Type(#[from] TypeError),
    /// The update could not be applied; the document has to be opened again.
    #[error("{0}")]
    Apply(String),
    /// The update changes a record that the event does not name; the document has to be opened again.
    #[error("the update changes {collection} `{id}`, which the event does not name")]
    Undeclared {
        /// The record's collection.
        collection: String,
        /// The record.
        id: String,
    },
    /// The update leaves a record that breaks the schema; the document has to be opened again.
    #[error("the update leaves {collection} `{id}` broken: {problem}")]
    Schema {
        /// The record's collection.
        collection: String,
        /// The record.
        id: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Too many records; the document has to be opened again.
    #[error("a document holds at most {MAX_RECORDS} records")]
    TooManyRecords,
    /// An earlier failure left the document unusable; it has to be opened again.
    #[error("the document has to be opened again after an earlier failure")]
    Unusable,
}

impl From<ApplyError> for FoldError {
    fn from(error: ApplyError) -> Self {
        FoldError::Apply(error.to_string())
    }
}

/// The id under which a chain writes into the CRDT: 53 bits that everyone can compute.
///
/// Two chains never share one: a writer id that is used twice with different content makes replicas differ silently.
pub fn writer_id(
    replica: &ReplicaId,
    session: &SessionId,
    branch: &BranchId,
    document: &DocumentId,
) -> u64 {
    let name = format!("{replica}/{session}/{branch}/{document}");
    let cid = wissil_dag::cid_of(wissil_dag::Codec::RAW, name.as_bytes());
    let digest = cid.hash().digest();
    let mut bytes = [0; 8];
    for (byte, digest) in bytes.iter_mut().zip(digest) {
        *byte = *digest;
    }
    u64::from_be_bytes(bytes) >> 11
}

impl Document {
    /// An empty document that writes as `writer` (see [`writer_id`]).
    pub fn new(kind: DocumentKind, writer: u64) -> Self {
        let collections = kind.schema().collections.iter().map(|c| c.name);
        Self {
            kind,
            crdt: Crdt::new(writer, collections),
            projection: Projection::new(kind),
            unusable: false,
        }
    }

    /// A document from a checkpoint and the updates after it, which were checked when they came in.
    pub fn restore<'a>(
        kind: DocumentKind,
        writer: u64,
        checkpoint: Option<&'a [u8]>,
        tail: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, FoldError> {
        let mut document = Self::new(kind, writer);
        document.crdt.apply(checkpoint.into_iter().chain(tail))?;
        document.crdt.observe_all();
        let collections: Vec<String> = document.crdt.collections().map(str::to_owned).collect();
        let records: Vec<_> = collections
            .into_iter()
            .flat_map(|collection| {
                document
                    .crdt
                    .records(&collection)
                    .into_iter()
                    .map(move |(id, record)| (collection.clone(), RecordId::from(id), Some(record)))
            })
            .collect();
        document.projection.apply(records);
        Ok(document)
    }

    /// The document's kind.
    pub fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// The plain snapshot.
    pub fn projection(&self) -> &Projection {
        &self.projection
    }

    /// The whole state, for a checkpoint.
    pub fn checkpoint(&self) -> Vec<u8> {
        self.crdt.encode()
    }

    /// Whether a failure left the document unusable.
    pub fn is_unusable(&self) -> bool {
        self.unusable
    }

    /// Makes an edit: [`Document::prepare`] and [`Document::write`].
    ///
    /// # Errors
    /// See [`EditError`]; nothing was changed.
    pub fn author(
        &mut self,
        event_type: &str,
        changes: Vec<Change>,
    ) -> Result<Authored, EditError> {
        let prepared = self.prepare(event_type, changes)?;
        self.write(prepared)
    }

    /// Checks an edit against the event's type, the schema and the records as they are, one change after the other; fills
    /// in the values before, and drops what changes nothing.
    ///
    /// # Errors
    /// See [`EditError`]; the document is as before.
    pub fn prepare(&self, event_type: &str, changes: Vec<Change>) -> Result<Prepared, EditError> {
        if self.unusable {
            return Err(EditError::Unusable);
        }
        event_type::check(self.kind, event_type, &Declared::of(&changes))?;
        let changes = self.prepare_changes(changes)?;
        match changes.is_empty() {
            true => Err(EditError::Nothing),
            false => Ok(Prepared(changes)),
        }
    }

    /// Writes what was prepared for the document as it is.
    ///
    /// The caller puts the result into an event; if that cannot be stored, the document has to be opened again, because
    /// it holds what no event holds.
    ///
    /// # Errors
    /// [`EditError::Unusable`]: the document has to be opened again.
    pub fn write(&mut self, prepared: Prepared) -> Result<Authored, EditError> {
        if self.unusable {
            return Err(EditError::Unusable);
        }
        let Prepared(changes) = prepared;
        let (update, touched) = self.crdt.write(|writer| {
            for change in &changes {
                let (collection, id) = (change.collection.as_str(), change.id.as_str());
                match &change.operation {
                    Operation::Put { put, was: None } => writer.put(collection, id, put),
                    // Field by field: what others write into it meanwhile stays.
                    Operation::Put {
                        put,
                        was: Some(was),
                    } => writer.set(collection, id, &changed_fields(was, put).0),
                    Operation::Set { set, .. } => writer.set(collection, id, set),
                    Operation::Remove { .. } => writer.remove(collection, id),
                }
            }
        });
        let delta = match self.project(touched, None) {
            Ok(delta) => delta,
            Err(_) => {
                self.unusable = true;
                return Err(EditError::Unusable);
            }
        };
        Ok(Authored {
            changes,
            update,
            delta,
        })
    }

    fn prepare_changes(&self, changes: Vec<Change>) -> Result<Vec<Change>, EditError> {
        let mut now: BTreeMap<(String, RecordId), Option<Record>> = BTreeMap::new();
        let mut prepared = Vec::with_capacity(changes.len());
        let mut count = self.projection.stored_count();
        for change in changes {
            let schema = self.collection(&change.collection)?;
            if !change.id.is_valid() {
                return Err(EditError::InvalidId(change.id.to_string()));
            }
            let key = (change.collection.clone(), change.id.clone());
            let before = match now.get(&key) {
                Some(record) => record.clone(),
                None => self
                    .projection
                    .stored(&change.collection, change.id.as_str())
                    .cloned(),
            };
            let missing = || EditError::NotFound {
                collection: change.collection.clone(),
                id: change.id.to_string(),
            };
            let (operation, after) = match change.operation {
                Operation::Put { mut put, .. } => {
                    put.0.retain(|_, value| !value.is_null());
                    schema.check(&put)?;
                    if before.as_ref() == Some(&put) {
                        continue;
                    }
                    count += usize::from(before.is_none());
                    (
                        Operation::Put {
                            put: put.clone(),
                            was: before,
                        },
                        Some(put),
                    )
                }
                Operation::Set { set, .. } => {
                    let mut record = before.ok_or_else(missing)?;
                    let mut changed = BTreeMap::new();
                    let mut was = BTreeMap::new();
                    for (field, value) in set {
                        schema.check_field(&field, &value)?;
                        let old = record.get(&field).cloned().unwrap_or_default();
                        if old != value {
                            was.insert(field.clone(), old);
                            record.set(field.clone(), value.clone());
                            changed.insert(field, value);
                        }
                    }
                    if changed.is_empty() {
                        continue;
                    }
                    (Operation::Set { set: changed, was }, Some(record))
                }
                Operation::Remove { .. } => {
                    let was = Some(before.ok_or_else(missing)?);
                    count -= 1;
                    (Operation::Remove { remove: true, was }, None)
                }
            };
            if count > MAX_RECORDS {
                return Err(EditError::TooManyRecords);
            }
            now.insert(key, after);
            prepared.push(Change {
                collection: change.collection,
                id: change.id,
                operation,
            });
        }
        Ok(prepared)
    }

    fn collection(&self, name: &str) -> Result<&'static CollectionSchema, EditError> {
        self.kind
            .schema()
            .collection(name)
            .ok_or_else(|| EditError::UnknownCollection {
                kind: self.kind,
                collection: name.to_owned(),
            })
    }

    /// Folds the edit of a foreign event; `writer` is computed from the event.
    ///
    /// After an error other than [`FoldError::Gate`] and [`FoldError::Type`] the document has to be opened again.
    pub fn fold(&mut self, writer: u64, edit: &ForeignEdit) -> Result<Delta, FoldError> {
        if self.unusable {
            return Err(FoldError::Unusable);
        }
        let scanned = edit.scan(self.kind)?;
        scanned.continues(writer, self.crdt.clock(writer))?;
        for root in &scanned.roots {
            self.crdt.observe(root);
        }
        let folded = self
            .crdt
            .apply([edit.update.as_slice()])
            .map_err(FoldError::from)
            .and_then(|touched| self.project(touched, Some(&edit.changes)));
        self.unusable = folded.is_err();
        folded
    }

    /// Reads the touched records anew. Where changes are `declared`, touching anything else is refused.
    fn project(
        &mut self,
        touched: Touched,
        declared: Option<&[Declared<'_>]>,
    ) -> Result<Delta, FoldError> {
        if let Some(declared) = declared {
            let mut names: Vec<_> = declared.iter().map(Declared::name).collect();
            names.sort_unstable();
            if let Some((collection, id)) = undeclared(&touched, names.into_iter()) {
                return Err(FoldError::Undeclared { collection, id });
            }
        }
        let mut records = Vec::new();
        for (collection, ids) in touched {
            let schema = self.kind.schema().collection(&collection);
            for id in ids {
                let broken = |problem: String| FoldError::Schema {
                    collection: collection.clone(),
                    id: id.clone(),
                    problem,
                };
                let record = self.crdt.record(&collection, &id).map_err(broken)?;
                if let Some(record) = &record {
                    let id = RecordId::from(id.as_str());
                    if !id.is_valid() {
                        return Err(broken("its id is not a legal one".into()));
                    }
                    if let Some(schema) = schema {
                        schema
                            .check(record)
                            .map_err(|error| broken(error.to_string()))?;
                    }
                }
                records.push((collection.clone(), RecordId::from(id), record));
            }
        }
        let delta = self.projection.apply(records);
        if self.projection.stored_count() > MAX_RECORDS {
            return Err(FoldError::TooManyRecords);
        }
        Ok(delta)
    }
}

/// The first record that is touched and not declared; both are sorted, and each is gone through once.
fn undeclared<'a>(
    touched: &Touched,
    mut declared: impl Iterator<Item = (&'a str, &'a str)>,
) -> Option<(String, String)> {
    let mut next = declared.next();
    for (collection, ids) in touched {
        for id in ids {
            let name = (collection.as_str(), id.as_str());
            while next.is_some_and(|declared| declared < name) {
                next = declared.next();
            }
            if next != Some(name) {
                return Some((collection.clone(), id.clone()));
            }
        }
    }
    None
}

/// Checks a whole state from anyone, as every foreign update is: its bytes before the CRDT sees them, that nothing in it
/// is missing, and that all its records are what the schema asks for.
///
/// # Errors
/// See [`FoldError`].
pub fn check_state(kind: DocumentKind, state: &[u8]) -> Result<(), FoldError> {
    gate::scan_state(state)?;
    // It writes nothing, so any writer will do.
    let mut document = Document::new(kind, 0);
    document.crdt.apply([state])?;
    document.crdt.observe_all();
    let all = document.crdt.ids();
    document.project(all, None).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touched<const N: usize>(collections: [(&str, &[&str]); N]) -> Touched {
        let named = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        let collections = collections.into_iter();
        collections
            .map(|(collection, ids)| (collection.to_owned(), named(ids)))
            .collect()
    }

    #[test]
    fn what_is_touched_has_to_be_declared() {
        let declared = [("entities", "a"), ("entities", "c"), ("lights", "b")];
        let first = |touched: &Touched| undeclared(touched, declared.into_iter());
        assert_eq!(
            first(&touched([("entities", &["a", "c"]), ("lights", &["b"])])),
            None
        );
        assert_eq!(first(&touched([("lights", &["b"])])), None);
        let strange = |collection: &str, id: &str| Some((collection.to_owned(), id.to_owned()));
        assert_eq!(
            first(&touched([("entities", &["a", "b", "c"])])),
            strange("entities", "b")
        );
        assert_eq!(
            first(&touched([("lights", &["c"])])),
            strange("lights", "c")
        );
        assert_eq!(
            first(&touched([("meshes", &["a"])])),
            strange("meshes", "a")
        );
    }

    #[test]
    fn what_is_declared_is_gone_through_once_however_much_is_touched() {
        let ids: Vec<String> = (0..2000).map(|n| format!("{n:04}")).collect();
        let touched = Touched::from([("entities".to_owned(), ids.iter().cloned().collect())]);
        let mut looked_at = 0;
        let declared = ids.iter().map(|id| ("entities", id.as_str()));
        assert_eq!(
            undeclared(&touched, declared.inspect(|_| looked_at += 1)),
            None
        );
        assert_eq!(looked_at, ids.len());
    }
}
