//! What the owning thread does for the network: what is to be sent, what came, what the server lost.

use std::collections::HashMap;

use tokio::sync::oneshot;
use wissil_dag::{Cid, DocumentId, ReplicaId, SignedEvent};
use wissil_model::{Delta, DocumentKind};
use wissil_nats::{Bookmark, Census, Inventory, Outgoing, ServerChain};
use wissil_sync::{
    Cursor, EventStore as _, FoldedDocument, LogKey, MANIFEST, StoreCounts, documents,
};

use crate::actor::{Actor, show};
use crate::api::{ApiError, ConnectionStatus, EventState, SessionMessage, Travelled};
use crate::editing::MAX_ROWS;
use crate::history::manifest;
use crate::network::incoming::Checked;
use crate::network::people::Vector;
use crate::network::standing::{Here, Standing};

/// Most events whose travels are told one by one.
const MAX_TRAVELLED: usize = 1000;
/// Events and bytes of them that are enough for one batch, and how many events are looked at between two looks at that.
const MAX_SENDABLE: usize = 1000;
const MAX_SENDABLE_BYTES: usize = 8 << 20;
const STEP: usize = 128;
/// Events that are looked at at once, to find those that the server lost.
const MAX_LOOKED_AT: usize = 4096;

/// What a comparison with the server found.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// After which message of the stream reading goes on, if it still holds that.
    pub after: Bookmark,
    /// Chains of other replicas of which the server holds less than we do.
    pub lost: Vec<Lost>,
    /// Whether the stream was read before.
    pub is_known: bool,
    /// How many of this replica's own events were put back into the outbox.
    pub put_back: u64,
}

/// A chain of which the server lacks the end.
#[derive(Clone, Debug)]
pub(crate) struct Lost {
    /// Its log.
    pub log: LogKey,
    /// Whose it is.
    pub replica: ReplicaId,
    /// The first event that the server lacks.
    pub from: u64,
}

/// What is left to be done about events that came.
pub(crate) struct Arrived {
    /// Ancestors of them that nobody has sent.
    pub missing: Vec<Cid>,
    /// How many would have to wait while too many events do; they have to come again.
    pub set_aside: u64,
}

/// Whose events are put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// This replica's.
    Own,
    /// All others'.
    Others,
}

/// What a stream does not give of a part of what it acknowledged.
pub(crate) struct Absent {
    /// Up to where of the local order was looked; none at its end.
    pub looked_at: Option<u64>,
    /// How many events were put back into the outbox.
    pub put_back: u64,
    /// How many of others are absent.
    pub others: u64,
}

/// What is to be sent, in order.
pub(crate) struct Sendable {
    /// The events.
    pub events: Vec<Outgoing>,
    /// The place of the last in the local order; the next batch comes after it.
    pub last: u64,
}

/// Who waits for something to send.
pub(crate) struct Sender {
    after: u64,
    reply: oneshot::Sender<Result<Sendable, ApiError>>,
}

impl Actor {
    /// Compares what the server holds with what is here. What the server lost of this replica's own goes back into the
    /// outbox; what it lost of others is named, because whoever wrote it may be sending it at this moment.
    pub(crate) fn compare(&mut self, census: &Census) -> Result<Comparison, ApiError> {
        let stream = census.state.name.as_str();
        let store = self.project.engine.store();
        let kinds: HashMap<LogKey, DocumentKind> = store
            .logs()?
            .into_iter()
            .map(|(log, state)| (log, state.kind))
            .collect();
        let mut lost = Vec::new();
        for (log, replica, chain) in store.chains()? {
            let carried = kinds
                .get(&log)
                .is_some_and(|kind| wissil_nats::edit_stream(*kind) == Some(stream));
            let there = server_chain(census, &log, &replica).map_or(0, |chain| chain.seq);
            if carried && there < chain.seq {
                lost.push(Lost {
                    log,
                    replica,
                    from: there + 1,
                });
            }
        }
        let cursor = store.cursor(stream)?;
        let is_known = cursor
            .as_ref()
            .is_some_and(|cursor| cursor.incarnation == census.state.incarnation);
        let after = match cursor {
            // A stream that ends before the place we had read was cut by a crash, and gives the same numbers to others.
            Some(cursor)
                if cursor.incarnation == census.state.incarnation
                    && cursor.sequence <= census.state.last =>
            {
                Bookmark {
                    sequence: cursor.sequence,
                    published: cursor.published,
                }
            }
            _ => Bookmark::START,
        };
        let (mine, others): (Vec<Lost>, Vec<Lost>) = lost
            .into_iter()
            .partition(|lost| self.project.owns(&lost.replica));
        let mut put_back = 0;
        for lost in &mine {
            put_back += self.put_back(lost)?;
        }
        Ok(Comparison {
            after,
            lost: others,
            is_known,
            put_back,
        })
    }

