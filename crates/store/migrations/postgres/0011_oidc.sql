-- Who an operator is at the identity provider (OpenID Connect): its issuer, and the name that it never gives twice.
-- The same tables and columns as migrations/sqlite: a test compares the two.

CREATE TABLE identities (
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    operator TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES operators (id),
    linked_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
