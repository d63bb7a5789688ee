//! Making gestures: checked, written, signed; and saving all that were made in one transaction.

use std::collections::BTreeMap;

use wissil_dag::{Cid, Event, Ipld, SignedEvent};
use wissil_model::{Change, Delta, Prepared, is_undoable};

use crate::engine::{Edited, Engine, Gesture};
use crate::error::EngineError;
use crate::naming::describe_naming;
use crate::ports::{
    ChainState, Commit, EventStore, Head, Intake, LogKey, NewEvent, StoreError, UndoChange,
    UndoSide,
};

/// About how many bytes the changes of one event weigh at most; a gesture beyond it becomes several events.
const MAX_CHANGES_WEIGHT: usize = 200 * 1024;

/// A gesture that is not saved yet.
pub(crate) struct Made {
    commit: Commit,
    /// Where its chain ends with it.
    end: ChainState,
    /// How many events its document holds with it.
    position: u64,
    changes: Vec<Change>,
    delta: Delta,
}

/// What to put into an event besides its changes, and what to do to the undo index.
pub(crate) struct Intent {
    pub metadata: BTreeMap<String, Ipld>,
    pub undo: UndoIntent,
}

/// What happens to the undo index.
pub(crate) enum UndoIntent {
    Push,
    Move { id: u64, to: UndoSide },
}

/// What the events of a gesture say besides what they change, and what they follow.
struct Header<'a> {
    event_type: &'a str,
    time: u64,
    /// Where this replica's chain ends.
    chain: Option<ChainState>,
    heads: Vec<Head>,
}

impl<S: EventStore> Engine<S> {
    /// Makes a gesture: checks it, writes it as one event (or several, when it is large), folds it. It is not saved before
    /// [`Engine::save`], and until then nothing but making gestures and reading documents is done; what the store says is
    /// without it. Gives how many bytes its events have.
    ///
    /// # Errors
    /// When it is refused. Whatever was made before stands.
    pub fn make(&mut self, log: &LogKey, gesture: Gesture<'_>) -> Result<usize, EngineError> {
        let kind = self.live(log)?.document.kind();
        let intent = is_undoable(kind, gesture.event_type).then(|| Intent {
            metadata: BTreeMap::new(),
            undo: UndoIntent::Push,
        });
        self.write(log, gesture, intent)
    }

    /// Saves all that was made, in one transaction, with the checkpoints that are due. Gives what each gesture wrote, in
    /// the order in which they were made.
    ///
    /// # Errors
    /// A failure of the store: nothing of it is saved, and the documents are what they were before.
    pub fn save(&mut self) -> Result<Vec<Edited>, EngineError> {
        let made = std::mem::take(&mut self.made);
        if made.is_empty() {
            return Ok(Vec::new());
        }
        let mut logs: Vec<LogKey> = Vec::new();
        let (mut commits, mut written) = (Vec::new(), Vec::new());
        for made in made {
            if !logs.contains(&made.commit.log) {
                logs.push(made.commit.log.clone());
            }
            let events = made.commit.events.iter().map(|new| new.signed.cid);
            written.push(Edited {
                events: events.collect(),
                ord: 0,
                position: made.position,
                changes: made.changes,
                delta: made.delta,
            });
            commits.push(made.commit);
        }
        let due = logs.iter().filter_map(|it| self.due_checkpoint(it));
        let intake = Intake {
            checkpoints: due.collect(),
            commits,
            ..Intake::default()
        };
        match self.store.take_in(intake) {
            Ok(ords) => {
                for (edited, ord) in written.iter_mut().zip(ords) {
                    edited.ord = ord;
                }
                Ok(written)
            }
            Err(error) => {
                // What is in memory is in no event that is stored.
                for log in &logs {
                    self.live.remove(log);
                }
                Err(error.into())
            }
        }
    }

    /// Saves the one gesture that was made.
    pub(crate) fn save_one(&mut self) -> Result<Edited, EngineError> {
        let mut edited = self.save()?;
        let one = edited.pop().filter(|_| edited.is_empty());
        one.ok_or_else(|| unfit("it is not one gesture").into())
    }

    /// Refuses to do anything else while gestures are not saved: it would build on what the store does not have.
    pub(crate) fn check_all_saved(&self) -> Result<(), EngineError> {
        match self.made.is_empty() {
            true => Ok(()),
            false => Err(unfit("gestures that were made are not saved yet").into()),
        }
    }

    /// The events of a log that are not saved yet, in order.
    pub(crate) fn made_in<'a>(&'a self, log: &'a LogKey) -> impl Iterator<Item = &'a SignedEvent> {
        let of_log = self.made.iter().filter(move |made| made.commit.log == *log);
        let events = of_log.flat_map(|made| &made.commit.events);
        events.map(|new| &new.signed)
    }

