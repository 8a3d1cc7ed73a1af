-- Times are microseconds since 1970-01-01 UTC. STRICT: a column holds its type and nothing else.
-- The same tables and columns as migrations/postgres: a test compares the two.

-- Every change that reads before it writes first adds one here: the row is the lock that makes writers take turns.
CREATE TABLE writer (
    turn INTEGER NOT NULL
) STRICT;
INSERT INTO writer (turn) VALUES (0);

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE vault (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    sealed_root BLOB NOT NULL
) STRICT;

CREATE TABLE service_secrets (
    owner TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL,
    public TEXT NOT NULL
) STRICT;

CREATE TABLE venues (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    dialect TEXT NOT NULL,
    urls TEXT NOT NULL,
    mode TEXT NOT NULL,
    public_market_data INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE credentials (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    venue TEXT NOT NULL REFERENCES venues (id),
    api_key TEXT NOT NULL,
    key_type TEXT NOT NULL,
    sealed BLOB NOT NULL,
    public_key TEXT,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX credentials_venue ON credentials (venue);

CREATE TABLE projects (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE keys (
    id TEXT NOT NULL PRIMARY KEY,
    project TEXT NOT NULL REFERENCES projects (id),
    name TEXT NOT NULL,
    api_key TEXT NOT NULL UNIQUE,
    key_type TEXT NOT NULL,
    verifier BLOB NOT NULL,
    state TEXT NOT NULL,
    not_before INTEGER,
    expires_at INTEGER,
    retires_at INTEGER,
    addresses TEXT NOT NULL,
    rate TEXT,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    rotated_from TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_project ON keys (project);
CREATE INDEX keys_name ON keys (name);
CREATE INDEX keys_created ON keys (created_at, id);

CREATE TABLE grants (
    key TEXT NOT NULL REFERENCES keys (id),
    venue TEXT NOT NULL REFERENCES venues (id),
    credential TEXT REFERENCES credentials (id),
    permissions TEXT NOT NULL,
    symbols TEXT NOT NULL,
    PRIMARY KEY (key, venue)
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_venue ON grants (venue);
CREATE INDEX grants_credential ON grants (credential);

-- Revoked and deleted keys: neither the id nor the API key is ever issued again.
CREATE TABLE tombstones (
    id TEXT NOT NULL PRIMARY KEY,
    api_key TEXT NOT NULL UNIQUE,
    buried_at INTEGER NOT NULL
) STRICT;

CREATE TABLE anchors (
    size INTEGER NOT NULL PRIMARY KEY,
    anchored_at INTEGER NOT NULL,
    checkpoint TEXT NOT NULL
) STRICT;
