//! The database file: making one, opening one, and bringing an older one up to date.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use wissil_dag::SessionId;
use wissil_sync::StoreError;

use crate::{error, journal, layout, store};

/// The newest format of the database that this version knows.
pub const FORMAT: u32 = MIGRATIONS.len() as u32;

/// `MIGRATIONS[n]` brings format `n` to `n + 1`. A published one never changes.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/1.sql"),
    include_str!("migrations/2.sql"),
    include_str!("migrations/3.sql"),
    include_str!("migrations/4.sql"),
    include_str!("migrations/5.sql"),
    include_str!("migrations/6.sql"),
];

/// The format whose new table is filled from the events.
const MOMENTS: i32 = 5;

/// The format whose new column is filled from the undo entries.
const UNDO_SUMS: i32 = 6;

/// `WSSL`: what `file` and SQLite's tools show, and what tells our file from another program's.
const APPLICATION_ID: i32 = 0x5753_534c;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// Makes an empty database of a session under its final name, complete or not at all.
pub(crate) fn create(project: &Path, session: &SessionId) -> Result<(), StoreError> {
    let database = layout::database(project);
    // A journal without its database holds commits; a new database must not come between them.
    if database.exists() || layout::journal(project).exists() {
        return Err(error::io("created")(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "there is a project in this folder",
        )));
    }
    let new = layout::new_database(project);
    remove_leftover(&new)?;
    {
        let mut connection = Connection::open(&new).map_err(error::sqlite("created"))?;
        configure(&connection, false)?;
        migrate(&mut connection)?;
        store::write_session(&connection, session)?;
    }
    let created = error::io("created");
    File::open(&new)
        .and_then(|file| file.sync_all())
        .map_err(&created)?;
    fs::rename(&new, &database).map_err(&created)?;
    layout::sync_folder(&layout::folder(project)).map_err(created)
}

/// Opens the database to write, for the holder of the lock. A file that is not a sound database of ours is left as it is.
pub(crate) fn open(project: &Path) -> Result<Connection, StoreError> {
    make_writable(project)?;
    journal::check(project)?;
    // Another handle than the writer's looks first: that one would bring the journal in when it closes.
    drop(open_read_only(project)?);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(layout::database(project), flags)
        .map_err(error::sqlite("opened"))?;
    configure(&connection, true)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Opens the database to read, while another handle may write.
pub(crate) fn open_read_only(project: &Path) -> Result<Connection, StoreError> {
    check_file(project)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(layout::database(project), flags)
        .map_err(error::sqlite("opened"))?;
    configure_reader(&connection)?;
    if application_id(&connection)? != APPLICATION_ID {
        return Err(error::database("it is another program's"));
    }
    match format(&connection)? {
        0 => Err(error::database("it holds no project")),
        FORMAT => Ok(connection),
        found if found > FORMAT => Err(StoreError::TooNew {
            found,
            known: FORMAT,
        }),
        // Tables may be missing; whoever writes migrates first.
        _ => Ok(connection),
    }
}

/// The tables and indexes of the newest format as SQLite records them.
pub(crate) fn expected_objects() -> Result<Vec<(String, Option<String>)>, StoreError> {
    let mut connection = Connection::open_in_memory().map_err(error::sqlite("read"))?;
    migrate(&mut connection)?;
    objects(&connection)
}

/// The tables and indexes of a database, by name, with the statement that made them.
pub(crate) fn objects(
    connection: &Connection,
) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let mut statement = connection
        .prepare("SELECT type || ' ' || name || ' ' || tbl_name, sql FROM sqlite_schema ORDER BY 1")
        .map_err(error::sqlite("read"))?;
    let rows = statement
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(error::sqlite("read"))?;
    rows.collect::<Result<_, _>>()
        .map_err(error::sqlite("read"))
}

/// Has whoever may write the database write its journal too. SQLite gives the files beside the database the rights that
/// it has, also to what only reads, and they keep them when the database gets others.
fn make_writable(project: &Path) -> Result<(), StoreError> {
    let database = layout::database(project);
    let file = match File::options().write(true).open(&database) {
        Err(cause) if cause.kind() == io::ErrorKind::PermissionDenied => {
            return Err(error::io("opened")(format!(
                "you may not write {}; make it writable and try again",
                database.display()
            )));
        }
        file => file.map_err(error::file("opened", &database))?,
    };
    let rights = file
        .metadata()
        .map_err(error::file("opened", &database))?
        .permissions();
    for beside in [layout::journal(project), layout::journal_index(project)] {
        let is_fixed =
            fs::metadata(&beside).is_ok_and(|metadata| metadata.permissions().readonly());
        if is_fixed && !rights.readonly() {
            fs::set_permissions(&beside, rights.clone())
                .map_err(error::file("made writable", &beside))?;
        }
    }
    Ok(())
}

