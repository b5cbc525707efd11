"""Traces, sessions, tags and time buckets that are not what they are made of."""

from tests.fault.corruptions.planting import assign, corruption

_INSERT_TRACE = (
    "INSERT INTO trace (key, project, id, seq, timestamp_us, environment, public, bookmarked, has_state, "
    "observation_count, root_count, input_tokens, output_tokens, total_tokens, input_cost, output_cost, total_cost, "
    "error_count, warning_count, default_count, debug_count, created_us, updated_us) "
    "SELECT 500, project, 'empty', {seq}, timestamp_us, environment, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "
    "created_us, updated_us FROM trace WHERE project = ONE AND id = 't3'"
)
_INSERT_SESSION = (
    "INSERT INTO session (key, project, id, seq, created_us, environment, trace_count, first_timestamp_us, "
    "first_trace_id) SELECT 500, project, 'empty', {seq}, created_us, environment, trace_count, first_timestamp_us, "
    "first_trace_id FROM session WHERE project = ONE AND id = 's-a'"
)
_BUMP = "UPDATE change_sequence SET value = value + 1; "
_SQLITE_SEQ = "(SELECT value FROM change_sequence)"
_PG_SEQ = "nextval('change_sequence')"
_BUCKET = "WHERE project = ONE AND kind = 'observation' AND model = 'gpt-4o'"
TRACES = [
    corruption(
        "a trace has another name",
        assign("trace", "t1", "name = 'x'"),
        "row-differs",
        "bucket-differs",
        of="t1",
        fields="name",
    ),
    corruption(
        "a trace is another user's", assign("trace", "t1", "user_id = 'eve'"), "row-differs", of="t1", fields="user_id"
    ),
    corruption(
        "a trace is in another session",
        assign("trace", "t1", "session_id = 's-b'"),
        "row-differs",
        "session-differs",
        of="t1",
        fields="session_id",
    ),
    corruption(
        "a trace is in a session that there is not",
        assign("trace", "t2", "session_id = 's-z'"),
        "session-missing",
        "row-differs",
        "session-differs",
        of="s-z",
    ),
    corruption("a trace's tags are cut", assign("trace", "t1", "tags = '[\"blue\"'"), "row-unreadable", of="t1"),
    corruption(
        "a trace lost a tag",
        assign("trace", "t1", "tags = '[\"blue\"]'"),
        "row-differs",
        "tags-differ",
        of="t1",
        fields="tags",
    ),
    corruption(
        "a trace has another time",
        assign("trace", "t3", "timestamp_us = timestamp_us + 1"),
        "row-differs",
        of="t3",
        fields="timestamp_us",
    ),
    corruption("a trace is public", assign("trace", "t2", "public = 1"), "row-differs", of="t2", fields="public"),
    corruption(
        "a trace denies its state", assign("trace", "t2", "has_state = 0"), "row-differs", of="t2", fields="has_state"
    ),
    corruption(
        "a trace lost its row",
        "DELETE FROM trace WHERE project = ONE AND id = 't4'",
        "trace-missing",
        "state-orphaned",
        "session-empty",
        "tags-differ",
        "bucket-differs",
        of="t4",
    ),
    corruption(
        "a trace counts an observation too many",
        assign("trace", "t1", "observation_count = 3"),
        "totals-differ",
        of="t1",
        fields="observation_count",
    ),
    corruption(
        "a trace counts too few errors",
        assign("trace", "t1", "error_count = 0"),
        "totals-differ",
        of="t1",
        fields="error_count",
    ),
    corruption(
        "a trace sums tokens wrongly",
        assign("trace", "t1", "total_tokens = 51"),
        "totals-differ",
        of="t1",
        fields="total_tokens",
    ),
    corruption(
        "a trace sums cost wrongly",
        assign("trace", "t1", "total_cost = 0"),
        "totals-differ",
        of="t1",
        fields="total_cost",
    ),
    corruption(
        "a trace ends too late", assign("trace", "t4", "last_end_us = last_end_us + 1"), "totals-differ", of="t4"
    ),
    corruption(
        "a trace lost its root", assign("trace", "t4", "root_count = 0"), "totals-differ", of="t4", fields="root_count"
    ),
    corruption(
        "a trace names another first observation",
        assign("trace", "t4", "first_observation_id = 'o6'"),
        "totals-differ",
        of="t4",
        fields="first_observation_id",
    ),
    corruption(
        "a trace has its environment from nobody",
        assign("trace", "stateless", "first_environment = 'x'"),
        "totals-differ",
        "row-differs",
        of="stateless",
        fields="first_environment",
    ),
    corruption(
        "a trace that nobody names",
        _BUMP + _INSERT_TRACE.format(seq=_SQLITE_SEQ),
        "trace-empty",
        "row-differs",
        "bucket-differs",
        of="empty",
        only="sqlite",
    ),
    corruption(
        "a trace that nobody has named",
        _INSERT_TRACE.format(seq=_PG_SEQ),
        "trace-empty",
        "row-differs",
        "bucket-differs",
        of="empty",
        only="postgres",
    ),
]

