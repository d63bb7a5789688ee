//! The check of everything that is stored.

mod events;
mod objects;
mod tables;

use std::path::Path;

use rusqlite::Connection;
use wissil_dag::Cid;
use wissil_sync::StoreError;

use crate::lock::Lock;
use crate::store::project_session;
use crate::{error, journal, schema};

/// Most damages that a report names; further ones are counted.
pub const MAX_DAMAGES: usize = 1000;

/// What [`verify`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Whether everything is as it was written.
    pub sound: bool,
    /// How many folded events were checked.
    pub events: u64,
    /// How many objects were checked.
    pub objects: u64,
    /// What is damaged, the first [`MAX_DAMAGES`].
    pub damages: Vec<Damage>,
    /// The objects among what is damaged.
    pub damaged_objects: Vec<Cid>,
    /// How many more damages there are.
    pub further: u64,
}

/// One damaged item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Which item: an event by its CID and document, an object by its CID, a checkpoint, a row.
    pub what: String,
    /// What is wrong with it.
    pub problem: String,
}

/// Checks a project: every block and object is hashed again, every event decoded strictly, every chain walked and the
/// signature of its end verified, and every table compared with the events. Also while another process writes: it
/// sees one state. Its memory does not grow with the number of events.
///
/// # Errors
/// When the database cannot be read at all: as [`SqliteStore::open_read_only`](crate::SqliteStore::open_read_only).
pub fn verify(project: &Path) -> Result<VerifyReport, StoreError> {
    // A journal that is being written is checked by its writer's next start.
    if let Ok(_lock) = Lock::take(project) {
        journal::check(project)?;
    }
    let connection = schema::open_read_only(project)?;
    let session = project_session(&connection)?;
    let mut report = VerifyReport::default();
    connection
        .execute_batch("BEGIN")
        .map_err(error::sqlite("read"))?;
    if let Err(damage) = check_database(&connection, &mut report) {
        report.add("the project's database", damage);
    }
    match tables::Names::read(&connection, &mut report) {
        Ok(names) => {
            let walked = events::walk(&connection, &session, &names, &mut report);
            match walked {
                Ok(walked) => tables::check(&connection, &names, &walked, &mut report),
                Err(damage) => report.add("the project's events", damage),
            }
        }
        Err(damage) => report.add("the project's names", damage),
    }
    objects::check(project, &mut report);
    report.sound = report.damages.is_empty();
    Ok(report)
}

impl VerifyReport {
    fn add(&mut self, what: impl Into<String>, problem: impl ToString) {
        if self.damages.len() < MAX_DAMAGES {
            self.damages.push(Damage {
                what: what.into(),
                problem: problem.to_string(),
            });
        } else {
            self.further += 1;
        }
    }
}

/// SQLite's own check of pages and indexes, and of the tables being ours.
fn check_database(connection: &Connection, report: &mut VerifyReport) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("PRAGMA integrity_check")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        if line != "ok" {
            report.add("the project's database", line);
        }
    }
    match (schema::objects(connection), schema::expected_objects()) {
        (Ok(found), Ok(expected)) if found == expected => {}
        (Err(error), _) | (_, Err(error)) => report.add("the database's tables", error),
        _ => report.add(
            "the database's tables",
            "they are not those of this version",
        ),
    }
    Ok(())
}
