//! The tables beside the events.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, Row};
use wissil_dag::{ChainTip, Cid, Event, ReplicaId, SessionId, SignedEvent};

use super::VerifyReport;
use super::events::{Walked, WalkedChain, replica_name};
use crate::seal::{event_cid, names as is_content};
use crate::store::{
    BaseRow, ChainRow, LogRow, UndoRow, WaitingRow, checkpoint_seal, decompress, gaps,
    heads_to_bytes, seal_cursor, seal_meta, seal_moment, seal_replica, seal_user,
};

const NOT_WRITTEN: &str = "it is not what was written";

/// The names that other tables use numbers for.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub logs: HashMap<i64, LogRow>,
    pub replicas: HashMap<i64, ReplicaId>,
    pub users: HashSet<i64>,
    /// What logs started from, by the numbers of the logs.
    pub bases: HashMap<i64, KnownBase>,
    /// The ranges of `ord`s from which events left, both ends included.
    pub gaps: Vec<(i64, i64)>,
}

/// A base and the ends of its chains, by the numbers of their replicas.
#[derive(Debug)]
pub(super) struct KnownBase {
    pub row: BaseRow,
    pub ends: HashMap<i64, WalkedChain>,
}

impl Names {
    /// Whether two logs are of the same document, on whatever branches.
    pub fn are_of_one_document(&self, one: i64, other: i64) -> bool {
        let document = |log| self.logs.get(&log).map(|log| &log.key.document);
        one == other || (document(one).is_some() && document(one) == document(other))
    }

    pub fn read(connection: &Connection, report: &mut VerifyReport) -> rusqlite::Result<Self> {
        let mut names = Self::default();
        each(
            connection,
            report,
            "a replica",
            "SELECT id, key, seal FROM replicas",
            |row| {
                let (id, replica) = (row.get(0)?, ReplicaId(row.get(1)?));
                names.replicas.insert(id, replica);
                let sealed = row.get::<_, i64>(2)? == seal_replica(id, &replica);
                Ok(found(sealed, || format!("replica {replica}")))
            },
        )?;
        each(
            connection,
            report,
            "a person",
            "SELECT id, name, seal FROM users",
            |row| {
                let (id, name): (_, String) = (row.get(0)?, row.get(1)?);
                names.users.insert(id);
                let sealed = row.get::<_, i64>(2)? == seal_user(id, &name);
                Ok(found(sealed, || format!("person {name}")))
            },
        )?;
        let sql = format!("SELECT {} FROM logs", LogRow::COLUMNS);
        each(
            connection,
            report,
            "a log",
            &sql,
            |row| match LogRow::read(row) {
                Ok(log) => {
                    let heads = heads_to_bytes(&log.heads).unwrap_or_default();
                    let sealed = log.expected_seal(&heads) == log.seal;
                    let problem = found(sealed, || log_name(&log));
                    names.logs.insert(log.id, log);
                    Ok(problem)
                }
                Err(error) => {
                    let id: i64 = row.get(0)?;
                    Ok(Some((format!("log {id}"), error.to_string())))
                }
            },
        )?;
        names.read_bases(connection, report)?;
        // Where they cannot be read, their entry is named with the others.
        names.gaps = gaps(connection).unwrap_or_default();
        Ok(names)
    }

    fn read_bases(
        &mut self,
        connection: &Connection,
        report: &mut VerifyReport,
    ) -> rusqlite::Result<()> {
        let sql = format!("SELECT {} FROM bases", BaseRow::COLUMNS);
        each(connection, report, "a base", &sql, |row| {
            let log: i64 = row.get(0)?;
            let what = || format!("the base of {}", self.log_name(log));
            let base = match BaseRow::read(row) {
                Ok(base) => base,
                Err(error) => return Ok(Some((what(), error.to_string()))),
            };
            let sealed = base.expected_seal().is_ok_and(|seal| seal == base.seal);
            let problem = found(sealed && self.logs.contains_key(&log), what);
            let ends = HashMap::new();
            self.bases.insert(log, KnownBase { row: base, ends });
            Ok(problem)
        })?;
        let sql = "SELECT log, replica, seq, height, digest, frozen, seal FROM base_chains";
        each(connection, report, "a chain of a base", sql, |row| {
            let digest: [u8; 32] = row.get(4)?;
            let chain = ChainRow {
                log: row.get(0)?,
                replica: row.get(1)?,
                seq: row.get(2)?,
                height: row.get(3)?,
                digest: &digest,
                frozen: row.get(5)?,
            };
            let sealed = chain.seal_in("base_chains") == row.get::<_, i64>(6)?;
            let (log, replica, seq, height) = (chain.log, chain.replica, chain.seq, chain.height);
            let known = match (self.bases.get_mut(&log), event_cid(&digest)) {
                (Some(base), Some(cid)) => {
                    base.ends.insert(replica, WalkedChain { cid, seq, height });
                    true
                }
                _ => false,
            };
            Ok(found(sealed && known, || {
                format!("a chain of the base of {}", self.log_name(log))
            }))
        })
    }

