//! Folding events, and their leaving the outbox.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::{Connection, params};
use wissil_dag::{Cid, Event, ReplicaId, SessionId};
use wissil_sync::{ChainState, Commit, Head, NewEvent, StoreError, UndoChange};

use super::names::{LogRow, next_number, replica_id, replica_id_or_new};
use super::read::{chain_of, place_of};
use super::rows::{ChainRow, EventPlace, event_digest, event_seal, int};
use super::undo;
use crate::error::{self, conflict};
use crate::seal::digest;

/// Writes a commit that fits and returns the `ord` of its first event.
pub(super) fn commit(
    connection: &Connection,
    session: &SessionId,
    commit: &Commit,
) -> Result<u64, StoreError> {
    let stored = LogRow::find(connection, &commit.log)?;
    if stored.as_ref().is_some_and(|log| log.kind != commit.kind) {
        return conflict("the log is of another kind of document");
    }
    let drops = matches!(commit.undo, Some(UndoChange::Drop { .. }));
    if commit.events.is_empty() && !drops {
        return conflict("the commit has no events");
    }
    let mut chains = Chains::default();
    for new in &commit.events {
        let event = checked_content(session, commit, new)?;
        chains.extend(connection, stored.as_ref(), new, event.previous)?;
    }
    let heads = checked_heads(stored.as_ref(), commit)?;

    let first = next_number(connection, "SELECT max(ord) FROM events")?;
    let mut log = match stored {
        Some(log) => log,
        None => {
            let id = LogRow::next_id(connection)?;
            LogRow::new(id, commit.log.clone(), commit.kind)
        }
    };
    log.heads = heads;
    log.length += commit.events.len() as u64;
    for (ord, new) in (first..).zip(&commit.events) {
        if new.outbox {
            log.add_unsent(ord);
        }
    }
    log.save(connection)?;
    chains.save(connection, log.id)?;
    insert_events(connection, &log, &chains, commit, first)?;
    drop_folded_from_pending(connection, &commit.events)?;
    if let Some(change) = &commit.undo {
        let events = first..first + int(commit.events.len() as u64);
        undo::change(connection, log.id, change, events)?;
    }
    Ok(first.unsigned_abs())
}

/// Removes acknowledged events from the outbox.
pub(super) fn acknowledge(connection: &Connection, events: &[Cid]) -> Result<(), StoreError> {
    let mut logs: HashMap<i64, LogRow> = HashMap::new();
    for digest in events.iter().filter_map(digest) {
        let Some((ord, log)) = place_of(connection, &digest)? else {
            continue;
        };
        let removed = connection
            .prepare_cached("DELETE FROM outbox WHERE ord = ?1")
            .and_then(|mut delete| delete.execute([ord]))
            .map_err(error::sqlite("saved"))?;
        if removed == 0 {
            continue;
        }
        let log = match logs.entry(log) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(LogRow::by_id(connection, log)?),
        };
        log.remove_unsent(ord);
    }
    logs.values().try_for_each(|log| log.save(connection))
}

/// The chains that a commit continues, as they are after its events so far.
#[derive(Default)]
struct Chains {
    by_replica: HashMap<ReplicaId, (Option<i64>, Option<ChainState>)>,
}

impl Chains {
    /// Takes the next event if it continues its chain.
    fn extend(
        &mut self,
        connection: &Connection,
        log: Option<&LogRow>,
        new: &NewEvent,
        previous: Option<Cid>,
    ) -> Result<(), StoreError> {
        let (_, tip) = match self.by_replica.entry(new.replica) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let number = replica_id(connection, &new.replica)?;
                let tip = match (log, number) {
                    (Some(log), Some(number)) => chain_of(connection, log.id, number)?,
                    _ => None,
                };
                entry.insert((number, tip))
            }
        };
        let cid = new.signed.cid;
        if tip.as_ref().is_some_and(|tip| tip.frozen) {
            return conflict(format!("the chain of {} is frozen", new.replica));
        }
        if new.seq != tip.as_ref().map_or(0, |tip| tip.seq).saturating_add(1) {
            return conflict(format!("event {cid} is not the next of its chain"));
        }
        if previous != tip.as_ref().map(|tip| tip.cid) {
            return conflict(format!("event {cid} does not continue its chain"));
        }
        *tip = Some(ChainState {
            cid,
            seq: new.seq,
            height: new.height,
            frozen: false,
        });
        Ok(())
    }

    fn save(&mut self, connection: &Connection, log: i64) -> Result<(), StoreError> {
        for (replica, (number, tip)) in &mut self.by_replica {
            let number = match *number {
                Some(number) => number,
                None => *number.insert(replica_id_or_new(connection, replica)?),
            };
            if let Some(tip) = tip {
                save_chain(connection, log, number, tip)?;
            }
        }
        Ok(())
    }

    fn number(&self, replica: &ReplicaId) -> Result<i64, StoreError> {
        let chain = self.by_replica.get(replica);
        chain
            .and_then(|(number, _)| *number)
            .ok_or_else(|| StoreError::Conflict(format!("{replica} has no chain")))
    }
}

