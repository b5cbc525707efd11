-- Runs of datasets, and their items as clients linked them. `metadata` is JSON text. What was deleted stays, marked, so
-- that it does not come back when it is sent again. An item may name an item of the dataset that is gone.

CREATE TABLE catalog_dataset_run (
    project_id text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    dataset_id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    description text,
    metadata text,
    created_us bigint NOT NULL,
    updated_us bigint NOT NULL,
    cut_us bigint NOT NULL,
    is_deleted smallint NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, dataset_id) REFERENCES catalog_dataset (project_id, id)
);
CREATE INDEX catalog_dataset_run_by_dataset ON catalog_dataset_run (project_id, dataset_id, created_us DESC, id);

CREATE TABLE catalog_dataset_run_item (
    project_id text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    run_id text COLLATE "C" NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    trace_id text COLLATE "C" NOT NULL,
    observation_id text COLLATE "C",
    created_us bigint NOT NULL,
    updated_us bigint NOT NULL,
    is_deleted smallint NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, run_id) REFERENCES catalog_dataset_run (project_id, id)
);
CREATE INDEX catalog_dataset_run_item_by_run ON catalog_dataset_run_item (project_id, run_id, created_us, id);
CREATE INDEX catalog_dataset_run_item_by_creation ON catalog_dataset_run_item (project_id, created_us, id);
