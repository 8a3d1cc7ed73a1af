-- The numbers of requests to exchanges that count them: up to and with `last` any may have been used, and none of those
-- is ever used again. One row for each real key, which outlives the credential: added again, it goes on above.
-- `first` is where the latest block begins.
CREATE TABLE nonces (
    dialect TEXT COLLATE "C" NOT NULL,
    api_key TEXT COLLATE "C" NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL CHECK (first <= last),
    PRIMARY KEY (dialect, api_key)
);
