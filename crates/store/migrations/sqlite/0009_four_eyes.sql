-- Projects whose wider changes take two operators, and the changes that wait for the second one.
-- The same tables and columns as migrations/postgres: a test compares the two.

ALTER TABLE projects ADD COLUMN four_eyes INTEGER NOT NULL DEFAULT 0;
CREATE TABLE consents (
    id TEXT NOT NULL PRIMARY KEY,
    project TEXT NOT NULL,
    asked TEXT NOT NULL,
    words TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    given_by TEXT
) STRICT;
