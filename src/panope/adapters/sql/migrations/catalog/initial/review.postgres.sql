-- Comments and annotation queues. What they are about lies in the telemetry plane or in another noun's table, so it is
-- referred to by its id only, and may be gone.

CREATE TABLE catalog_comment (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    object_type text COLLATE "C" NOT NULL,
    object_id text COLLATE "C" NOT NULL,
    content text COLLATE "C" NOT NULL,
    author_user_id text COLLATE "C",
    created_us bigint NOT NULL,
    updated_us bigint NOT NULL
);
CREATE INDEX catalog_comment_by_creation ON catalog_comment (project_id, created_us, id);
CREATE INDEX catalog_comment_by_object ON catalog_comment (project_id, object_id, created_us, id);

-- `score_config_ids` is a JSON array.
CREATE TABLE catalog_annotation_queue (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    name text COLLATE "C" NOT NULL,
    description text COLLATE "C",
    score_config_ids text COLLATE "C" NOT NULL,
    archived_us bigint,
    created_us bigint NOT NULL,
    updated_us bigint NOT NULL
);
CREATE UNIQUE INDEX catalog_annotation_queue_by_name ON catalog_annotation_queue (project_id, md5(name));
CREATE INDEX catalog_annotation_queue_by_creation ON catalog_annotation_queue (project_id, created_us, id);

CREATE TABLE catalog_annotation_assignment (
    queue_id text COLLATE "C" NOT NULL REFERENCES catalog_annotation_queue (id) ON DELETE CASCADE,
    user_id text COLLATE "C" NOT NULL REFERENCES catalog_user (id),
    PRIMARY KEY (queue_id, user_id)
);

-- `completion` is the JSON of the last completion; `completed_by` repeats its reviewer while the item is completed by it.
CREATE TABLE catalog_annotation_item (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    queue_id text COLLATE "C" NOT NULL REFERENCES catalog_annotation_queue (id) ON DELETE CASCADE,
    object_type text COLLATE "C" NOT NULL,
    object_id text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL CHECK (status IN ('PENDING', 'COMPLETED')),
    queued_us bigint NOT NULL,
    missing_us bigint,
    lock_token text COLLATE "C",
    lock_reviewer_id text COLLATE "C",
    lock_expires_us bigint,
    completed_us bigint,
    completed_by text COLLATE "C",
    completion text COLLATE "C",
    is_delivered boolean NOT NULL,
    created_us bigint NOT NULL,
    updated_us bigint NOT NULL
);
CREATE INDEX catalog_annotation_item_in_line ON catalog_annotation_item (queue_id, status, queued_us, id);
CREATE INDEX catalog_annotation_item_by_creation ON catalog_annotation_item (queue_id, created_us, id);
CREATE INDEX catalog_annotation_item_by_object ON catalog_annotation_item (queue_id, object_id);
CREATE INDEX catalog_annotation_item_by_reviewer ON catalog_annotation_item (queue_id, lock_reviewer_id)
    WHERE lock_reviewer_id IS NOT NULL;
CREATE INDEX catalog_annotation_item_undelivered ON catalog_annotation_item (project_id, id) WHERE NOT is_delivered;
