-- Times are microseconds since 1970-01-01 UTC. Collation "C": ids and names sort by their bytes, as in SQLite.
-- The same tables and columns as migrations/sqlite: a test compares the two.

-- Every change that reads before it writes first adds one here: the row is the lock that makes writers take turns.
CREATE TABLE writer (
    turn BIGINT NOT NULL
);
INSERT INTO writer (turn) VALUES (0);

CREATE TABLE meta (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE vault (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    sealed_root BYTEA NOT NULL
);

CREATE TABLE service_secrets (
    owner TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL,
    public TEXT NOT NULL
);

CREATE TABLE venues (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    dialect TEXT NOT NULL,
    urls TEXT NOT NULL,
    mode TEXT NOT NULL,
    public_market_data BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE credentials (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    venue TEXT COLLATE "C" NOT NULL REFERENCES venues (id),
    api_key TEXT COLLATE "C" NOT NULL,
    key_type TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    public_key TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX credentials_venue ON credentials (venue);

CREATE TABLE projects (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE keys (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    project TEXT COLLATE "C" NOT NULL REFERENCES projects (id),
    name TEXT COLLATE "C" NOT NULL,
    api_key TEXT COLLATE "C" NOT NULL UNIQUE,
    key_type TEXT NOT NULL,
    verifier BYTEA NOT NULL,
    state TEXT NOT NULL,
    not_before BIGINT,
    expires_at BIGINT,
    retires_at BIGINT,
    addresses TEXT NOT NULL,
    rate TEXT,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    rotated_from TEXT COLLATE "C"
);
CREATE INDEX keys_project ON keys (project);
CREATE INDEX keys_name ON keys (name);
CREATE INDEX keys_created ON keys (created_at, id);

CREATE TABLE grants (
    key TEXT COLLATE "C" NOT NULL REFERENCES keys (id),
    venue TEXT COLLATE "C" NOT NULL REFERENCES venues (id),
    credential TEXT COLLATE "C" REFERENCES credentials (id),
    permissions TEXT NOT NULL,
    symbols TEXT NOT NULL,
    PRIMARY KEY (key, venue)
);
CREATE INDEX grants_venue ON grants (venue);
CREATE INDEX grants_credential ON grants (credential);

-- Revoked and deleted keys: neither the id nor the API key is ever issued again.
CREATE TABLE tombstones (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    api_key TEXT COLLATE "C" NOT NULL UNIQUE,
    buried_at BIGINT NOT NULL
);

CREATE TABLE anchors (
    size BIGINT NOT NULL PRIMARY KEY,
    anchored_at BIGINT NOT NULL,
    checkpoint TEXT NOT NULL
);
