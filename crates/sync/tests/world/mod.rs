//! Replicas over memory stores, for the engine's tests.
#![allow(dead_code)]

use std::ops::Range;
use std::sync::Arc;

use wissil_dag::{
    BranchId, Cid, DocumentId, ReplicaId, SessionId, SignedEvent, SigningKey, UserId,
};
use wissil_model::{Change, Record, Value};
use wissil_sync::*;

/// The session of the tests.
pub fn session() -> SessionId {
    SessionId::new("session").unwrap()
}

/// The manifest's id.
pub fn manifest() -> DocumentId {
    DocumentId::new(MANIFEST).unwrap()
}

/// The scene that the tests edit.
pub fn scene() -> DocumentId {
    DocumentId::new("scene").unwrap()
}

/// Replica `number`'s author.
pub fn author(number: u8) -> Author {
    Author {
        user: UserId::new(format!("user-{number}")).unwrap(),
        key: SigningKey::from_bytes(&[number + 1; 32]),
    }
}

/// An engine over a store.
pub fn engine<S: EventStore>(store: S, number: u8) -> Engine<S> {
    Engine::new(store, BranchId::main(), author(number))
}

/// A gesture without a time.
pub fn gesture(event_type: &str, changes: Vec<Change>) -> Gesture<'_> {
    Gesture {
        event_type,
        changes,
        time: 0,
    }
}

/// Names the scene in the manifest.
pub fn add_scene<S: EventStore>(engine: &mut Engine<S>) -> Edited {
    let entry = Record::new().with("name", "Scene").with("kind", "scene");
    engine
        .edit(
            &manifest(),
            gesture(
                "document.add",
                vec![Change::put("documents", "scene", entry)],
            ),
        )
        .unwrap()
}

/// An entity of that name.
pub fn entity(name: &str) -> Record {
    Record::new().with("name", name)
}

/// Puts an entity.
pub fn put(id: &str) -> Vec<Change> {
    vec![Change::put("entities", id, entity(id))]
}

/// Renames an entity.
pub fn rename(id: &str, name: &str) -> Vec<Change> {
    vec![Change::set("entities", id, [("name", Value::text(name))])]
}

/// The name of an entity now.
pub fn name_of<S: EventStore>(engine: &mut Engine<S>, id: &str) -> Option<String> {
    let projection = engine.projection(&scene()).unwrap();
    let name = projection.record("entities", id)?.get("name")?.as_text()?;
    Some(name.to_owned())
}

/// All events that an engine holds, in the order it folded them.
pub fn events<S: EventStore>(engine: &Engine<S>) -> Vec<SignedEvent> {
    let events = contract::sample::events(engine.store()).unwrap();
    events.into_iter().map(|stored| stored.signed).collect()
}

/// live == replay of its own log, for every document.
pub fn check_replay<S: EventStore>(engine: &mut Engine<S>) {
    for (log, state) in engine.store().logs().unwrap() {
        let live = engine.projection(&log.document).unwrap().clone();
        let replayed = engine.projection_at(&log.document, state.length).unwrap();
        assert!(
            live == replayed,
            "document {} differs from the replay of its log",
            log.document
        );
    }
}

/// A store that fails at a chosen effect: what comes after it does not happen.
pub struct FaultyStore<S> {
    /// The store behind.
    pub inner: S,
    /// How many effects still succeed.
    pub effects_left: usize,
    /// Whether the failing effect happens all the same, as when the machine stops after the write.
    pub after_effect: bool,
}

impl<S: EventStore> FaultyStore<S> {
    fn effect<T>(
        &mut self,
        effect: impl FnOnce(&mut S) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let fails = self.effects_left == 0;
        if fails && !self.after_effect {
            return Err(failure());
        }
        self.effects_left = self.effects_left.saturating_sub(1);
        let done = effect(&mut self.inner);
        if fails { Err(failure()) } else { done }
    }
}

fn failure() -> StoreError {
    StoreError::Io {
        action: "saved",
        cause: "the disk is gone".into(),
    }
}

