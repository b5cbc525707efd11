-- Secrets are sealed; `custom_models`, `header_names` and `config` are JSON.
CREATE TABLE catalog_llm_connection (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    provider TEXT NOT NULL,
    adapter TEXT NOT NULL,
    sealed_secret TEXT NOT NULL,
    display_secret TEXT NOT NULL,
    base_url TEXT,
    custom_models TEXT NOT NULL,
    with_default_models INTEGER NOT NULL CHECK (with_default_models IN (0, 1)),
    sealed_headers TEXT,
    header_names TEXT NOT NULL,
    config TEXT,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX catalog_llm_connection_by_provider ON catalog_llm_connection (project_id, provider);
