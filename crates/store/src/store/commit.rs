//! Folding events, and their leaving the outbox.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use rusqlite::{Connection, OptionalExtension, params};
use wissil_dag::{Cid, EventAddress, ReplicaId, SessionId, UserId};
use wissil_sync::{ChainState, Commit, Head, LogKey, NewEvent, StoreError, UndoChange};

use super::names::{LogRow, next_ord, replica_id, replica_id_or_new};
use super::read::{chain_of, place_of};
use super::rows::{ChainRow, EventPlace, event_digest, event_seal, int};
use super::{moments, undo};
use crate::error::{self, conflict};
use crate::seal::digest;

/// Writes commits that fit and returns the `ord` of the first event of each.
pub(super) fn commit_all(
    connection: &Connection,
    session: &SessionId,
    commits: &[Commit],
) -> Result<Vec<u64>, StoreError> {
    if commits.is_empty() {
        return Ok(Vec::new());
    }
    let mut writing = Writing::start(connection, session)?;
    let ords = commits.iter().map(|commit| writing.commit(commit));
    let ords = ords.collect::<Result<_, _>>()?;
    writing.finish()?;
    Ok(ords)
}

/// Commits that are being written. What several of them change, a log's row and the ends of its chains, is written
/// once at the end.
struct Writing<'a> {
    connection: &'a Connection,
    session: &'a SessionId,
    logs: HashMap<&'a LogKey, OpenLog>,
    next_ord: i64,
    /// Whether events wait, of which some may be folded now.
    some_wait: bool,
    /// Whether events were refused, of which some may be folded now.
    some_refused: bool,
}

struct OpenLog {
    row: LogRow,
    chains: HashMap<ReplicaId, OpenChain>,
}

struct OpenChain {
    /// The replica's number.
    replica: i64,
    tip: Option<ChainState>,
    /// When its last event counts as made, as far as it was looked up.
    at: Option<i64>,
}

impl<'a> Writing<'a> {
    fn start(connection: &'a Connection, session: &'a SessionId) -> Result<Self, StoreError> {
        let (some_wait, some_refused) = connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM pending), EXISTS (SELECT 1 FROM quarantine)",
            )
            .and_then(|mut statement| statement.query_row((), |row| Ok((row.get(0)?, row.get(1)?))))
            .map_err(error::sqlite("read"))?;
        Ok(Self {
            connection,
            session,
            logs: HashMap::new(),
            next_ord: next_ord(connection)?,
            some_wait,
            some_refused,
        })
    }

    fn commit(&mut self, commit: &'a Commit) -> Result<u64, StoreError> {
        let drops = matches!(commit.undo, Some(UndoChange::Drop { .. }));
        if commit.events.is_empty() && !drops {
            return conflict("the commit has no events");
        }
        if let Some(UndoChange::Push { user, .. }) = &commit.undo {
            self.end_redo(&commit.log, user)?;
        }
        let connection = self.connection;
        let log = match self.logs.entry(&commit.log) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(OpenLog::new(connection, commit)?),
        };
        if log.row.kind != commit.kind {
            return conflict("the log is of another kind of document");
        }
        let heads = checked_heads(&log.row, commit)?;
        let first = self.next_ord;
        for new in &commit.events {
            let address = checked_address(self.session, &commit.log, new)?;
            log.add(connection, self.next_ord, new, &address)?;
            self.next_ord = self.next_ord.saturating_add(1);
            if self.some_wait {
                super::arrivals::drop_pending(connection, &event_digest(&new.signed.cid)?)?;
            }
            if self.some_refused {
                super::arrivals::drop_quarantined(connection, &new.signed.cid)?;
            }
        }
        log.row.heads = heads;
        if let Some(change) = &commit.undo {
            undo::change(connection, &mut log.row, change, first..self.next_ord)?;
        }
        Ok(first.unsigned_abs())
    }

    /// Whoever does something new brings back nothing of what they undid before, wherever on the branch that was.
    fn end_redo(&mut self, log: &LogKey, user: &UserId) -> Result<(), StoreError> {
        let connection = self.connection;
        for id in undo::undone_logs(connection, &log.branch, user)? {
            match self.logs.values_mut().find(|open| open.row.id == id) {
                Some(open) => undo::forget_undone(connection, &mut open.row, user)?,
                None => {
                    let mut row = LogRow::by_id(connection, id)?;
                    undo::forget_undone(connection, &mut row, user)?;
                    row.save(connection)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(), StoreError> {
        for log in self.logs.values() {
            log.row.save(self.connection)?;
            for chain in log.chains.values() {
                if let Some(tip) = &chain.tip {
                    save_chain(self.connection, "chains", log.row.id, chain.replica, tip)?;
                }
            }
        }
        Ok(())
    }
}

impl OpenLog {
    /// The commit's log, which gets its row when it is new: events and undo entries name it.
    fn new(connection: &Connection, commit: &Commit) -> Result<Self, StoreError> {
        let row = match LogRow::find(connection, &commit.log)? {
            Some(row) => row,
            None => {
                let id = LogRow::next_id(connection)?;
                let row = LogRow::new(id, commit.log.clone(), commit.kind);
                row.save(connection)?;
                row
            }
        };
        Ok(Self {
            row,
            chains: HashMap::new(),
        })
    }

    /// Writes an event if it continues its chain. It cannot be there already: an event says its place in its chain.
    fn add(
        &mut self,
        connection: &Connection,
        ord: i64,
        new: &NewEvent,
        address: &EventAddress<'_>,
    ) -> Result<(), StoreError> {
        let chain = match self.chains.entry(new.replica) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let replica = replica_id_or_new(connection, &new.replica)?;
                let tip = chain_of(connection, self.row.id, replica)?;
                let at = None;
                entry.insert(OpenChain { replica, tip, at })
            }
        };
        chain.extend(new, address.previous)?;
        self.row.length += 1;
        let place = EventPlace {
            ord,
            log: self.row.id,
            position: int(self.row.length),
            replica: chain.replica,
            seq: int(new.seq),
            height: int(new.height),
        };
        insert_event(connection, &place, new)?;
        chain.at = Some(moments::save(connection, ord, address, chain.at)?);
        if new.outbox {
            self.row.add_unsent(ord);
            send(connection, ord)?;
        }
        Ok(())
    }
}

impl OpenChain {
    /// Takes the next event if it continues the chain.
    fn extend(&mut self, new: &NewEvent, previous: Option<Cid>) -> Result<(), StoreError> {
        let tip = self.tip.as_ref();
        let cid = new.signed.cid;
        if tip.is_some_and(|tip| tip.frozen) {
            return conflict(format!("the chain of {} is frozen", new.replica));
        }
        if new.seq != tip.map_or(0, |tip| tip.seq).saturating_add(1) {
            return conflict(format!("event {cid} is not the next of its chain"));
        }
        if previous != tip.map(|tip| tip.cid) {
            return conflict(format!("event {cid} does not continue its chain"));
        }
        self.tip = Some(ChainState {
            cid,
            seq: new.seq,
            height: new.height,
            frozen: false,
        });
        Ok(())
    }
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

/// Puts a chain's events from `from_seq` on back into the outbox; returns how many were not in it.
pub(super) fn requeue(
    connection: &Connection,
    log: &LogKey,
    replica: &ReplicaId,
    from_seq: u64,
) -> Result<u64, StoreError> {
    let (Some(mut log), Some(replica)) = (
        LogRow::find(connection, log)?,
        replica_id(connection, replica)?,
    ) else {
        return Ok(0);
    };
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached(
            "SELECT ord FROM events WHERE log = ?1 AND replica = ?2 AND seq >= ?3
                 AND ord NOT IN (SELECT ord FROM outbox)",
        )
        .map_err(&read)?;
    let lost = statement
        .query_map([log.id, replica, int(from_seq)], |row| row.get(0))
        .and_then(Iterator::collect::<Result<Vec<i64>, _>>)
        .map_err(&read)?;
    for ord in &lost {
        log.add_unsent(*ord);
        send(connection, *ord)?;
    }
    log.save(connection)?;
    Ok(lost.len() as u64)
}

/// Puts events back into the outbox, by their places in the order; passes over what is there, or is nothing.
pub(super) fn send_again(connection: &Connection, ords: &[u64]) -> Result<(), StoreError> {
    let mut logs: HashMap<i64, LogRow> = HashMap::new();
    for ord in ords.iter().map(|ord| int(*ord)) {
        let lost: Option<i64> = connection
            .prepare_cached(
                "SELECT log FROM events e WHERE ord = ?1
                     AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.ord = e.ord)",
            )
            .and_then(|mut statement| statement.query_row([ord], |row| row.get(0)).optional())
            .map_err(error::sqlite("read"))?;
        let Some(log) = lost else { continue };
        let log = match logs.entry(log) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(LogRow::by_id(connection, log)?),
        };
        log.add_unsent(ord);
        send(connection, ord)?;
    }
    logs.values().try_for_each(|log| log.save(connection))
}

