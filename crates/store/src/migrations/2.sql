-- Format 2: reading the server's streams.

-- Where reading a stream goes on; `incarnation` tells one life of a stream from the next.
CREATE TABLE cursors (
    stream TEXT NOT NULL PRIMARY KEY,
    incarnation TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    seal INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A chain's events by their numbers, to send them again from any of them on.
CREATE UNIQUE INDEX events_by_chain ON events (log, replica, seq);
