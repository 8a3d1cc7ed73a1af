-- Projects whose wider changes take two operators, and the changes that wait for the second one.
-- The same tables and columns as migrations/sqlite: a test compares the two.

ALTER TABLE projects ADD COLUMN four_eyes BIGINT NOT NULL DEFAULT 0;
CREATE TABLE consents (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    project TEXT COLLATE "C" NOT NULL,
    asked TEXT NOT NULL,
    words TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    given_by TEXT
);
