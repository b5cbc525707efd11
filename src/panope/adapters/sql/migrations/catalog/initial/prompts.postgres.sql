-- One row per name. `latest` is the newest version, which has the label of that name.
CREATE TABLE catalog_prompt (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    name text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL CHECK (type IN ('text', 'chat')),
    latest integer NOT NULL,
    UNIQUE (project_id, name)
);

-- `body` and `config` are JSON.
CREATE TABLE catalog_prompt_version (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    prompt_id text COLLATE "C" NOT NULL REFERENCES catalog_prompt (id),
    version integer NOT NULL,
    body text COLLATE "C" NOT NULL,
    config text COLLATE "C" NOT NULL,
    commit_message text COLLATE "C",
    created_by text COLLATE "C" NOT NULL,
    created_us bigint NOT NULL,
    updated_us bigint NOT NULL,
    UNIQUE (prompt_id, version)
);

-- The key says that no two versions of a prompt have the same label.
CREATE TABLE catalog_prompt_label (
    prompt_id text COLLATE "C" NOT NULL REFERENCES catalog_prompt (id),
    label text COLLATE "C" NOT NULL,
    version_id text COLLATE "C" NOT NULL REFERENCES catalog_prompt_version (id),
    position integer NOT NULL,
    PRIMARY KEY (prompt_id, label)
);
CREATE INDEX catalog_prompt_label_by_version ON catalog_prompt_label (version_id);

CREATE TABLE catalog_prompt_tag (
    prompt_id text COLLATE "C" NOT NULL REFERENCES catalog_prompt (id),
    tag text COLLATE "C" NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (prompt_id, tag)
);

-- That a version names another prompt of its project, by version or by label.
CREATE TABLE catalog_prompt_reference (
    version_id text COLLATE "C" NOT NULL REFERENCES catalog_prompt_version (id),
    position integer NOT NULL,
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    name text COLLATE "C" NOT NULL,
    version integer,
    label text COLLATE "C",
    PRIMARY KEY (version_id, position)
);
CREATE INDEX catalog_prompt_reference_by_name ON catalog_prompt_reference (project_id, name);

CREATE TABLE catalog_protected_label (
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    label text COLLATE "C" NOT NULL,
    PRIMARY KEY (project_id, label)
);
