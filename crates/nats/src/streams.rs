//! The five streams: what they keep and for how long.

use std::time::Duration;

use async_nats::Message;
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, Info, RawMessageErrorKind, RetentionPolicy, StorageType,
};
use futures_util::future::try_join_all;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{self, Instant};
use wissil_model::DocumentKind;

use crate::connection::Leader;
use crate::{Connection, NatsError};

/// On how many servers each message is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topology {
    /// One server: one copy.
    Single,
    /// A cluster of three or more: three copies.
    Cluster,
}

impl Topology {
    /// How many copies.
    #[must_use]
    pub const fn replicas(self) -> usize {
        match self {
            Self::Single => 1,
            Self::Cluster => 3,
        }
    }
}

/// The streams that carry documents.
pub const EDIT_STREAMS: [&str; 3] = ["WISSIL_IGNIS", "WISSIL_UNITY", "WISSIL_SPARK"];

/// The stream that carries the edits of a kind of document; none where that is not known.
#[must_use]
pub fn edit_stream(kind: DocumentKind) -> Option<&'static str> {
    let subsystem = kind.channel()?.subsystem;
    let mut streams = EDIT_STREAMS.into_iter();
    streams.find(|stream| stream.strip_prefix("WISSIL_") == Some(subsystem))
}

/// A stream as the server has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamState {
    /// Its name.
    pub name: String,
    /// How many messages it holds.
    pub messages: u64,
    /// How many bytes it holds.
    pub bytes: u64,
    /// The first sequence number it holds.
    pub first: u64,
    /// The last sequence number it gave out.
    pub last: u64,
    /// Tells this stream from another of the same name, before or after it was lost: when it was created. A sequence
    /// number means something only together with it.
    pub incarnation: String,
    /// On how many servers each message is kept.
    pub replicas: usize,
}

impl StreamState {
    /// Whether this can be what became of a stream from which nothing was taken away: it is the same one, holds no less,
    /// and does not begin behind what it goes on from.
    #[must_use]
    pub fn follows(&self, before: &Self) -> bool {
        self.incarnation == before.incarnation
            && self.last >= before.last
            && self.messages >= before.messages
            && self.first <= before.last + 1
    }
}

/// Creates the five streams, or brings them up to date. Doing it again changes nothing, and what an administrator made
/// safer or tighter stays: more replicas, limits on size, number and age. They come as the server has them now, those of
/// [`EDIT_STREAMS`] first.
///
/// # Errors
/// When the server cannot be asked, does not allow it, or has fewer members than a cluster needs.
pub async fn prepare(
    connection: &Connection,
    topology: Topology,
) -> Result<Vec<StreamState>, NatsError> {
    let begun = Instant::now();
    loop {
        match prepare_once(connection, topology).await {
            // The nodes of a cluster that has just started find each other one by one.
            Err(error)
                if error.answer_code() == Some(ErrorCode::CLUSTER_NO_PEERS)
                    && begun.elapsed() < FORMING =>
            {
                time::sleep(LOOK_AGAIN).await;
            }
            prepared => return prepared,
        }
    }
}

/// How long a cluster may take to form.
const FORMING: Duration = Duration::from_secs(15);
const LOOK_AGAIN: Duration = Duration::from_millis(500);

async fn prepare_once(
    connection: &Connection,
    topology: Topology,
) -> Result<Vec<StreamState>, NatsError> {
    try_join_all(
        STREAMS
            .iter()
            .map(|kept| kept.prepare(connection, topology)),
    )
    .await
}

/// The five streams as the server has them.
///
/// # Errors
/// When the server cannot be asked or lacks one: [`prepare`] makes it.
pub async fn stream_states(connection: &Connection) -> Result<Vec<StreamState>, NatsError> {
    try_join_all(
        STREAMS
            .iter()
            .map(|kept| stream_state(connection, kept.name)),
    )
    .await
}

