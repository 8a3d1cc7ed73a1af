-- People: operators, how they sign in, and what they hold. Times are microseconds since 1970-01-01 UTC.
-- The same tables and columns as migrations/postgres: a test compares the two.

CREATE TABLE operators (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE passwords (
    operator TEXT NOT NULL PRIMARY KEY REFERENCES operators (id),
    verifier BLOB NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;

-- The shared secret, sealed under the operator's own password. No step of the clock is taken twice.
CREATE TABLE totps (
    operator TEXT NOT NULL PRIMARY KEY REFERENCES operators (id),
    sealed BLOB NOT NULL,
    last_step INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
    operator TEXT NOT NULL REFERENCES operators (id),
    digest TEXT NOT NULL,
    PRIMARY KEY (operator, digest)
) STRICT;

-- Only a digest of what the browser holds. What is sealed here opens with that alone.
CREATE TABLE sessions (
    digest TEXT NOT NULL PRIMARY KEY,
    operator TEXT NOT NULL REFERENCES operators (id),
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    fresh_at INTEGER,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX sessions_operator ON sessions (operator);

CREATE TABLE invitations (
    digest TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    addresses TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;
