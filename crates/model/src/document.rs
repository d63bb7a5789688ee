//! A live document: the fold of its events.

use std::collections::BTreeMap;

use wissil_dag::{BranchId, DocumentId, ReplicaId, SessionId};

use crate::change::{Change, Operation};
use crate::crdt::{ApplyError, Crdt, Touched};
use crate::declared::Declared;
use crate::event_type::{self, TypeError};
use crate::field::RecordId;
use crate::foreign::ForeignEdit;
use crate::gate::{self, GateError};
use crate::kinds::DocumentKind;
use crate::projection::{Delta, Projection};
use crate::record::{Record, RecordError};
use crate::schema::CollectionSchema;
use crate::value::Value;

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

    /// Makes an edit: checks it, fills in the values before, drops what changes nothing, writes it.
    ///
    /// On an error nothing was changed. The caller puts the result into an event; if that cannot be stored, the
    /// document has to be opened again, because it holds what no event holds.
    pub fn author(
        &mut self,
        event_type: &str,
        changes: Vec<Change>,
    ) -> Result<Authored, EditError> {
        if self.unusable {
            return Err(EditError::Unusable);
        }
        event_type::check(self.kind, event_type, &Declared::of(&changes))?;
        let changes = self.prepare(changes)?;
        if changes.is_empty() {
            return Err(EditError::Nothing);
        }
        let (update, touched) = self.crdt.write(|writer| {
            for change in &changes {
                let (collection, id) = (change.collection.as_str(), change.id.as_str());
                match &change.operation {
                    Operation::Put { put, .. } => writer.put(collection, id, put),
                    Operation::Set { set, .. } => writer.set(collection, id, set),
                    Operation::Remove { .. } => writer.remove(collection, id),
                }
            }
        });
        let delta = match self.project(touched, &[]) {
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

    /// Checks the changes against the schema and the records as they are, one after the other.
    fn prepare(&self, changes: Vec<Change>) -> Result<Vec<Change>, EditError> {
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
        match event_type::check(self.kind, &edit.event_type, &edit.changes) {
            // A newer version's type; what it did is checked below like any other.
            Ok(()) | Err(TypeError::Unknown { .. }) => {}
            Err(mismatch) => return Err(mismatch.into()),
        }
        let scanned = edit.scanned.as_ref().map_err(GateError::clone)?;
        scanned.continues(writer, self.crdt.clock(writer))?;
        for root in &scanned.roots {
            self.crdt.observe(root);
        }
        let folded = self
            .crdt
            .apply([edit.update.as_slice()])
            .map_err(FoldError::from)
            .and_then(|touched| self.project(touched, &edit.changes));
        self.unusable = folded.is_err();
        folded
    }

    /// Reads the touched records anew. With `declared` changes, touching anything else is refused.
    fn project(&mut self, touched: Touched, declared: &[Declared<'_>]) -> Result<Delta, FoldError> {
        let mut records = Vec::new();
        for (collection, ids) in touched {
            let schema = self.kind.schema().collection(&collection);
            for id in ids {
                if !declared.is_empty()
                    && !declared
                        .iter()
                        .any(|change| change.collection == collection && change.id == id)
                {
                    return Err(FoldError::Undeclared { collection, id });
                }
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
    document.project(all, &[]).map(drop)
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
                    let (mut set, mut was) = (BTreeMap::new(), BTreeMap::new());
                    for field in old.0.keys().chain(record.0.keys()) {
                        let value = |r: &Record| r.get(field).cloned().unwrap_or_default();
                        let (old, new): (Value, Value) = (value(old), value(record));
                        if old != new {
                            was.insert(field.clone(), old);
                            set.insert(field.clone(), new);
                        }
                    }
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
/// A field that somebody changed since stays theirs; a record that somebody changed since is not removed. What
/// remains may be nothing.
pub fn inverse(changes: &[Change], now: &Projection) -> Vec<Change> {
    changes
        .iter()
        .rev()
        .filter_map(|change| {
            let stored = now.stored(&change.collection, change.id.as_str());
            let operation = match (&change.operation, stored) {
                (Operation::Put { put, was }, Some(stored)) if stored == put => match was {
                    Some(was) => Operation::Put {
                        put: was.clone(),
                        was: None,
                    },
                    None => Operation::Remove {
                        remove: true,
                        was: None,
                    },
                },
                (Operation::Set { set, was }, Some(stored)) => {
                    let set: BTreeMap<String, Value> = set
                        .iter()
                        .filter(|(field, value)| {
                            stored.get(field).cloned().unwrap_or_default() == **value
                        })
                        .map(|(field, _)| {
                            (field.clone(), was.get(field).cloned().unwrap_or_default())
                        })
                        .collect();
                    if set.is_empty() {
                        return None;
                    }
                    Operation::Set {
                        set,
                        was: BTreeMap::new(),
                    }
                }
                (Operation::Remove { was: Some(was), .. }, None) => Operation::Put {
                    put: was.clone(),
                    was: None,
                },
                _ => return None,
            };
            Some(Change {
                collection: change.collection.clone(),
                id: change.id.clone(),
                operation,
            })
        })
        .collect()
}
