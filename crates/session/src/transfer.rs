//! In and out: files of other tools, and whole histories.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use wissil_dag::{Cid, EventCarWriter, IdeEvent, SessionId, SignedEvent};
use wissil_interchange::ExportDocument;
use wissil_model::DocumentKind;
use wissil_sync::{EngineError, EventStore as _, ObjectStore as _, StoreError, StoredEvent};

use crate::actor::{Actor, document_entries};
use crate::api::{ApiError, Damage, ErrorCode, VerifyReport};
use crate::assets::objects_in;
use crate::error::{json_problem, without_number};
use crate::founding::found;
use crate::gltf;
use crate::history::manifest;
use crate::home::Home;
use crate::lost;
use crate::network::Network;
use crate::network::standing::newer_in_words;
use crate::project;
use crate::session::{Session, subsystem};
use crate::target::Target;

/// A form in which a project leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A playable `.glb`: scene and Blueprints as they are now.
    Glb,
    /// The history as JSON, one event a line inside an array.
    Json,
    /// The history with its objects as a CAR file.
    Car,
}

impl std::str::FromStr for ExportFormat {
    type Err = ApiError;

    fn from_str(name: &str) -> Result<Self, ApiError> {
        match name {
            "glb" => Ok(Self::Glb),
            "json" => Ok(Self::Json),
            "car" => Ok(Self::Car),
            _ => Err(ApiError::new(
                ErrorCode::Invalid,
                format!("`{name}` is not a form of export; glb, json and car are"),
            )),
        }
    }
}

/// Makes a project of a file, in a folder. A failure leaves nothing.
pub(crate) fn import(home: &Home, file: &Path, folder: &Path) -> Result<(), ApiError> {
    match read_history(file)? {
        Some(content) => restore(home, folder, content),
        None => {
            let imported = gltf::read(file)?;
            project::create(home, folder, |project| {
                let source = file.file_name().map(|name| name.to_string_lossy());
                found(project, &imported.name, source.as_deref())?;
                gltf::fill(project, imported)
            })
        }
    }
}

/// Whether a file is an exported history.
///
/// # Errors
/// When it is one, and not whole.
pub(crate) fn check_history(file: &Path) -> Result<bool, ApiError> {
    Ok(read_history(file)?.is_some())
}

/// The history that a file holds; none where it is to hold something else.
fn read_history(file: &Path) -> Result<Option<Content>, ApiError> {
    let metadata = fs::metadata(file).map_err(|error| ApiError::io("read", file, &error))?;
    if !metadata.is_file() {
        // Nobody may ever write into a pipe.
        return Err(invalid(file, "it is no file"));
    }
    Ok(match ending(file).as_deref() {
        Some("car") => Some(read_car(file, opened(file)?)?),
        Some("json") if begins_list(file) => Some(read_json(file, opened(file)?)?),
        _ => None,
    })
}

/// Whether a file is to hold an exported history, whole or not. Anything else brings all objects that it names.
pub fn is_history(file: &Path) -> bool {
    match ending(file).as_deref() {
        Some("car") => true,
        Some("json") => begins_list(file),
        _ => false,
    }
}

fn ending(file: &Path) -> Option<String> {
    let ending = file.extension()?;
    Some(ending.to_string_lossy().to_ascii_lowercase())
}

fn opened(file: &Path) -> Result<File, ApiError> {
    File::open(file).map_err(|error| ApiError::io("read", file, &error))
}

/// Whether a JSON file begins as a list, which a history is and glTF is not.
fn begins_list(file: &Path) -> bool {
    let bytes = File::open(file).map(|file| BufReader::new(file).bytes());
    let first = bytes
        .into_iter()
        .flatten()
        .map_while(Result::ok)
        .find(|byte| !byte.is_ascii_whitespace());
    first == Some(b'[')
}

/// A history read from a file.
struct Content {
    session: SessionId,
    events: Vec<SignedEvent>,
    objects: Vec<(Cid, Vec<u8>)>,
}

fn invalid(file: &Path, problem: impl std::fmt::Display) -> ApiError {
    ApiError::new(
        ErrorCode::Import,
        format!("{} cannot be imported: {problem}", file.display()),
    )
}

