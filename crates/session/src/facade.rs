//! A project as programs work on it that may not be the one that has it open.
//!
//! Each request stands once in the table below: what it is called where it crosses to another program (`docs/local.md`), what
//! it takes and answers, and what it does. [`Session`] does it.

use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::sync::mpsc;

#[cfg(unix)]
use serde::{Deserialize, Serialize};
#[cfg(unix)]
use serde_json::json;
#[cfg(unix)]
use serde_json::value::RawValue;
use wissil_dag::IdeEvent;
use wissil_model::Record;

use crate::api::{
    ApiError, AssetInfo, ConnectionInfo, Deletion, Displaced, DocumentInfo, EditResult, EventRow,
    FileAdded, FindHit, LogInfo, MadeAgain, Problem, ProjectInfo, Reach, ServerSettings,
    SessionMessage, SessionStatus, ShareInfo, Snapshot, Touched,
};
#[cfg(unix)]
use crate::api::{BusMessage, ErrorCode};
use crate::app::{App, absolute};
use crate::compare::Difference;
use crate::editing::Edits;
#[cfg(unix)]
use crate::local::{Client, Heard, Means};
use crate::network::MessageListener;
use crate::session::Session;

/// A project that is open in another program or in this one.
///
/// Where another program of the same user has it open, that does what is asked, and when it ends somebody else does: whoever
/// opens the project next, or this program. On systems without Unix sockets it is always this one.
pub struct Facade {
    #[cfg(unix)]
    way: Client,
    #[cfg(not(unix))]
    way: Session,
}

/// Takes the messages of a session, or why there are no more.
pub type FollowListener = Box<dyn FnMut(Result<SessionMessage, ApiError>) + Send>;

/// Takes what went wrong with something that was asked for good.
pub type TroubleListener = Box<dyn FnMut(ApiError) + Send>;

