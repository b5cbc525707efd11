-- `state` is JSON. `owner_id` of a default is empty for that of everybody.
CREATE TABLE catalog_saved_view (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    level text COLLATE "C" NOT NULL,
    name text COLLATE "C",
    owner_id text COLLATE "C" NOT NULL,
    is_shared boolean NOT NULL,
    state text COLLATE "C" NOT NULL,
    created_us bigint NOT NULL,
    updated_us bigint NOT NULL
);
CREATE INDEX catalog_saved_view_by_project ON catalog_saved_view (project_id);
CREATE TABLE catalog_default_view (
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    level text COLLATE "C" NOT NULL,
    owner_id text COLLATE "C" NOT NULL,
    view_id text COLLATE "C" NOT NULL REFERENCES catalog_saved_view (id),
    PRIMARY KEY (project_id, level, owner_id)
);
CREATE INDEX catalog_default_view_by_view ON catalog_default_view (view_id);
