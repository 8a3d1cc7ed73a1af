-- Links by which the secret of a new key is handed over, once. The secret is sealed, and gone when the link was opened.
-- The same tables and columns as migrations/postgres: a test compares the two.

CREATE TABLE hand_overs (
    digest TEXT NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    sealed BLOB,
    made_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    opened_at INTEGER,
    opened_from TEXT,
    tried_at INTEGER,
    tried_from TEXT
) STRICT;
