-- Comments and annotation queues. What they are about lies in the telemetry plane or in another noun's table, so it is
-- referred to by its id only, and may be gone.

CREATE TABLE catalog_comment (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    object_type TEXT NOT NULL,
    object_id TEXT NOT NULL,
    content TEXT NOT NULL,
    author_user_id TEXT,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL
) STRICT;
CREATE INDEX catalog_comment_by_creation ON catalog_comment (project_id, created_us, id);
CREATE INDEX catalog_comment_by_object ON catalog_comment (project_id, object_id, created_us, id);

-- `score_config_ids` is a JSON array.
CREATE TABLE catalog_annotation_queue (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    name TEXT NOT NULL,
    description TEXT,
    score_config_ids TEXT NOT NULL,
    archived_us INTEGER,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX catalog_annotation_queue_by_name ON catalog_annotation_queue (project_id, name);
CREATE INDEX catalog_annotation_queue_by_creation ON catalog_annotation_queue (project_id, created_us, id);

CREATE TABLE catalog_annotation_assignment (
    queue_id TEXT NOT NULL REFERENCES catalog_annotation_queue (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES catalog_user (id),
    PRIMARY KEY (queue_id, user_id)
) STRICT;

-- `completion` is the JSON of the last completion; `completed_by` repeats its reviewer while the item is completed by it.
CREATE TABLE catalog_annotation_item (
    id TEXT NOT NULL PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    queue_id TEXT NOT NULL REFERENCES catalog_annotation_queue (id) ON DELETE CASCADE,
    object_type TEXT NOT NULL,
    object_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('PENDING', 'COMPLETED')),
    queued_us INTEGER NOT NULL,
    missing_us INTEGER,
    lock_token TEXT,
    lock_reviewer_id TEXT,
    lock_expires_us INTEGER,
    completed_us INTEGER,
    completed_by TEXT,
    completion TEXT,
    is_delivered INTEGER NOT NULL CHECK (is_delivered IN (0, 1)),
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL
) STRICT;
CREATE INDEX catalog_annotation_item_in_line ON catalog_annotation_item (queue_id, status, queued_us, id);
CREATE INDEX catalog_annotation_item_by_creation ON catalog_annotation_item (queue_id, created_us, id);
CREATE INDEX catalog_annotation_item_by_object ON catalog_annotation_item (queue_id, object_id);
CREATE INDEX catalog_annotation_item_by_reviewer ON catalog_annotation_item (queue_id, lock_reviewer_id)
    WHERE lock_reviewer_id IS NOT NULL;
CREATE INDEX catalog_annotation_item_undelivered ON catalog_annotation_item (project_id, id) WHERE is_delivered = 0;
