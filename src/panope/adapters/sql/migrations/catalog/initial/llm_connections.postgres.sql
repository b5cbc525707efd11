-- Secrets are sealed; `custom_models`, `header_names` and `config` are JSON.
CREATE TABLE catalog_llm_connection (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    provider text COLLATE "C" NOT NULL,
    adapter text COLLATE "C" NOT NULL,
    sealed_secret text COLLATE "C" NOT NULL,
    display_secret text COLLATE "C" NOT NULL,
    base_url text COLLATE "C",
    custom_models text COLLATE "C" NOT NULL,
    with_default_models boolean NOT NULL,
    sealed_headers text COLLATE "C",
    header_names text COLLATE "C" NOT NULL,
    config text COLLATE "C",
    created_us bigint NOT NULL,
    updated_us bigint NOT NULL
);
CREATE UNIQUE INDEX catalog_llm_connection_by_provider ON catalog_llm_connection (project_id, md5(provider));