/// One stream as the server has it.
///
/// # Errors
/// When the server cannot be asked or lacks it.
pub async fn stream_state(connection: &Connection, name: &str) -> Result<StreamState, NatsError> {
    look(connection, name).await.map(state)
}

/// How many subjects of a stream fit a filter; those count whose messages are all damaged.
///
/// # Errors
/// When the server cannot be asked or lacks the stream.
pub(crate) async fn subjects(
    connection: &Connection,
    name: &str,
    filter: &str,
) -> Result<u64, NatsError> {
    #[derive(Deserialize)]
    struct Counted {
        #[serde(default)]
        total: u64,
    }
    // From far beyond the last one on none is named, and all are counted.
    let asked = json!({ "subjects_filter": filter, "offset": 1_000_000_000 });
    let action = format!("counting the subjects of {name}");
    let question = format!("STREAM.INFO.{name}");
    let counted: Counted = connection.ask(question, &asked, action).await?;
    Ok(counted.total)
}

pub(crate) async fn look(connection: &Connection, name: &str) -> Result<Info, NatsError> {
    let action = format!("looking at the stream {name}");
    let question = format!("STREAM.INFO.{name}");
    let info: Info = connection.ask(question, &json!({}), action).await?;
    let led = info.cluster.as_ref().and_then(|cluster| {
        let since = cluster.leader_since.map(|since| since.to_string());
        Some((cluster.leader.clone()?, since.unwrap_or_default()))
    });
    connection.note_leader(name, Leader(led));
    Ok(info)
}

/// One message of a stream, from whoever leads it; none where there is none, or it is damaged.
///
/// # Errors
/// When the server cannot be asked or does not allow it.
pub(crate) async fn message(
    connection: &Connection,
    name: &str,
    sequence: u64,
) -> Result<Option<Message>, NatsError> {
    let action = || format!("looking at message {sequence} of {name}");
    let found = async {
        let stream = connection.jetstream().get_stream_no_info(name).await;
        let stream = stream.map_err(|cause| NatsError::from_client(action(), cause))?;
        match stream.get_raw_message(sequence).await {
            Ok(found) => Ok(Some(found)),
            Err(cause) if cause.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
            Err(cause) => Err(NatsError::from_client(action(), cause)),
        }
    };
    let question = format!("STREAM.MSG.GET.{name}");
    let found = connection.while_allowed(&question, found).await??;
    Ok(found.map(|found| Message {
        length: found.payload.len(),
        subject: found.subject,
        reply: None,
        payload: found.payload,
        headers: Some(found.headers),
        status: None,
        description: None,
    }))
}

fn state(info: Info) -> StreamState {
    StreamState {
        name: info.config.name,
        messages: info.state.messages,
        bytes: info.state.bytes,
        first: info.state.first_sequence,
        last: info.state.last_sequence,
        incarnation: info.created.unix_timestamp_nanos().to_string(),
        replicas: info.config.num_replicas,
    }
}

/// A stream beside those of edits that keeps things exactly as they do.
#[cfg(feature = "plain")]
pub(crate) fn like_edits(name: &str, subject: &str) -> Config {
    Config {
        name: name.to_owned(),
        subjects: vec![subject.to_owned()],
        ..STREAMS[0].config(Topology::Single)
    }
}

/// What one stream is for.
struct Kept {
    name: &'static str,
    subjects: &'static str,
    description: &'static str,
    /// How long messages stay; none: for ever.
    days: Option<u64>,
    /// Whether a full stream refuses what is new, instead of dropping what is old.
    keeps_old: bool,
}

