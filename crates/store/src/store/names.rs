//! Long names as small numbers: logs, replicas, people.

use rusqlite::{Connection, OptionalExtension, Row, params};
use wissil_dag::{BranchId, DocumentId, ReplicaId, UserId};
use wissil_model::DocumentKind;
use wissil_sync::{Head, LogKey, LogState, StoreError};

use super::rows::{heads_of, heads_to_bytes, int, unsigned};
use crate::error;
use crate::seal::Seal;

/// A row of `logs`.
#[derive(Clone, Debug)]
pub(crate) struct LogRow {
    pub id: i64,
    pub key: LogKey,
    pub kind: DocumentKind,
    pub length: u64,
    pub unsent: u64,
    pub unsent_sum: i64,
    pub heads: Vec<Head>,
    /// The seals of the log's undo entries, added up: an entry that is missing is noticed.
    pub undo_sum: i64,
    pub seal: i64,
}

impl LogRow {
    pub const COLUMNS: &'static str =
        "id, document, branch, kind, length, unsent, unsent_sum, heads, undo_sum, seal";

    /// The log that is not stored yet: number `id`, empty.
    pub fn new(id: i64, key: LogKey, kind: DocumentKind) -> Self {
        Self {
            id,
            key,
            kind,
            length: 0,
            unsent: 0,
            unsent_sum: 0,
            heads: Vec::new(),
            undo_sum: 0,
            seal: 0,
        }
    }

    /// Reads [`LogRow::COLUMNS`].
    pub fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let read = error::sqlite("read");
        let text = |column: usize| row.get::<_, String>(column).map_err(&read);
        let heads: Vec<u8> = row.get(7).map_err(&read)?;
        Ok(Self {
            id: row.get(0).map_err(&read)?,
            key: LogKey {
                document: DocumentId::new(text(1)?).map_err(damaged)?,
                branch: BranchId::new(text(2)?).map_err(damaged)?,
            },
            kind: DocumentKind::stored(&text(3)?).ok_or_else(|| damaged("its kind is no name"))?,
            length: unsigned(row, 4)?,
            unsent: unsigned(row, 5)?,
            unsent_sum: row.get(6).map_err(&read)?,
            heads: heads_of(&heads).ok_or_else(|| damaged("its heads cannot be read"))?,
            undo_sum: row.get(8).map_err(&read)?,
            seal: row.get(9).map_err(&read)?,
        })
    }

    pub fn find(connection: &Connection, key: &LogKey) -> Result<Option<Self>, StoreError> {
        let sql = format!(
            "SELECT {} FROM logs WHERE document = ?1 AND branch = ?2",
            Self::COLUMNS
        );
        let mut statement = connection
            .prepare_cached(&sql)
            .map_err(error::sqlite("read"))?;
        let mut rows = statement
            .query([key.document.as_str(), key.branch.as_str()])
            .map_err(error::sqlite("read"))?;
        match rows.next().map_err(error::sqlite("read"))? {
            Some(row) => Self::read(row).map(Some),
            None => Ok(None),
        }
    }

    /// The log that an event names by its number.
    pub fn by_id(connection: &Connection, id: i64) -> Result<Self, StoreError> {
        let sql = format!("SELECT {} FROM logs WHERE id = ?1", Self::COLUMNS);
        let read = error::sqlite("read");
        let mut statement = connection.prepare_cached(&sql).map_err(&read)?;
        let mut rows = statement.query([id]).map_err(&read)?;
        match rows.next().map_err(&read)? {
            Some(row) => Self::read(row),
            None => Err(damaged("it is missing")),
        }
    }

    /// The number of a log.
    pub fn id_of(connection: &Connection, key: &LogKey) -> Result<Option<i64>, StoreError> {
        connection
            .prepare_cached("SELECT id FROM logs WHERE document = ?1 AND branch = ?2")
            .and_then(|mut statement| {
                statement
                    .query_row([key.document.as_str(), key.branch.as_str()], |row| {
                        row.get(0)
                    })
                    .optional()
            })
            .map_err(error::sqlite("read"))
    }

    /// The number of the next new log.
    pub fn next_id(connection: &Connection) -> Result<i64, StoreError> {
        next_number(connection, "SELECT max(id) FROM logs")
    }

    /// Writes the row, new or not.
    pub fn save(&self, connection: &Connection) -> Result<(), StoreError> {
        let heads = heads_to_bytes(&self.heads)?;
        connection
            .prepare_cached(
                "INSERT INTO logs (id, document, branch, kind, length, unsent, unsent_sum, heads, undo_sum, seal)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                 ON CONFLICT (id) DO UPDATE SET length = excluded.length, unsent = excluded.unsent,
                     unsent_sum = excluded.unsent_sum, heads = excluded.heads,
                     undo_sum = excluded.undo_sum, seal = excluded.seal",
            )
            .and_then(|mut statement| {
                statement.execute(params![
                    self.id,
                    self.key.document.as_str(),
                    self.key.branch.as_str(),
                    self.kind.written(),
                    int(self.length),
                    int(self.unsent),
                    self.unsent_sum,
                    heads,
                    self.undo_sum,
                    self.expected_seal(&heads),
                ])
            })
            .map(|_| ())
            .map_err(error::sqlite("saved"))
    }

    /// What the seal has to be; `heads` as they are stored. Logs of formats before 6 have no sum, and the seal of then.
    pub fn expected_seal(&self, heads: &[u8]) -> i64 {
        let seal = Seal::of("logs")
            .int(self.id)
            .text(self.key.document.as_str())
            .text(self.key.branch.as_str())
            .text(self.kind.name())
            .int(int(self.length))
            .int(int(self.unsent))
            .int(self.unsent_sum)
            .bytes(heads);
        match self.undo_sum {
            0 => seal.finish(),
            sum => seal.int(sum).finish(),
        }
    }

    /// Takes an event into the outbox.
    pub fn add_unsent(&mut self, ord: i64) {
        self.unsent += 1;
        self.unsent_sum = self.unsent_sum.wrapping_add(ord);
    }

    /// Takes an event out of the outbox.
    pub fn remove_unsent(&mut self, ord: i64) {
        self.unsent = self.unsent.saturating_sub(1);
        self.unsent_sum = self.unsent_sum.wrapping_sub(ord);
    }

    /// Takes an undo entry, by its seal, into the sum.
    pub fn add_undo(&mut self, seal: i64) {
        self.undo_sum = self.undo_sum.wrapping_add(seal);
    }

    /// Takes an undo entry, by its seal, out of the sum.
    pub fn remove_undo(&mut self, seal: i64) {
        self.undo_sum = self.undo_sum.wrapping_sub(seal);
    }

    pub fn into_state(self) -> (LogKey, LogState) {
        let state = LogState {
            kind: self.kind,
            length: self.length,
            heads: self.heads,
        };
        (self.key, state)
    }
}

