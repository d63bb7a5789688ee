//! Checkpoints that replicas share through the server's objects, so that a newcomer need not read a long history
//! before seeing anything; and the history from before a newcomer joined, which comes afterwards.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval, sleep};
use wissil_dag::{BranchId, DocumentId, SessionId};
use wissil_nats::{EDIT_STREAMS, NatsError, Objects, Reader};
use wissil_sync::{
    Arrival, Cursor, EventStore as _, LogKey, MANIFEST, MAX_SHARED_BYTES, SharedCheckpoint,
};

use super::driver::{Driver, Endless, Trouble};
use super::incoming::CaughtUp;
use crate::actor::Actor;
use crate::api::{ApiError, ErrorCode};

/// The object that says which checkpoints there are.
const INDEX: &str = "checkpoints";
/// Most bytes of that object.
const MAX_INDEX: usize = 8 << 20;
/// A session gets its first checkpoints when reading it whole begins to take time, and others after as many events.
const EVERY: u64 = 2_000;
/// How often is looked whether it is time.
const LOOK: Duration = Duration::from_secs(5);
/// Checkpoints that are fetched at the same time.
const AT_ONCE: usize = 8;
/// When the server does not hold the whole history, somebody who does may come.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Which checkpoints there are: with them and what the streams hold after these places, nothing is missing.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Index {
    /// How many events the session had.
    pub events: u64,
    /// After which message of each stream reading goes on.
    pub streams: BTreeMap<String, Place>,
    /// The logs that have a checkpoint.
    pub logs: Vec<Entry>,
}

/// A place in a stream.
#[derive(Serialize, Deserialize)]
pub(crate) struct Place {
    incarnation: String,
    sequence: u64,
    /// The server's time of that message; 0 where it was shared by a version that did not know it.
    #[serde(default)]
    published: i64,
}

/// A log that has a checkpoint.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    branch: BranchId,
    document: DocumentId,
    length: u64,
}

impl Entry {
    /// The object that holds it. A newer one takes the place of an older one.
    fn object(&self) -> String {
        format!("checkpoint.{}.{}", self.branch, self.document)
    }
}

impl Index {
    /// What a session has; nothing that can be read is none.
    pub(crate) async fn get(objects: &Objects) -> Result<Option<Self>, NatsError> {
        let bytes = objects.get_named(INDEX, MAX_INDEX).await?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// The places in the streams.
    pub(crate) fn cursors(&self) -> impl Iterator<Item = (&'static str, Cursor)> {
        EDIT_STREAMS.into_iter().filter_map(|stream| {
            let place = self.streams.get(stream)?;
            let cursor = Cursor {
                incarnation: place.incarnation.clone(),
                sequence: place.sequence,
                published: place.published,
            };
            Some((stream, cursor))
        })
    }

    /// The checkpoints of a session. One that is missing or damaged is an error: without it the others are of no use.
    pub(crate) async fn checkpoints(
        &self,
        objects: &Objects,
        session: &SessionId,
    ) -> Result<Vec<SharedCheckpoint>, ApiError> {
        let entries = self.logs.iter();
        let logs: HashSet<_> = entries
            .map(|entry| (&entry.branch, &entry.document))
            .collect();
        let has_manifest = logs
            .iter()
            .any(|(_, document)| document.as_str() == MANIFEST);
        if logs.len() != self.logs.len() || !has_manifest {
            return Err(ApiError::new(
                ErrorCode::Damaged,
                "the list of checkpoints names a document twice, or no manifest",
            ));
        }
        stream::iter(self.logs.iter().cloned())
            .map(|entry| async move {
                let bytes = objects.get_named(&entry.object(), MAX_SHARED_BYTES).await?;
                // Checking one is as much work as opening its document, so they are checked beside each other.
                let opened = spawn_blocking(move || match bytes {
                    Some(bytes) => {
                        SharedCheckpoint::open(&bytes).map_err(|error| error.to_string())
                    }
                    None => Err("it is not there".to_owned()),
                });
                let checkpoint = opened
                    .await
                    .unwrap_or_else(|error| Err(error.to_string()))
                    .and_then(|checkpoint| {
                        let log = LogKey {
                            branch: entry.branch.clone(),
                            document: entry.document.clone(),
                        };
                        if checkpoint.session == *session && checkpoint.log == log {
                            Ok(checkpoint)
                        } else {
                            Err("it belongs to another document".to_owned())
                        }
                    });
                checkpoint.map_err(|problem| {
                    ApiError::new(
                        ErrorCode::Damaged,
                        format!(
                            "the checkpoint of {} cannot be used: {problem}",
                            entry.document
                        ),
                    )
                })
            })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }
}

/// What came of a piece of history.
struct Filled {
    /// How much is here; none when all is.
    progress: Option<(u64, u64)>,
    /// What is wrong with it, in words.
    doubts: Vec<String>,
}

/// How far a session is, for whoever shares checkpoints.
struct Standing {
    events: u64,
    waiting: u64,
    streams: BTreeMap<String, Place>,
    logs: Vec<Entry>,
}

impl Actor {
    fn standing(&self) -> Result<Standing, ApiError> {
        let store = self.project.engine.store();
        let counts = store.counts()?;
        let mut streams = BTreeMap::new();
        for stream in EDIT_STREAMS {
            if let Some(cursor) = store.cursor(stream)? {
                let place = Place {
                    incarnation: cursor.incarnation,
                    sequence: cursor.sequence,
                    published: cursor.published,
                };
                streams.insert(stream.to_owned(), place);
            }
        }
        let branch = self.project.engine.branch();
        let logs = store
            .logs()?
            .into_iter()
            .filter(|(log, _)| log.branch == *branch)
            .map(|(log, state)| Entry {
                branch: log.branch,
                document: log.document,
                length: state.length,
            })
            .collect();
        Ok(Standing {
            events: counts.events,
            waiting: counts.outbox,
            streams,
            logs,
        })
    }

