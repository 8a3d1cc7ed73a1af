-- Who an operator is at the identity provider (OpenID Connect): its issuer, and the name that it never gives twice.
-- The same tables and columns as migrations/postgres: a test compares the two.

CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    operator TEXT NOT NULL UNIQUE REFERENCES operators (id),
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT;
