//! The walk over all events in the order of their folding.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Row};
use wissil_dag::{ChainTip, ChainVerifier, Cid, Event, ReplicaId, SessionId, SignedEvent};

use super::VerifyReport;
use super::tables::{KnownBase, Names};
use crate::seal::{digest, event_cid};
use crate::store::{EVENT_BY_DIGEST, EventPlace, event_seal};

/// What the events add up to; the other tables have to agree with it.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub events: i64,
    pub logs: HashMap<i64, WalkedLog>,
    /// By the numbers of log and replica.
    pub chains: HashMap<(i64, i64), WalkedChain>,
}

#[derive(Debug, Default)]
pub(super) struct WalkedLog {
    pub length: i64,
    /// How many events stand before its base.
    pub before_base: i64,
    pub heads: BTreeMap<Cid, i64>,
    /// An event could not be read, so the heads are not known.
    pub uncertain: bool,
}

impl WalkedLog {
    /// Goes on after a base.
    fn start_from(&mut self, base: &KnownBase) {
        let heads = base.row.heads.iter();
        self.heads = heads
            .map(|head| (head.cid, head.height.cast_signed()))
            .collect();
        self.length = base.row.length;
    }
}

/// The end of a chain as its last row has it.
#[derive(Clone, Debug)]
pub(super) struct WalkedChain {
    pub cid: Cid,
    pub seq: i64,
    pub height: i64,
}

pub(super) fn walk(
    connection: &Connection,
    session: &SessionId,
    names: &Names,
    report: &mut VerifyReport,
) -> rusqlite::Result<Walked> {
    let mut walk = Walk {
        connection,
        session,
        names,
        walked: Walked::default(),
        verifiers: HashMap::new(),
        damaged_tips: HashSet::new(),
        last: 0,
        after_base: HashSet::new(),
    };
    let mut statement = connection.prepare(
        "SELECT ord, log, position, replica, seq, height, digest, signature, seal, block FROM events ORDER BY ord",
    )?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        walk.row(row, report);
    }
    walk.finish(report);
    Ok(walk.walked)
}

struct Walk<'a> {
    connection: &'a Connection,
    session: &'a SessionId,
    names: &'a Names,
    walked: Walked,
    verifiers: HashMap<(i64, i64), ChainVerifier>,
    /// Chains whose last event was named already.
    damaged_tips: HashSet<(i64, i64)>,
    last: i64,
    /// Chains of which an event after their log's base was seen.
    after_base: HashSet<(i64, i64)>,
}

struct EventRow {
    place: EventPlace,
    digest: [u8; 32],
    signed: SignedEvent,
    seal: i64,
}