    /// The end of a chain, to go on from.
    pub fn tip(
        &self,
        session: &SessionId,
        (log, replica): (i64, i64),
        end: &WalkedChain,
    ) -> Option<ChainTip> {
        let log = &self.logs.get(&log)?.key;
        Some(ChainTip {
            session: session.clone(),
            branch: log.branch.clone(),
            document: log.document.clone(),
            replica: *self.replicas.get(&replica)?,
            cid: end.cid,
            seq: u64::try_from(end.seq).ok()?,
            height: u64::try_from(end.height).ok()?,
        })
    }

    pub fn log_name(&self, id: i64) -> String {
        self.logs
            .get(&id)
            .map_or_else(|| format!("log {id}"), log_name)
    }
}

/// Compares the tables with the events.
pub(super) fn check(
    connection: &Connection,
    names: &Names,
    walked: &Walked,
    report: &mut VerifyReport,
) {
    let checks: [(&str, Check); 11] = [
        ("bases", bases),
        ("cursors", cursors),
        ("entries", meta),
        ("logs", logs),
        ("moments", moments),
        ("chains", chains),
        ("outbox", outbox),
        ("undo index", undo),
        ("checkpoints", checkpoints),
        ("pending events", pending),
        ("quarantine", quarantine),
    ];
    for (what, check) in checks {
        if let Err(error) = check(connection, names, walked, report) {
            report.add(format!("the project's {what}"), error);
        }
    }
}

type Check = fn(&Connection, &Names, &Walked, &mut VerifyReport) -> rusqlite::Result<()>;

/// An item and its problem.
type Found = Option<(String, String)>;

fn found(sound: bool, what: impl FnOnce() -> String) -> Found {
    (!sound).then(|| (what(), NOT_WRITTEN.to_owned()))
}

/// Checks the rows of a query; one whose columns cannot be read is damage of `what`, and the next one follows.
fn each(
    connection: &Connection,
    report: &mut VerifyReport,
    what: &str,
    sql: &str,
    mut check: impl FnMut(&Row<'_>) -> rusqlite::Result<Found>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        match check(row) {
            Ok(None) => {}
            Ok(Some((what, problem))) => report.add(what, problem),
            Err(error) => report.add(what, error),
        }
    }
    Ok(())
}

fn log_name(log: &LogRow) -> String {
    format!("document {} on branch {}", log.key.document, log.key.branch)
}

/// Every event has a moment, and nothing else does.
fn moments(
    connection: &Connection,
    _: &Names,
    _: &Walked,
    report: &mut VerifyReport,
) -> rusqlite::Result<()> {
    let what = |ord: i64| format!("the moment of the event at {ord}");
    let sql = "SELECT ord, at, seal FROM moments";
    each(connection, report, "a moment", sql, |row| {
        let (ord, at) = (row.get(0)?, row.get(1)?);
        Ok(found(row.get::<_, i64>(2)? == seal_moment(ord, at), || {
            what(ord)
        }))
    })?;
    let sql = "SELECT ord FROM moments WHERE ord NOT IN (SELECT ord FROM events)";
    each(connection, report, "a moment", sql, |row| {
        Ok(Some((what(row.get(0)?), "there is no such event".into())))
    })?;
    let sql = "SELECT ord FROM events WHERE ord NOT IN (SELECT ord FROM moments)";
    each(connection, report, "an event", sql, |row| {
        Ok(Some((what(row.get(0)?), "it is missing".into())))
    })
}

fn meta(
    connection: &Connection,
    _: &Names,
    _: &Walked,
    report: &mut VerifyReport,
) -> rusqlite::Result<()> {
    each(
        connection,
        report,
        "an entry",
        "SELECT key, value, seal FROM meta",
        |row| {
            let (key, value): (String, String) = (row.get(0)?, row.get(1)?);
            let sealed = row.get::<_, i64>(2)? == seal_meta(&key, &value);
            Ok(found(sealed, || format!("entry `{key}`")))
        },
    )
}

/// The states of the bases, and that their chains make their lengths.
fn bases(
    connection: &Connection,
    names: &Names,
    _: &Walked,
    report: &mut VerifyReport,
) -> rusqlite::Result<()> {
    for (log, base) in &names.bases {
        let length: i64 = base.ends.values().map(|end| end.seq).sum();
        if length != base.row.length {
            let what = format!("the base of {}", names.log_name(*log));
            report.add(what, "its chains do not make its length");
        }
    }
    let sql = "SELECT b.log, b.length, s.seal, s.state FROM bases b
               LEFT JOIN base_states s ON s.log = b.log";
    each(connection, report, "a base", sql, |row| {
        let (log, length): (i64, i64) = (row.get(0)?, row.get(1)?);
        let seal: Option<Vec<u8>> = row.get(2)?;
        let state: Vec<u8> = row.get::<_, Option<_>>(3)?.unwrap_or_default();
        let sealed = seal.is_some_and(|seal| seal == checkpoint_seal(log, length, &state));
        let fits = sealed && decompress(&state).is_ok();
        Ok(found(fits, || {
            format!("the base of {}", names.log_name(log))
        }))
    })
}

