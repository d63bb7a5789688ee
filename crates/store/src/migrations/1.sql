-- Format 1. A `seal` is a hash over the other columns of its row, so that `verify` names a row of which a bit changed.
-- A `digest` is the sha2-256 digest of an event's CID; codec and version are always the same.

-- Small texts: the session, the replica's key, what the program wants to remember.
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    seal INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE replicas (
    id INTEGER NOT NULL PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    seal INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seal INTEGER NOT NULL
) STRICT;

-- One document on one branch. `unsent` and `unsent_sum` are the number and the wrapping sum of its rows in `outbox`,
-- so that counting reads no outbox; `heads` are digests, each followed by the height in 8 big-endian bytes.
CREATE TABLE logs (
    id INTEGER NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    branch TEXT NOT NULL,
    kind TEXT NOT NULL,
    length INTEGER NOT NULL,
    unsent INTEGER NOT NULL,
    unsent_sum INTEGER NOT NULL,
    heads BLOB NOT NULL,
    seal INTEGER NOT NULL,
    UNIQUE (document, branch)
) STRICT;

-- Folded events. Digests come in no order, so every insert into their index touches another page: it holds only their
-- first bytes, to have fewer pages, and `digest` itself decides. The block stands last, because what does not fit a page is read only when asked for.
CREATE TABLE events (
    ord INTEGER NOT NULL PRIMARY KEY,
    log INTEGER NOT NULL REFERENCES logs,
    position INTEGER NOT NULL,
    replica INTEGER NOT NULL REFERENCES replicas,
    seq INTEGER NOT NULL,
    height INTEGER NOT NULL,
    digest BLOB NOT NULL,
    signature BLOB NOT NULL,
    seal INTEGER NOT NULL,
    block BLOB NOT NULL,
    UNIQUE (log, position)
) STRICT;

CREATE INDEX events_by_digest ON events (substr(digest, 1, 4));

-- The last event of each chain.
CREATE TABLE chains (
    log INTEGER NOT NULL REFERENCES logs,
    replica INTEGER NOT NULL REFERENCES replicas,
    seq INTEGER NOT NULL,
    height INTEGER NOT NULL,
    digest BLOB NOT NULL,
    frozen INTEGER NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (log, replica)
) STRICT, WITHOUT ROWID;

-- Events that the server has not acknowledged.
CREATE TABLE outbox (
    ord INTEGER NOT NULL PRIMARY KEY REFERENCES events
) STRICT;

-- What can be undone (`side` 0) and redone (1): the `count` events from `first` on. The next step takes the greatest
-- `first` of its side, because an entry that changes sides holds the events of that step.
CREATE TABLE undo (
    log INTEGER NOT NULL REFERENCES logs,
    user INTEGER NOT NULL REFERENCES users,
    side INTEGER NOT NULL,
    first INTEGER NOT NULL,
    count INTEGER NOT NULL,
    label TEXT NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (log, user, side, first)
) STRICT, WITHOUT ROWID;

-- Events that wait for others.
CREATE TABLE pending (
    id INTEGER NOT NULL PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    waits_for BLOB NOT NULL,
    signature BLOB NOT NULL,
    seal INTEGER NOT NULL,
    block BLOB NOT NULL
) STRICT;

CREATE INDEX pending_waits_for ON pending (waits_for);

-- Refused events.
CREATE TABLE quarantine (
    id INTEGER NOT NULL PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    reason TEXT NOT NULL,
    signature BLOB NOT NULL,
    seal INTEGER NOT NULL,
    block BLOB NOT NULL
) STRICT;

-- Stored states, compressed with zstd; here the seal is 32 bytes, because a damaged state must never be used.
CREATE TABLE checkpoints (
    log INTEGER NOT NULL REFERENCES logs,
    position INTEGER NOT NULL,
    seal BLOB NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (log, position)
) STRICT;
