//! The documents of a project: which there are, what they are called, in which order they are listed.
//!
//! All of it is written in the manifest, so each of these is a gesture there and is undone there.

use wissil_dag::DocumentId;
use wissil_model::{Change, DocumentKind, Operation, Record, Value};
use wissil_sync::EventStore as _;

use crate::actor::{Actor, document_entries};
use crate::api::{ApiError, Deletion, DocumentInfo, EditResult, ErrorCode};
use crate::history::{manifest, read};
use crate::home::new_id;
use crate::session::{Session, document_id};

/// The collection of the manifest that names them.
const DOCUMENTS: &str = "documents";
/// Events of the manifest that are read at once.
const PAGE: usize = 200;

impl Session {
    /// Makes an empty document.
    pub fn create_document(&self, kind: &str, name: &str) -> Result<DocumentInfo, ApiError> {
        let kind: DocumentKind = kind
            .parse()
            .map_err(|problem: String| ApiError::new(ErrorCode::Invalid, problem))?;
        let name = document_name(name)?;
        self.ask(move |actor| actor.create_document(kind, name))
    }

    /// Renames a document.
    pub fn rename_document(&self, document: &str, name: &str) -> Result<EditResult, ApiError> {
        let (id, name) = (document.to_owned(), document_name(name)?);
        self.ask(move |actor| {
            let rename = Change::set(DOCUMENTS, id, [("name", Value::Text(name))]);
            actor.edit(&manifest()?, "document.rename", vec![rename])
        })
    }

    /// Gives a document another place in lists, counted from 0 among all of them; beyond the end is the end.
    pub fn move_document(&self, document: &str, to: u32) -> Result<EditResult, ApiError> {
        let document = document_id(document)?;
        self.ask(move |actor| {
            let changes = actor.moving(&document, to as usize)?;
            actor.edit(&manifest()?, "document.move", changes)
        })
    }

    /// Takes a document off the project. Its history stays: undo in the manifest brings it back, and so does
    /// [`restore_document`](Self::restore_document), for everybody.
    pub fn delete_document(&self, document: &str) -> Result<EditResult, ApiError> {
        let id = document.to_owned();
        self.ask(move |actor| {
            let remove = Change::remove(DOCUMENTS, id);
            actor.edit(&manifest()?, "document.delete", vec![remove])
        })
    }

    /// What became of a document that is not in the project any more; none when it is, or nothing is known of it.
    pub fn deletion(&self, document: &str) -> Result<Option<Deletion>, ApiError> {
        let document = document_id(document)?;
        self.ask(move |actor| Ok(actor.deleted(&document)?.map(|(deletion, _)| deletion)))
    }

    /// Brings a deleted document back as it was when it was deleted, whoever did that.
    ///
    /// # Errors
    /// [`ErrorCode::NothingToDo`] when it is in the project, [`ErrorCode::NotFound`] when it never was.
    pub fn restore_document(&self, document: &str) -> Result<EditResult, ApiError> {
        let document = document_id(document)?;
        self.ask(move |actor| {
            if actor.document_ids()?.contains(&document) {
                return Err(ApiError::new(
                    ErrorCode::NothingToDo,
                    "the document is back already",
                ));
            }
            let (_, record) = actor.deleted(&document)?.ok_or_else(|| {
                ApiError::new(
                    ErrorCode::NotFound,
                    format!("the history here does not tell what `{document}` was"),
                )
            })?;
            let put = Change::put(DOCUMENTS, document.as_str(), record);
            actor.edit(&manifest()?, "document.restore", vec![put])
        })
    }
}

impl Actor {
    fn create_document(
        &mut self,
        kind: DocumentKind,
        name: String,
    ) -> Result<DocumentInfo, ApiError> {
        if kind == DocumentKind::MANIFEST {
            return Err(ApiError::new(
                ErrorCode::Invalid,
                "a project has one manifest already",
            ));
        }
        let order = self.orders()?.last().map_or(0.0, |(_, last)| last + 1.0);
        let id = new_id()?;
        let record = Record::new()
            .with("name", name.as_str())
            .with("kind", kind.name())
            .with("order", order);
        let add = Change::put(DOCUMENTS, id.as_str(), record);
        self.edit(&manifest()?, "document.add", vec![add])?;
        Ok(DocumentInfo {
            id,
            kind: kind.name().into(),
            name,
            counts: Default::default(),
        })
    }

