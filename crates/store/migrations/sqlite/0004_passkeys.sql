-- Passkeys: what checks the signatures of an authenticator. Whoever reads it can sign nothing with it.
-- The same tables and columns as migrations/postgres: a test compares the two.

CREATE TABLE passkeys (
    id TEXT NOT NULL PRIMARY KEY,
    operator TEXT NOT NULL REFERENCES operators (id),
    name TEXT NOT NULL,
    algorithm INTEGER NOT NULL,
    public_key BLOB NOT NULL,
    count INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
CREATE INDEX passkeys_operator ON passkeys (operator);
