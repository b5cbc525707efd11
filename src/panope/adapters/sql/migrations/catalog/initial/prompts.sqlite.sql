-- One row per name. `latest` is the newest version, which has the label of that name.
CREATE TABLE catalog_prompt (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    name TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('text', 'chat')),
    latest INTEGER NOT NULL,
    UNIQUE (project_id, name)
) STRICT;

-- `body` and `config` are JSON.
CREATE TABLE catalog_prompt_version (
    id TEXT NOT NULL PRIMARY KEY,
    prompt_id TEXT NOT NULL REFERENCES catalog_prompt (id),
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    config TEXT NOT NULL,
    commit_message TEXT,
    created_by TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    UNIQUE (prompt_id, version)
) STRICT;

-- The key says that no two versions of a prompt have the same label.
CREATE TABLE catalog_prompt_label (
    prompt_id TEXT NOT NULL REFERENCES catalog_prompt (id),
    label TEXT NOT NULL,
    version_id TEXT NOT NULL REFERENCES catalog_prompt_version (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (prompt_id, label)
) STRICT;
CREATE INDEX catalog_prompt_label_by_version ON catalog_prompt_label (version_id);

CREATE TABLE catalog_prompt_tag (
    prompt_id TEXT NOT NULL REFERENCES catalog_prompt (id),
    tag TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (prompt_id, tag)
) STRICT;

-- That a version names another prompt of its project, by version or by label.
CREATE TABLE catalog_prompt_reference (
    version_id TEXT NOT NULL REFERENCES catalog_prompt_version (id),
    position INTEGER NOT NULL,
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    name TEXT NOT NULL,
    version INTEGER,
    label TEXT,
    PRIMARY KEY (version_id, position)
) STRICT;
CREATE INDEX catalog_prompt_reference_by_name ON catalog_prompt_reference (project_id, name);

CREATE TABLE catalog_protected_label (
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    label TEXT NOT NULL,
    PRIMARY KEY (project_id, label)
) STRICT;
