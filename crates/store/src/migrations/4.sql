-- Format 4: telling a stream that was cut and filled again.

-- The server's time of the message that was read last, in nanoseconds since 1970; 0 where it is not known.
ALTER TABLE cursors ADD COLUMN published INTEGER NOT NULL DEFAULT 0;