/// `read`: it changes nothing, so it may be asked again where it is not known whether it was done; `write`: it may not.
macro_rules! requests {
    ($(
        $(#[$doc:meta])*
        $kind:ident $name:literal $method:ident($($argument:ident: $type:ty),*) -> $answer:ty
            = |$session:ident| $run:expr;
    )*) => {
        impl Facade {
            $(
                $(#[$doc])*
                pub fn $method(&self, $($argument: $type),*) -> Result<$answer, ApiError> {
                    #[cfg(unix)]
                    return self.way.ask(
                        $name,
                        json!({ $(stringify!($argument): $argument),* }),
                        requests!(@again $kind),
                    );
                    #[cfg(not(unix))]
                    {
                        let $session = &self.way;
                        $run
                    }
                }
            )*
        }

        /// Does what is asked under a name.
        ///
        /// # Errors
        /// [`ErrorCode::NotFound`] for a name that there is not, [`ErrorCode::Invalid`] for parameters that it does not
        /// take, and what it fails with.
        #[cfg(unix)]
        pub(crate) fn answer(
            session: &Session,
            method: &str,
            params: &RawValue,
        ) -> Result<Box<RawValue>, ApiError> {
            match method {
                $($name => {
                    #[derive(Deserialize)]
                    #[serde(deny_unknown_fields)]
                    struct Params { $($argument: $type),* }
                    let Params { $($argument),* } = optional(params)?;
                    let $session = session;
                    let answer: Result<$answer, ApiError> = $run;
                    raw(&answer?)
                })*
                _ => Err(ApiError::new(
                    ErrorCode::NotFound,
                    format!("there is no request `{method}`"),
                )),
            }
        }

        /// The names of all of them.
        #[cfg(all(test, unix))]
        const REQUESTS: &[&str] = &[$($name),*];
    };
    (@again read) => { true };
    (@again write) => { false };
}

requests! {
    /// The project.
    read "project.info" info() -> ProjectInfo = |session| session.info();
    /// The session in figures.
    read "project.status" status() -> SessionStatus = |session| session.status();
    /// The documents with the counts of all their records.
    read "project.inventory" inventory() -> Vec<DocumentInfo> = |session| session.inventory();
    /// The logs: each document on each branch, with its heads.
    read "project.logs" logs() -> Vec<LogInfo> = |session| session.logs();
    /// What is wrong in any document, and what an import left to know.
    read "project.problems" problems() -> Vec<Problem> = |session| session.problems();
    /// What fits some words, at most so many.
    read "project.find" find(query: String, limit: u32) -> Vec<FindHit>
        = |session| session.find(&query, limit);
    /// Makes again what was set aside.
    write "project.makeAgain" make_again() -> MadeAgain = |session| session.make_again();
    /// Leaves what was set aside.
    write "project.leaveAside" leave_aside() -> () = |session| session.leave_aside();

    /// A document's state now.
    read "documents.snapshot" snapshot(document: String) -> Snapshot
        = |session| session.snapshot(&document);
    /// Takes back this installation's newest gesture, in a document or wherever it was made.
    write "documents.undo" undo(document: Option<String>) -> EditResult = |session| match document {
        Some(document) => session.undo(&document),
        None => session.undo_newest(),
    };
    /// Brings back what was undone last, in a document or wherever it was.
    write "documents.redo" redo(document: Option<String>) -> EditResult = |session| match document {
        Some(document) => session.redo(&document),
        None => session.redo_newest(),
    };
    /// Takes back the gesture that an event belongs to, whatever came after it.
    write "documents.undoGesture" undo_gesture(document: String, event: String) -> EditResult
        = |session| session.undo_gesture(&document, &event);
    /// Makes a document.
    write "documents.create" create_document(kind: String, name: String) -> DocumentInfo
        = |session| session.create_document(&kind, &name);
    /// Renames one.
    write "documents.rename" rename_document(document: String, name: String) -> EditResult
        = |session| session.rename_document(&document, &name);
    /// Moves one to another place in the list.
    write "documents.move" move_document(document: String, to: u32) -> EditResult
        = |session| session.move_document(&document, to);
    /// Takes one off the project.
    write "documents.delete" delete_document(document: String) -> EditResult
        = |session| session.delete_document(&document);
    /// Who took one off the project; none where nobody did.
    read "documents.deletion" deletion(document: String) -> Option<Deletion>
        = |session| session.deletion(&document);
    /// Brings one back.
    write "documents.restore" restore_document(document: String) -> EditResult
        = |session| session.restore_document(&document);

    /// Adds what a `.glb` or `.gltf` holds to a scene, under a new entity with that id and those other fields.
    write "scene.addFile" add_file(document: String, file: PathBuf, id: String, entity: Record) -> FileAdded
        = |session| session.add_file(&document, &file, &id, entity);

    /// History, newest first: at most `limit` rows before a position (none: from the newest), of one document or all.
    read "history.events" events(before: Option<String>, limit: u32, document: Option<String>) -> Vec<EventRow>
        = |session| session.events(before.as_deref(), limit, document.as_deref());
    /// One event as a row of history.
    read "history.event" event(event: String) -> EventRow = |session| session.event(&event);
    /// All records that a row of history touched.
    read "history.touched" event_touched(event: String) -> Vec<Touched>
        = |session| session.event_touched(&event);
    /// One event in the outside form.
    read "history.show" event_json(event: String) -> IdeEvent = |session| session.event_json(&event);
    /// What changed in a document from after one event to after another.
    read "history.diff" diff(from: String, to: String) -> Vec<Difference>
        = |session| session.diff(&from, &to);

    /// The files of the project.
    read "assets.list" assets() -> Vec<AssetInfo> = |session| session.assets();
    /// Renames a file, or moves it below `assets/`.
    write "assets.rename" rename_asset(asset: String, path: String) -> ()
        = |session| session.rename_asset(&asset, &path);
    /// Takes a file off the project.
    write "assets.delete" delete_asset(asset: String) -> () = |session| session.delete_asset(&asset);

    /// Everything about the connection.
    read "network.info" connection_info() -> ConnectionInfo = |session| session.connection_info();
    /// Connects to a server, or as the last time; where the project is connected so, it stays as it is.
    read "network.connect" go_online(server: Option<ServerSettings>) -> ()
        = |session| session.go_online(server);
    /// The same, to the server of a link to this session.
    read "network.connectTo" go_to_link(link: String) -> () = |session| session.go_to_link(&link);
    /// Goes back to this disk only.
    read "network.disconnect" disconnect() -> () = |session| session.disconnect();
    /// Runs a server for the project; where it is hosted so, it stays as it is.
    read "network.host" host(reach: Reach) -> () = |session| session.stay_hosting(reach);
    /// The link and the people.
    read "network.share" share() -> ShareInfo = |session| session.share();
    /// Sends a live message to everybody who listens now.
    write "messages.send" send_message(resource: String, action: String, payload: serde_json::Value) -> ()
        = |session| session.send_message(&resource, &action, payload);
}

impl App {
    /// Works on the project in a folder: through the program that has it open, else it is opened here.
    ///
    /// # Errors
    /// What opening it may fail with; [`ErrorCode::Locked`] where a program has it open that lets nobody in.
    pub fn work(&self, folder: &Path) -> Result<Facade, ApiError> {
        let folder = absolute(folder)?;
        #[cfg(unix)]
        let way = Client::new(self.clone(), &folder, Means::Edit)?;
        #[cfg(not(unix))]
        let way = self.open(&folder)?;
        Ok(Facade { way })
    }

    /// Reads the project in a folder: through the program that has it open, else it is opened here for reading only.
    ///
    /// # Errors
    /// What opening it may fail with.
    pub fn look(&self, folder: &Path) -> Result<Facade, ApiError> {
        let folder = absolute(folder)?;
        #[cfg(unix)]
        let way = Client::new(self.clone(), &folder, Means::Read)?;
        #[cfg(not(unix))]
        let way = self.inspect(&folder)?;
        Ok(Facade { way })
    }

    /// Works on the project in a folder through the program that has it open; none where there is none. It ends with that
    /// program.
    ///
    /// # Errors
    /// [`ErrorCode::Locked`] where that program does not answer, or is another version.
    pub fn beside(&self, folder: &Path) -> Result<Option<Facade>, ApiError> {
        #[cfg(unix)]
        return match Client::new(self.clone(), &absolute(folder)?, Means::Beside) {
            Ok(way) => Ok(Some(Facade { way })),
            Err(error) if error.code == ErrorCode::NoAnswer => Ok(None),
            Err(error) => Err(error),
        };
        #[cfg(not(unix))]
        absolute(folder).map(|_| None)
    }
}

impl Facade {
    /// Gestures in a row that are not waited for one by one.
    #[must_use]
    pub fn edits(&self) -> Edits {
        #[cfg(unix)]
        return Edits::through(self.way.row());
        #[cfg(not(unix))]
        self.way.edits()
    }

    /// Where the project's folder is instead; none while it is where it was when this began.
    pub fn displaced(&self) -> Option<Displaced> {
        self.way.whereabouts().displaced()
    }

    /// Where this program opens the project itself, it leaves when both sides have the same.
    pub fn will_not_stay(&self) -> Result<(), ApiError> {
        self.way.will_not_stay()
    }

    /// Follows the session, whoever has it open; how it stands is heard first. Where messages were dropped, that is said
    /// as a problem, and how it stands follows.
    pub fn follow(&self, mut listener: FollowListener) -> Result<SessionStatus, ApiError> {
        #[cfg(not(unix))]
        return self
            .way
            .subscribe(Box::new(move |message| listener(Ok(message))));
        #[cfg(unix)]
        {
            let (first, answered) = mpsc::channel();
            let mut first = Some(first);
            let hear = move |heard: Heard<'_>| match heard {
                Heard::Answer(answer) => {
                    let status = answer.and_then(read::<SessionStatus>);
                    // In its place among the messages, so that nothing older is heard after something newer.
                    listener(status.clone().map(|status| SessionMessage::Events {
                        rows: Vec::new(),
                        status,
                    }));
                    if let Some(first) = first.take() {
                        // Whoever asked waits.
                        let _ = first.send(status);
                    }
                }
                Heard::Message(message) => listener(read(message)),
                Heard::Dropped(dropped) => listener(Ok(SessionMessage::Problem {
                    problem: format!("{dropped} messages were not taken in time and are left out"),
                })),
            };
            self.way
                .stand("session.follow", json!({}), Box::new(hear))?;
            answered.recv().map_err(|_| crate::bridge::gone())?
        }
    }

    /// Follows live messages whose subject fits a pattern, whoever has the project open. Where some were dropped, the
    /// listener of trouble hears that.
    ///
    /// # Errors
    /// [`ErrorCode::Invalid`] for a pattern outside of `slate`.
    pub fn follow_messages(
        &self,
        pattern: &str,
        listener: MessageListener,
        trouble: TroubleListener,
    ) -> Result<(), ApiError> {
        #[cfg(not(unix))]
        return self
            .way
            .follow_messages(pattern, listener)
            .map(|_| drop(trouble));
        #[cfg(unix)]
        let mut listener = listener;
        #[cfg(unix)]
        let hear = move |message: &RawValue| {
            if let Ok(message) = read::<BusMessage>(message) {
                listener(message);
            }
        };
        #[cfg(unix)]
        self.stand(
            "messages.follow",
            json!({ "pattern": pattern }),
            trouble,
            hear,
        )
    }

    /// Connects to a server, or as the last time, and so again when somebody else has the project open.
    ///
    /// # Errors
    /// As [`Session::connect`]; later the listener hears them.
    pub fn stay_online(
        &self,
        server: Option<ServerSettings>,
        trouble: TroubleListener,
    ) -> Result<(), ApiError> {
        #[cfg(not(unix))]
        return self.way.go_online(server).map(|()| drop(trouble));
        #[cfg(unix)]
        self.stand(
            "network.connect",
            json!({ "server": server }),
            trouble,
            |_| {},
        )
    }

    /// Runs a server for the project, and so again when somebody else has it open.
    ///
    /// # Errors
    /// As [`Session::host`]; later the listener hears them.
    pub fn stay_hosting(&self, reach: Reach, trouble: TroubleListener) -> Result<(), ApiError> {
        #[cfg(not(unix))]
        return self.way.stay_hosting(reach).map(|()| drop(trouble));
        #[cfg(unix)]
        self.stand("network.host", json!({ "reach": reach }), trouble, |_| {})
    }

    /// Asks what stands, and waits for its first answer.
    #[cfg(unix)]
    fn stand(
        &self,
        method: &str,
        params: serde_json::Value,
        mut trouble: TroubleListener,
        mut listener: impl FnMut(&RawValue) + Send + 'static,
    ) -> Result<(), ApiError> {
        let (first, answered) = mpsc::channel();
        let mut first = Some(first);
        let hear = move |heard: Heard<'_>| match heard {
            Heard::Answer(answer) => match (first.take(), answer) {
                (Some(first), answer) => drop(first.send(answer.map(|_| ()))),
                (None, Err(error)) => trouble(error),
                (None, Ok(_)) => {}
            },
            Heard::Message(message) => listener(message),
            Heard::Dropped(dropped) => trouble(ApiError::new(
                ErrorCode::NoAnswer,
                format!("{dropped} messages were not taken in time and are left out"),
            )),
        };
        self.way.stand(method, params, Box::new(hear))?;
        answered.recv().map_err(|_| crate::bridge::gone())?
    }

    /// Ends the work on the project, and closes it where it is open in this program.
    pub fn close(&self) {
        self.way.close();
    }
}

/// Reads what crossed.
#[cfg(unix)]
pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a RawValue) -> Result<T, ApiError> {
    serde_json::from_str(text.get()).map_err(|error| {
        ApiError::with_cause(
            ErrorCode::Invalid,
            format!("this cannot be read: {error}"),
            &error,
        )
    })
}

/// Reads parameters, which may be left out where none are needed.
#[cfg(unix)]
fn optional<'a, T: Deserialize<'a>>(params: &'a RawValue) -> Result<T, ApiError> {
    if params.get() == "null" {
        return serde_json::from_str("{}")
            .map_err(|error| ApiError::with_cause(ErrorCode::Invalid, error.to_string(), &error));
    }
    read(params)
}

/// A value as it crosses.
#[cfg(unix)]
pub(crate) fn raw(value: &impl Serialize) -> Result<Box<RawValue>, ApiError> {
    serde_json::value::to_raw_value(value).map_err(|error| ApiError::internal(error.to_string()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::REQUESTS;

    #[test]
    fn every_request_is_written_down() {
        let written = include_str!("../../../docs/local.md");
        for name in REQUESTS {
            assert!(written.contains(&format!("`{name}`")), "{name} is not");
        }
    }
}
