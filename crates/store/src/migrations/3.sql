-- Format 3: logs that start from a shared checkpoint.

-- What a log started from, while the history before it is not all here: how many events it folds, how many of them are
-- here, the range of `ord`s that is kept free for them (shared by those that came together), the heads, as in `logs`,
-- and the document's state, compressed with zstd under a seal of its own.
CREATE TABLE bases (
    log INTEGER NOT NULL PRIMARY KEY REFERENCES logs,
    length INTEGER NOT NULL,
    have INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    heads BLOB NOT NULL,
    seal INTEGER NOT NULL,
    state_seal BLOB NOT NULL,
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
