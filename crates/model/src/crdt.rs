//! The one place that knows the CRDT library: records in root maps of maps, updates in and out.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use yrs::types::{Event, PathSegment};
use yrs::updates::decoder::Decode;
use yrs::{
    Any, DeepObservable, Doc, Map, MapPrelim, MapRef, Number, Options, Out, ReadTxn, StateVector,
    Transact, TransactionMut, Update,
};

use crate::record::Record;
use crate::value::Value;

/// Records touched by a transaction, by collection.
pub(crate) type Touched = BTreeMap<String, BTreeSet<String>>;

/// Why an update could not be applied.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum ApplyError {
    #[error("the update does not decode: {0}")]
    Decode(String),
    #[error("the update does not apply: {0}")]
    Apply(String),
    #[error("the update builds on content that is not there")]
    Incomplete,
    #[error("the update makes the document library fail")]
    Panic,
}

/// Records in a CRDT: a root map per collection, a map per record, a plain value per field.
pub(crate) struct Crdt {
    doc: Doc,
    collections: BTreeMap<String, MapRef>,
    touched: Arc<Mutex<Touched>>,
}

impl Crdt {
    /// An empty document that writes as `writer` (53 bits).
    pub fn new(writer: u64, collections: impl IntoIterator<Item = &'static str>) -> Self {
        let doc = Doc::with_options(Options::with_client_id(yrs::block::ClientID::new(writer)));
        let mut crdt = Self {
            doc,
            collections: BTreeMap::new(),
            touched: Arc::default(),
        };
        for name in collections {
            crdt.observe(name);
        }
        crdt
    }

    /// Makes a collection known, so that changes to it are noticed.
    pub fn observe(&mut self, name: &str) {
        if self.collections.contains_key(name) {
            return;
        }
        let map = self.doc.get_or_insert_map(name);
        let touched = Arc::clone(&self.touched);
        let collection = name.to_owned();
        map.observe_deep("records", move |txn, events| {
            let mut touched = touched.lock().unwrap_or_else(PoisonError::into_inner);
            let ids = touched.entry(collection.clone()).or_default();
            for event in events.iter() {
                if let Event::Map(event) = event {
                    match event.path().front() {
                        Some(PathSegment::Key(id)) => {
                            ids.insert(id.to_string());
                        }
                        _ => ids.extend(event.keys(txn).keys().map(|id| id.to_string())),
                    }
                }
            }
        });
        self.collections.insert(name.to_owned(), map);
    }

    /// Makes all collections known that the content has, those of newer versions included.
    pub fn observe_all(&mut self) {
        let names: Vec<String> = {
            let txn = self.doc.transact();
            txn.root_refs().map(|(name, _)| name.to_owned()).collect()
        };
        for name in names {
            self.observe(&name);
        }
    }

    /// The collections that exist.
    pub fn collections(&self) -> impl Iterator<Item = &str> {
        self.collections.keys().map(String::as_str)
    }

    /// Where a writer stands.
    pub fn clock(&self, writer: u64) -> u64 {
        let txn = self.doc.transact();
        u64::from(txn.state_vector().get(&yrs::block::ClientID::new(writer)))
    }

    /// The whole state as one update.
    pub fn encode(&self) -> Vec<u8> {
        self.doc
            .transact()
            .encode_state_as_update_v1(&StateVector::default())
    }

    /// Applies updates in one transaction. After an error the document is not to be used any more.
    pub fn apply<'a>(
        &mut self,
        updates: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Touched, ApplyError> {
        let doc = &self.doc;
        let applied = catch_unwind(AssertUnwindSafe(|| {
            let mut txn = doc.transact_mut();
            for update in updates {
                let update = Update::decode_v1(update)
                    .map_err(|error| ApplyError::Decode(error.to_string()))?;
                txn.apply_update(update)
                    .map_err(|error| ApplyError::Apply(error.to_string()))?;
            }
            if txn.store().pending_update().is_some() || txn.store().pending_ds().is_some() {
                return Err(ApplyError::Incomplete);
            }
            Ok(())
        }));
        match applied {
            Ok(result) => result.map(|()| self.take_touched()),
            Err(_) => Err(ApplyError::Panic),
        }
    }

    /// Writes in one transaction; returns the update that carries it elsewhere.
    pub fn write(&mut self, write: impl FnOnce(&mut Writer<'_, '_>)) -> (Vec<u8>, Touched) {
        let update = {
            let mut txn = self.doc.transact_mut();
            write(&mut Writer {
                collections: &self.collections,
                txn: &mut txn,
            });
            txn.commit();
            txn.encode_update_v1()
        };
        (update, self.take_touched())
    }