impl Walk<'_> {
    fn row(&mut self, row: &Row<'_>, report: &mut VerifyReport) {
        report.events += 1;
        let ord: i64 = row.get(0).unwrap_or_default();
        let next = self.last.saturating_add(1);
        let is_free = |base: &KnownBase| base.row.first <= next && ord - 1 <= base.row.last;
        let left = |(first, last): &(i64, i64)| *first <= next && ord - 1 <= *last;
        if ord != next
            && !self.names.bases.values().any(is_free)
            && !self.names.gaps.iter().any(left)
        {
            report.add(
                format!("the event at {}", self.last.saturating_add(1)),
                format!("it is missing; the next one is at {ord}"),
            );
        }
        self.last = ord;
        self.walked.events = ord;
        let row = match read(row) {
            Ok(row) => row,
            Err(problem) => {
                for log in self.walked.logs.values_mut() {
                    log.uncertain = true;
                }
                return report.add(format!("the event at {ord}"), problem);
            }
        };
        let problems = self.check(&row);
        let chain = (row.place.log, row.place.replica);
        if problems.is_empty() {
            self.damaged_tips.remove(&chain);
        } else {
            self.damaged_tips.insert(chain);
            let document = self.names.log_name(row.place.log);
            report.add(
                format!("event {} of {document}", row.signed.cid),
                problems.join("; "),
            );
        }
    }

    fn check(&mut self, row: &EventRow) -> Vec<String> {
        let mut problems = Vec::new();
        let place = &row.place;
        if event_seal(place, &row.digest, &row.signed.signature) != row.seal {
            problems.push("its row is not what was written".to_owned());
        }
        let base = self.names.bases.get(&place.log);
        let base = base.map(|base| (base, place.position > base.row.length));
        let log = self.walked.logs.entry(place.log).or_default();
        match base {
            Some((base, true)) if log.length < base.row.length => log.start_from(base),
            Some((_, false)) => log.before_base += 1,
            _ => {}
        }
        let chain = (place.log, place.replica);
        if let Some((base, true)) = base
            && self.after_base.insert(chain)
        {
            // Here it goes on from the base, wherever its history has come to.
            let end = base.ends.get(&place.replica);
            let tip = end.and_then(|end| self.names.tip(self.session, chain, end));
            let verifier = tip.map(ChainVerifier::resume).unwrap_or_default();
            self.verifiers.insert(chain, verifier);
        }
        let log = self.walked.logs.entry(place.log).or_default();
        if place.position != log.length + 1 {
            problems.push(format!(
                "it has position {} in its log, after {}",
                place.position, log.length
            ));
        }
        log.length = place.position;

        let verifier = self
            .verifiers
            .entry((place.log, place.replica))
            .or_default();
        let (connection, names) = (self.connection, self.names);
        let height = |parent: &Cid| height_of(connection, names, parent, place);
        match verifier.push(&row.signed, height) {
            Ok(event) => {
                let log = self.walked.logs.entry(place.log).or_default();
                for cid in event.previous.iter().chain(&event.parents) {
                    log.heads.remove(cid);
                }
                log.heads.insert(row.signed.cid, place.height);
                for parent in &event.parents {
                    if height_of(self.connection, self.names, parent, place).is_none() {
                        problems.push(format!("it builds on {parent}, which is not there"));
                    }
                }
                self.compare(&event, place, &mut problems);
            }
            Err(error) => {
                problems.push(error.to_string());
                let log = self.walked.logs.entry(place.log).or_default();
                log.uncertain = true;
                // What follows is compared with what this row says it is.
                if let Some(tip) = self.tip(row) {
                    self.verifiers
                        .insert((place.log, place.replica), ChainVerifier::resume(tip));
                }
            }
        }
        if base.is_none_or(|(_, after)| after) {
            self.walked.chains.insert(
                chain,
                WalkedChain {
                    cid: row.signed.cid,
                    seq: place.seq,
                    height: place.height,
                },
            );
        }
        problems
    }

    /// Compares what an event says with its columns.
    fn compare(&self, event: &Event, place: &EventPlace, problems: &mut Vec<String>) {
        let mut expect = |same: bool, what: &str| {
            if !same {
                problems.push(format!("its row has another {what}"));
            }
        };
        expect(event.session == *self.session, "session");
        expect(i64::try_from(event.seq) == Ok(place.seq), "number");
        expect(i64::try_from(event.height) == Ok(place.height), "height");
        if let Some(log) = self.names.logs.get(&place.log) {
            let key = &log.key;
            expect(
                (&event.branch, &event.document) == (&key.branch, &key.document),
                "log",
            );
        }
        let replica = self.names.replicas.get(&place.replica);
        expect(
            replica.is_none_or(|replica| *replica == event.replica),
            "replica",
        );
    }

    fn tip(&self, row: &EventRow) -> Option<ChainTip> {
        let place = &row.place;
        let end = WalkedChain {
            cid: row.signed.cid,
            seq: place.seq,
            height: place.height,
        };
        self.names
            .tip(self.session, (place.log, place.replica), &end)
    }

    /// The signatures of the chains' ends.
    fn finish(&mut self, report: &mut VerifyReport) {
        for (id, base) in &self.names.bases {
            let log = self.walked.logs.entry(*id).or_default();
            if log.length < base.row.length {
                log.start_from(base);
            }
            if log.before_base != base.row.have {
                let what = format!("the base of {}", self.names.log_name(*id));
                let problem = format!(
                    "{} events are before it, not {}",
                    log.before_base, base.row.have
                );
                report.add(what, problem);
            }
            for (replica, end) in &base.ends {
                let chain = (*id, *replica);
                self.walked.chains.entry(chain).or_insert(end.clone());
                // What proves the end of a history that is not all here may be missing.
                if !self.after_base.contains(&chain) {
                    self.verifiers.remove(&chain);
                }
            }
        }
        for (chain, verifier) in self.verifiers.drain() {
            if !self.damaged_tips.contains(&chain)
                && let Err(error) = verifier.finish()
            {
                let document = self.names.log_name(chain.0);
                let cid = self.walked.chains.get(&chain).map(|tip| tip.cid);
                if cid.is_some_and(|cid| is_proven(self.connection, cid).unwrap_or(false)) {
                    continue;
                }
                let cid = cid.map_or_else(String::new, |cid| cid.to_string());
                report.add(format!("event {cid} of {document}"), error);
            }
        }
    }
}

