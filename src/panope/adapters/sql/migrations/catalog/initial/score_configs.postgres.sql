-- What scores have to be like. Never deleted, for scores refer to them. `categories` is JSON.
CREATE TABLE catalog_score_config (
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    data_type text COLLATE "C" NOT NULL CHECK (data_type IN ('NUMERIC', 'CATEGORICAL', 'BOOLEAN', 'TEXT')),
    is_archived integer NOT NULL CHECK (is_archived IN (0, 1)),
    min_value double precision,
    max_value double precision,
    categories text COLLATE "C",
    description text COLLATE "C",
    direction text COLLATE "C" NOT NULL CHECK (direction IN ('higher', 'lower', 'none')),
    created_us bigint NOT NULL,
    updated_us bigint NOT NULL,
    PRIMARY KEY (project_id, id)
);