    fn shared(&mut self, document: &DocumentId) -> Result<Option<Vec<u8>>, ApiError> {
        self.project
            .engine
            .share_signed(document)
            .map_err(ApiError::from)
    }

    /// How much of the history from before this replica joined is here; none when all is.
    pub(crate) fn history_progress(&self) -> Result<Option<(u64, u64)>, ApiError> {
        let incomplete = self.project.engine.store().incomplete()?;
        let sum = incomplete.iter().fold((0, 0), |(have, of), (_, log)| {
            (have + log.have, of + log.of)
        });
        Ok((!incomplete.is_empty()).then_some(sum))
    }

    fn backfilled(&mut self, arrivals: Vec<Arrival>) -> Result<Filled, ApiError> {
        let backfilled = self.project.engine.backfill(arrivals)?;
        for folded in &backfilled.folded {
            self.tell_views(&folded.log, &folded.delta, folded.position)?;
        }
        self.tell_folded(backfilled.folded)?;
        let mut doubts = Vec::new();
        for log in &backfilled.false_bases {
            self.problems.forget(log);
            let name = self.names.document(log.document.as_str());
            doubts.push(format!(
                "{name} came as a state that its history does not lead to; what its history says counts. Close and open the project to see it."
            ));
        }
        for (log, problem) in &backfilled.broken {
            let name = self.names.document(log.document.as_str());
            doubts.push(format!("The history of {name} cannot be read: {problem}"));
        }
        Ok(Filled {
            progress: self.history_progress()?,
            doubts,
        })
    }
}

impl Driver {
    /// Shares checkpoints when it is time, one replica for all.
    pub(crate) async fn checkpoints(&self, caught_up: &CaughtUp) -> Endless {
        caught_up.wait().await;
        let objects = Objects::open(&self.connection, &self.session).await?;
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut index = Index::get(&objects).await?.unwrap_or_default();
        loop {
            looks.tick().await;
            let standing = self.bridge.ask(|actor| actor.standing()).await?;
            let is_due = standing.events >= index.events + EVERY && standing.waiting == 0;
            // Whoever has the smallest key does it; another one may have, meanwhile.
            let own = self.replica.to_string();
            let is_first = self.people.peers().iter().all(|peer| own < peer.replica);
            if !is_due || !is_first {
                continue;
            }
            index = Index::get(&objects).await?.unwrap_or_default();
            if standing.events >= index.events + EVERY {
                index = self.share(&objects, standing, &index).await?;
            }
        }
    }

    async fn share(
        &self,
        objects: &Objects,
        standing: Standing,
        before: &Index,
    ) -> Result<Index, Trouble> {
        for entry in &standing.logs {
            let known = before
                .logs
                .iter()
                .find(|known| (&known.branch, &known.document) == (&entry.branch, &entry.document));
            if known.is_some_and(|known| known.length >= entry.length) {
                continue;
            }
            let document = entry.document.clone();
            let checkpoint = self
                .bridge
                .ask(move |actor| actor.shared(&document))
                .await?;
            let Some(checkpoint) = checkpoint else {
                // Its own history is still coming: whoever has all of it shares, or this one does later.
                return Ok(Index::get(objects).await?.unwrap_or_default());
            };
            objects.put_named(&entry.object(), checkpoint).await?;
        }
        let index = Index {
            events: standing.events,
            streams: standing.streams,
            logs: standing.logs,
        };
        let bytes =
            serde_json::to_vec(&index).map_err(|error| ApiError::internal(error.to_string()))?;
        objects.put_named(INDEX, bytes).await?;
        Ok(index)
    }

    /// Fetches the history from before this replica joined.
    pub(crate) async fn history(&self, caught_up: &CaughtUp) -> Endless {
        caught_up.wait().await;
        loop {
            // What came before the program ended may have to be compared only.
            if self.fill(Vec::new()).await?.is_none() {
                return std::future::pending().await;
            }
            for stream in EDIT_STREAMS {
                self.history_of(stream).await?;
            }
            if self.fill(Vec::new()).await?.is_some() {
                self.board.history_ends();
                sleep(LOOK_AGAIN).await;
            }
        }
    }

    /// Reads a stream from its beginning to its end, also when all history is here before: what follows may claim the
    /// place of something in it.
    async fn history_of(&self, stream: &'static str) -> Result<(), Trouble> {
        let name = format!("{}-history", self.replica);
        let mut reader = Reader::open(&self.connection, stream, &self.session, &name, 0).await?;
        let mut left = reader.backlog();
        while left > 0 {
            let read = reader.next().await?;
            left = read.pending;
            let checked = tokio::task::block_in_place(|| self.check(read.events));
            self.fill(checked.arrivals).await?;
        }
        Ok(())
    }

    /// Takes in history; how much is here then, none when all is.
    async fn fill(&self, arrivals: Vec<Arrival>) -> Result<Option<(u64, u64)>, Trouble> {
        let filled = self.bridge.ask(|actor| actor.backfilled(arrivals)).await?;
        for doubt in filled.doubts {
            self.board.problem(doubt);
        }
        self.board.history(filled.progress);
        Ok(filled.progress)
    }
}