    /// Puts events that the server lost back into the outbox; how many were not in it.
    pub(crate) fn put_back(&mut self, lost: &Lost) -> Result<u64, ApiError> {
        let store = self.project.engine.store_mut();
        Ok(store.requeue(&lost.log, &lost.replica, lost.from)?)
    }

    /// Puts back into the outbox what the server acknowledged, by the local order up to `last`, and what a stream does not
    /// give. Looks at a part of the order, after a place in it.
    pub(crate) fn put_back_absent(
        &mut self,
        stream: &str,
        inventory: &Inventory,
        whose: Whose,
        after: u64,
        last: u64,
    ) -> Result<Absent, ApiError> {
        let own = *self.project.engine.replica();
        let store = self.project.engine.store_mut();
        let acknowledged = store.acknowledged(after, MAX_LOOKED_AT)?;
        let looked_at = match acknowledged.last() {
            Some(event) if event.ord < last => Some(event.ord),
            _ => None,
        };
        let absent = acknowledged.iter().filter(|event| {
            event.ord <= last
                && wissil_nats::edit_stream(event.kind) == Some(stream)
                && !inventory.holds(&event.cid)
        });
        let (mine, others): (Vec<_>, Vec<_>) = absent.partition(|event| event.replica == own);
        let taken = match whose {
            Whose::Own => mine,
            Whose::Others => others.clone(),
        };
        let ords: Vec<u64> = taken.iter().map(|event| event.ord).collect();
        if !ords.is_empty() {
            store.send_again(&ords)?;
        }
        Ok(Absent {
            looked_at,
            put_back: ords.len() as u64,
            others: others.len() as u64,
        })
    }

    /// The last place of the local order that is given.
    pub(crate) fn last_ord(&self) -> Result<u64, ApiError> {
        Ok(self.project.engine.store().last_ord()?)
    }

    /// How many events wait to be sent.
    pub(crate) fn waiting_to_be_sent(&self) -> Result<u64, ApiError> {
        Ok(self.project.engine.store().counts()?.outbox)
    }

    /// Whether what was set aside can come again.
    pub(crate) fn has_room_to_wait(&self) -> Result<bool, ApiError> {
        Ok(self.project.engine.has_room_to_wait())
    }

    /// How many events wait for ancestors, and the ancestors that nobody has sent.
    pub(crate) fn missing(&self) -> Result<(u64, Vec<Cid>), ApiError> {
        let counts = self.project.engine.store().counts()?;
        Ok((
            self.waiting_for_others(&counts),
            self.project.engine.missing()?,
        ))
    }

    /// Events that another replica asks for, as far as they are here.
    pub(crate) fn events_for_others(&self, cids: &[Cid]) -> Result<Vec<SignedEvent>, ApiError> {
        let store = self.project.engine.store();
        let mut events = Vec::new();
        for cid in cids.iter().take(wissil_nats::MAX_FETCH) {
            events.extend(store.event(cid)?.map(|stored| stored.signed));
        }
        Ok(events)
    }

    /// Gives what there is to be sent after a place in the local order, now or as soon as there is something.
    pub(crate) fn await_sendable(
        &mut self,
        after: u64,
        reply: oneshot::Sender<Result<Sendable, ApiError>>,
    ) {
        self.sender = Some(Sender { after, reply });
        self.hand_over();
    }

    /// Gives what there is to be sent to whoever waits for it.
    pub(crate) fn hand_over(&mut self) {
        let Some(Sender { after, reply }) = self.sender.take() else {
            return;
        };
        match self.sendable(after) {
            Ok(none) if none.events.is_empty() => self.sender = Some(Sender { after, reply }),
            // Nobody may be interested any more.
            sendable => drop(reply.send(sendable)),
        }
    }

    /// The oldest events that the server has not acknowledged, after a place in the local order.
    pub(crate) fn sendable(&self, after: u64) -> Result<Sendable, ApiError> {
        let store = self.project.engine.store();
        let mut kinds: HashMap<LogKey, DocumentKind> = HashMap::new();
        let mut last = after;
        let mut events = Vec::new();
        let mut bytes = 0;
        // Read in small steps: an event has up to 900 KiB, and mostly less than one.
        while events.len() < MAX_SENDABLE && bytes < MAX_SENDABLE_BYTES {
            let before = events.len();
            for stored in store.outbox(last, STEP.min(MAX_SENDABLE - before))? {
                last = stored.ord;
                let kind = match kinds.get(&stored.log) {
                    Some(kind) => *kind,
                    None => {
                        let Some(state) = store.log(&stored.log)? else {
                            continue;
                        };
                        kinds.insert(stored.log.clone(), state.kind);
                        state.kind
                    }
                };
                bytes += stored.signed.block.len();
                events.push(Outgoing {
                    kind,
                    signed: stored.signed,
                });
            }
            if events.len() == before {
                break;
            }
        }
        Ok(Sendable { events, last })
    }

