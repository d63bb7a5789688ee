//! The plain data of working together: the server, the people, the files.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Person, Touched};

/// Where the session stands with its server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ConnectionState {
    /// No server was chosen: everything is on this disk, and that is all there is to it.
    #[default]
    Local,
    /// A server was chosen and has not answered yet.
    Connecting,
    /// What was behind is being sent and fetched, edits and files.
    Syncing,
    /// What is here is on the server, and what others do arrives as they do it.
    Online,
    /// The server does not answer; work goes on here and is sent when it does.
    Offline,
    /// The server answers and will not have us: wrong password, too old.
    Refused,
}

/// The state of the connection, for the status bar.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionStatus {
    /// Where the session stands.
    pub state: ConnectionState,
    /// How many events wait to be sent.
    pub waiting: String,
    /// While syncing: how many events were sent and fetched of `total`.
    pub done: String,
    /// While syncing: how many events there are to send and to fetch.
    pub total: String,
    /// The files that are on their way or next, as `came or went of all`; none when none is.
    pub files: Option<Progress>,
    /// What stands in the way and what to do, in words; none when nothing does.
    pub problem: Option<String>,
    /// Whether this machine hosts the session.
    pub hosting: bool,
    /// The history before this replica joined that is still being fetched, as `have of total`; none when all is here.
    pub history: Option<Progress>,
    /// What is not the same here and on the server, in words with counts. Where the server answers and nothing is left,
    /// this project and its server have the same: that is what *done* means everywhere.
    pub left: Vec<String>,
    /// Whether nothing is being done about what is left: it needs somebody who is not here, or room on the server.
    pub settled: bool,
}

impl ConnectionStatus {
    /// Whether this project and its server have the same.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.state == ConnectionState::Online && self.left.is_empty()
    }
}

/// How far something has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// How much is done.
    pub done: String,
    /// Of how much.
    pub total: String,
}

/// A server, and how to log in there.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServerSettings {
    /// `nats://`, `tls://`, `ws://` or `wss://`, host and port.
    pub url: String,
    /// How to log in.
    pub login: ServerLogin,
    /// The authorities to trust in place of the system's; where they are named, nothing is sent in the clear.
    pub certificate: Option<ServerCertificate>,
}

/// The certificates of the authorities to trust for a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "type"
)]
pub enum ServerCertificate {
    /// In a PEM file.
    File {
        /// Where it stands.
        file: String,
    },
    /// Themselves, as links carry them.
    Carried {
        /// Each in DER form, as base64url without padding.
        certificates: Vec<String>,
    },
}

/// How to log in on a server.
#[derive(Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "type"
)]
pub enum ServerLogin {
    /// Everybody may.
    None,
    /// With a name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// With a token.
    Token {
        /// The token.
        token: String,
    },
    /// With a credentials file.
    Credentials {
        /// Where it stands.
        file: String,
    },
}

/// How to log in on a server, without what must stay secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum LoginKind {
    /// Everybody may.
    None,
    /// With a name and a password.
    Password,
    /// With a token.
    Token,
    /// With a credentials file.
    Credentials,
}

/// Everything that the connection panel shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionInfo {
    /// The state.
    pub status: ConnectionStatus,
    /// The server that was chosen, without secrets; none while the session is on this disk only.
    pub url: Option<String>,
    /// How one logs in there.
    pub login: Option<LoginKind>,
    /// What the server says of itself; none while it does not answer.
    pub server: Option<ServerInfo>,
    /// The server that this machine runs.
    pub hosting: Option<HostingInfo>,
    /// Live messages: what was sent, came, was malformed, was dropped while offline.
    pub messages: MessageCounts,
}

/// What a server says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServerInfo {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The cluster it belongs to.
    pub cluster: Option<String>,
    /// There and back in milliseconds; none when it could not be measured.
    pub latency: Option<f64>,
    /// Its streams.
    pub streams: Vec<StreamInfo>,
}

/// A stream of the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StreamInfo {
    /// Its name.
    pub name: String,
    /// How many messages it holds, of all sessions.
    pub messages: String,
    /// How many bytes those take.
    pub bytes: String,
}

/// Who can reach a hosted session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Reach {
    /// Programs on this machine.
    Machine,
    /// Everybody on the network who has the link.
    Network,
}

/// The server that this machine runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HostingInfo {
    /// Where it listens.
    pub url: String,
    /// Who can reach it.
    pub reach: Reach,
    /// Whether it runs.
    pub running: bool,
    /// The end of its log, oldest line first.
    pub log: Vec<String>,
}