    /// Checks a gesture, then writes it and keeps it to be saved; gives how many bytes its events have. What is refused
    /// leaves the document as it is.
    pub(crate) fn write(
        &mut self,
        log: &LogKey,
        gesture: Gesture<'_>,
        intent: Option<Intent>,
    ) -> Result<usize, EngineError> {
        let (chain, heads) = self.ends_of(log)?;
        if chain.as_ref().is_some_and(|chain| chain.frozen) {
            return Err(EngineError::Forked(self.replica));
        }
        let live = self.live(log)?;
        let prepared = live
            .document
            .prepare(gesture.event_type, gesture.changes)?
            .parts(MAX_CHANGES_WEIGHT);
        let header = Header {
            event_type: gesture.event_type,
            time: gesture.time,
            chain,
            heads,
        };
        match self.write_prepared(log.clone(), prepared, header, intent) {
            Ok(made) => {
                let events = made.commit.events.iter();
                let bytes = events.map(|new| new.signed.block.len()).sum();
                self.made.push(made);
                Ok(bytes)
            }
            Err(error) => {
                // What is in memory is in no event.
                self.live.remove(log);
                Err(error)
            }
        }
    }

    /// Where this replica's chain of a log ends, and the log's heads, with all that was made.
    fn ends_of(&self, log: &LogKey) -> Result<(Option<ChainState>, Vec<Head>), EngineError> {
        let mut newest_first = self.made.iter().rev();
        if let Some(made) = newest_first.find(|made| made.commit.log == *log) {
            return Ok((Some(made.end.clone()), made.commit.heads.clone()));
        }
        let heads = self.store.log(log)?.map(|log| log.heads);
        let chain = self.store.chain(log, &self.replica)?;
        Ok((chain, heads.unwrap_or_default()))
    }

    /// Writes the parts of a gesture into the document and signs them as events.
    fn write_prepared(
        &mut self,
        log: LogKey,
        parts: Vec<Prepared>,
        header: Header<'_>,
        intent: Option<Intent>,
    ) -> Result<Made, EngineError> {
        let Header {
            event_type,
            time,
            chain,
            mut heads,
        } = header;
        let live = self.live(&log)?;
        let kind = live.document.kind();

        let mut delta = Delta::default();
        let mut all = Vec::new();
        let mut updates: Vec<(Vec<Ipld>, Vec<u8>)> = Vec::new();
        for part in parts {
            let authored = live.document.write(part)?;
            delta.merge(authored.delta);
            let described = authored.changes.iter().map(Ipld::from).collect();
            updates.push((described, authored.update));
            all.extend(authored.changes);
        }
        live.position += updates.len() as u64;
        let position = live.position;
        let (label, names) = describe_naming(kind, event_type, &all, |collection, id| {
            self.name_in(&log, collection, id)
        });

        let mut events: Vec<NewEvent> = Vec::new();
        let mut end = chain;
        for (changes, update) in updates {
            let previous = end.as_ref().map(|end| end.cid);
            let seq = 1 + end.as_ref().map_or(0, |end| end.seq);
            let seen: Vec<&Head> = heads
                .iter()
                .filter(|head| Some(head.cid) != previous)
                .take(wissil_dag::MAX_PARENTS)
                .collect();
            let seen_heights = seen.iter().map(|head| head.height);
            let height = 1 + seen_heights
                .chain(end.as_ref().map(|end| end.height))
                .max()
                .unwrap_or(0);
            let mut parents: Vec<Cid> = seen.iter().map(|head| head.cid).collect();
            parents.sort();
            let mut metadata = intent
                .as_ref()
                .map(|intent| intent.metadata.clone())
                .unwrap_or_default();
            if seq == 1 {
                metadata.insert("kind".into(), Ipld::String(kind.name().into()));
                // For versions that do not know the kind, and pass its documents on.
                if let Some(channel) = kind.channel() {
                    metadata.insert("channel".into(), Ipld::String(channel.to_string()));
                }
            }
            match events.first() {
                Some(first) => {
                    metadata.insert("gesture".into(), Ipld::Link(first.signed.cid));
                }
                None => {
                    let names = names.iter().cloned().map(Ipld::Map);
                    metadata.extend(names.map(|names| ("names".to_owned(), names)));
                }
            }
            let signed = Event {
                session: self.session.clone(),
                branch: log.branch.clone(),
                document: log.document.clone(),
                event_type: event_type.to_owned(),
                user: self.author.user.clone(),
                replica: self.replica,
                seq,
                height,
                previous,
                parents: parents.clone(),
                time,
                changes,
                update: Some(update),
                metadata,
            }
            .sign(&self.author.key)?;
            let cid = signed.cid;
            heads.retain(|head| Some(head.cid) != previous && !parents.contains(&head.cid));
            heads.push(Head { cid, height });
            end = Some(ChainState {
                cid,
                seq,
                height,
                frozen: false,
            });
            events.push(NewEvent {
                signed,
                replica: self.replica,
                seq,
                height,
                outbox: true,
            });
        }
        let end = end.ok_or_else(|| unfit("a gesture has no events"))?;
        heads.sort();
        let undo = intent.map(|intent| match intent.undo {
            UndoIntent::Push => UndoChange::Push {
                user: self.author.user.clone(),
                label,
            },
            UndoIntent::Move { id, to } => UndoChange::Move { id, to },
        });
        Ok(Made {
            commit: Commit {
                log,
                kind,
                events,
                heads,
                undo,
            },
            end,
            position,
            changes: all,
            delta,
        })
    }
}

fn unfit(problem: &str) -> StoreError {
    StoreError::Conflict(problem.to_owned())
}