    /// Notes that the server has these events.
    pub(crate) fn acknowledged(&mut self, events: &[Cid]) -> Result<(), ApiError> {
        self.project.engine.store_mut().acknowledge(events)?;
        let newest = events.len().saturating_sub(MAX_TRAVELLED);
        self.tell_travelled(events[newest..].iter().copied(), EventState::OnServer);
        Ok(())
    }

    /// Notes up to where a stream was read and folded.
    pub(crate) fn read_up_to(&mut self, stream: &str, place: &Cursor) -> Result<(), ApiError> {
        let store = self.project.engine.store_mut();
        Ok(store.set_cursor(stream, place)?)
    }

    /// Folds what came from the server or from a peer. Views are told before it is saved: others have it, and people need
    /// not wait for this disk to see it.
    pub(crate) fn arrived(&mut self, checked: Checked) -> Result<Arrived, ApiError> {
        let Checked {
            arrivals, refused, ..
        } = checked;
        let was_refused = !refused.is_empty();
        self.project.engine.refuse(refused)?;
        let own_ends = self.own_ends(&arrivals)?;
        let views = &mut self.views;
        let mut shown = Ok(());
        let mut deltas = Vec::new();
        let arrived = self
            .project
            .engine
            .ingest_showing(arrivals, |engine, folded| {
                shown = folded.iter().try_for_each(|folded| {
                    let log = &folded.log;
                    let Some(view) = views.get_mut(log) else {
                        return Ok(());
                    };
                    deltas.push((log.clone(), folded.delta.clone()));
                    show(engine, view, log, &folded.delta, folded.position)
                });
            });
        let arrived = match arrived {
            Ok(arrived) => arrived,
            Err(error) => {
                for (log, delta) in deltas {
                    self.take_back(&log, &delta)?;
                }
                return Err(error.into());
            }
        };
        if !arrived.folded.is_empty() || arrived.kept > 0 {
            let counts = self.project.engine.store().counts()?;
            self.project.position.note(counts.events);
        }
        let mut folded = arrived.folded.iter();
        let has_manifest = folded.any(|folded| folded.log.document.as_str() == MANIFEST);
        let told = self.tell_folded(arrived.folded)?;
        let refused = was_refused || !arrived.quarantined.is_empty() || !arrived.forked.is_empty();
        if refused && !told {
            // What was refused is counted in the status.
            self.tell_listeners(Vec::new())?;
        }
        // What waits may build on what does not count, or say what counts in the very chain that it waits for.
        let counts = self.project.engine.store().counts()?;
        let waits = counts.pending > 0 && counts.quarantined > 0;
        self.mind_chains(own_ends, refused || has_manifest || waits)?;
        shown?;
        Ok(Arrived {
            missing: arrived.missing,
            set_aside: arrived.set_aside,
        })
    }

    /// Tells views what the records are that they were told of too early.
    fn take_back(&mut self, log: &LogKey, told: &Delta) -> Result<(), ApiError> {
        let engine = &mut self.project.engine;
        let position = engine.position_of(log)?;
        let stored = told.as_in(engine.projection_of(log)?);
        self.tell_views(log, &stored, position)
    }

    /// Tells what was folded to whoever follows the session; whether anybody was told of an event.
    pub(crate) fn tell_folded(&mut self, folded: Vec<FoldedDocument>) -> Result<bool, ApiError> {
        let branch = self.branch();
        let changed: Vec<_> = folded.iter().map(|it| (&it.log, &it.delta)).collect();
        self.follow_references(&changed)?;
        let mut shown = Vec::new();
        for folded in folded {
            if folded.log.document.as_str() == MANIFEST {
                self.read_names()?;
            }
            // What others do on another branch is no part of this one's history.
            if folded.log.branch != branch {
                continue;
            }
            self.note_files(&folded.delta);
            self.signals.touch(&folded.log.document);
            if !self.is_unheard() {
                let newest = folded.events.len().saturating_sub(MAX_ROWS);
                let stored = self.stored_all(&folded.events[newest..])?;
                shown.extend(self.rows(stored)?);
            }
        }
        let told = !shown.is_empty();
        if told {
            let newest = shown.len().saturating_sub(MAX_ROWS);
            self.tell_listeners(shown.split_off(newest))?;
        }
        Ok(told)
    }

    /// The kind of a document of which nothing has come yet; none when something has, or there is no such document.
    pub(crate) fn kind_of_absent(
        &mut self,
        document: &DocumentId,
    ) -> Result<Option<DocumentKind>, ApiError> {
        let engine = &mut self.project.engine;
        if engine.store().log(&engine.log(document))?.is_some() {
            return Ok(None);
        }
        let manifest = engine.projection(&manifest()?)?;
        Ok(documents(manifest)
            .find(|(id, ..)| id.as_str() == document.as_str())
            .and_then(|(_, kind, _)| DocumentKind::named(kind)))
    }

