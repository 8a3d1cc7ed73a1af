-- Passkeys: what checks the signatures of an authenticator. Whoever reads it can sign nothing with it.
-- The same tables and columns as migrations/sqlite: a test compares the two.

CREATE TABLE passkeys (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    operator TEXT COLLATE "C" NOT NULL REFERENCES operators (id),
    name TEXT NOT NULL,
    algorithm BIGINT NOT NULL,
    public_key BYTEA NOT NULL,
    count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX passkeys_operator ON passkeys (operator);
