-- What scores have to be like. Never deleted, for scores refer to them. `categories` is JSON.
CREATE TABLE catalog_score_config (
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    data_type TEXT NOT NULL CHECK (data_type IN ('NUMERIC', 'CATEGORICAL', 'BOOLEAN', 'TEXT')),
    is_archived INTEGER NOT NULL CHECK (is_archived IN (0, 1)),
    min_value REAL,
    max_value REAL,
    categories TEXT,
    description TEXT,
    direction TEXT NOT NULL CHECK (direction IN ('higher', 'lower', 'none')),
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    PRIMARY KEY (project_id, id)
) STRICT;