fn cursors(
    connection: &Connection,
    _: &Names,
    _: &Walked,
    report: &mut VerifyReport,
) -> rusqlite::Result<()> {
    let sql = "SELECT stream, incarnation, sequence, published, seal FROM cursors";
    each(connection, report, "a place in a stream", sql, |row| {
        let (stream, incarnation): (String, String) = (row.get(0)?, row.get(1)?);
        let (sequence, published): (i64, i64) = (row.get(2)?, row.get(3)?);
        let seal = seal_cursor(&stream, &incarnation, sequence, published);
        let sealed = row.get::<_, i64>(4)? == seal;
        Ok(found(sealed && sequence >= 0, || {
            format!("the place in a stream, `{stream}`")
        }))
    })
}

fn logs(
    _: &Connection,
    names: &Names,
    walked: &Walked,
    report: &mut VerifyReport,
) -> rusqlite::Result<()> {
    for (id, log) in &names.logs {
        let Some(walked) = walked.logs.get(id) else {
            report.add(log_name(log), "it has no events");
            continue;
        };
        if i64::try_from(log.length) != Ok(walked.length) {
            let problem = format!("it has {} events, not {}", walked.length, log.length);
            report.add(log_name(log), problem);
        }
        let heads = log
            .heads
            .iter()
            .map(|head| (head.cid, head.height.cast_signed()));
        if !walked.uncertain && !heads.eq(walked.heads.iter().map(|(cid, height)| (*cid, *height)))
        {
            report.add(log_name(log), "its heads are not those of its events");
        }
    }
    for id in walked.logs.keys().filter(|id| !names.logs.contains_key(id)) {
        report.add(format!("log {id}"), "events are in it, but it has no name");
    }
    Ok(())
}

fn chains(
    connection: &Connection,
    names: &Names,
    walked: &Walked,
    report: &mut VerifyReport,
) -> rusqlite::Result<()> {
    let mut seen = HashSet::new();
    let name = |log: i64, replica: i64| {
        let (replica, log) = (replica_name(names, replica), names.log_name(log));
        format!("the chain of {replica} in {log}")
    };
    let sql = "SELECT log, replica, seq, height, digest, frozen, seal FROM chains";
    each(connection, report, "a chain", sql, |row| {
        let digest: [u8; 32] = row.get(4)?;
        let chain = ChainRow {
            log: row.get(0)?,
            replica: row.get(1)?,
            seq: row.get(2)?,
            height: row.get(3)?,
            digest: &digest,
            frozen: row.get(5)?,
        };
        seen.insert((chain.log, chain.replica));
        let end = walked.chains.get(&(chain.log, chain.replica));
        let ends = end.is_some_and(|end| {
            event_cid(&digest) == Some(end.cid)
                && (end.seq, end.height) == (chain.seq, chain.height)
        });
        let sealed = chain.seal_in("chains") == row.get::<_, i64>(6)?;
        Ok(found(sealed && ends, || name(chain.log, chain.replica)))
    })?;
    for (log, replica) in walked.chains.keys().filter(|chain| !seen.contains(chain)) {
        report.add(name(*log, *replica), "its end is missing");
    }
    for (log, replica) in walked.chains.keys() {
        if !names.replicas.contains_key(replica) {
            report.add(name(*log, *replica), "its replica's key is missing");
        }
    }
    Ok(())
}

fn outbox(
    connection: &Connection,
    names: &Names,
    _: &Walked,
    report: &mut VerifyReport,
) -> rusqlite::Result<()> {
    let mut unsent: HashMap<i64, (u64, i64)> = HashMap::new();
    let sql = "SELECT o.ord, e.log FROM outbox o LEFT JOIN events e ON e.ord = o.ord";
    each(connection, report, "an event to be sent", sql, |row| {
        let ord: i64 = row.get(0)?;
        let Some(log) = row.get::<_, Option<i64>>(1)? else {
            let problem = "it is to be sent but is not there".to_owned();
            return Ok(Some((format!("the event at {ord}"), problem)));
        };
        let (count, sum) = unsent.entry(log).or_default();
        *count += 1;
        *sum = sum.wrapping_add(ord);
        Ok(None)
    })?;
    for (id, log) in &names.logs {
        if unsent.get(id).copied().unwrap_or_default() != (log.unsent, log.unsent_sum) {
            let what = format!("the outbox of {}", log_name(log));
            report.add(what, NOT_WRITTEN);
        }
    }
    Ok(())
}