    /// The documents as they are listed, with the numbers that say so.
    pub(crate) fn orders(&mut self) -> Result<Vec<(DocumentId, f64)>, ApiError> {
        let entries = document_entries(&mut self.project.engine)?;
        let records = self.project.engine.projection(&manifest()?)?;
        let order = |id: &DocumentId| {
            records
                .record(DOCUMENTS, id.as_str())
                .and_then(|record| record.get("order")?.as_number())
                .unwrap_or(0.0)
        };
        Ok(entries
            .into_iter()
            .map(|(id, ..)| {
                let order = order(&id);
                (id, order)
            })
            .collect())
    }

    /// The changes that give a document another place: its own number alone where there is one between its new
    /// neighbours', so that two people who move documents at once do not undo each other's; else everybody's.
    fn moving(&mut self, document: &DocumentId, to: usize) -> Result<Vec<Change>, ApiError> {
        let mut others = self.orders()?;
        let Some(from) = others.iter().position(|(id, _)| id == document) else {
            return Err(ApiError::new(
                ErrorCode::NotFound,
                format!("there is no document `{document}` in this project"),
            ));
        };
        let moved = others.remove(from);
        let to = to.min(others.len());
        if to == from {
            return Ok(Vec::new());
        }
        let place = |id: &DocumentId, order: f64| {
            Change::set(DOCUMENTS, id.as_str(), [("order", Value::from(order))])
        };
        let before = to.checked_sub(1).map(|at| others[at].1);
        let between = match (before, others.get(to).map(|(_, order)| *order)) {
            (Some(before), None) => before + 1.0,
            (None, Some(after)) => after - 1.0,
            (Some(before), Some(after)) => before + (after - before) / 2.0,
            (None, None) => moved.1,
        };
        let fits = before.is_none_or(|before| before < between)
            && others.get(to).is_none_or(|(_, after)| between < *after);
        if fits {
            return Ok(vec![place(document, between)]);
        }
        others.insert(to, moved);
        Ok(others
            .iter()
            .enumerate()
            .map(|(at, (id, _))| place(id, at as f64))
            .collect())
    }

    /// The newest event that took a document off the project, with what the project said of it; none while it is there.
    fn deleted(&mut self, document: &DocumentId) -> Result<Option<(Deletion, Record)>, ApiError> {
        let manifest = manifest()?;
        if self.document_ids()?.contains(document) {
            return Ok(None);
        }
        let mut before = None;
        loop {
            let page =
                self.project
                    .engine
                    .store()
                    .history(before.as_ref(), PAGE, Some(&manifest))?;
            let Some(last) = page.last() else {
                return Ok(None);
            };
            before = self.project.engine.store().moment(&last.signed.cid)?;
            for stored in page {
                let (_, changes) = read(&stored)?;
                let removed = changes.into_iter().find_map(|change| {
                    let named =
                        change.collection == DOCUMENTS && change.id.as_str() == document.as_str();
                    match change.operation {
                        Operation::Remove { was, .. } if named => was,
                        _ => None,
                    }
                });
                let Some(record) = removed else { continue };
                let text = |field: &str| {
                    let text = record.get(field).and_then(Value::as_text);
                    text.unwrap_or_default().to_owned()
                };
                let row = self.row(stored)?;
                let deletion = Deletion {
                    name: text("name"),
                    kind: text("kind"),
                    person: row.person,
                    own: row.own,
                    time: row.time,
                };
                return Ok(Some((deletion, record)));
            }
        }
    }
}

fn document_name(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(ApiError::new(
            ErrorCode::Invalid,
            "a document's name has 1 to 120 characters",
        ));
    }
    Ok(name.to_owned())
}