/// Whether an event that could not be folded continues the chain after this one, under a signature that holds.
fn is_proven(connection: &Connection, end: Cid) -> rusqlite::Result<bool> {
    let mut later: HashMap<Cid, Vec<(SignedEvent, Event)>> = HashMap::new();
    let mut statement = connection.prepare(
        "SELECT block, signature FROM pending UNION ALL SELECT block, signature FROM quarantine",
    )?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let signed = SignedEvent::new(row.get_ref(0)?.as_blob()?, row.get(1)?);
        if let Ok(event) = signed.open()
            && let Some(previous) = event.previous
        {
            later.entry(previous).or_default().push((signed, event));
        }
    }
    let replica: Option<[u8; 32]> = connection
        .prepare(
            "SELECT r.key FROM chains c JOIN replicas r ON r.id = c.replica WHERE c.digest = ?1",
        )?
        .query_row([digest(&end).unwrap_or_default()], |row| row.get(0))
        .optional()?;
    let Some(replica) = replica.map(ReplicaId) else {
        return Ok(false);
    };
    let mut ends = vec![end];
    while let Some(end) = ends.pop() {
        for (signed, event) in later.remove(&end).unwrap_or_default() {
            if event.replica == replica {
                if signed.verify_signature(&replica).is_ok() {
                    return Ok(true);
                }
                ends.push(signed.cid);
            }
        }
    }
    Ok(false)
}

fn read(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    let digest: [u8; 32] = row.get(6)?;
    let block = row.get_ref(9)?.as_blob()?;
    Ok(EventRow {
        place: EventPlace {
            ord: row.get(0)?,
            log: row.get(1)?,
            position: row.get(2)?,
            replica: row.get(3)?,
            seq: row.get(4)?,
            height: row.get(5)?,
        },
        signed: SignedEvent {
            cid: event_cid(&digest).unwrap_or_default(),
            block: block.into(),
            signature: row.get(7)?,
        },
        digest,
        seal: row.get(8)?,
    })
}

/// The height of an event that one at this place may build on: of the same document, on any branch, and here before it.
fn height_of(connection: &Connection, names: &Names, cid: &Cid, place: &EventPlace) -> Option<u64> {
    earlier(connection, names, cid, place).or_else(|| end_of_base(names, cid, place))
}

fn earlier(connection: &Connection, names: &Names, cid: &Cid, place: &EventPlace) -> Option<u64> {
    let (ord, log, height): (i64, i64, i64) = connection
        .prepare_cached(&format!(
            "SELECT e.ord, e.log, e.height FROM events e {EVENT_BY_DIGEST}"
        ))
        .and_then(|mut statement| {
            statement
                .query_row([digest(cid).unwrap_or_default()], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .optional()
        })
        .ok()??;
    (ord < place.ord && names.are_of_one_document(log, place.log))
        .then(|| u64::try_from(height).ok())
        .flatten()
}

/// Kept for the names of chains in reports.
pub(super) fn replica_name(names: &Names, id: i64) -> String {
    let replica: Option<&ReplicaId> = names.replicas.get(&id);
    replica.map_or_else(|| format!("replica {id}"), ToString::to_string)
}

/// The height of an event that ends a chain of the base before this place.
fn end_of_base(names: &Names, cid: &Cid, place: &EventPlace) -> Option<u64> {
    names.bases.iter().find_map(|(log, base)| {
        let end = base.ends.values().find(|end| end.cid == *cid)?;
        let is_after = *log != place.log || place.position > base.row.length;
        (is_after && names.are_of_one_document(*log, place.log))
            .then(|| u64::try_from(end.height).ok())
            .flatten()
    })
}
