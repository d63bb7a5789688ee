//! When events count as made, and history in that order.

use std::collections::{BinaryHeap, HashMap};

use rusqlite::{Connection, OptionalExtension, Row, params};
use wissil_dag::{Cid, DocumentId, EventAddress};
use wissil_sync::{Moment, StoreError, StoredEvent};

use super::read::{EVENT_BY_DIGEST, chain_tip, collect_events};
use super::rows::{blob32, cid_of, int, unsigned};
use super::whole;
use crate::error;
use crate::seal::{Seal, digest};

/// Notes when an event counts as made, and gives it. `previous` is when the one before it in its chain does, where that is
/// known.
pub(super) fn save(
    connection: &Connection,
    ord: i64,
    event: &EventAddress<'_>,
    previous: Option<i64>,
) -> Result<i64, StoreError> {
    let mut at = int(event.time).max(previous.unwrap_or(0));
    let unknown = event.previous.filter(|_| previous.is_none());
    for cid in unknown.iter().chain(&event.parents) {
        at = at.max(at_of(connection, cid)?.unwrap_or(0));
    }
    connection
        .prepare_cached("INSERT OR REPLACE INTO moments (ord, at, seal) VALUES (?1, ?2, ?3)")
        .and_then(|mut insert| insert.execute([ord, at, seal(ord, at)]))
        .map_err(error::sqlite("saved"))?;
    Ok(at)
}

/// Forgets those of the events of a log at these positions.
pub(super) fn forget(
    connection: &Connection,
    log: i64,
    from: i64,
    to: i64,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "DELETE FROM moments WHERE ord IN
                 (SELECT ord FROM events WHERE log = ?1 AND position >= ?2 AND position <= ?3)",
        )
        .and_then(|mut delete| delete.execute([log, from, to]))
        .map(|_| ())
        .map_err(error::sqlite("saved"))
}

/// Notes all of them, for a database that had none.
pub(crate) fn fill(connection: &Connection) -> Result<(), StoreError> {
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare("SELECT id FROM logs ORDER BY id")
        .map_err(&read)?;
    let logs = statement
        .query_map((), |row| row.get(0))
        .and_then(Iterator::collect::<Result<Vec<i64>, _>>)
        .map_err(&read)?;
    logs.into_iter()
        .try_for_each(|log| fill_log(connection, log, 0))
}

/// Notes those of a log after a position, where more of what they build on is here now.
pub(super) fn fill_log(connection: &Connection, log: i64, after: i64) -> Result<(), StoreError> {
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached(
            "SELECT ord, replica, block FROM events WHERE log = ?1 AND position > ?2 ORDER BY position",
        )
        .map_err(&read)?;
    // When the last event of each chain counts as made.
    let mut ends: HashMap<i64, i64> = HashMap::new();
    let mut rows = statement.query([log, after]).map_err(&read)?;
    while let Some(row) = rows.next().map_err(&read)? {
        let (ord, replica) = (row.get(0).map_err(&read)?, row.get(1).map_err(&read)?);
        let block = row
            .get_ref(2)
            .and_then(|value| Ok(value.as_blob()?))
            .map_err(&read)?;
        // A damaged event is named when it is read; until then it is somewhere.
        let event = EventAddress::read_trusted(block).unwrap_or_else(|_| nowhere());
        let at = save(connection, ord, &event, ends.get(&replica).copied())?;
        ends.insert(replica, at);
    }
    Ok(())
}

fn nowhere() -> EventAddress<'static> {
    EventAddress {
        session: "",
        branch: "",
        document: "",
        replica: wissil_dag::ReplicaId([0; 32]),
        seq: 0,
        height: 0,
        previous: None,
        parents: Vec::new(),
        event_type: "",
        time: 0,
    }
}

fn at_of(connection: &Connection, cid: &Cid) -> Result<Option<i64>, StoreError> {
    let Some(digest) = digest(cid) else {
        return Ok(None);
    };
    let sql = format!(
        "SELECT m.at FROM events e CROSS JOIN moments m ON m.ord = e.ord {EVENT_BY_DIGEST}"
    );
    connection
        .prepare_cached(&sql)
        .and_then(|mut statement| statement.query_row([digest], |row| row.get(0)).optional())
        .map_err(error::sqlite("read"))
}

pub(crate) fn seal(ord: i64, at: i64) -> i64 {
    Seal::of("moments").int(ord).int(at).finish()
}

pub(super) fn moment(connection: &Connection, cid: &Cid) -> Result<Option<Moment>, StoreError> {
    let Some(digest) = digest(cid) else {
        return Ok(None);
    };
    let read = error::sqlite("read");
    let sql = format!(
        "SELECT m.at, e.height FROM events e CROSS JOIN moments m ON m.ord = e.ord {EVENT_BY_DIGEST}"
    );
    let mut statement = connection.prepare_cached(&sql).map_err(&read)?;
    let mut rows = statement.query([digest]).map_err(&read)?;
    let row = rows.next().map_err(&read)?;
    row.map(|row| {
        Ok(Moment {
            at: unsigned(row, 0)?,
            height: unsigned(row, 1)?,
            cid: *cid,
        })
    })
    .transpose()
}

