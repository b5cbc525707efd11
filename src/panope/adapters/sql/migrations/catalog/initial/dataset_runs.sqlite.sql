-- Runs of datasets, and their items as clients linked them. `metadata` is JSON text. What was deleted stays, marked, so
-- that it does not come back when it is sent again. An item may name an item of the dataset that is gone.

CREATE TABLE catalog_dataset_run (
    project_id TEXT NOT NULL,
    id TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    metadata TEXT,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    cut_us INTEGER NOT NULL,
    is_deleted INTEGER NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, dataset_id) REFERENCES catalog_dataset (project_id, id)
) STRICT;
CREATE INDEX catalog_dataset_run_by_dataset ON catalog_dataset_run (project_id, dataset_id, created_us DESC, id);

CREATE TABLE catalog_dataset_run_item (
    project_id TEXT NOT NULL,
    id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    observation_id TEXT,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    is_deleted INTEGER NOT NULL,
    PRIMARY KEY (project_id, id),
    FOREIGN KEY (project_id, run_id) REFERENCES catalog_dataset_run (project_id, id)
) STRICT;
CREATE INDEX catalog_dataset_run_item_by_run ON catalog_dataset_run_item (project_id, run_id, created_us, id);
CREATE INDEX catalog_dataset_run_item_by_creation ON catalog_dataset_run_item (project_id, created_us, id);
