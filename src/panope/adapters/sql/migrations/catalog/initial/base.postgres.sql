-- Catalog plane, Postgres. Text is ordered by code point, times are int64 microseconds. One writer at a time; every
-- change of what caches hold moves catalog_version in the same transaction.

CREATE TABLE catalog_organization (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    created_us bigint NOT NULL
);

-- `metadata` is a JSON object. What a row with a time of deletion holds is on its way out.
CREATE TABLE catalog_project (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    organization_id text COLLATE "C" NOT NULL REFERENCES catalog_organization (id),
    name text COLLATE "C" NOT NULL,
    retention_days integer CHECK (retention_days > 0),
    text_index boolean NOT NULL DEFAULT true,
    metadata text COLLATE "C" NOT NULL,
    created_us bigint NOT NULL,
    updated_us bigint NOT NULL,
    deleted_us bigint
);
CREATE INDEX catalog_project_by_organization ON catalog_project (organization_id, created_us, id);

-- A key is of a project or of an organisation.
CREATE TABLE catalog_api_key (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    project_id text COLLATE "C" REFERENCES catalog_project (id),
    organization_id text COLLATE "C" REFERENCES catalog_organization (id),
    public_key text COLLATE "C" NOT NULL UNIQUE,
    secret_hash text COLLATE "C" NOT NULL UNIQUE,
    display_secret_key text COLLATE "C" NOT NULL,
    note text COLLATE "C",
    created_us bigint NOT NULL,
    expires_us bigint,
    last_used_us bigint,
    CHECK ((project_id IS NULL) <> (organization_id IS NULL))
);
CREATE INDEX catalog_api_key_by_project ON catalog_api_key (project_id, created_us, id);

-- Keys of projects that are gone: so that whoever still sends by one can be told.
CREATE TABLE catalog_revoked_key (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    public_key text COLLATE "C" NOT NULL,
    note text COLLATE "C",
    revoked_us bigint NOT NULL
);
CREATE INDEX catalog_revoked_key_by_project ON catalog_revoked_key (project_id, revoked_us, id);

-- How often keys were refused, by hour. Bounded by whoever writes it, pruned with every write.
CREATE TABLE catalog_key_failure (
    hour_us bigint NOT NULL,
    key_prefix text COLLATE "C" NOT NULL,
    reason text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    last_us bigint NOT NULL,
    PRIMARY KEY (hour_us, key_prefix, reason)
);

CREATE TABLE catalog_user (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    email text COLLATE "C" NOT NULL UNIQUE,
    name text COLLATE "C",
    password_hash text COLLATE "C",
    created_us bigint NOT NULL
);

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

CREATE TABLE catalog_membership (
    user_id text COLLATE "C" NOT NULL REFERENCES catalog_user (id),
    organization_id text COLLATE "C" NOT NULL REFERENCES catalog_organization (id),
    role text COLLATE "C" NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'none')),
    PRIMARY KEY (user_id, organization_id)
);
CREATE INDEX catalog_membership_by_organization ON catalog_membership (organization_id, user_id);

-- Beside the role in the organisation, without which there is none here.
CREATE TABLE catalog_project_membership (
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    user_id text COLLATE "C" NOT NULL REFERENCES catalog_user (id),
    role text COLLATE "C" NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'none')),
    PRIMARY KEY (project_id, user_id)
);

-- A row without a project is managed: every project sees it. `tiers` and `tokenizer_config` are JSON.
CREATE TABLE catalog_model (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    project_id text COLLATE "C" REFERENCES catalog_project (id),
    name text COLLATE "C" NOT NULL,
    match_pattern text COLLATE "C" NOT NULL,
    start_us bigint,
    unit text COLLATE "C" NOT NULL,
    tiers text COLLATE "C" NOT NULL,
    tokenizer_id text COLLATE "C",
    tokenizer_config text COLLATE "C",
    created_us bigint NOT NULL,
    updated_us bigint NOT NULL
);
CREATE UNIQUE INDEX catalog_model_by_name ON catalog_model (project_id, md5(name)) WHERE project_id IS NOT NULL;

CREATE TABLE catalog_setting (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    value text COLLATE "C" NOT NULL
);

CREATE TABLE catalog_version (
    id integer NOT NULL PRIMARY KEY CHECK (id = 1),
    accounts bigint NOT NULL,
    models bigint NOT NULL,
    prompts bigint NOT NULL,
    score_configs bigint NOT NULL
);
INSERT INTO catalog_version (id, accounts, models, prompts, score_configs) VALUES (1, 0, 0, 0, 0);
