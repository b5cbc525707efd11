-- Browsers in which people are signed in; of a token only its hash.
CREATE TABLE catalog_user_session (
    id TEXT NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES catalog_user (id),
    token_hash TEXT NOT NULL UNIQUE,
    user_agent TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    seen_us INTEGER NOT NULL,
    expires_us INTEGER NOT NULL
) STRICT;
CREATE INDEX catalog_user_session_by_user ON catalog_user_session (user_id, seen_us);
CREATE INDEX catalog_user_session_by_end ON catalog_user_session (expires_us);

-- How often passwords were tried, by account and by address, both hashed. Pruned with every attempt.
CREATE TABLE catalog_sign_in_attempt (
    place TEXT NOT NULL PRIMARY KEY,
    since_us INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    count INTEGER NOT NULL
) STRICT;
CREATE INDEX catalog_sign_in_attempt_by_end ON catalog_sign_in_attempt (until_us);
