//! Events to test stores with: signed, linked, and the same in every run.

use std::collections::BTreeMap;

use wissil_dag::{
    BranchId, Cid, DocumentId, Event, Ipld, ReplicaId, SessionId, SigningKey, UserId,
};
use wissil_model::DocumentKind;

use super::Outcome;
use crate::ports::{
    Commit, EventStore, Head, LogKey, NewEvent, StoreCounts, StoreError, StoredEvent, UndoChange,
};

/// The session of all samples.
///
/// # Panics
/// Never: the text is a token.
#[must_use]
pub fn session() -> SessionId {
    token(SessionId::new("contract"))
}

/// A log of the main branch.
#[must_use]
pub fn log(document: &str) -> LogKey {
    log_on("main", document)
}

/// A log of a branch.
///
/// # Panics
/// When a text is no token.
#[must_use]
pub fn log_on(branch: &str, document: &str) -> LogKey {
    LogKey {
        branch: token(BranchId::new(branch)),
        document: token(DocumentId::new(document)),
    }
}

/// A person.
///
/// # Panics
/// When the text is no token.
#[must_use]
pub fn user(name: &str) -> UserId {
    token(UserId::new(name))
}

/// A replica that makes events, in its chains of all logs.
#[derive(Clone)]
pub struct Writer {
    key: SigningKey,
    tips: BTreeMap<LogKey, (Cid, u64, u64)>,
    /// The length of the updates it makes, in bytes.
    pub update_bytes: usize,
    /// When it begins, by its own clock; each event of a chain is made a millisecond after the one before.
    pub clock: u64,
}

impl Writer {
    /// A replica with a key made from one byte.
    #[must_use]
    pub fn new(seed: u8) -> Self {
        Self {
            key: SigningKey::from_bytes(&[seed; 32]),
            tips: BTreeMap::new(),
            update_bytes: 48,
            clock: 1_732_913_100_000,
        }
    }

    /// Its name.
    #[must_use]
    pub fn replica(&self) -> ReplicaId {
        ReplicaId::from(&self.key)
    }

    /// The next event of its chain in a log, by someone who has seen these heads; to be sent.
    pub fn event(&mut self, log: &LogKey, seen: &[Head]) -> Outcome<NewEvent> {
        let tip = self.tips.get(log).copied();
        let mut parents: Vec<Cid> = seen.iter().map(|head| head.cid).collect();
        parents.retain(|cid| Some(*cid) != tip.map(|(cid, ..)| cid));
        parents.sort_unstable();
        let highest = seen.iter().map(|head| head.height);
        let height = 1 + highest
            .chain(tip.map(|(.., height)| height))
            .max()
            .unwrap_or(0);
        let seq = 1 + tip.map_or(0, |(_, seq, _)| seq);
        let event = Event {
            session: session(),
            branch: log.branch.clone(),
            document: log.document.clone(),
            event_type: "node.move".to_owned(),
            user: user("ada"),
            replica: self.replica(),
            seq,
            height,
            previous: tip.map(|(cid, ..)| cid),
            parents,
            time: self.clock + seq,
            changes: vec![Ipld::String(format!("change {seq}"))],
            update: Some(
                (0..self.update_bytes)
                    .map(|at| (at * 31 + seq as usize) as u8)
                    .collect(),
            ),
            metadata: BTreeMap::new(),
        };
        let signed = event.sign(&self.key)?;
        self.tips.insert(log.clone(), (signed.cid, seq, height));
        Ok(NewEvent {
            signed,
            replica: self.replica(),
            seq,
            height,
            outbox: true,
        })
    }

    /// Makes the next event over all heads of a stored log, and commits it.
    pub fn fold(&mut self, store: &mut dyn EventStore, log: &LogKey) -> Outcome<NewEvent> {
        let new = self.event(log, &heads(store, log)?)?;
        let commit = over(store, log, vec![new.clone()])?;
        store.commit(commit)?;
        Ok(new)
    }

    /// As [`Writer::fold`], as a gesture that can be undone.
    pub fn gesture(
        &mut self,
        store: &mut dyn EventStore,
        log: &LogKey,
        user: &UserId,
        label: &str,
    ) -> Outcome<NewEvent> {
        let push = UndoChange::Push {
            user: user.clone(),
            label: label.to_owned(),
        };
        self.step(store, log, push)
    }

    /// As [`Writer::fold`], with a change of the undo index.
    pub fn step(
        &mut self,
        store: &mut dyn EventStore,
        log: &LogKey,
        undo: UndoChange,
    ) -> Outcome<NewEvent> {
        let new = self.event(log, &heads(store, log)?)?;
        let mut commit = over(store, log, vec![new.clone()])?;
        commit.undo = Some(undo);
        store.commit(commit)?;
        Ok(new)
    }
}

/// The head that an event is until others build on it.
#[must_use]
pub fn head(new: &NewEvent) -> Head {
    Head {
        cid: new.signed.cid,
        height: new.height,
    }
}

/// The heads of a stored log; none when it is new.
pub fn heads(store: &dyn EventStore, log: &LogKey) -> Result<Vec<Head>, StoreError> {
    Ok(store.log(log)?.map(|state| state.heads).unwrap_or_default())
}

/// A commit of events on top of what a store has of the log.
pub fn over(store: &dyn EventStore, log: &LogKey, events: Vec<NewEvent>) -> Outcome<Commit> {
    let mut heads = heads(store, log)?;
    for new in &events {
        let event = Event::decode(&new.signed.block)?;
        heads.retain(|head| Some(head.cid) != event.previous && !event.parents.contains(&head.cid));
        heads.push(head(new));
    }
    heads.sort();
    Ok(Commit {
        log: log.clone(),
        kind: DocumentKind::BLUEPRINT,
        events,
        heads,
        undo: None,
    })
}

/// The events of a log at these positions.
pub fn log_events(
    store: &dyn EventStore,
    log: &LogKey,
    positions: std::ops::Range<u64>,
) -> Result<Vec<StoredEvent>, StoreError> {
    let mut events = Vec::new();
    store.log_events(log, positions, &mut |event| {
        events.push(event);
        true
    })?;
    Ok(events)
}

/// All events of a store in the order in which it folded them.
pub fn events(store: &dyn EventStore) -> Result<Vec<StoredEvent>, StoreError> {
    let mut events = Vec::new();
    store.events(&mut |event| {
        events.push(event);
        true
    })?;
    Ok(events)
}

/// The `ord`s of all events, as a walk over them meets them.
pub fn ords(store: &dyn EventStore) -> Result<Vec<u64>, StoreError> {
    Ok(events(store)?.into_iter().map(|event| event.ord).collect())
}

/// Nearly everything that a store shows, to compare: logs, events, outbox, pending, quarantine, counts.
pub fn snapshot(store: &dyn EventStore) -> Result<(String, StoreCounts), StoreError> {
    let mut newest_first = events(store)?;
    newest_first.reverse();
    let text = format!(
        "{:#?}\n{:#?}\n{:#?}\n{:#?}\n{:#?}",
        store.logs()?,
        newest_first,
        store.outbox(0, 10_000)?,
        store.pending()?,
        store.quarantined()?,
    );
    Ok((text, store.counts()?))
}

pub(super) fn token<T, E: std::fmt::Display>(token: Result<T, E>) -> T {
    match token {
        Ok(token) => token,
        Err(error) => panic!("{error}"),
    }
}
