-- What people think of panope. Bounded by whoever writes it.
CREATE TABLE catalog_feedback (
    project_id text COLLATE "C" NOT NULL REFERENCES catalog_project (id),
    id text COLLATE "C" NOT NULL,
    target_type text COLLATE "C" NOT NULL,
    target text COLLATE "C" NOT NULL,
    feedback text COLLATE "C" NOT NULL,
    goal text COLLATE "C",
    reference_url text COLLATE "C",
    created_us bigint NOT NULL,
    PRIMARY KEY (project_id, id)
);