/// Counts of live messages since the project was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MessageCounts {
    /// Sent.
    pub sent: u32,
    /// Received and good.
    pub received: u32,
    /// Received and refused.
    pub malformed: u32,
    /// Not sent, because the server did not answer.
    pub dropped: u32,
}

/// What the share dialog shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ShareInfo {
    /// The link that lets another person join; none while no server is chosen. It carries a secret.
    pub link: Option<String>,
    /// Who can use the link, or what is needed first, in words.
    pub reach: String,
    /// The people of the session.
    pub members: Vec<Member>,
}

/// A person of the session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The person.
    pub person: Person,
    /// On how many devices they joined.
    pub devices: u32,
    /// Whether one of these devices is here now.
    pub online: bool,
    /// Whether it is this person.
    pub you: bool,
    /// When they joined, Unix milliseconds.
    pub joined: Option<f64>,
}

/// What a link says, before anything is done with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LinkInfo {
    /// The session.
    pub session: String,
    /// What people call it.
    pub name: String,
    /// The server, without secrets.
    pub server: String,
    /// Whether a project of this installation goes to that server.
    pub server_known: bool,
    /// Where that session stands on this machine already.
    pub folder: Option<String>,
    /// The other server that it goes to here, without secrets; none when it goes to the link's, or to none.
    pub goes_to: Option<String>,
    /// Where it would be put.
    pub suggested_folder: String,
}

/// How far joining has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct JoinProgress {
    /// What is being done, in words.
    pub step: String,
    /// How much of it is done.
    pub done: String,
    /// Of how much; `0` while that is not known.
    pub total: String,
}

/// A place in a document's own coordinates: canvas pixels of a graph, right and down; metres of a scene, with +Y up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Place {
    /// Along the first axis.
    pub x: f64,
    /// Along the second.
    pub y: f64,
    /// Along the third, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub z: Option<f64>,
}

/// What a person shows of what they are doing. It is never stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Presence {
    /// The document they look at.
    pub document: Option<String>,
    /// Their cursor in it.
    pub cursor: Option<Place>,
    /// What they have selected in it.
    pub selection: Vec<Touched>,
    /// What the editor of its kind shows besides, such as what is seen and what is being dragged: an object, which only that
    /// editor reads.
    pub shown: serde_json::Value,
    /// The replica they follow.
    pub following: Option<String>,
}

/// Somebody else who has the session open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Peer {
    /// Their replica: one person on two devices is two peers.
    pub replica: String,
    /// The person.
    pub person: Person,
    /// What they show.
    pub presence: Presence,
}

/// What the presence channel carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "type"
)]
pub enum PresenceMessage {
    /// Somebody opened the session.
    Joined {
        /// Who.
        peer: Peer,
    },
    /// Somebody does something else now.
    Moved {
        /// Who.
        peer: Peer,
    },
    /// Somebody closed the session or was cut off.
    Left {
        /// Their replica.
        replica: String,
    },
}

/// A message of the live bus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BusMessage {
    /// Its subject: `slate.<resource>.<action>.<session>…`.
    pub subject: String,
    /// What it is about: `project`, `file`, `asset`, `runtime`, `build`, `editor`, `collab`.
    pub resource: String,
    /// What happened: `created`, `progress`, …
    pub action: String,
    /// Who sent it: a user id.
    pub user: String,
    /// When, Unix milliseconds by their clock.
    pub time: f64,
    /// The rest, as the resource defines it.
    pub payload: serde_json::Value,
}

/// A file of the project, as the Assets panel shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AssetInfo {
    /// The record's id.
    pub id: String,
    /// Where it stands below `assets/`, with forward slashes.
    pub path: String,
    /// Its size in bytes.
    pub size: f64,
    /// Its media type.
    pub media_type: Option<String>,
    /// The CID of its content.
    pub object: String,
    /// Where its content is.
    pub state: AssetState,
    /// While it travels: how many bytes did.
    pub done: Option<f64>,
    /// The CID of a small picture of it, a PNG of at most 256 pixels along its longer side, where there is one and it is
    /// here.
    pub thumbnail: Option<String>,
}

/// Where a file's content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum AssetState {
    /// On this disk.
    Here,
    /// On this disk, and on its way to the server.
    Sending,
    /// On its way from the server.
    Fetching,
    /// Not here; it comes when somebody who has it is online.
    Awaited,
}