fn read_car(file: &Path, bytes: impl Read) -> Result<Content, ApiError> {
    let import = wissil_dag::import(BufReader::new(bytes)).map_err(|error| invalid(file, error))?;
    if let Some(error) = import.errors.first() {
        let more = match import.errors.len() - 1 {
            0 => String::new(),
            more => format!(" ({more} more are wrong)"),
        };
        return Err(invalid(file, format!("{error}{more}")));
    }
    Ok(Content {
        session: session_of(file, &import.events)?,
        events: import.events,
        objects: import
            .objects
            .into_iter()
            .map(|(cid, bytes)| (cid, bytes.to_vec()))
            .collect(),
    })
}

fn read_json(file: &Path, bytes: impl Read) -> Result<Content, ApiError> {
    let outside: Vec<IdeEvent> = serde_json::from_reader(BufReader::new(bytes))
        .map_err(|error| invalid(file, json_problem(&error)))?;
    let events = outside
        .iter()
        .enumerate()
        .map(|(index, event)| {
            event
                .to_signed()
                .map_err(|error| invalid(file, format!("event {index}: {error}")))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Content {
        session: session_of(file, &events)?,
        events,
        objects: Vec::new(),
    })
}

fn session_of(file: &Path, events: &[SignedEvent]) -> Result<SessionId, ApiError> {
    let mut problem = None;
    for event in events {
        match event.open() {
            Ok(event) => return Ok(event.session),
            Err(error) => problem = problem.or(Some(error)),
        }
    }
    Err(problem.map_or_else(
        || invalid(file, "it holds no events"),
        |error| invalid(file, error),
    ))
}

/// Makes a project of a history: the same session, a new replica.
fn restore(home: &Home, folder: &Path, content: Content) -> Result<(), ApiError> {
    project::create_for(home, folder, Some(content.session), |project| {
        for (cid, bytes) in &content.objects {
            project.objects.put(cid.codec(), bytes)?;
        }
        let refused = project.engine.ingest_all(content.events)?;
        // What only a newer version understands is kept for it, and the rest of the history is good without it.
        let newer = project.engine.refused_as_newer()?;
        let is_newer = |cid: &Cid| newer.iter().any(|newer| newer.cid == *cid);
        if let Some((cid, reason)) = refused.iter().find(|(cid, _)| !is_newer(cid)) {
            return Err(ApiError::new(
                ErrorCode::Import,
                format!("event {cid} was refused: {reason}"),
            ));
        }
        let waiting = project.engine.store().counts()?.pending;
        if waiting > 0 && newer.is_empty() {
            return Err(ApiError::new(
                ErrorCode::Import,
                format!("{waiting} events build on events that the file does not hold"),
            ));
        }
        Ok(())
    })
}

impl Session {
    /// Writes the project to a file; gives what a person should know about it.
    pub fn export(&self, format: ExportFormat, file: &Path) -> Result<Vec<String>, ApiError> {
        let file = file.to_owned();
        self.read(move |actor| actor.export(format, &file))
    }

    /// Checks everything that is stored, and that all is there that was saved here.
    pub fn verify(&self) -> Result<VerifyReport, ApiError> {
        let home = self.network().ok().map(Network::home);
        verify_with(home, &self.folder()?, &mut |cid| {
            let cid = *cid;
            self.ask(move |actor| Ok(actor.object_damaged(&cid)))
                .unwrap_or(false)
        })
    }
}

/// What became of a damaged object.
const SET_ASIDE: &str = "it was set aside; `wissil sync`, or a window that is connected, fetches it again where somebody has it";
/// What to do with one that whoever only reads has found.
const TO_SET_ASIDE: &str =
    "`wissil verify --mend` sets it aside, so that it is fetched again where somebody has it";

/// Checks everything that a project stores, opened or not, and that all is there that its records name.
pub fn verify(folder: &Path) -> Result<VerifyReport, ApiError> {
    verify_at(None, folder)
}

/// As [`verify`], and that all is there that this installation saved in it.
pub(crate) fn verify_at(home: Option<&Home>, folder: &Path) -> Result<VerifyReport, ApiError> {
    verify_with(home, folder, &mut |_| false)
}

/// `set_aside` is given each damaged object, and answers whether it counts as missing from then on.
fn verify_with(
    home: Option<&Home>,
    folder: &Path,
    set_aside: &mut dyn FnMut(&Cid) -> bool,
) -> Result<VerifyReport, ApiError> {
    if !project::is_project(folder) {
        return Err(project::no_project(folder));
    }
    let report = wissil_store::verify(folder)?;
    let of_objects = report.damaged_objects.iter().map(|cid| {
        let becomes = match set_aside(cid) {
            true => SET_ASIDE,
            false => TO_SET_ASIDE,
        };
        (format!("object {cid}"), becomes)
    });
    let of_objects: HashMap<String, &str> = of_objects.collect();
    let mut damages: Vec<Damage> = report
        .damages
        .into_iter()
        .map(|damage| Damage {
            problem: match of_objects.get(&damage.what) {
                Some(becomes) => format!("{}; {becomes}", damage.problem),
                None => found_by_verifying(&damage.problem),
            },
            what: damage.what,
        })
        .collect();
    if report.further > 0 {
        damages.push(Damage {
            what: format!("{} more items", report.further),
            problem: "they are damaged too".into(),
        });
    }
    match find_missing(home, folder) {
        Ok(missing) => damages.extend(
            missing
                .into_iter()
                .filter(|missing| !of_objects.contains_key(&missing.what)),
        ),
        // What is damaged was found above.
        Err(error) if error.code == ErrorCode::Damaged && !damages.is_empty() => {}
        Err(error) => return Err(error),
    }
    Ok(VerifyReport {
        sound: damages.is_empty(),
        events: report.events.to_string(),
        objects: report.objects.to_string(),
        damages,
    })
}

/// What is sound as far as it goes, and should be there and is not: events that were saved, objects that records name.
fn find_missing(home: Option<&Home>, folder: &Path) -> Result<Vec<Damage>, ApiError> {
    let mut project = project::read(folder, "verify".into())?;
    let mut missing = Vec::new();
    if let Some(home) = home
        && let Some(problem) = lost::in_words(home, project.engine.store())?
    {
        missing.push(lost_damage(problem));
    }
    // Where the manifest cannot be read, that is said below.
    let earlier = lost::earlier_in_words(&mut project).unwrap_or_default();
    missing.extend(earlier.into_iter().map(lost_damage));
    let documents = document_entries(&mut project.engine).unwrap_or_default();
    let names = documents.into_iter().map(|(id, _, name)| (id, name));
    for (document, name) in [(manifest()?, "Project".to_owned())]
        .into_iter()
        .chain(names)
    {
        let projection = match project.engine.projection(&document) {
            Ok(projection) => projection,
            // Its events are still on their way, or only a newer version can read them.
            Err(EngineError::NoDocument(_) | EngineError::TooNew { .. }) => continue,
            Err(error) => {
                missing.push(Damage {
                    what: format!("document {name}"),
                    problem: found_by_verifying(&error.to_string()),
                });
                continue;
            }
        };
        let mut named = objects_in(projection);
        named.sort_unstable();
        named.dedup();
        for cid in named {
            // One that cannot be read was found by reading all.
            if !project.objects.contains(&cid).unwrap_or(true) {
                missing.push(Damage {
                    what: format!("object {cid}"),
                    problem: format!(
                        "{name} names it and it is not here; connecting to a server or to others who have it brings it back"
                    ),
                });
            }
        }
    }
    Ok(missing)
}

/// What is wrong, for whoever verifies already.
fn found_by_verifying(problem: &str) -> String {
    without_number(problem).replace("`wissil verify` lists what is damaged; ", "")
}

fn lost_damage(problem: String) -> Damage {
    Damage {
        what: "the project's history".into(),
        problem,
    }
}

/// What is said where the target cannot be written.
type Failed<'a> = dyn Fn(std::io::Error) -> ApiError + 'a;

impl Actor {
    fn export(&mut self, format: ExportFormat, file: &Path) -> Result<Vec<String>, ApiError> {
        let failed = |error: std::io::Error| ApiError::io("written", file, &error);
        Target::find(file)?.write(|out| match format {
            ExportFormat::Glb => self.export_glb(out, &failed),
            ExportFormat::Json => {
                let notes = self.export_json(out, &failed)?;
                Ok([self.history_to_come()?, notes].concat())
            }
            ExportFormat::Car => {
                let notes = self.export_car(out, &failed)?;
                Ok([self.history_to_come()?, notes].concat())
            }
        })
    }

    fn export_glb(&mut self, out: &mut File, failed: &Failed<'_>) -> Result<Vec<String>, ApiError> {
        let mut documents = Vec::new();
        let mut notes = Vec::new();
        for (id, kind, name) in document_entries(&mut self.project.engine)? {
            if kind.parse::<DocumentKind>().is_err() {
                notes.push(format!(
                    "{name} was left out: {}",
                    crate::problems::too_new(&kind)
                ));
                continue;
            }
            let meanings = self.meanings(&self.project.engine.log(&id))?;
            let projection = self.project.engine.projection(&id)?;
            documents.push(ExportDocument {
                name,
                kind: projection.kind(),
                records: projection
                    .collections()
                    .flat_map(|(collection, records)| {
                        let meanings = &meanings;
                        records.iter().map(move |(id, record)| {
                            let record = meanings.read(collection, id, record);
                            (collection.to_owned(), id.clone(), record.into_owned())
                        })
                    })
                    .collect(),
            });
        }
        let objects = &self.project.objects;
        let object = |cid: &Cid| -> Result<Vec<u8>, String> {
            let bytes = objects.get(cid).map_err(|error| error.to_string())?;
            bytes.ok_or_else(|| format!("object {cid} is not here"))
        };
        let exported = wissil_interchange::export(&documents, &object).map_err(|error| {
            ApiError::with_cause(
                ErrorCode::Invalid,
                format!("the project cannot be exported: {error}"),
                &error,
            )
        })?;
        out.write_all(&exported.glb).map_err(failed)?;
        notes.extend(exported.notes);
        Ok(notes)
    }

    fn export_json(
        &mut self,
        out: &mut File,
        failed: &Failed<'_>,
    ) -> Result<Vec<String>, ApiError> {
        let mut out = BufWriter::new(out);
        out.write_all(b"[").map_err(failed)?;
        let mut first = true;
        let damage = self.each_event(&mut |stored, kind| {
            let event =
                IdeEvent::from_signed(&stored.signed, &subsystem(kind)).map_err(|error| {
                    ApiError::with_cause(ErrorCode::Damaged, error.to_string(), &error)
                })?;
            let text = serde_json::to_string(&event)
                .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
            let separator = if std::mem::take(&mut first) {
                "\n"
            } else {
                ",\n"
            };
            write!(out, "{separator}{text}").map_err(failed)
        })?;
        out.write_all(b"\n]\n")
            .and_then(|()| out.flush())
            .map_err(failed)?;
        if damage.is_some() {
            // Which objects belong to it cannot be told.
            return Ok(damage.into_iter().collect());
        }
        let newer = self.project.engine.refused_as_newer()?.len() as u64;
        let newer = newer_in_words(newer);
        let mut left_out: Vec<String> = newer
            .map(|newer| format!("{newer} JSON cannot hold that. A CAR does."))
            .into_iter()
            .collect();
        let named = self.named_objects()?;
        let named = named.held.len() + named.wanted.len();
        let objects = match named {
            0 => return Ok(left_out),
            1 => "the object that it names (a file, a picture or geometry) is".to_owned(),
            _ => format!("the {named} objects that it names (files, pictures, geometry) are"),
        };
        left_out.push(format!(
            "JSON holds the history alone: {objects} not in it. A CAR holds that too."
        ));
        Ok(left_out)
    }

    fn export_car(&mut self, out: &mut File, failed: &Failed<'_>) -> Result<Vec<String>, ApiError> {
        let mut signatures = Vec::new();
        self.each_event(&mut |stored, _| {
            signatures.push((stored.signed.cid, stored.signed.signature));
            Ok(())
        })?;
        // Those that only a newer version understands are somebody's work, too.
        let newer = self.project.engine.refused_as_newer()?;
        signatures.extend(newer.iter().map(|newer| (newer.cid, newer.signature)));
        let mut car = EventCarWriter::new(BufWriter::new(out), signatures).map_err(failed)?;
        let damage = self.each_event(&mut |stored, _| car.event(&stored.signed).map_err(failed))?;
        for newer in &newer {
            car.event(newer).map_err(failed)?;
        }
        let mut left_out = Vec::new();
        for cid in self.project.objects.list()? {
            match self.project.objects.get(&cid) {
                Ok(Some(bytes)) => car.object(&cid, &bytes).map_err(failed)?,
                Ok(None) => {}
                Err(error @ StoreError::Damaged { .. }) => {
                    left_out.push(format!("{error}; it was left out; {TO_SET_ASIDE}."));
                }
                // It is there, and a file without it would be taken for whole.
                Err(error) => return Err(error.into()),
            }
        }
        let mut out = car.finish().map_err(failed)?;
        out.flush().map_err(failed)?;
        if damage.is_some() {
            // Which further ones belong to it cannot be told.
            left_out.extend(damage);
            return Ok(left_out);
        }
        for object in self.named_objects()?.wanted {
            left_out.push(format!(
                "Object {} is named by a record and is not here; it was left out.",
                object.cid
            ));
        }
        Ok(left_out)
    }

    /// All events in the order in which they were folded here, with their documents' kinds. Where some are damaged or
    /// missing, the others, and what a person should know of it.
    fn each_event(
        &self,
        visit: &mut dyn FnMut(&StoredEvent, DocumentKind) -> Result<(), ApiError>,
    ) -> Result<Option<String>, ApiError> {
        let store = self.project.engine.store();
        let kinds: std::collections::HashMap<_, _> = store
            .logs()?
            .into_iter()
            .map(|(log, state)| (log, state.kind))
            .collect();
        let mut visited = Ok(());
        let sound = store.sound_events(&mut |stored| {
            let kind = kinds.get(&stored.log).copied();
            visited = visit(&stored, kind.unwrap_or(DocumentKind::MANIFEST));
            visited.is_ok()
        })?;
        visited?;
        Ok(sound.err().map(|damage| {
            format!(
                "Not all of the history is in the file: {damage}. What there is of it is; without the rest it cannot be imported."
            )
        }))
    }

    /// What a file of the history lacks, because it is not here yet.
    fn history_to_come(&self) -> Result<Vec<String>, ApiError> {
        let incomplete = self.project.engine.store().incomplete()?;
        let (have, of) = incomplete.iter().fold((0, 0), |(have, of), (_, missing)| {
            (have + missing.have, of + missing.of)
        });
        Ok(match of - have {
            0 => Vec::new(),
            missing => vec![format!(
                "{missing} events from before this copy joined are not in the file: they have not arrived yet, and \
                 without them it cannot be imported. Export again when they are here."
            )],
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use wissil_dag::{Codec, DocumentId, ReplicaId, SigningKey, cid_of};
    use wissil_model::Document;
    use wissil_sync::{ChainState, Head, SharedCheckpoint};

    use super::*;
    use crate::App;

    /// A document that folds many events, none of which is here.
    fn without_past(actor: &Actor) -> SharedCheckpoint {
        const LENGTH: u64 = 1500;
        let engine = &actor.project.engine;
        let cid = cid_of(Codec::DAG_CBOR, b"the end of a history");
        let end = ChainState {
            cid,
            seq: LENGTH,
            height: LENGTH,
            frozen: false,
        };
        let replica = ReplicaId::from(&SigningKey::from_bytes(&[7; 32]));
        SharedCheckpoint {
            session: engine.session().clone(),
            log: engine.log(&DocumentId::new("attic").unwrap()),
            kind: DocumentKind::SCENE,
            length: LENGTH,
            heads: vec![Head {
                cid,
                height: LENGTH,
            }],
            chains: vec![(replica, end)],
            state: Document::new(DocumentKind::SCENE, 0).checkpoint(),
            replica,
        }
    }

    #[test]
    fn a_history_is_told_from_a_scene_by_how_it_begins() {
        let folder = tempfile::tempdir().unwrap();
        let is = |name: &str, content: &str| {
            let file = folder.path().join(name);
            fs::write(&file, content).unwrap();
            is_history(&file)
        };
        assert!(is("a.car", ""));
        assert!(is("b.json", " [\n]"));
        assert!(!is("c.json", "{}"));
        assert!(!is("d.gltf", "[]"));
        assert!(!is_history(folder.path()));
    }

    #[test]
    fn an_export_holds_each_event_once_though_some_are_missing() {
        let folder = tempfile::tempdir().unwrap();
        let app = App::new(folder.path().join("home")).unwrap();
        let session = app.create("Game", &folder.path().join("game")).unwrap();
        let start = |actor: &mut Actor| -> Result<(), ApiError> {
            let base = without_past(actor);
            Ok(actor.project.engine.store_mut().start_from(vec![base])?)
        };
        session.ask(start).unwrap();
        session.create_document("scene", "Yard").unwrap();
        let here = session.events(None, 100, None).unwrap();
        assert!(here.len() > 2);

        let json = folder.path().join("history.json");
        let notes = session.export(ExportFormat::Json, &json).unwrap();
        assert!(notes[0].starts_with("1500 events "), "{notes:?}");
        let events: Vec<IdeEvent> = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
        let cids = events.iter().map(|event| event.to_signed().unwrap().cid);
        let cids: HashSet<String> = cids.map(|cid| cid.to_string()).collect();
        assert_eq!(events.len(), here.len());
        assert!(here.iter().all(|row| cids.contains(&row.cid)));

        let car = folder.path().join("history.car");
        assert_eq!(session.export(ExportFormat::Car, &car).unwrap(), notes);
        let read = read_car(&car, fs::read(&car).unwrap().as_slice()).unwrap();
        assert_eq!(read.events.len(), here.len());
    }
}