/// Writes the end of a chain to `chains` or `base_chains`.
pub(super) fn save_chain(
    connection: &Connection,
    table: &str,
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
        .prepare_cached(&format!(
            "INSERT OR REPLACE INTO {table} (log, replica, seq, height, digest, frozen, seal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        ))
        .and_then(|mut statement| {
            statement.execute(params![
                row.log,
                row.replica,
                row.seq,
                row.height,
                row.digest,
                row.frozen,
                row.seal_in(table)
            ])
        })
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}

/// What the event says of its place, which has to be what is said of it.
pub(super) fn checked_address<'a>(
    session: &SessionId,
    log: &LogKey,
    new: &'a NewEvent,
) -> Result<EventAddress<'a>, StoreError> {
    let cid = new.signed.cid;
    let event = EventAddress::read_trusted(&new.signed.block)
        .map_err(|error| StoreError::Conflict(error.to_string()))?;
    let of_log = (log.branch.as_str(), log.document.as_str());
    if event.session != session.as_str() || (event.branch, event.document) != of_log {
        return conflict(format!("event {cid} belongs to another log"));
    }
    if (event.replica, event.seq, event.height) != (new.replica, new.seq, new.height) {
        return conflict(format!("event {cid} says another place than the commit"));
    }
    Ok(event)
}

/// The commit's heads, sorted: each was one before or is one of its events.
fn checked_heads(log: &LogRow, commit: &Commit) -> Result<Vec<Head>, StoreError> {
    let before = &log.heads;
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

pub(super) fn insert_event(
    connection: &Connection,
    place: &EventPlace,
    new: &NewEvent,
) -> Result<(), StoreError> {
    let digest = event_digest(&new.signed.cid)?;
    connection
        .prepare_cached(
            "INSERT INTO events (ord, log, position, replica, seq, height, digest, signature, seal, block)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )
        .and_then(|mut insert| {
            insert.execute(params![
                place.ord,
                place.log,
                place.position,
                place.replica,
                place.seq,
                place.height,
                digest,
                new.signed.signature,
                event_seal(place, &digest, &new.signed.signature),
                &new.signed.block[..],
            ])
        })
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}

/// Puts an event into the outbox.
fn send(connection: &Connection, ord: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO outbox (ord) VALUES (?1)")
        .and_then(|mut insert| insert.execute([ord]))
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}
