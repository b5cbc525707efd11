-- `state` is JSON. `owner_id` of a default is empty for that of everybody.
CREATE TABLE catalog_saved_view (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    level TEXT NOT NULL,
    name TEXT,
    owner_id TEXT NOT NULL,
    is_shared INTEGER NOT NULL CHECK (is_shared IN (0, 1)),
    state TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL
) STRICT;
CREATE INDEX catalog_saved_view_by_project ON catalog_saved_view (project_id);
CREATE TABLE catalog_default_view (
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    level TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    view_id TEXT NOT NULL REFERENCES catalog_saved_view (id),
    PRIMARY KEY (project_id, level, owner_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX catalog_default_view_by_view ON catalog_default_view (view_id);
