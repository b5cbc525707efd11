-- Browsers in which people are signed in; of a token only its hash.
CREATE TABLE catalog_user_session (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    user_id text COLLATE "C" NOT NULL REFERENCES catalog_user (id),
    token_hash text COLLATE "C" NOT NULL UNIQUE,
    user_agent text COLLATE "C" NOT NULL,
    created_us bigint NOT NULL,
    seen_us bigint NOT NULL,
    expires_us bigint NOT NULL
);
CREATE INDEX catalog_user_session_by_user ON catalog_user_session (user_id, seen_us);
CREATE INDEX catalog_user_session_by_end ON catalog_user_session (expires_us);

-- How often passwords were tried, by account and by address, both hashed. Pruned with every attempt.
CREATE TABLE catalog_sign_in_attempt (
    place text COLLATE "C" NOT NULL PRIMARY KEY,
    since_us bigint NOT NULL,
    until_us bigint NOT NULL,
    count bigint NOT NULL
);
CREATE INDEX catalog_sign_in_attempt_by_end ON catalog_sign_in_attempt (until_us);
