//! Everything that is wrong in a file, with its place.

use std::collections::{HashMap, HashSet};

use wissil_model::kinds::blueprint::{Graph, declared_inputs, problems, shapes};
use wissil_model::{DocumentKind, RecordId, RecordProblem};

use crate::json::escape;
use crate::note::{Level, Note, Subject};
use crate::{Imported, ImportedDocument, NewRecord};

impl Imported {
    /// The import's notes, and what is wrong in the graphs as they are now, which people see on the nodes.
    pub fn check(&self) -> Vec<Note> {
        let mut found = self.notes.clone();
        for (at, document) in self.documents.iter().enumerate() {
            if document.kind != DocumentKind::BLUEPRINT {
                continue;
            }
            for problem in graph_problems(document) {
                found.push(Note {
                    place: document.place_of(&problem),
                    level: Level::Problem,
                    message: problem.message,
                    subject: Some(Subject {
                        document: at,
                        collection: problem.collection,
                        id: problem.id,
                        field: problem.field,
                    }),
                });
            }
        }
        found
    }

    /// The import's notes without those that people see on the nodes as well.
    pub fn notes_to_keep(&self) -> Vec<Note> {
        let live: HashSet<Subject> = self
            .check()
            .into_iter()
            .skip(self.notes.len())
            .filter_map(|note| note.subject)
            .collect();
        let is_live = |subject: &Subject| subject.field.is_some() && live.contains(subject);
        let mut notes = self.notes.clone();
        notes.retain(|note| !note.subject.as_ref().is_some_and(is_live));
        notes
    }

    /// Finds the records that the notes' places became.
    pub(crate) fn find_subjects(&mut self) {
        let mut by_place: HashMap<&str, (usize, &'static str, &RecordId)> = HashMap::new();
        for (at, document) in self.documents.iter().enumerate() {
            for ((collection, id), place) in &document.places {
                // A graph's properties stand for all of it, and so does a document without a record.
                if *collection != "properties" {
                    by_place.insert(place, (at, *collection, id));
                }
            }
        }
        for note in &mut self.notes {
            let mut place = note.place.as_str();
            let found = loop {
                if let Some(found) = by_place.get(place) {
                    break Some(found);
                }
                match place.rsplit_once('/') {
                    Some((outer, _)) => place = outer,
                    None => break None,
                }
            };
            if let Some((document, collection, id)) = found {
                let rest = note.place.get(place.len() + 1..).unwrap_or_default();
                note.subject = Some(Subject {
                    document: *document,
                    collection: (*collection).to_owned(),
                    id: (*id).clone(),
                    field: field(collection, rest),
                });
            }
        }
    }
}

/// Whether a graph gives a variable or an event a value of another type than it takes. Players refuse such a graph, and
/// export does not make one.
pub(crate) fn mixes_types(records: &[NewRecord]) -> bool {
    let (graph, _) = read(records);
    graph.nodes.values().any(|node| {
        declared_inputs(&graph, node)
            .into_iter()
            .any(|(socket, takes)| {
                let value = node.values.get(&socket);
                value.is_some_and(|value| value.signature != takes)
            })
    })
}

fn read(records: &[NewRecord]) -> (Graph, Vec<RecordProblem>) {
    Graph::read(|collection| {
        let records = records.iter();
        records
            .filter(move |(it, ..)| *it == collection)
            .map(|(_, id, record)| (id, record))
    })
}

fn graph_problems(document: &ImportedDocument) -> Vec<RecordProblem> {
    let (graph, mut found) = read(&document.records);
    found.extend(problems(&graph, &shapes(&graph)));
    found
}

/// The field that a place inside a record's object became.
fn field(collection: &str, rest: &str) -> Option<String> {
    let mut steps = rest.split('/');
    match (collection, steps.next()?, steps.next()) {
        ("nodes", "declaration", _) => Some("op".into()),
        ("nodes", member @ ("configuration" | "values"), Some(name))
        | ("events", member @ "values", Some(name)) => Some(format!(
            "{member}.{}",
            name.replace("~1", "/").replace("~0", "~")
        )),
        ("variables", "type" | "value", _) => Some("initial".into()),
        _ => None,
    }
}

impl ImportedDocument {
    /// Where in the file the thing stood that a problem is about.
    fn place_of(&self, problem: &RecordProblem) -> String {
        let collection = Graph::COLLECTIONS
            .into_iter()
            .find(|known| *known == problem.collection);
        let place = collection
            .and_then(|collection| self.places.get(&(collection, problem.id.clone())))
            .map(String::as_str)
            .unwrap_or_default();
        let inner = match (problem.collection.as_str(), problem.field.as_deref()) {
            ("nodes", Some("op")) => "/declaration".to_owned(),
            ("variables", Some("initial")) => "/value".to_owned(),
            ("nodes" | "events", Some(field)) => match field.split_once('.') {
                Some((member, entry)) => format!("/{member}/{}", escape(self.file_socket(entry))),
                None => String::new(),
            },
            _ => String::new(),
        };
        format!("{place}{inner}")
    }

    /// The name of a socket in the file, where sockets of variables are named by their place.
    fn file_socket<'s>(&'s self, socket: &'s str) -> &'s str {
        self.places
            .get(&("variables", RecordId::from(socket)))
            .and_then(|place| place.rsplit('/').next())
            .unwrap_or(socket)
    }
}
