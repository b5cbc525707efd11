-- Telemetry plane, SQLite. Column names are the field names of the domain rows. Times are int64 microseconds, money is
-- int64 of 10^-12 USD. `project` is project.number, `key` the row's own number, `seq` grows with every write of a row.
-- Every filter index ends in (sort column, id). No observation index without need: each is paid for on every insert.

CREATE TABLE project (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE change_sequence (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    value INTEGER NOT NULL
) STRICT;
INSERT INTO change_sequence (only, value) VALUES (1, 0);

CREATE TABLE trace (
    key INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    timestamp_us INTEGER NOT NULL,
    name TEXT,
    user_id TEXT,
    session_id TEXT,
    environment TEXT NOT NULL,
    release TEXT,
    version TEXT,
    public INTEGER NOT NULL,
    bookmarked INTEGER NOT NULL,
    tags TEXT,
    has_state INTEGER NOT NULL,
    input_preview TEXT,
    output_preview TEXT,
    observation_count INTEGER NOT NULL,
    root_count INTEGER NOT NULL,
    first_start_us INTEGER,
    last_end_us INTEGER,
    first_environment TEXT,
    first_observation_id TEXT,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    total_tokens INTEGER NOT NULL,
    input_cost INTEGER NOT NULL,
    output_cost INTEGER NOT NULL,
    total_cost INTEGER NOT NULL,
    error_count INTEGER NOT NULL,
    warning_count INTEGER NOT NULL,
    default_count INTEGER NOT NULL,
    debug_count INTEGER NOT NULL,
    unpriced_count INTEGER NOT NULL DEFAULT 0,
    open_count INTEGER NOT NULL DEFAULT 0,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    UNIQUE (project, id)
) STRICT;
CREATE INDEX trace_by_timestamp ON trace (project, timestamp_us, id);
CREATE INDEX trace_by_environment ON trace (project, environment, timestamp_us, id);
CREATE INDEX trace_by_name ON trace (project, name, timestamp_us, id) WHERE name IS NOT NULL;
CREATE INDEX trace_by_user ON trace (project, user_id, timestamp_us, id) WHERE user_id IS NOT NULL;
CREATE INDEX trace_by_session ON trace (project, session_id, timestamp_us, id) WHERE session_id IS NOT NULL;

CREATE TABLE trace_payload (
    key INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

CREATE TABLE trace_tag (
    project INTEGER NOT NULL,
    tag TEXT NOT NULL,
    timestamp_us INTEGER NOT NULL,
    trace_id TEXT NOT NULL,
    PRIMARY KEY (project, tag, timestamp_us, trace_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE observation (
    key INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    trace_id TEXT NOT NULL,
    type TEXT NOT NULL,
    name TEXT,
    start_us INTEGER NOT NULL,
    end_us INTEGER,
    completion_start_us INTEGER,
    parent_id TEXT,
    level TEXT NOT NULL,
    status_message TEXT,
    version TEXT,
    environment TEXT NOT NULL,
    model TEXT,
    model_id TEXT,
    prompt_name TEXT,
    prompt_version INTEGER,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    total_tokens INTEGER NOT NULL DEFAULT 0,
    input_cost INTEGER,
    output_cost INTEGER,
    total_cost INTEGER,
    agent TEXT,
    tool TEXT,
    graph_node TEXT,
    thread_id TEXT,
    finish_reason TEXT,
    error_type TEXT,
    retry_number INTEGER,
    is_app_root INTEGER NOT NULL DEFAULT 0,
    clock_skew INTEGER NOT NULL DEFAULT 0,
    input_preview TEXT,
    output_preview TEXT,
    detail BLOB,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    UNIQUE (project, id)
) STRICT;
CREATE INDEX observation_by_trace ON observation (project, trace_id, start_us, id);
CREATE INDEX observation_by_start ON observation (project, start_us, id);

CREATE TABLE observation_payload (
    key INTEGER PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

-- Who is in an experiment; the key is that of the observation's or the trace's row. Most rows are in none, and for them
-- nothing is here. Of the observations of one item, the one that stands for it is found by these indexes.
CREATE TABLE observation_experiment (
    key INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    id TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    experiment_id TEXT,
    experiment_name TEXT NOT NULL,
    dataset_id TEXT,
    item_id TEXT NOT NULL,
    is_item_root INTEGER NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    created_us INTEGER NOT NULL
) STRICT;
CREATE INDEX observation_experiment_by_start ON observation_experiment (project, start_us, id)
    WHERE is_item_root = 1;
CREATE INDEX observation_experiment_by_run ON observation_experiment (project, experiment_id, start_us, id);
CREATE INDEX observation_experiment_by_dataset ON observation_experiment (project, dataset_id, start_us, id)
    WHERE is_item_root = 1 AND dataset_id IS NOT NULL;
CREATE INDEX observation_experiment_by_trace ON observation_experiment (project, trace_id, start_us, id)
    WHERE is_item_root = 1;

CREATE TABLE trace_experiment (
    key INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    id TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    experiment_id TEXT,
    experiment_name TEXT NOT NULL,
    dataset_id TEXT,
    item_id TEXT NOT NULL,
    is_item_root INTEGER NOT NULL,
    start_us INTEGER NOT NULL,
    end_us INTEGER NOT NULL,
    created_us INTEGER NOT NULL
) STRICT;
CREATE INDEX trace_experiment_by_start ON trace_experiment (project, start_us, id);
CREATE INDEX trace_experiment_by_name ON trace_experiment (project, experiment_name, start_us, id);
CREATE INDEX trace_experiment_by_item ON trace_experiment (project, item_id, start_us, id);

CREATE TABLE score (
    key INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    name TEXT NOT NULL,
    value REAL NOT NULL,
    string_value TEXT,
    data_type TEXT NOT NULL,
    source TEXT NOT NULL,
    timestamp_us INTEGER NOT NULL,
    trace_id TEXT,
    observation_id TEXT,
    session_id TEXT,
    dataset_run_id TEXT,
    environment TEXT NOT NULL,
    comment TEXT,
    config_id TEXT,
    queue_id TEXT,
    author_user_id TEXT,
    execution_trace_id TEXT,
    metadata TEXT,
    state BLOB NOT NULL,
    created_us INTEGER NOT NULL,
    updated_us INTEGER NOT NULL,
    UNIQUE (project, id)
) STRICT;
CREATE INDEX score_by_timestamp ON score (project, timestamp_us, id);
CREATE INDEX score_by_name ON score (project, name, timestamp_us, id);
CREATE INDEX score_by_trace ON score (project, trace_id, timestamp_us, id) WHERE trace_id IS NOT NULL;
CREATE INDEX score_by_observation ON score (project, observation_id, timestamp_us, id)
    WHERE observation_id IS NOT NULL;
CREATE INDEX score_by_session ON score (project, session_id, timestamp_us, id) WHERE session_id IS NOT NULL;
CREATE INDEX score_by_run ON score (project, dataset_run_id, timestamp_us, id) WHERE dataset_run_id IS NOT NULL;

CREATE TABLE session (
    key INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    created_us INTEGER NOT NULL,
    environment TEXT NOT NULL,
    trace_count INTEGER NOT NULL,
    first_timestamp_us INTEGER NOT NULL,
    first_trace_id TEXT NOT NULL,
    UNIQUE (project, id)
) STRICT;
CREATE INDEX session_by_created ON session (project, created_us, id);

CREATE TABLE bucket (
    project INTEGER NOT NULL,
    kind TEXT NOT NULL,
    hour_us INTEGER NOT NULL,
    environment TEXT NOT NULL,
    name TEXT NOT NULL,
    model TEXT NOT NULL,
    count INTEGER NOT NULL,
    error_count INTEGER NOT NULL,
    unpriced_count INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    total_tokens INTEGER NOT NULL,
    total_cost INTEGER NOT NULL,
    PRIMARY KEY (project, kind, hour_us, environment, name, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE tombstone (
    project INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    cut_us INTEGER NOT NULL,
    PRIMARY KEY (project, kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE attribute_set (
    project INTEGER NOT NULL,
    id TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (project, id)
) STRICT;

CREATE TABLE ledger (
    key INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    received_us INTEGER NOT NULL,
    protocol TEXT NOT NULL,
    key_id TEXT,
    sdk_name TEXT,
    sdk_version TEXT,
    body_bytes INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    reasons TEXT NOT NULL,
    repairs TEXT NOT NULL,
    status INTEGER NOT NULL
) STRICT;
CREATE INDEX ledger_by_received ON ledger (project, received_us);

-- Work over history. `body` is the whole operation as JSON; the other columns are what it is found and claimed by.
CREATE TABLE operation (
    project INTEGER NOT NULL,
    id TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    is_over INTEGER NOT NULL,
    owner TEXT,
    lease_us INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (project, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_by_created ON operation (project, created_us, id);
CREATE INDEX operation_open ON operation (created_us, id) WHERE is_over = 0;

-- The index of texts, of the projects that are here. A row that changed is noted, by ranges of keys, in the commit that
-- changed it; building a segment of such rows takes the notes away. `source` is the table of the rows; part n of a
-- segment has the key 65536 * segment + n.
CREATE TABLE text_index (
    project INTEGER PRIMARY KEY,
    owner TEXT,
    lease_us INTEGER NOT NULL
) STRICT;

CREATE TABLE text_change (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    source TEXT NOT NULL,
    first_key INTEGER NOT NULL,
    last_key INTEGER NOT NULL,
    is_gone INTEGER NOT NULL,
    noted_us INTEGER NOT NULL
) STRICT;
CREATE INDEX text_change_by_project ON text_change (project, source);

CREATE TABLE text_segment (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL,
    source TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    byte_count INTEGER NOT NULL,
    head BLOB NOT NULL
) STRICT;
CREATE INDEX text_segment_by_project ON text_segment (project, source, row_count);

CREATE TABLE text_part (
    key INTEGER PRIMARY KEY,
    postings BLOB NOT NULL
) STRICT;
