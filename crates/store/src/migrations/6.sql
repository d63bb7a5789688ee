-- Format 6: an undo entry that is missing is noticed.

-- The seals of the log's undo entries, added up. It is filled for the entries that are there when it is made.
ALTER TABLE logs ADD COLUMN undo_sum INTEGER NOT NULL DEFAULT 0;
