-- Format 3: logs that start from a shared checkpoint.

-- What a log started from, while the history before it is not all here: how many events it folds, how many of them are
-- here, the range of `ord`s that is kept free for them (shared by those that came together), and the heads, as in `logs`.
CREATE TABLE bases (
    log INTEGER NOT NULL PRIMARY KEY REFERENCES logs,
    length INTEGER NOT NULL,
    have INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    heads BLOB NOT NULL,
    seal INTEGER NOT NULL
) STRICT;

-- The document's state that it folds, compressed with zstd under a seal of 256 bits: up to many megabytes, which are not
-- to be written again whenever some of the history has come.
CREATE TABLE base_states (
    log INTEGER NOT NULL PRIMARY KEY REFERENCES bases,
    seal BLOB NOT NULL,
    state BLOB NOT NULL
) STRICT;

-- The last event that it folds of each chain.
CREATE TABLE base_chains (
    log INTEGER NOT NULL REFERENCES logs,
    replica INTEGER NOT NULL REFERENCES replicas,
    seq INTEGER NOT NULL,
    height INTEGER NOT NULL,
    digest BLOB NOT NULL,
    frozen INTEGER NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (log, replica)
) STRICT, WITHOUT ROWID;

-- Events may name one of these as an ancestor before it is here.
CREATE INDEX base_chains_by_digest ON base_chains (digest);