    fn take_touched(&self) -> Touched {
        std::mem::take(&mut *self.touched.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The ids of all records of the collections that are known.
    pub fn ids(&self) -> Touched {
        let txn = self.doc.transact();
        let ids = |map: &MapRef| map.keys(&txn).map(str::to_owned).collect();
        let collections = self.collections.iter();
        collections
            .map(|(name, map)| (name.clone(), ids(map)))
            .collect()
    }

    /// Reads one record; the error says what in it is not a record.
    pub fn record(&self, collection: &str, id: &str) -> Result<Option<Record>, String> {
        let Some(map) = self.collections.get(collection) else {
            return Ok(None);
        };
        let txn = self.doc.transact();
        match map.get(&txn, id) {
            None => Ok(None),
            Some(out) => read_record(&txn, out).map(Some),
        }
    }

    /// Reads all records of a collection; those that do not read as records are passed over.
    pub fn records(&self, collection: &str) -> Vec<(String, Record)> {
        let Some(map) = self.collections.get(collection) else {
            return Vec::new();
        };
        let txn = self.doc.transact();
        map.iter(&txn)
            .filter_map(|(id, out)| Some((id.to_owned(), read_record(&txn, out).ok()?)))
            .collect()
    }
}

/// Writes records inside a transaction.
pub(crate) struct Writer<'a, 'doc> {
    collections: &'a BTreeMap<String, MapRef>,
    txn: &'a mut TransactionMut<'doc>,
}

impl Writer<'_, '_> {
    /// Creates a record or replaces it whole.
    pub fn put(&mut self, collection: &str, id: &str, record: &Record) {
        if let Some(map) = self.collections.get(collection) {
            // One by one: the library would write them in an order that is another in every run.
            let stored = map.insert(self.txn, id, MapPrelim::default());
            for (name, value) in record.0.iter().filter(|(_, value)| !value.is_null()) {
                stored.insert(self.txn, name.as_str(), into_any(value));
            }
        }
    }

    /// Sets fields of a record, or clears them with null.
    pub fn set<'v>(
        &mut self,
        collection: &str,
        id: &str,
        fields: impl IntoIterator<Item = (&'v String, &'v Value)>,
    ) {
        let Some(Out::YMap(record)) = self
            .collections
            .get(collection)
            .and_then(|map| map.get(self.txn, id))
        else {
            return;
        };
        for (name, value) in fields {
            if value.is_null() {
                record.remove(self.txn, name);
            } else {
                record.insert(self.txn, name.as_str(), into_any(value));
            }
        }
    }

    /// Removes a record.
    pub fn remove(&mut self, collection: &str, id: &str) {
        if let Some(map) = self.collections.get(collection) {
            map.remove(self.txn, id);
        }
    }
}

fn read_record<T: ReadTxn>(txn: &T, out: Out) -> Result<Record, String> {
    let Out::YMap(fields) = out else {
        return Err("is not a record".into());
    };
    let mut record = Record::new();
    for (name, value) in fields.iter(txn) {
        match value {
            Out::Any(any) => record.set(
                name,
                from_any(&any).map_err(|problem| format!("has a field `{name}` that {problem}"))?,
            ),
            _ => return Err(format!("has a field `{name}` that is not a plain value")),
        }
    }
    Ok(record)
}

fn from_any(any: &Any) -> Result<Value, &'static str> {
    Ok(match any {
        Any::Null | Any::Undefined => Value::Null,
        Any::Bool(value) => Value::Bool(*value),
        Any::Number(Number::Int(integer)) => Value::Number(*integer as f64),
        Any::Number(Number::Float(number)) if number.is_finite() => Value::Number(*number),
        Any::Number(_) => return Err("is not a finite number"),
        Any::String(text) => Value::Text(text.to_string()),
        Any::Buffer(_) => return Err("holds bytes"),
        Any::Array(items) => Value::List(items.iter().map(from_any).collect::<Result<_, _>>()?),
        Any::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|(name, entry)| Ok((name.clone(), from_any(entry)?)))
                .collect::<Result<_, &'static str>>()?,
        ),
    })
}

fn into_any(value: &Value) -> Any {
    match value {
        Value::Null => Any::Null,
        Value::Bool(value) => Any::Bool(*value),
        Value::Number(number) => Any::Number(match crate::value::exact_integer(*number) {
            Some(integer) => Number::Int(integer),
            None => Number::Float(*number),
        }),
        Value::Text(text) => Any::String(text.as_str().into()),
        Value::List(items) => Any::Array(items.iter().map(into_any).collect()),
        Value::Map(entries) => Any::Map(Arc::new(
            entries
                .iter()
                .map(|(name, entry)| (name.clone(), into_any(entry)))
                .collect(),
        )),
    }
}