/// Edits never age out and are never dropped: as long as nothing is archived, the streams and the replicas' own disks
/// are all there is. Telemetry and the assistant's talk may go.
const STREAMS: [Kept; 5] = [
    Kept {
        name: EDIT_STREAMS[0],
        subjects: "WISSIL.IGNIS.>",
        description: "Blueprints and what their graphs did",
        days: None,
        keeps_old: true,
    },
    Kept {
        name: EDIT_STREAMS[1],
        subjects: "WISSIL.UNITY.>",
        description: "Scenes",
        days: None,
        keeps_old: true,
    },
    Kept {
        name: EDIT_STREAMS[2],
        subjects: "WISSIL.SPARK.>",
        description: "Manifests",
        days: None,
        keeps_old: true,
    },
    Kept {
        name: "WISSIL_IGNITION",
        subjects: "WISSIL.IGNITION.>",
        description: "What running games report",
        days: Some(7),
        keeps_old: false,
    },
    Kept {
        name: "WISSIL_WAYPOINT",
        subjects: "WISSIL.WAYPOINT.>",
        description: "What assistants suggest and were shown",
        days: Some(30),
        keeps_old: false,
    },
];

/// Within it the server drops a message that it has already; beyond it the receivers do, by CID.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(120);

impl Kept {
    /// Creates it, or brings it up to date.
    async fn prepare(
        &self,
        connection: &Connection,
        topology: Topology,
    ) -> Result<StreamState, NatsError> {
        let name = self.name;
        let found = match look(connection, name).await {
            Ok(info) => Some(info),
            Err(error) if error.answer_code() == Some(ErrorCode::STREAM_NOT_FOUND) => None,
            Err(error) => return Err(error),
        };
        let info = match found {
            Some(info) => {
                let merged = self.brought_up(&info.config, topology);
                if merged == info.config {
                    info
                } else {
                    let action = format!("updating the stream {name}");
                    let question = format!("STREAM.UPDATE.{name}");
                    connection.ask(question, &merged, action).await?
                }
            }
            None => {
                let action = format!("creating the stream {name}");
                let question = format!("STREAM.CREATE.{name}");
                let config = self.config(topology);
                let made: Info = connection.ask(question, &config, action).await?;
                match made.cluster {
                    // Whoever is to lead it may not have been chosen when it was made.
                    Some(_) => look(connection, name).await?,
                    None => made,
                }
            }
        };
        Ok(state(info))
    }

    fn max_age(&self) -> Duration {
        Duration::from_secs(self.days.unwrap_or(0) * 24 * 60 * 60)
    }

    fn discard(&self) -> DiscardPolicy {
        if self.keeps_old {
            DiscardPolicy::New
        } else {
            DiscardPolicy::Old
        }
    }

    fn config(&self, topology: Topology) -> Config {
        Config {
            name: self.name.to_owned(),
            description: Some(self.description.to_owned()),
            subjects: vec![self.subjects.to_owned()],
            retention: RetentionPolicy::Limits,
            storage: StorageType::File,
            discard: self.discard(),
            max_bytes: -1,
            max_messages: -1,
            max_messages_per_subject: -1,
            max_consumers: -1,
            max_message_size: -1,
            max_age: self.max_age(),
            num_replicas: topology.replicas(),
            duplicate_window: DUPLICATE_WINDOW,
            // Replicas answer too, so a newcomer does not load the leader.
            allow_direct: true,
            // No client can take single edits out of the history. It cannot be switched off again.
            deny_delete: true,
            // An outbox drains in batches: a thousand events are kept or not, with one answer.
            allow_atomic_publish: true,
            ..Config::default()
        }
    }

    /// The configuration found, with what this version needs of it.
    fn brought_up(&self, found: &Config, topology: Topology) -> Config {
        let wanted = self.config(topology);
        let tighter = match (found.max_age, wanted.max_age) {
            (Duration::ZERO, wanted) => wanted,
            (found, Duration::ZERO) => found,
            (found, wanted) => found.min(wanted),
        };
        let mut subjects = found.subjects.clone();
        if !subjects.contains(&wanted.subjects[0]) {
            subjects = wanted.subjects;
        }
        Config {
            subjects,
            discard: wanted.discard,
            max_age: tighter,
            num_replicas: found.num_replicas.max(wanted.num_replicas),
            duplicate_window: found.duplicate_window.max(DUPLICATE_WINDOW),
            allow_direct: true,
            deny_delete: true,
            allow_atomic_publish: true,
            ..found.clone()
        }
    }
}
