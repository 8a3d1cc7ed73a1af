-- People: operators, how they sign in, and what they hold. Times are microseconds since 1970-01-01 UTC.
-- The same tables and columns as migrations/sqlite: a test compares the two.

CREATE TABLE operators (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE passwords (
    operator TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES operators (id),
    verifier BYTEA NOT NULL,
    changed_at BIGINT NOT NULL
);

-- The shared secret, sealed under the operator's own password. No step of the clock is taken twice.
CREATE TABLE totps (
    operator TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES operators (id),
    sealed BYTEA NOT NULL,
    last_step BIGINT NOT NULL
);

CREATE TABLE recovery_codes (
    operator TEXT COLLATE "C" NOT NULL REFERENCES operators (id),
    digest TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (operator, digest)
);

-- Only a digest of what the browser holds. What is sealed here opens with that alone.
CREATE TABLE sessions (
    digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    operator TEXT COLLATE "C" NOT NULL REFERENCES operators (id),
    address TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    fresh_at BIGINT,
    sealed BYTEA NOT NULL
);
CREATE INDEX sessions_operator ON sessions (operator);

CREATE TABLE invitations (
    digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    role TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE tokens (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    digest TEXT COLLATE "C" NOT NULL UNIQUE,
    role TEXT NOT NULL,
    addresses TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
