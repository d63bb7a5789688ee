//! Folding events of others: every check again, then fold, wait, or quarantine.

use std::collections::VecDeque;

use wissil_dag::{Cid, Event, Ipld, SignedEvent};
use wissil_model::{Delta, DocumentKind, writer_id};

use crate::engine::{Engine, changes};
use crate::error::EngineError;
use crate::ports::{Commit, EventStore, Head, LogKey, NewEvent, PendingEvent, QuarantinedEvent};

/// What became of an event that arrived.
#[derive(Debug, PartialEq)]
pub enum Ingested {
    /// It was folded, and so were events that had waited for it.
    Folded(Vec<Folded>),
    /// It was here already.
    Duplicate,
    /// It waits for an event that is not here.
    Waits {
        /// That event.
        waits_for: Cid,
    },
    /// It was refused; it is kept and shown.
    Quarantined {
        /// Why.
        reason: String,
    },
    /// It claims a place of its chain that another event has; the chain is frozen.
    Forked,
}

/// An event that was folded.
#[derive(Debug, PartialEq)]
pub struct Folded {
    /// The event.
    pub cid: Cid,
    /// Its log.
    pub log: LogKey,
    /// Its place in the order over all logs.
    pub ord: u64,
    /// What it changed; nothing is known for a log of another branch.
    pub delta: Delta,
}

/// What stands against folding an event now.
enum Obstacle {
    Duplicate,
    Waits(Cid),
    Fork,
    Refused(String),
}

impl<S: EventStore> Engine<S> {
    /// Takes an event of another replica, with whatever had waited for it.
    ///
    /// The event is checked whole: encoding, CID, signature, session, chain, ancestors, update, schema. An error is a
    /// failure of the store, never of the event.
    pub fn ingest(&mut self, signed: SignedEvent) -> Result<Ingested, EngineError> {
        let mut folded = Vec::new();
        let mut queue = VecDeque::from([signed]);
        let mut first = true;
        while let Some(signed) = queue.pop_front() {
            let outcome = self.ingest_one(&signed)?;
            match outcome {
                Ok(event) => {
                    queue.extend(self.store().pending_for(&event.cid)?);
                    folded.push(event);
                }
                Err(outcome) if first => return Ok(outcome),
                Err(_) => {}
            }
            first = false;
        }
        Ok(Ingested::Folded(folded))
    }

    fn ingest_one(
        &mut self,
        signed: &SignedEvent,
    ) -> Result<Result<Folded, Ingested>, EngineError> {
        let event = match signed.open_verified() {
            Ok(event) => event,
            Err(error) => return self.refuse(signed, error.to_string()).map(Err),
        };
        if event.session != *self.session() {
            let reason = format!("it belongs to session {}", event.session);
            return self.refuse(signed, reason).map(Err);
        }
        if event.branch != *self.branch() {
            let reason = format!("it belongs to branch {}", event.branch);
            return self.refuse(signed, reason).map(Err);
        }
        let log = LogKey {
            branch: event.branch.clone(),
            document: event.document.clone(),
        };
        match self.fold(&log, signed, &event)? {
            Ok(folded) => Ok(Ok(folded)),
            Err(Obstacle::Duplicate) => Ok(Err(Ingested::Duplicate)),
            Err(Obstacle::Waits(waits_for)) => {
                self.store_mut().put_pending(&PendingEvent {
                    signed: signed.clone(),
                    waits_for,
                })?;
                Ok(Err(Ingested::Waits { waits_for }))
            }
            Err(Obstacle::Fork) => {
                let second = QuarantinedEvent {
                    signed: signed.clone(),
                    reason: format!(
                        "another event of {} has the same place {} in its chain",
                        event.replica, event.seq
                    ),
                };
                self.store_mut().freeze(&log, &event.replica, &second)?;
                Ok(Err(Ingested::Forked))
            }
            Err(Obstacle::Refused(reason)) => self.refuse(signed, reason).map(Err),
        }
    }

    fn refuse(&mut self, signed: &SignedEvent, reason: String) -> Result<Ingested, EngineError> {
        self.store_mut().quarantine(&QuarantinedEvent {
            signed: signed.clone(),
            reason: reason.clone(),
        })?;
        Ok(Ingested::Quarantined { reason })
    }