/// What can be told from the file before SQLite touches it.
fn check_file(project: &Path) -> Result<(), StoreError> {
    let database = layout::database(project);
    let read = error::file("opened", &database);
    let mut header = [0; 100];
    let mut file = File::open(&database).map_err(&read)?;
    let length = file.metadata().map_err(&read)?.len();
    match file.read_exact(&mut header) {
        Ok(()) if header.starts_with(MAGIC) => {}
        Err(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => return Err(read(cause)),
        _ => return Err(error::database("it is not a database")),
    }
    let number = |at: usize| {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&header[at..at + 4]);
        u32::from_be_bytes(bytes)
    };
    if number(68) != APPLICATION_ID.cast_unsigned() {
        return Err(error::database("it is another program's"));
    }
    // The journal's kind, fixed fractions, the format of tables, UTF-8.
    let fixed = [1, 2].contains(&header[18])
        && header[18] == header[19]
        && header[20..24] == [0, 64, 32, 32]
        && (number(44), number(56)) == (4, 1);
    if !fixed {
        return Err(error::database("its header is not what was written"));
    }
    // Two bytes at 16; 65536 does not fit and is written as 1.
    let page = match u64::from(number(14) & 0xffff) {
        1 => 65536,
        size => size,
    };
    let journal = fs::metadata(layout::journal(project)).map_or(0, |journal| journal.len());
    if journal == 0 && length < page * u64::from(number(28)) {
        return Err(error::database("its end is missing"));
    }
    Ok(())
}

fn configure(connection: &Connection, journal: bool) -> Result<(), StoreError> {
    let mode = if journal { "WAL" } else { "DELETE" };
    configure_reader(connection)?;
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode = {mode};
             PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = ON;
             PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};"
        ))
        .map_err(error::sqlite("opened"))
}

/// How many pages of 4 KiB the journal may hold before they are copied into the database.
const CHECKPOINT_PAGES: u32 = 4000;

fn configure_reader(connection: &Connection) -> Result<(), StoreError> {
    connection
        .busy_timeout(Duration::from_secs(5))
        .map_err(error::sqlite("opened"))?;
    connection.set_prepared_statement_cache_capacity(128);
    // Plans do not depend on what is bound: otherwise some statements are compiled again at every use.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(error::sqlite("opened"))?;
    connection
        .execute_batch(
            "PRAGMA trusted_schema = OFF;
             PRAGMA cell_size_check = ON;
             PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -16384;",
        )
        .map_err(error::sqlite("opened"))
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    for (format, migration) in (1..).zip(MIGRATIONS).skip(format(connection)? as usize) {
        let saved = error::sqlite("brought up to date");
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)
            .map_err(&saved)?;
        transaction.execute_batch(migration).map_err(&saved)?;
        match format {
            MOMENTS => store::fill_moments(&transaction)?,
            UNDO_SUMS => store::fill_undo_sums(&transaction)?,
            _ => {}
        }
        transaction
            .execute_batch(&format!(
                "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {format};"
            ))
            .map_err(&saved)?;
        transaction.commit().map_err(&saved)?;
    }
    Ok(())
}

fn format(connection: &Connection) -> Result<u32, StoreError> {
    connection
        .query_row("PRAGMA user_version", (), |row| row.get::<_, i64>(0))
        .map_err(error::sqlite("opened"))
        .map(|version| u32::try_from(version).unwrap_or(u32::MAX))
}

fn application_id(connection: &Connection) -> Result<i32, StoreError> {
    connection
        .query_row("PRAGMA application_id", (), |row| row.get(0))
        .map_err(error::sqlite("opened"))
}

fn remove_leftover(new: &Path) -> Result<(), StoreError> {
    for leftover in [new.to_owned(), new.with_extension("new-journal")] {
        match fs::remove_file(leftover) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                return Err(error::io("created")(cause));
            }
            _ => {}
        }
    }
    Ok(())
}