/// The number of a replica that has events here.
pub(super) fn replica_id(
    connection: &Connection,
    replica: &ReplicaId,
) -> Result<Option<i64>, StoreError> {
    connection
        .prepare_cached("SELECT id FROM replicas WHERE key = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([replica.0], |row| row.get(0))
                .optional()
        })
        .map_err(error::sqlite("read"))
}

/// The number of a replica, which gets one if it has none.
pub(super) fn replica_id_or_new(
    connection: &Connection,
    replica: &ReplicaId,
) -> Result<i64, StoreError> {
    if let Some(id) = replica_id(connection, replica)? {
        return Ok(id);
    }
    let id = next_number(connection, "SELECT max(id) FROM replicas")?;
    connection
        .prepare_cached("INSERT INTO replicas (id, key, seal) VALUES (?1, ?2, ?3)")
        .and_then(|mut insert| insert.execute(params![id, replica.0, seal_replica(id, replica)]))
        .map_err(error::sqlite("saved"))?;
    Ok(id)
}

/// The number of a person who has entries in the undo index.
pub(super) fn user_id(connection: &Connection, user: &UserId) -> Result<Option<i64>, StoreError> {
    connection
        .prepare_cached("SELECT id FROM users WHERE name = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([user.as_str()], |row| row.get(0))
                .optional()
        })
        .map_err(error::sqlite("read"))
}

/// The number of a person, who gets one without one.
pub(super) fn user_id_or_new(connection: &Connection, user: &UserId) -> Result<i64, StoreError> {
    if let Some(id) = user_id(connection, user)? {
        return Ok(id);
    }
    let id = next_number(connection, "SELECT max(id) FROM users")?;
    connection
        .prepare_cached("INSERT INTO users (id, name, seal) VALUES (?1, ?2, ?3)")
        .and_then(|mut insert| {
            insert.execute(params![id, user.as_str(), seal_user(id, user.as_str())])
        })
        .map_err(error::sqlite("saved"))?;
    Ok(id)
}

/// The next `ord` that is neither given nor kept free.
pub(super) fn next_ord(connection: &Connection) -> Result<i64, StoreError> {
    next_number(
        connection,
        "SELECT max(ord) FROM (SELECT max(ord) AS ord FROM events UNION ALL SELECT max(last) FROM bases)",
    )
}

/// One more than what `greatest` selects.
pub(super) fn next_number(connection: &Connection, greatest: &str) -> Result<i64, StoreError> {
    connection
        .prepare_cached(greatest)
        .and_then(|mut statement| statement.query_row((), |row| row.get::<_, Option<i64>>(0)))
        .map(|greatest| greatest.unwrap_or(0).saturating_add(1))
        .map_err(error::sqlite("read"))
}

pub(crate) fn seal_replica(id: i64, replica: &ReplicaId) -> i64 {
    Seal::of("replicas").int(id).bytes(&replica.0).finish()
}

pub(crate) fn seal_user(id: i64, name: &str) -> i64 {
    Seal::of("users").int(id).text(name).finish()
}

fn damaged(problem: impl ToString) -> StoreError {
    error::damaged("a log of the project", problem.to_string())
}
