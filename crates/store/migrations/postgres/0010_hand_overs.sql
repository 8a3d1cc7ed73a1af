-- Links by which the secret of a new key is handed over, once. The secret is sealed, and gone when the link was opened.
-- The same tables and columns as migrations/sqlite: a test compares the two.

CREATE TABLE hand_overs (
    digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    key TEXT COLLATE "C" NOT NULL UNIQUE,
    sealed BYTEA,
    made_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    opened_at BIGINT,
    opened_from TEXT,
    tried_at BIGINT,
    tried_from TEXT
);
