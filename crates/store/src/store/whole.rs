//! That reading passes nothing over: what the tables say there is has to be there, one after the other.

use std::ops::Range;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use wissil_sync::{LogKey, StoreError};

use super::bases::BaseRow;
use super::names::LogRow;
use super::read::chain_tip;
use super::rows::{int, log_key};
use crate::error;

/// What helps where a part of the history is gone.
const HELP: &str = "`wissil verify` lists what is damaged; a backup of the project is whole, and so is what others in the \
     session or its server have: join it again in another folder";

/// The numbers that events have to have when they are read in order: positions in a log, or places in a chain.
pub(super) struct Run {
    next: i64,
    /// After the last.
    end: i64,
    /// History from before a base that is still to come.
    to_come: Range<i64>,
}

impl Run {
    /// Of the positions of a log.
    pub fn of_log(
        connection: &Connection,
        log: &LogRow,
        positions: &Range<u64>,
    ) -> Result<Self, StoreError> {
        let base = BaseRow::find(connection, log.id)?;
        let to_come = base.map_or(0..0, |base| base.have + 1..base.length + 1);
        Ok(Self::new(positions, log.length, to_come))
    }

    /// Of the places of a chain, by the numbers of its log and replica.
    pub fn of_chain(
        connection: &Connection,
        log: i64,
        replica: i64,
        seqs: &Range<u64>,
    ) -> Result<Self, StoreError> {
        let length = chain_tip(connection, "chains", log, replica)?.map_or(0, |tip| tip.seq);
        let to_come = match chain_tip(connection, "base_chains", log, replica)? {
            Some(end) => {
                let last = connection
                    .prepare_cached(
                        "SELECT max(seq) FROM events WHERE log = ?1 AND replica = ?2 AND seq <= ?3",
                    )
                    .and_then(|mut statement| {
                        statement.query_row([log, replica, int(end.seq)], |row| {
                            row.get::<_, Option<i64>>(0)
                        })
                    })
                    .map_err(error::sqlite("read"))?;
                last.unwrap_or(0) + 1..int(end.seq) + 1
            }
            None => 0..0,
        };
        Ok(Self::new(seqs, length, to_come))
    }

    fn new(numbers: &Range<u64>, length: u64, to_come: Range<i64>) -> Self {
        Self {
            next: int(numbers.start).max(1),
            end: int(numbers.end.min(length.saturating_add(1))),
            to_come,
        }
    }

    /// Takes the number of the next event; the one that should have come before it is missing.
    pub fn take(&mut self, number: i64) -> Result<(), i64> {
        self.pass();
        if number != self.next {
            return Err(self.next);
        }
        self.next += 1;
        Ok(())
    }

    /// There are no more events.
    pub fn finish(mut self) -> Result<(), i64> {
        self.pass();
        match self.next < self.end {
            true => Err(self.next),
            false => Ok(()),
        }
    }

    fn pass(&mut self) {
        if self.to_come.contains(&self.next) {
            self.next = self.to_come.end;
        }
    }
}

/// An event that should be there and is not.
pub(super) fn missing(log: &LogKey, place: impl std::fmt::Display) -> StoreError {
    error::damaged(
        format!("the history of document `{}`", log.document),
        format!("event {place} is missing; {HELP}"),
    )
}

/// The same, of the log with this number.
pub(super) fn missing_of(connection: &Connection, log: i64, place: i64) -> StoreError {
    match LogRow::by_id(connection, log) {
        Ok(row) => missing(&row.key, format!("{place} of a chain")),
        Err(error) => error,
    }
}

/// An event that waits for the server and is not there.
pub(super) fn unsent_missing() -> StoreError {
    error::damaged(
        "the project's outbox",
        format!("events in it are missing; {HELP}"),
    )
}

/// Compares the number of all events with what the logs say.
pub(super) fn check_count(connection: &Connection, count: i64) -> Result<(), StoreError> {
    let read = error::sqlite("read");
    let (all, said): (i64, i64) = connection
        .prepare_cached(
            "SELECT (SELECT count(*) FROM events),
                    (SELECT coalesce(sum(length), 0) FROM logs)
                        - (SELECT coalesce(sum(length - have), 0) FROM bases)",
        )
        .and_then(|mut statement| statement.query_row((), |row| Ok((row.get(0)?, row.get(1)?))))
        .map_err(&read)?;
    if (all, said) == (count, count) {
        return Ok(());
    }
    let short: Option<(LogKey, i64)> = connection
        .prepare_cached(
            "SELECT l.document, l.branch, l.length - coalesce(b.length - b.have, 0)
                        - (SELECT count(*) FROM events e WHERE e.log = l.id) AS missing
             FROM logs l LEFT JOIN bases b ON b.log = l.id WHERE missing != 0",
        )
        .and_then(|mut statement| {
            statement
                .query_row((), |row| Ok((log_key(row, 0, 1), row.get(2)?)))
                .optional()
        })
        .map_err(&read)?
        .map(|(log, missing)| log.map(|log| (log, missing)))
        .transpose()?;
    Err(match short {
        Some((log, missing)) => error::damaged(
            format!("the history of document `{}`", log.document),
            format!("{missing} of its events are missing; {HELP}"),
        ),
        None => error::damaged(
            "the list of the project's documents",
            format!("there are events of others than it names; {HELP}"),
        ),
    })
}

/// Checks that every event belongs to a log that is there: each log's number is looked for once.
pub(super) fn check_logs(connection: &Connection) -> Result<(), StoreError> {
    let unknown: bool = connection
        .prepare_cached(
            "WITH RECURSIVE numbers (log) AS (
                 SELECT min(log) FROM events
                 UNION ALL
                 SELECT (SELECT min(log) FROM events WHERE log > numbers.log) FROM numbers WHERE log IS NOT NULL
             )
             SELECT EXISTS (SELECT 1 FROM numbers WHERE log IS NOT NULL AND log NOT IN (SELECT id FROM logs))",
        )
        .and_then(|mut statement| statement.query_row((), |row| row.get(0)))
        .map_err(error::sqlite("read"))?;
    match unknown {
        true => Err(error::damaged(
            "the list of the project's documents",
            format!("there are events of others than it names; {HELP}"),
        )),
        false => Ok(()),
    }
}

/// Checks that the chains of all logs, or of a document's, hold as many events as the logs.
pub(super) fn check_chains(
    connection: &Connection,
    document: Option<&str>,
) -> Result<(), StoreError> {
    let short = connection
        .prepare_cached(
            "SELECT l.document, l.branch FROM logs l WHERE (?1 IS NULL OR l.document = ?1)
                 AND l.length != (SELECT coalesce(sum(c.seq), 0) FROM chains c WHERE c.log = l.id)",
        )
        .and_then(|mut statement| {
            statement
                .query_row([document], |row| Ok(log_key(row, 0, 1)))
                .optional()
        })
        .map_err(error::sqlite("read"))?
        .transpose()?;
    match short {
        Some(log) => Err(error::damaged(
            format!("the history of document `{}`", log.document),
            format!("the end of a chain of it is missing; {HELP}"),
        )),
        None => Ok(()),
    }
}

/// Has several reads see one state of the database, whoever writes meanwhile.
pub(super) fn one_state(connection: &Connection) -> Result<Option<Transaction<'_>>, StoreError> {
    connection
        .is_autocommit()
        .then(|| Transaction::new_unchecked(connection, TransactionBehavior::Deferred))
        .transpose()
        .map_err(error::sqlite("read"))
}
