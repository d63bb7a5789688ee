//! What is said on the live bus: a closed set of resources and of actions on each.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wissil_dag::SessionId;

use crate::NatsError;
use crate::bus::Sender;

/// Declares the resources of the bus, each with its events, from one text.
macro_rules! resources {
    ($(
        $(#[doc = $doc:literal])*
        $resource:ident $token:literal => $event:ident {
            $(
                $(#[doc = $action_doc:literal])*
                $action:ident $action_token:literal {
                    $( $(#[doc = $field_doc:literal])* $field:ident: $type:ty, )*
                }
            )*
        }
    )*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
            #[serde(tag = "type", rename_all_fields = "camelCase")]
            pub enum $event {
                $(
                    $(#[doc = $action_doc])*
                    #[serde(rename = $action_token)]
                    $action { $( $(#[doc = $field_doc])* $field: $type, )* },
                )*
            }

            impl $event {
                /// The action, as the subject names it.
                #[must_use]
                pub fn action(&self) -> &'static str {
                    match self {
                        $( Self::$action { .. } => $action_token, )*
                    }
                }
            }

            impl From<$event> for BusEvent {
                fn from(event: $event) -> Self {
                    Self::$resource(event)
                }
            }
        )*

        /// Something that happened, or a question about it.
        #[derive(Debug, Clone, PartialEq)]
        pub enum BusEvent {
            $( $(#[doc = $doc])* $resource($event), )*
        }

        /// What messages are about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum Resource {
            $( $(#[doc = $doc])* $resource, )*
        }

        impl Resource {
            /// All of them.
            pub const ALL: &[Self] = &[$( Self::$resource, )*];

            /// Its token in subjects.
            #[must_use]
            pub fn token(self) -> &'static str {
                match self {
                    $( Self::$resource => $token, )*
                }
            }

            /// The actions on it, as subjects name them.
            #[must_use]
            pub fn actions(self) -> &'static [&'static str] {
                match self {
                    $( Self::$resource => &[$( $action_token, )*], )*
                }
            }
        }

        impl BusEvent {
            /// What it is about.
            #[must_use]
            pub fn resource(&self) -> Resource {
                match self {
                    $( Self::$resource(_) => Resource::$resource, )*
                }
            }

            /// The action, as the subject names it.
            #[must_use]
            pub fn action(&self) -> &'static str {
                match self {
                    $( Self::$resource(event) => event.action(), )*
                }
            }

            pub(crate) fn to_value(&self) -> serde_json::Result<Value> {
                match self {
                    $( Self::$resource(event) => serde_json::to_value(event), )*
                }
            }

            pub(crate) fn from_value(resource: Resource, value: Value) -> serde_json::Result<Self> {
                match resource {
                    $( Resource::$resource => serde_json::from_value(value).map(Self::$resource), )*
                }
            }
        }
    };
}

resources! {
    /// The project as a whole.
    Project "project" => ProjectEvent {
        /// A server has it that did not know it before.
        Created "created" {
            /// Its name.
            name: String,
        }
        /// Its name or settings changed.
        Updated "updated" {
            /// Its name.
            name: String,
        }
        /// It was deleted.
        Deleted "deleted" {}
    }
    /// A file of the project.
    File "file" => FileEvent {
        /// It was made.
        Created "created" {
            /// The id of its record in the manifest.
            file: String,
            /// Where it stands, relative to the project's folder.
            path: String,
        }
        /// Its content changed.
        Updated "updated" {
            /// The id of its record in the manifest.
            file: String,
            /// Where it stands, relative to the project's folder.
            path: String,
        }
        /// It was deleted.
        Deleted "deleted" {
            /// The id of its record in the manifest.
            file: String,
            /// Where it stands, relative to the project's folder.
            path: String,
        }
    }
    /// An asset: what a file of the project holds, or an entity of a scene.
    Asset "asset" => AssetEvent {
        /// It was uploaded.
        Created "created" {
            /// The asset.
            asset_id: String,
            /// The CID of its content.
            content: String,
        }
        /// It was modified.
        Updated "updated" {
            /// The asset.
            asset_id: String,
            /// The CID of its content.
            content: String,
        }
        /// It was removed.
        Deleted "deleted" {
            /// The asset.
            asset_id: String,
        }
        /// A component was added to an entity.
        ComponentAdded "component.added" {
            /// The entity.
            asset_id: String,
            /// `mesh`, `light` or `camera`.
            component: String,
        }
        /// A component was removed from an entity.
        ComponentRemoved "component.removed" {
            /// The entity.
            asset_id: String,
            /// `mesh`, `light` or `camera`.
            component: String,
        }
    }
    /// A running game.
    Runtime "runtime" => RuntimeEvent {
        /// It started.
        Started "started" {
            /// The run.
            run: String,
        }
        /// It stopped.
        Stopped "stopped" {
            /// The run.
            run: String,
        }
        /// How it is, or the question how it is.
        Status "status" {
            /// The run.
            run: String,
            /// How it is; none in a question.
            status: Option<String>,
        }
        /// It wrote to its console.
        Log "log" {
            /// The run.
            run: String,
            /// `debug`, `info`, `warning` or `error`.
            level: String,
            /// What it wrote.
            message: String,
        }
        /// Something failed in it.
        Error "error" {
            /// The run.
            run: String,
            /// What failed.
            message: String,
        }
    }
    /// A build.
    Build "build" => BuildEvent {
        /// It started.
        Started "started" {
            /// The build.
            build: String,
        }
        /// It went on.
        Progress "progress" {
            /// The build.
            build: String,
            /// From 0 to 100.
            percent: u8,
        }
        /// It succeeded.
        Completed "completed" {
            /// The build.
            build: String,
        }
        /// It failed.
        Failed "failed" {
            /// The build.
            build: String,
            /// Why.
            message: String,
        }
    }
    /// An editor somebody has open.
    Editor "editor" => EditorEvent {
        /// A document was opened.
        Opened "opened" {
            /// The document.
            document: String,
        }
        /// A document was closed.
        Closed "closed" {
            /// The document.
            document: String,
        }
        /// The cursor moved.
        Cursor "cursor" {
            /// The document.
            document: String,
            /// Where it is, in the document's own units.
            x: f64,
            /// Where it is, in the document's own units.
            y: f64,
        }
        /// Other things are selected.
        Selection "selection" {
            /// The document.
            document: String,
            /// The records' ids.
            ids: Vec<String>,
        }
    }
    /// The people in the session; see [`PresenceChannel`](crate::PresenceChannel).
    Collab "collab" => CollabEvent {
        /// Somebody came; the others answer with their own presence.
        Joined "joined" {
            /// What they do, in the application's form.
            state: Value,
            /// In how many seconds at the latest they speak again; in three where nothing is said.
            within: Option<u32>,
        }
        /// Somebody left.
        Left "left" {}
        /// Somebody is here.
        Presence "presence" {
            /// What they do, in the application's form.
            state: Value,
            /// In how many seconds at the latest they speak again; in three where nothing is said.
            within: Option<u32>,
        }
    }
}

impl RuntimeEvent {
    fn run(&self) -> &str {
        match self {
            Self::Started { run }
            | Self::Stopped { run }
            | Self::Status { run, .. }
            | Self::Log { run, .. }
            | Self::Error { run, .. } => run,
        }
    }
}

impl BuildEvent {
    fn build(&self) -> &str {
        match self {
            Self::Started { build }
            | Self::Progress { build, .. }
            | Self::Completed { build }
            | Self::Failed { build, .. } => build,
        }
    }
}

impl EditorEvent {
    fn document(&self) -> &str {
        match self {
            Self::Opened { document }
            | Self::Closed { document }
            | Self::Cursor { document, .. }
            | Self::Selection { document, .. } => document,
        }
    }
}

impl FileEvent {
    fn file(&self) -> &str {
        match self {
            Self::Created { file, .. }
            | Self::Updated { file, .. }
            | Self::Deleted { file, .. } => file,
        }
    }
}

impl AssetEvent {
    fn asset(&self) -> &str {
        match self {
            Self::Created { asset_id, .. }
            | Self::Updated { asset_id, .. }
            | Self::Deleted { asset_id }
            | Self::ComponentAdded { asset_id, .. }
            | Self::ComponentRemoved { asset_id, .. } => asset_id,
        }
    }
}

impl Resource {
    /// The tokens that follow the session in the subject of a message about it, for the documentation.
    #[must_use]
    pub fn id_tokens(self) -> &'static [&'static str] {
        match self {
            Self::Project => &[],
            Self::File => &["file"],
            Self::Asset => &["asset"],
            Self::Runtime => &["run"],
            Self::Build => &["build"],
            Self::Editor => &["user", "document"],
            Self::Collab => &["replica"],
        }
    }
}

impl BusEvent {
    /// The ids that follow the session in its subject, so that a listener can follow one file, one run or one person.
    #[must_use]
    pub fn ids(&self, sender: &Sender) -> Vec<String> {
        match self {
            Self::Project(_) => Vec::new(),
            Self::File(event) => vec![event.file().to_owned()],
            Self::Asset(event) => vec![event.asset().to_owned()],
            Self::Runtime(event) => vec![event.run().to_owned()],
            Self::Build(event) => vec![event.build().to_owned()],
            Self::Editor(event) => vec![sender.user.to_string(), event.document().to_owned()],
            Self::Collab(_) => vec![sender.replica.to_string()],
        }
    }

    /// An event by the names of its resource and action, with its other fields as a JSON object.
    ///
    /// # Errors
    /// What is wrong with it: no such resource or action, or other fields than the action has.
    pub fn from_parts(resource: &str, action: &str, payload: Value) -> Result<Self, String> {
        let resource = Resource::ALL
            .iter()
            .find(|known| known.token() == resource)
            .ok_or_else(|| format!("there are no messages about a {resource}"))?;
        let mut fields = match payload {
            Value::Object(fields) => fields,
            Value::Null => serde_json::Map::new(),
            _ => return Err("the payload of a message is a JSON object".to_owned()),
        };
        fields.insert("type".to_owned(), action.into());
        Self::from_value(*resource, Value::Object(fields))
            .map_err(|error| format!("this is no message {}.{action}: {error}", resource.token()))
    }

    /// An event by the subject it would be sent at, `slate.<resource>.<action>`, with its fields as a JSON object. A session
    /// that follows must be the one that is meant; ids after that are those of the fields, and are not looked at.
    ///
    /// # Errors
    /// [`NatsError::Name`], saying what is wrong with the subject or the fields.
    pub fn at_subject(
        subject: &str,
        session: &SessionId,
        payload: Value,
    ) -> Result<Self, NatsError> {
        let refuse = |problem: String| NatsError::Name {
            what: "subject",
            text: subject.chars().take(256).collect(),
            problem,
        };
        let tokens: Vec<&str> = subject.split('.').collect();
        let (resource, action, rest) = Resource::of_subject(&tokens).map_err(refuse)?;
        if rest.first().is_some_and(|named| *named != session.as_str()) {
            return Err(refuse(format!("it names another session than {session}")));
        }
        Self::from_parts(resource.token(), action, payload).map_err(refuse)
    }

    /// Its fields as a JSON object, `type` not among them: that is the action.
    #[must_use]
    pub fn payload(&self) -> Value {
        match self.to_value() {
            Ok(Value::Object(mut fields)) => {
                fields.remove("type");
                Value::Object(fields)
            }
            // Texts and numbers always encode.
            _ => Value::Null,
        }
    }
}

impl Resource {
    /// Takes a subject apart: the resource, the action on it, and the tokens after it.
    pub(crate) fn of_subject<'a>(
        tokens: &'a [&'a str],
    ) -> Result<(Self, &'static str, &'a [&'a str]), String> {
        let (name, rest) = match tokens {
            ["slate", name, rest @ ..] => (*name, rest),
            _ => return Err("its subject is not slate.<resource>.<action>.<session>".to_owned()),
        };
        let resource = Self::ALL
            .iter()
            .find(|resource| resource.token() == name)
            .ok_or_else(|| "its subject names no resource that this version knows".to_owned())?;
        for action in resource.actions() {
            let length = action.split('.').count();
            if rest.len() >= length && action.split('.').eq(rest[..length].iter().copied()) {
                return Ok((*resource, action, &rest[length..]));
            }
        }
        Err(format!(
            "its subject names no action on a {name} that this version knows"
        ))
    }
}