    /// What another replica has of this one's chains: the last sequence number it folded, by log.
    pub(crate) fn seen(&mut self, seen: &HashMap<LogKey, u64>) -> Result<(), ApiError> {
        let replica = *self.project.engine.replica();
        for (log, seq) in seen {
            let before = self.seen.get(log).copied().unwrap_or(0);
            // Most messages say what others said before.
            if *seq <= before {
                continue;
            }
            let Some(chain) = self.project.engine.store().chain(log, &replica)? else {
                continue;
            };
            let seq = (*seq).min(chain.seq);
            if seq <= before {
                continue;
            }
            self.seen.insert(log.clone(), seq);
            let from = (before + 1).max(seq.saturating_sub(MAX_TRAVELLED as u64));
            let mut events = Vec::new();
            self.project.engine.store().chain_events(
                log,
                &replica,
                from..seq + 1,
                &mut |stored| {
                    events.push(stored.signed.cid);
                    true
                },
            )?;
            self.tell_travelled(events, EventState::Seen);
        }
        Ok(())
    }

    /// The documents that have events.
    pub(crate) fn logged_documents(&self) -> Result<Vec<DocumentId>, ApiError> {
        let branch = self.project.engine.branch();
        let logs = self.project.engine.store().logs()?;
        Ok(logs
            .into_iter()
            .filter(|(log, _)| log.branch == *branch)
            .map(|(log, _)| log.document)
            .collect())
    }

    /// How far the chains of others have come here in some documents, to tell their owners.
    pub(crate) fn chains_of(
        &self,
        owners: &[ReplicaId],
        documents: &[DocumentId],
    ) -> Result<Vector, ApiError> {
        let engine = &self.project.engine;
        let mut ends = Vector::new();
        for document in documents {
            let log = engine.log(document);
            for owner in owners {
                if let Some(chain) = engine.store().chain(&log, owner)? {
                    let ends = ends.entry(*owner).or_default();
                    ends.insert(document.clone(), chain.seq);
                }
            }
        }
        Ok(ends)
    }

    /// Takes over where the connection stands, and tells whoever follows the session.
    pub(crate) fn standing_changed(&mut self, standing: Standing) {
        if !standing.is_answering() {
            self.objects_stopped();
        }
        self.standing = standing;
        self.tell_connection();
    }

    /// The connection as it is now.
    pub(crate) fn connection_now(&self, counts: &StoreCounts) -> ConnectionStatus {
        let (files, folder_is_busy) = self.assets.standing();
        let here = Here {
            pending: self.waiting_for_others(counts),
            newer: self.newer_edits(counts),
            ..Here::new(counts, files, folder_is_busy)
        };
        self.standing.status(&here, self.connection.state)
    }

    /// How many edits wait for what somebody could send.
    fn waiting_for_others(&self, counts: &StoreCounts) -> u64 {
        match counts.pending {
            0 => 0,
            pending => pending.saturating_sub(self.project.engine.unproven()),
        }
    }

    /// How many edits were refused because only a newer version understands them.
    pub(crate) fn newer_edits(&self, counts: &StoreCounts) -> u64 {
        let (of, known) = self.newer.get();
        if of == counts.quarantined {
            return known;
        }
        // What cannot be counted is told by whatever else reads it.
        let newer = self.project.engine.refused_as_newer();
        let newer = newer.map_or(known, |newer| newer.len() as u64);
        self.newer.set((counts.quarantined, newer));
        newer
    }

    /// Tells whoever follows the session where the connection stands, where that is news.
    pub(crate) fn tell_connection(&mut self) {
        let Ok(counts) = self.project.engine.store().counts() else {
            return;
        };
        let connection = self.connection_now(&counts);
        if connection == self.connection {
            return;
        }
        self.connection.clone_from(&connection);
        self.tell(&SessionMessage::Connection { connection });
    }

    fn tell_travelled(&mut self, events: impl IntoIterator<Item = Cid>, state: EventState) {
        let events: Vec<Travelled> = events
            .into_iter()
            .map(|cid| Travelled {
                cid: cid.to_string(),
                state,
            })
            .collect();
        if events.is_empty() {
            return;
        }
        self.tell(&SessionMessage::Travelled { events });
        self.tell_connection();
    }
}

fn server_chain<'a>(
    census: &'a Census,
    log: &LogKey,
    replica: &ReplicaId,
) -> Option<&'a ServerChain> {
    census
        .chains
        .get(&(log.branch.clone(), log.document.clone(), *replica))
}