/// Writes the end of a chain.
pub(super) fn save_chain(
    connection: &Connection,
    log: i64,
    replica: i64,
    tip: &ChainState,
) -> Result<(), StoreError> {
    let row = ChainRow {
        log,
        replica,
        seq: int(tip.seq),
        height: int(tip.height),
        digest: &event_digest(&tip.cid)?,
        frozen: i64::from(tip.frozen),
    };
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO chains (log, replica, seq, height, digest, frozen, seal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .and_then(|mut statement| {
            statement.execute(params![
                row.log,
                row.replica,
                row.seq,
                row.height,
                row.digest,
                row.frozen,
                row.seal()
            ])
        })
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}

/// The event, which has to say what the commit says of it.
fn checked_content(
    session: &SessionId,
    commit: &Commit,
    new: &NewEvent,
) -> Result<Event, StoreError> {
    let cid = new.signed.cid;
    let event = Event::decode_trusted(&new.signed.block)
        .map_err(|error| StoreError::Conflict(error.to_string()))?;
    let log = (&commit.log.branch, &commit.log.document);
    if event.session != *session || (&event.branch, &event.document) != log {
        return conflict(format!("event {cid} belongs to another log"));
    }
    if (event.replica, event.seq, event.height) != (new.replica, new.seq, new.height) {
        return conflict(format!("event {cid} says another place than the commit"));
    }
    Ok(event)
}

/// The commit's heads, sorted: each was one before or is one of its events.
fn checked_heads(log: Option<&LogRow>, commit: &Commit) -> Result<Vec<Head>, StoreError> {
    let before = log.map_or(&[][..], |log| &log.heads);
    if commit.heads.is_empty() {
        return conflict("a log has at least one head");
    }
    let is_event = |head: &Head| {
        let mut events = commit.events.iter();
        events.any(|new| (new.signed.cid, new.height) == (head.cid, head.height))
    };
    let mut heads = commit.heads.clone();
    heads.sort();
    if !heads.is_sorted_by(|a, b| a.cid < b.cid) {
        return conflict("a head stands twice");
    }
    match heads
        .iter()
        .find(|head| !before.contains(head) && !is_event(head))
    {
        Some(head) => conflict(format!("{} cannot be a head", head.cid)),
        None => Ok(heads),
    }
}

/// Writes the events. None of them can be there already: an event says its place in its chain, and each was found to
/// be the next of its chain.
fn insert_events(
    connection: &Connection,
    log: &LogRow,
    chains: &Chains,
    commit: &Commit,
    first: i64,
) -> Result<(), StoreError> {
    let saved = error::sqlite("saved");
    let mut insert = connection
        .prepare_cached(
            "INSERT INTO events (ord, log, position, replica, seq, height, digest, signature, seal, block)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )
        .map_err(&saved)?;
    let mut send = connection
        .prepare_cached("INSERT INTO outbox (ord) VALUES (?1)")
        .map_err(&saved)?;
    let position = int(log.length - commit.events.len() as u64) + 1;
    for (at, new) in (0..).zip(&commit.events) {
        let place = EventPlace {
            ord: first + at,
            log: log.id,
            position: position + at,
            replica: chains.number(&new.replica)?,
            seq: int(new.seq),
            height: int(new.height),
        };
        let digest = event_digest(&new.signed.cid)?;
        insert
            .execute(params![
                place.ord,
                place.log,
                place.position,
                place.replica,
                place.seq,
                place.height,
                digest,
                new.signed.signature,
                event_seal(&place, &digest, &new.signed.signature),
                &new.signed.block[..],
            ])
            .map_err(&saved)?;
        if new.outbox {
            send.execute([place.ord]).map_err(&saved)?;
        }
    }
    Ok(())
}

fn drop_folded_from_pending(
    connection: &Connection,
    events: &[NewEvent],
) -> Result<(), StoreError> {
    let some_wait: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM pending)")
        .and_then(|mut statement| statement.query_row((), |row| row.get(0)))
        .map_err(error::sqlite("read"))?;
    if some_wait {
        for new in events {
            super::arrivals::drop_pending(connection, &event_digest(&new.signed.cid)?)?;
        }
    }
    Ok(())
}