fn undo(
    connection: &Connection,
    names: &Names,
    walked: &Walked,
    report: &mut VerifyReport,
) -> rusqlite::Result<()> {
    let mut outside =
        connection.prepare("SELECT 1 FROM events WHERE ord >= ?1 AND ord < ?2 AND log <> ?3")?;
    let sql = format!("SELECT {} FROM undo", UndoRow::COLUMNS);
    let mut sums: HashMap<i64, i64> = HashMap::new();
    each(connection, report, "an undo entry", &sql, |row| {
        let row = UndoRow::read(row)?;
        let sum = sums.entry(row.log).or_default();
        *sum = sum.wrapping_add(row.seal);
        let end = row.first.saturating_add(row.count);
        let fits = row.seal == row.expected_seal()
            && names.logs.contains_key(&row.log)
            && names.users.contains(&row.user)
            && (0..=1).contains(&row.side)
            && row.first >= 1
            && row.count >= 1
            && end <= walked.events.saturating_add(1)
            && !outside.exists([row.first, end, row.log])?;
        Ok(found(fits, || {
            format!("undo entry `{}` of {}", row.label, names.log_name(row.log))
        }))
    })?;
    for (id, log) in &names.logs {
        if sums.get(id).copied().unwrap_or_default() != log.undo_sum {
            let what = format!("the undo entries of {}", log_name(log));
            report.add(what, "they are not those that were written");
        }
    }
    Ok(())
}

fn checkpoints(
    connection: &Connection,
    names: &Names,
    walked: &Walked,
    report: &mut VerifyReport,
) -> rusqlite::Result<()> {
    let sql = "SELECT log, position, seal, state FROM checkpoints";
    each(connection, report, "a checkpoint", sql, |row| {
        let (log, position): (i64, i64) = (row.get(0)?, row.get(1)?);
        let seal: Vec<u8> = row.get(2)?;
        let state: Vec<u8> = row.get(3)?;
        let length = walked.logs.get(&log).map_or(0, |log| log.length);
        let fits = seal == checkpoint_seal(log, position, &state)
            && (1..=length).contains(&position)
            && decompress(&state).is_ok();
        Ok(found(fits, || {
            format!("the checkpoint at {position} of {}", names.log_name(log))
        }))
    })
}

fn pending(
    connection: &Connection,
    _: &Names,
    _: &Walked,
    report: &mut VerifyReport,
) -> rusqlite::Result<()> {
    let sql = "SELECT id, digest, waits_for, signature, seal, block FROM pending";
    each(connection, report, "a pending event", sql, |row| {
        let waits_for: [u8; 32] = row.get(2)?;
        let (signed, sealed) = waiting(row, "pending", &waits_for)?;
        let decoded = signed.open().ok();
        let waits_for = event_cid(&waits_for);
        let proof = waits_for == Some(signed.cid);
        let fits =
            sealed && decoded.is_some_and(|event| proof || names(&event, waits_for.as_ref()));
        Ok(found(fits, || format!("pending event {}", signed.cid)))
    })
}

fn quarantine(
    connection: &Connection,
    _: &Names,
    _: &Walked,
    report: &mut VerifyReport,
) -> rusqlite::Result<()> {
    let sql = "SELECT id, digest, reason, signature, seal, block FROM quarantine";
    each(connection, report, "a refused event", sql, |row| {
        let reason: String = row.get(2)?;
        let (signed, sealed) = waiting(row, "quarantine", reason.as_bytes())?;
        let digest: [u8; 32] = row.get(1)?;
        let fits = sealed && is_content(&digest, &signed.block);
        Ok(found(fits, || format!("refused event {}", signed.cid)))
    })
}

/// The event of a row of `pending` or `quarantine`, and whether the row is what was written.
fn waiting(row: &Row<'_>, table: &str, why: &[u8]) -> rusqlite::Result<(SignedEvent, bool)> {
    let digest: [u8; 32] = row.get(1)?;
    let signature: [u8; 64] = row.get(3)?;
    let block = row.get_ref(5)?.as_blob()?;
    let seal = WaitingRow {
        id: row.get(0)?,
        digest: &digest,
        why,
        signature: &signature,
    };
    let signed = SignedEvent {
        cid: event_cid(&digest).unwrap_or_default(),
        block: block.into(),
        signature,
    };
    Ok((signed, seal.seal(table) == row.get::<_, i64>(4)?))
}

/// Whether an event names another as an ancestor.
fn names(event: &Event, ancestor: Option<&Cid>) -> bool {
    let mut ancestors = event.previous.iter().chain(&event.parents);
    ancestors.any(|cid| Some(cid) == ancestor)
}
