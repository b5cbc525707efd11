-- Datasets and their items. `metadata`, the schemas and the three payloads are JSON text.

CREATE TABLE catalog_dataset (
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    metadata TEXT,
    input_schema TEXT,
    expected_output_schema TEXT,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    item_count INTEGER NOT NULL,
    last_write_us INTEGER NOT NULL,
    PRIMARY KEY (project_id, id)
) STRICT;
CREATE UNIQUE INDEX catalog_dataset_by_name ON catalog_dataset (project_id, name);
CREATE INDEX catalog_dataset_by_creation ON catalog_dataset (project_id, created_us DESC, id);

-- One row per version of an item, valid from `valid_from_us` until just before `valid_to_us`; the current one has none.
CREATE TABLE catalog_dataset_item (
    number INTEGER NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ACTIVE', 'ARCHIVED')),
    source_trace_id TEXT,
    source_observation_id TEXT,
    created_us INTEGER NOT NULL,
    valid_from_us INTEGER NOT NULL,
    valid_to_us INTEGER,
    input TEXT,
    expected_output TEXT,
    metadata TEXT,
    FOREIGN KEY (project_id, dataset_id) REFERENCES catalog_dataset (project_id, id)
) STRICT;
CREATE UNIQUE INDEX catalog_dataset_item_current ON catalog_dataset_item (id, project_id) WHERE valid_to_us IS NULL;
CREATE INDEX catalog_dataset_item_of_project
    ON catalog_dataset_item (project_id, created_us DESC, id, status) WHERE valid_to_us IS NULL;
-- Of one dataset, now or as of then: whatever is asked of an item before its payload is in the index.
CREATE INDEX catalog_dataset_item_by_version
    ON catalog_dataset_item (project_id, dataset_id, created_us DESC, id, status, valid_from_us, valid_to_us);
CREATE INDEX catalog_dataset_item_by_trace
    ON catalog_dataset_item (project_id, source_trace_id, created_us DESC, id)
    WHERE source_trace_id IS NOT NULL AND valid_to_us IS NULL;
CREATE INDEX catalog_dataset_item_by_observation
    ON catalog_dataset_item (project_id, source_observation_id, created_us DESC, id)
    WHERE source_observation_id IS NOT NULL AND valid_to_us IS NULL;
