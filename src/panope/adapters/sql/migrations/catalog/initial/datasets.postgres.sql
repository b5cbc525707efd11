-- Datasets and their items. `metadata`, the schemas and the three payloads are JSON text.

CREATE TABLE catalog_dataset (
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    description text,
    metadata text,
    input_schema text,
    expected_output_schema text,
    created_us bigint NOT NULL,
    updated_us bigint NOT NULL,
    item_count bigint NOT NULL,
    last_write_us bigint NOT NULL,
    PRIMARY KEY (project_id, id)
);
CREATE UNIQUE INDEX catalog_dataset_by_name ON catalog_dataset (project_id, name);
CREATE INDEX catalog_dataset_by_creation ON catalog_dataset (project_id, created_us DESC, id);

-- One row per version of an item, valid from `valid_from_us` until just before `valid_to_us`; the current one has none.
CREATE TABLE catalog_dataset_item (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project_id text COLLATE "C" NOT NULL,
    dataset_id text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL CHECK (status IN ('ACTIVE', 'ARCHIVED')),
    source_trace_id text COLLATE "C",
    source_observation_id text COLLATE "C",
    created_us bigint NOT NULL,
    valid_from_us bigint NOT NULL,
    valid_to_us bigint,
    input text,
    expected_output text,
    metadata text,
    FOREIGN KEY (project_id, dataset_id) REFERENCES catalog_dataset (project_id, id)
);
CREATE UNIQUE INDEX catalog_dataset_item_current ON catalog_dataset_item (id, project_id) WHERE valid_to_us IS NULL;
CREATE INDEX catalog_dataset_item_of_project
    ON catalog_dataset_item (project_id, created_us DESC, id, status) INCLUDE (number)
    WHERE valid_to_us IS NULL;
-- Of one dataset, now or as of then: whatever is asked of an item before its payload is in the index.
CREATE INDEX catalog_dataset_item_by_version
    ON catalog_dataset_item (project_id, dataset_id, created_us DESC, id, status, valid_from_us, valid_to_us)
    INCLUDE (number);
CREATE INDEX catalog_dataset_item_by_trace
    ON catalog_dataset_item (project_id, source_trace_id, created_us DESC, id)
    WHERE source_trace_id IS NOT NULL AND valid_to_us IS NULL;
CREATE INDEX catalog_dataset_item_by_observation
    ON catalog_dataset_item (project_id, source_observation_id, created_us DESC, id)
    WHERE source_observation_id IS NOT NULL AND valid_to_us IS NULL;