    fn fold(
        &mut self,
        log: &LogKey,
        signed: &SignedEvent,
        event: &Event,
    ) -> Result<Result<Folded, Obstacle>, EngineError> {
        if self.store().event(&signed.cid)?.is_some() {
            return Ok(Err(Obstacle::Duplicate));
        }
        let chain = self.store().chain(log, &event.replica)?;
        if let Some(chain) = &chain {
            if event.seq <= chain.seq {
                return Ok(Err(Obstacle::Fork));
            }
            if chain.frozen {
                return Ok(Err(Obstacle::Refused(
                    "its chain is frozen: two events claimed one place in it".into(),
                )));
            }
        }
        let state = self.store().log(log)?;
        let mut greatest = 0;
        for ancestor in event.previous.iter().chain(&event.parents) {
            let Some(stored) = self.store().event(ancestor)? else {
                return Ok(Err(Obstacle::Waits(*ancestor)));
            };
            if stored.log != *log {
                return Ok(Err(Obstacle::Refused(format!(
                    "its ancestor {ancestor} belongs to another document"
                ))));
            }
            greatest = greatest.max(crate::engine::decode(&stored)?.height);
        }
        if event.seq != chain.as_ref().map_or(0, |chain| chain.seq) + 1
            || event.previous != chain.as_ref().map(|chain| chain.cid)
        {
            return Ok(Err(Obstacle::Refused(
                "it does not continue its chain".into(),
            )));
        }
        if event.height != greatest + 1 {
            return Ok(Err(Obstacle::Refused(format!(
                "its height is {}; its ancestors make it {}",
                event.height,
                greatest + 1
            ))));
        }
        let kind = match (&state, kind_of(event)) {
            (Some(state), _) => state.kind,
            (None, Some(kind)) => kind,
            (None, None) => {
                return Ok(Err(Obstacle::Refused(
                    "its document is of a kind this version does not know".into(),
                )));
            }
        };
        let delta = match self.fold_update(log, kind, state.is_none(), signed, event)? {
            Ok(delta) => delta,
            Err(reason) => return Ok(Err(Obstacle::Refused(reason))),
        };

        let mut heads = state.map(|state| state.heads).unwrap_or_default();
        heads.retain(|head| Some(head.cid) != event.previous && !event.parents.contains(&head.cid));
        heads.push(Head {
            cid: signed.cid,
            height: event.height,
        });
        heads.sort();
        let committed = self.store_mut().commit(Commit {
            log: log.clone(),
            kind,
            events: vec![NewEvent {
                signed: signed.clone(),
                replica: event.replica,
                seq: event.seq,
                height: event.height,
                outbox: false,
            }],
            heads,
            undo: None,
        });
        match committed {
            Ok(ord) => {
                self.advance(&log.document);
                self.checkpoint_if_due(&log.document);
                Ok(Ok(Folded {
                    cid: signed.cid,
                    log: log.clone(),
                    ord,
                    delta,
                }))
            }
            Err(error) => {
                self.close(&log.document);
                Err(error.into())
            }
        }
    }

    fn fold_update(
        &mut self,
        log: &LogKey,
        kind: DocumentKind,
        new: bool,
        signed: &SignedEvent,
        event: &Event,
    ) -> Result<Result<Delta, String>, EngineError> {
        let Some(update) = &event.update else {
            return Ok(Err("it changes a document but carries no update".into()));
        };
        let changes = match changes(event, &signed.cid) {
            Ok(changes) if !changes.is_empty() => changes,
            Ok(_) => return Ok(Err("it names no changes".into())),
            Err(error) => return Ok(Err(error.to_string())),
        };
        if new {
            self.start_empty(&log.document, kind);
        }
        let writer = writer_id(
            &event.replica,
            &event.session,
            &event.branch,
            &event.document,
        );
        let folded =
            self.live_document(&log.document)?
                .fold(writer, &event.event_type, &changes, update);
        Ok(match folded {
            Ok(delta) => Ok(delta),
            Err(error) => {
                self.close(&log.document);
                Err(error.to_string())
            }
        })
    }
}

/// The kind of document that a chain's first event names.
fn kind_of(event: &Event) -> Option<DocumentKind> {
    match event.metadata.get("kind") {
        Some(Ipld::String(name)) => name.parse().ok(),
        _ => None,
    }
}
