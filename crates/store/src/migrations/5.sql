-- Format 5: history in the order in which it came about.

-- When each event counts as made, Unix milliseconds: at its own time, or at the latest time of what it builds on, where a
-- clock says otherwise. Along a chain it never becomes less. It is filled for the events that are there when it is made.
CREATE TABLE moments (
    ord INTEGER NOT NULL PRIMARY KEY REFERENCES events,
    at INTEGER NOT NULL,
    seal INTEGER NOT NULL
) STRICT;
