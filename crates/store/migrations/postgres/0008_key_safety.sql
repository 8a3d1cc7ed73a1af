-- Key safety: how old the keys of a project may become, and what the exchange said last of a real key.
-- Times are microseconds since 1970-01-01 UTC. The same columns as migrations/sqlite: a test compares the two.

ALTER TABLE projects ADD COLUMN rotate_after_days BIGINT NOT NULL DEFAULT 90;
ALTER TABLE credentials ADD COLUMN checked TEXT;