impl<S: EventStore> EventStore for FaultyStore<S> {
    fn session(&self) -> &SessionId {
        self.inner.session()
    }
    fn logs(&self) -> Result<Vec<(LogKey, LogState)>, StoreError> {
        self.inner.logs()
    }
    fn log(&self, log: &LogKey) -> Result<Option<LogState>, StoreError> {
        self.inner.log(log)
    }
    fn chain(&self, log: &LogKey, replica: &ReplicaId) -> Result<Option<ChainState>, StoreError> {
        self.inner.chain(log, replica)
    }
    fn chains(&self) -> Result<Vec<(LogKey, ReplicaId, ChainState)>, StoreError> {
        self.inner.chains()
    }
    fn chain_events(
        &self,
        log: &LogKey,
        replica: &ReplicaId,
        seqs: Range<u64>,
        visit: &mut dyn FnMut(StoredEvent) -> bool,
    ) -> Result<(), StoreError> {
        self.inner.chain_events(log, replica, seqs, visit)
    }
    fn place(&self, cid: &Cid) -> Result<Option<(LogKey, u64)>, StoreError> {
        self.inner.place(cid)
    }
    fn event(&self, cid: &Cid) -> Result<Option<StoredEvent>, StoreError> {
        self.inner.event(cid)
    }
    fn log_events(
        &self,
        log: &LogKey,
        positions: Range<u64>,
        visit: &mut dyn FnMut(StoredEvent) -> bool,
    ) -> Result<(), StoreError> {
        self.inner.log_events(log, positions, visit)
    }
    fn events(&self, visit: &mut dyn FnMut(StoredEvent) -> bool) -> Result<(), StoreError> {
        self.inner.events(visit)
    }
    fn history(
        &self,
        before: Option<&Moment>,
        limit: usize,
        document: Option<&DocumentId>,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.inner.history(before, limit, document)
    }
    fn last_ord(&self) -> Result<u64, StoreError> {
        self.inner.last_ord()
    }
    fn moment(&self, cid: &Cid) -> Result<Option<Moment>, StoreError> {
        self.inner.moment(cid)
    }
    fn take_in(&mut self, intake: Intake) -> Result<Vec<u64>, StoreError> {
        self.effect(|store| store.take_in(intake))
    }
    fn begin(&mut self, part: Arc<Intake>) -> Result<(), StoreError> {
        self.effect(|store| store.begin(part))
    }
    fn give_up(&mut self) -> Result<(), StoreError> {
        self.inner.give_up()
    }
    fn undo_entry(
        &self,
        log: &LogKey,
        user: &UserId,
        side: UndoSide,
    ) -> Result<Option<UndoEntry>, StoreError> {
        self.inner.undo_entry(log, user, side)
    }

    fn undo_entry_of(
        &self,
        log: &LogKey,
        user: &UserId,
        event: &Cid,
    ) -> Result<Option<UndoEntry>, StoreError> {
        self.inner.undo_entry_of(log, user, event)
    }
    fn checkpoint(&self, log: &LogKey, at_most: u64) -> Result<Option<Checkpoint>, StoreError> {
        self.inner.checkpoint(log, at_most)
    }
    fn put_checkpoint(&mut self, log: &LogKey, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        self.effect(|store| store.put_checkpoint(log, checkpoint))
    }
    fn outbox(&self, after: u64, limit: usize) -> Result<Vec<StoredEvent>, StoreError> {
        self.inner.outbox(after, limit)
    }
    fn acknowledge(&mut self, events: &[Cid]) -> Result<(), StoreError> {
        self.effect(|store| store.acknowledge(events))
    }
    fn acknowledged(&self, after: u64, limit: usize) -> Result<Vec<Acknowledged>, StoreError> {
        self.inner.acknowledged(after, limit)
    }
    fn send_again(&mut self, ords: &[u64]) -> Result<(), StoreError> {
        self.effect(|store| store.send_again(ords))
    }
    fn requeue(
        &mut self,
        log: &LogKey,
        replica: &ReplicaId,
        from_seq: u64,
    ) -> Result<u64, StoreError> {
        self.effect(|store| store.requeue(log, replica, from_seq))
    }
    fn cursor(&self, stream: &str) -> Result<Option<Cursor>, StoreError> {
        self.inner.cursor(stream)
    }
    fn set_cursor(&mut self, stream: &str, cursor: &Cursor) -> Result<(), StoreError> {
        self.effect(|store| store.set_cursor(stream, cursor))
    }
    fn pending_for(&self, cid: &Cid) -> Result<Vec<SignedEvent>, StoreError> {
        self.inner.pending_for(cid)
    }
    fn pending(&self) -> Result<Vec<PendingEvent>, StoreError> {
        self.inner.pending()
    }
    fn bounds(&self) -> Bounds {
        self.inner.bounds()
    }
    fn is_quarantined(&self, cid: &Cid) -> Result<bool, StoreError> {
        self.inner.is_quarantined(cid)
    }
    fn chains_of(&self, log: &LogKey) -> Result<Vec<(ReplicaId, ChainState)>, StoreError> {
        self.inner.chains_of(log)
    }
    fn quarantined(&self) -> Result<Vec<QuarantinedEvent>, StoreError> {
        self.inner.quarantined()
    }
    fn start_from(&mut self, bases: Vec<SharedCheckpoint>) -> Result<(), StoreError> {
        self.effect(|store| store.start_from(bases))
    }
    fn base(&self, log: &LogKey) -> Result<Option<Base>, StoreError> {
        self.inner.base(log)
    }
    fn incomplete(&self) -> Result<Vec<(LogKey, Missing)>, StoreError> {
        self.inner.incomplete()
    }
    fn put_history(&mut self, history: Vec<(LogKey, Vec<NewEvent>)>) -> Result<(), StoreError> {
        self.effect(|store| store.put_history(history))
    }
    fn forget_history(&mut self, log: &LogKey, from: u64) -> Result<(), StoreError> {
        self.effect(|store| store.forget_history(log, from))
    }
    fn complete(&mut self, log: &LogKey, completion: Completion) -> Result<(), StoreError> {
        self.effect(|store| store.complete(log, completion))
    }
    fn retreat(&mut self, retreat: Retreat) -> Result<(), StoreError> {
        self.effect(|store| store.retreat(retreat))
    }
    fn counts(&self) -> Result<StoreCounts, StoreError> {
        self.inner.counts()
    }
}