/// The events before a moment, newest first: along a chain moments grow, so it is the merge of the chains from their ends.
pub(super) fn history(
    connection: &Connection,
    before: Option<&Moment>,
    limit: usize,
    document: Option<&DocumentId>,
) -> Result<Vec<StoredEvent>, StoreError> {
    let _state = whole::one_state(connection)?;
    whole::check_chains(connection, document.map(DocumentId::as_str))?;
    let mut newest = BinaryHeap::new();
    for chain in chains(connection, document)? {
        newest.extend(match before {
            Some(before) => chain.last_before(connection, before)?,
            None => chain.last_up_to(connection, chain.seq)?,
        });
    }
    let mut events = Vec::new();
    while events.len() < limit
        && let Some(Link { ord, chain, .. }) = newest.pop()
    {
        events.extend(collect_events(connection, "WHERE e.ord = ?1", [ord])?);
        newest.extend(chain.last_up_to(connection, chain.seq - 1)?);
    }
    Ok(events)
}

/// A chain up to one of its events, by the numbers of its log and replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Chain {
    log: i64,
    replica: i64,
    seq: i64,
}

/// A stored event of a chain; in the order of moments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Link {
    moment: Moment,
    ord: i64,
    chain: Chain,
}

impl Chain {
    /// The last stored event up to a number in the chain.
    fn last_up_to(&self, connection: &Connection, seq: i64) -> Result<Option<Link>, StoreError> {
        let read = error::sqlite("read");
        let mut statement = connection
            .prepare_cached(
                "SELECT m.at, e.height, e.digest, e.ord, e.seq, m.seal
                 FROM events e CROSS JOIN moments m ON m.ord = e.ord
                 WHERE e.log = ?1 AND e.replica = ?2 AND e.seq <= ?3 ORDER BY e.seq DESC LIMIT 1",
            )
            .map_err(&read)?;
        let mut rows = statement
            .query(params![self.log, self.replica, seq])
            .map_err(&read)?;
        let row = rows.next().map_err(&read)?;
        let link = row.map(|row| self.link(row)).transpose()?;
        let found = link.as_ref().map_or(0, |link| link.chain.seq);
        if found < seq && !self.is_to_come(connection, found + 1, seq)? {
            return Err(whole::missing_of(connection, self.log, seq));
        }
        Ok(link)
    }

    /// Whether this part of the chain is history from before a base that is still to come.
    fn is_to_come(
        &self,
        connection: &Connection,
        first: i64,
        last: i64,
    ) -> Result<bool, StoreError> {
        let base = chain_tip(connection, "base_chains", self.log, self.replica)?;
        if base.is_none_or(|end| last > int(end.seq)) {
            return Ok(false);
        }
        connection
            .prepare_cached(
                "SELECT NOT EXISTS (SELECT 1 FROM events
                     WHERE log = ?1 AND replica = ?2 AND seq >= ?3 AND seq <= ?4)",
            )
            .and_then(|mut statement| {
                statement.query_row([self.log, self.replica, first, last], |row| row.get(0))
            })
            .map_err(error::sqlite("read"))
    }

    fn link(&self, row: &Row<'_>) -> Result<Link, StoreError> {
        let read = error::sqlite("read");
        let number = |column: usize| row.get::<_, i64>(column).map_err(&read);
        let cid = cid_of(&blob32(row, 2)?)?;
        if seal(number(3)?, number(0)?) != number(5)? {
            return Err(error::damaged(
                format!("the moment of event {cid}"),
                "it is not what was written",
            ));
        }
        Ok(Link {
            moment: Moment {
                at: unsigned(row, 0)?,
                height: unsigned(row, 1)?,
                cid,
            },
            ord: number(3)?,
            chain: Self {
                seq: number(4)?,
                ..*self
            },
        })
    }

    /// The last stored event before a moment: looked for from the end in growing steps, because most pages are near it,
    /// and then between two of them.
    fn last_before(
        &self,
        connection: &Connection,
        before: &Moment,
    ) -> Result<Option<Link>, StoreError> {
        let is_before = |link: &Option<Link>| link.as_ref().is_none_or(|it| it.moment < *before);
        let (mut above, mut step) = (self.seq.saturating_add(1), 1);
        let mut below = loop {
            let at = above.saturating_sub(step).max(0);
            let link = self.last_up_to(connection, at)?;
            if is_before(&link) {
                if at + 1 >= above {
                    return Ok(link);
                }
                break at;
            }
            above = at;
            step *= 2;
        };
        while above - below > 1 {
            let middle = below + (above - below) / 2;
            match is_before(&self.last_up_to(connection, middle)?) {
                true => below = middle,
                false => above = middle,
            }
        }
        self.last_up_to(connection, below)
    }
}

/// All chains, or those of a document on any branch.
fn chains(
    connection: &Connection,
    document: Option<&DocumentId>,
) -> Result<Vec<Chain>, StoreError> {
    let read = error::sqlite("read");
    let mut statement = connection
        .prepare_cached(
            "SELECT c.log, c.replica, c.seq FROM chains c
             WHERE ?1 IS NULL OR c.log IN (SELECT id FROM logs WHERE document = ?1)",
        )
        .map_err(&read)?;
    let rows = statement
        .query_map([document.map(DocumentId::as_str)], |row| {
            Ok(Chain {
                log: row.get(0)?,
                replica: row.get(1)?,
                seq: row.get(2)?,
            })
        })
        .map_err(&read)?;
    rows.collect::<Result<_, _>>().map_err(&read)
}
