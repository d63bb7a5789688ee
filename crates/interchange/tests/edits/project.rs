//! A project to be edited, and what it becomes as a file.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use wissil_interchange::{ExportDocument, Exported, Imported};
use wissil_model::kinds::blueprint::{Node, Wire, WireKind};
use wissil_model::{Cid, DocumentKind, Literal, Record, RecordId, Value};

use crate::support::{documents, export_documents, glb, import_bytes, json_of, small};

/// The small file, to be edited.
pub struct Project {
    pub documents: Vec<ExportDocument>,
    pub objects: Vec<(Cid, Vec<u8>)>,
}

impl Project {
    pub fn small() -> Self {
        let (json, bin) = small();
        Self::of(&import_bytes("small.glb", &glb(&json, &bin)))
    }

    pub fn of(imported: &Imported) -> Self {
        Self {
            documents: documents(imported),
            objects: imported.objects.clone(),
        }
    }

    pub fn empty(kind: DocumentKind) -> Self {
        Self {
            documents: vec![ExportDocument {
                name: "New".into(),
                kind,
                records: Vec::new(),
            }],
            objects: Vec::new(),
        }
    }

    pub fn graph_of(&mut self) -> &mut ExportDocument {
        self.documents
            .iter_mut()
            .find(|it| it.kind == DocumentKind::BLUEPRINT)
            .unwrap()
    }

    pub fn scene(&mut self) -> &mut ExportDocument {
        self.documents
            .iter_mut()
            .find(|it| it.kind == DocumentKind::SCENE)
            .unwrap()
    }

    pub fn export(&self) -> Exported {
        export_documents(&self.documents, &self.objects)
    }

    /// Exports, and requires that the edited documents come back, apart from what `forgive` brings in line.
    #[track_caller]
    pub fn check(&self, forgive: impl Fn(&str, &RecordId, &mut Record)) -> (Exported, Json) {
        let exported = self.export();
        let again = import_bytes("small.glb", &exported.glb);
        assert_eq!(again.documents.len(), self.documents.len());
        for (document, again) in self.documents.iter().zip(&again.documents) {
            let mut before: BTreeMap<(String, RecordId), Record> = BTreeMap::new();
            for (collection, id, record) in &document.records {
                let mut record = record.clone();
                forgive(collection, id, &mut record);
                before.insert((collection.clone(), id.clone()), record);
            }
            for (collection, id, record) in &again.records {
                let mut record = record.clone();
                forgive(collection, id, &mut record);
                let key = ((*collection).to_owned(), id.clone());
                assert_eq!(before.remove(&key).as_ref(), Some(&record), "{key:?}");
            }
            assert!(before.is_empty(), "gone: {before:?}");
        }
        let json = json_of(&exported.glb);
        (exported, json)
    }
}

pub fn put(document: &mut ExportDocument, collection: &str, id: &str, record: Record) {
    remove(document, collection, id);
    document
        .records
        .push((collection.into(), id.into(), record));
}

pub fn remove(document: &mut ExportDocument, collection: &str, id: &str) {
    document
        .records
        .retain(|(it, record, _)| it != collection || record.as_str() != id);
}

pub fn edit(
    document: &mut ExportDocument,
    collection: &str,
    id: &str,
    field: &str,
    value: impl Into<Value>,
) {
    let found = document
        .records
        .iter_mut()
        .find(|(it, record, _)| it == collection && record.as_str() == id);
    found.unwrap().2.set(field, value.into());
}

pub fn graph(json: &Json) -> &Json {
    &json["extensions"]["KHR_interactivity"]["graphs"][0]
}

pub fn noted(exported: &Exported, text: &str) -> bool {
    exported.notes.iter().any(|note| note.contains(text))
}

pub fn node(op: &str) -> Node {
    Node {
        op: op.into(),
        extension: None,
        position: None,
        label: None,
        configuration: BTreeMap::new(),
        values: BTreeMap::new(),
        inputs: BTreeMap::new(),
        outputs: BTreeMap::new(),
        function: None,
        order: None,
        source: None,
        source_object: None,
    }
}

pub fn wire(kind: WireKind, from: (&str, &str), to: (&str, &str)) -> Record {
    Wire {
        kind,
        from: from.0.into(),
        output: from.1.into(),
        to: to.0.into(),
        input: to.1.into(),
        route: Vec::new(),
    }
    .to_record()
}

pub fn literal(signature: &str, value: &[Value]) -> Literal {
    Literal {
        signature: signature.into(),
        value: value.to_vec(),
    }
}

/// New records get their place in the file as `order` and `index`; everything else must come back.
pub fn without_places(_: &str, _: &RecordId, record: &mut Record) {
    record.0.remove("order");
    record.0.remove("index");
}

pub fn graph_types(json: &Json) -> Vec<&str> {
    let types = graph(json)["types"].as_array().unwrap();
    types
        .iter()
        .map(|it| it["signature"].as_str().unwrap())
        .collect()
}
