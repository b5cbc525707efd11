-- What was announced and whether its bytes are stored; the bytes are elsewhere. `id` is part of `sha256`.
CREATE TABLE catalog_media (
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    id TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    content_type TEXT NOT NULL,
    content_length INTEGER NOT NULL CHECK (content_length > 0),
    created_us INTEGER NOT NULL,
    stored_us INTEGER,
    uploaded_us INTEGER,
    upload_status INTEGER,
    upload_error TEXT,
    PRIMARY KEY (project_id, id)
) STRICT;
CREATE INDEX catalog_media_unfinished ON catalog_media (created_us, project_id, id) WHERE stored_us IS NULL;

-- Who refers to a media: a trace, one of its observations, or a dataset item; what does not apply is ''.
CREATE TABLE catalog_media_link (
    project_id TEXT NOT NULL,
    media_id TEXT NOT NULL,
    field TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    observation_id TEXT NOT NULL,
    dataset_id TEXT NOT NULL,
    dataset_item_id TEXT NOT NULL,
    PRIMARY KEY (project_id, media_id, field, trace_id, observation_id, dataset_item_id),
    FOREIGN KEY (project_id, media_id) REFERENCES catalog_media (project_id, id)
) STRICT;
CREATE INDEX catalog_media_link_by_trace ON catalog_media_link (project_id, trace_id, media_id);
CREATE INDEX catalog_media_link_by_item ON catalog_media_link (project_id, dataset_item_id, media_id);
