-- Catalog plane, SQLite. Times are int64 microseconds. One writer at a time; every change of what caches hold moves
-- catalog_version in the same transaction.

CREATE TABLE catalog_organization (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_us INTEGER NOT NULL
) STRICT;

-- `metadata` is a JSON object. What a row with a time of deletion holds is on its way out.
CREATE TABLE catalog_project (
    id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES catalog_organization (id),
    name TEXT NOT NULL,
    retention_days INTEGER CHECK (retention_days > 0),
    text_index INTEGER NOT NULL DEFAULT 1,
    metadata TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    deleted_us INTEGER
) STRICT;
CREATE INDEX catalog_project_by_organization ON catalog_project (organization_id, created_us, id);

-- A key is of a project or of an organisation.
CREATE TABLE catalog_api_key (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT REFERENCES catalog_project (id),
    organization_id TEXT REFERENCES catalog_organization (id),
    public_key TEXT NOT NULL UNIQUE,
    secret_hash TEXT NOT NULL UNIQUE,
    display_secret_key TEXT NOT NULL,
    note TEXT,
    created_us INTEGER NOT NULL,
    expires_us INTEGER,
    last_used_us INTEGER,
    CHECK ((project_id IS NULL) <> (organization_id IS NULL))
) STRICT;
CREATE INDEX catalog_api_key_by_project ON catalog_api_key (project_id, created_us, id);

-- Keys of projects that are gone: so that whoever still sends by one can be told.
CREATE TABLE catalog_revoked_key (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    public_key TEXT NOT NULL,
    note TEXT,
    revoked_us INTEGER NOT NULL
) STRICT;
CREATE INDEX catalog_revoked_key_by_project ON catalog_revoked_key (project_id, revoked_us, id);

-- How often keys were refused, by hour. Bounded by whoever writes it, pruned with every write.
CREATE TABLE catalog_key_failure (
    hour_us INTEGER NOT NULL,
    key_prefix TEXT NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    last_us INTEGER NOT NULL,
    PRIMARY KEY (hour_us, key_prefix, reason)
) STRICT;

CREATE TABLE catalog_user (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT,
    password_hash TEXT,
    created_us INTEGER NOT NULL
) STRICT;

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

CREATE TABLE catalog_membership (
    user_id TEXT NOT NULL REFERENCES catalog_user (id),
    organization_id TEXT NOT NULL REFERENCES catalog_organization (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'none')),
    PRIMARY KEY (user_id, organization_id)
) STRICT;
CREATE INDEX catalog_membership_by_organization ON catalog_membership (organization_id, user_id);

-- Beside the role in the organisation, without which there is none here.
CREATE TABLE catalog_project_membership (
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    user_id TEXT NOT NULL REFERENCES catalog_user (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'none')),
    PRIMARY KEY (project_id, user_id)
) STRICT;

-- A row without a project is managed: every project sees it. `tiers` and `tokenizer_config` are JSON.
CREATE TABLE catalog_model (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT REFERENCES catalog_project (id),
    name TEXT NOT NULL,
    match_pattern TEXT NOT NULL,
    start_us INTEGER,
    unit TEXT NOT NULL,
    tiers TEXT NOT NULL,
    tokenizer_id TEXT,
    tokenizer_config TEXT,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX catalog_model_by_name ON catalog_model (project_id, name) WHERE project_id IS NOT NULL;

CREATE TABLE catalog_setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE catalog_version (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    accounts INTEGER NOT NULL,
    models INTEGER NOT NULL,
    prompts INTEGER NOT NULL,
    score_configs INTEGER NOT NULL
) STRICT;
INSERT INTO catalog_version (id, accounts, models, prompts, score_configs) VALUES (1, 0, 0, 0, 0);
