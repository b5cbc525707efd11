-- What people think of panope. Bounded by whoever writes it.
CREATE TABLE catalog_feedback (
    project_id TEXT NOT NULL REFERENCES catalog_project (id),
    id TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target TEXT NOT NULL,
    feedback TEXT NOT NULL,
    goal TEXT,
    reference_url TEXT,
    created_us INTEGER NOT NULL,
    PRIMARY KEY (project_id, id)
) STRICT;
