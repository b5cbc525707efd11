-- What was announced and whether its bytes are stored; the bytes are elsewhere. `id` is part of `sha256`.
CREATE TABLE catalog_media (
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    id text COLLATE "C" NOT NULL,
    sha256 text COLLATE "C" NOT NULL,
    content_type text COLLATE "C" NOT NULL,
    content_length bigint NOT NULL CHECK (content_length > 0),
    created_us bigint NOT NULL,
    stored_us bigint,
    uploaded_us bigint,
    upload_status integer,
    upload_error text COLLATE "C",
    PRIMARY KEY (project_id, id)
);
CREATE INDEX catalog_media_unfinished ON catalog_media (created_us, project_id, id) WHERE stored_us IS NULL;

-- Who refers to a media: a trace, one of its observations, or a dataset item; what does not apply is ''.
CREATE TABLE catalog_media_link (
    project_id text COLLATE "C" NOT NULL,
    media_id text COLLATE "C" NOT NULL,
    field text COLLATE "C" NOT NULL,
    trace_id text COLLATE "C" NOT NULL,
    observation_id text COLLATE "C" NOT NULL,
    dataset_id text COLLATE "C" NOT NULL,
    dataset_item_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (project_id, media_id, field, trace_id, observation_id, dataset_item_id),
    FOREIGN KEY (project_id, media_id) REFERENCES catalog_media (project_id, id)
);
CREATE INDEX catalog_media_link_by_trace ON catalog_media_link (project_id, trace_id, media_id);
CREATE INDEX catalog_media_link_by_item ON catalog_media_link (project_id, dataset_item_id, media_id);