ROLLUPS = [
    corruption(
        "a session counts a trace too many",
        assign("session", "s-a", "trace_count = 3"),
        "session-differs",
        of="s-a",
        fields="trace_count",
    ),
    corruption(
        "a session has another first trace",
        assign("session", "s-a", "first_trace_id = 't2'"),
        "session-differs",
        of="s-a",
        fields="first_trace_id",
    ),
    corruption(
        "a session has another environment",
        assign("session", "s-a", "environment = 'x'"),
        "session-differs",
        of="s-a",
        fields="environment",
    ),
    corruption(
        "a session is gone", "DELETE FROM session WHERE project = ONE AND id = 's-b'", "session-missing", of="s-b"
    ),
    corruption(
        "a session without traces",
        _BUMP + _INSERT_SESSION.format(seq=_SQLITE_SEQ),
        "session-empty",
        of="empty",
        only="sqlite",
    ),
    corruption(
        "a session without any trace", _INSERT_SESSION.format(seq=_PG_SEQ), "session-empty", of="empty", only="postgres"
    ),
    corruption(
        "a tag is not indexed", "DELETE FROM trace_tag WHERE project = ONE AND tag = 'blue'", "tags-differ", of="t1"
    ),
    corruption(
        "a tag is indexed that no trace has",
        "INSERT INTO trace_tag (project, tag, timestamp_us, trace_id) VALUES (ONE, 'loud', 1, 't3')",
        "tags-differ",
        of="t3",
    ),
    corruption(
        "a tag is indexed for a trace that there is not",
        "INSERT INTO trace_tag (project, tag, timestamp_us, trace_id) VALUES (ONE, 'loud', 1, 'nowhere')",
        "tags-differ",
        of="nowhere",
    ),
    corruption(
        "a tag is indexed at another time",
        "UPDATE trace_tag SET timestamp_us = timestamp_us + 1 WHERE project = ONE AND tag = 'green'",
        "tags-differ",
        of="t4",
    ),
    corruption(
        "a tag is indexed twice",
        "INSERT INTO trace_tag SELECT * FROM trace_tag WHERE project = ONE AND tag = 'green'",
        "tags-differ",
        of="t4",
        only="postgres",
    ),
    corruption(
        "a bucket counts one too many",
        f"UPDATE BUCKETS SET count = count + 1 {_BUCKET}",
        "bucket-differs",
        of="2025-10-09T08:00:00Z",
        fields="count",
    ),
    corruption(
        "a bucket sums cost wrongly", f"UPDATE BUCKETS SET total_cost = total_cost + 1 {_BUCKET}", "bucket-differs"
    ),
    corruption("a bucket is gone", f"DELETE FROM BUCKETS {_BUCKET}", "bucket-differs"),
    corruption(
        "a bucket of traces counts nothing",
        "UPDATE BUCKETS SET count = 0 WHERE project = ONE AND kind = 'trace' AND name = 'plain'",
        "bucket-differs",
    ),
    corruption(
        "a bucket of nothing",
        "INSERT INTO BUCKETS (project, kind, hour_us, environment, name, model, count, error_count, "
        "unpriced_count, input_tokens, output_tokens, total_tokens, total_cost) "
        "VALUES (ONE, 'trace', 3600000000, 'e', 'n', '', 1, 0, 0, 0, 0, 0, 0)",
        "bucket-differs",
        of="1970-01-01T01:00:00Z",
    ),
    corruption(
        "a bucket of an hour beyond the calendar",
        "INSERT INTO BUCKETS (project, kind, hour_us, environment, name, model, count, error_count, "
        "unpriced_count, input_tokens, output_tokens, total_tokens, total_cost) "
        "VALUES (ONE, 'trace', 9000000000000000000, 'e', 'n', '', 1, 0, 0, 0, 0, 0, 0)",
        "bucket-differs",
        of="9000000000000000000 us",
    ),
]
