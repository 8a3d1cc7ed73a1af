-- The numbers of requests to exchanges that count them: up to and with `last` any may have been used, and none of those
-- is ever used again. One row for each real key, which outlives the credential: added again, it goes on above.
-- `first` is where the latest block begins.
CREATE TABLE nonces (
    dialect TEXT NOT NULL,
    api_key TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL CHECK (first <= last),
    PRIMARY KEY (dialect, api_key)
) STRICT, WITHOUT ROWID;
