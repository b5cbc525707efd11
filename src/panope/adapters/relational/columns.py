"""What each field of each view is in SQL."""

from typing import Final

from msgspec import Struct

from panope.query.fields import View


class Column(Struct, frozen=True):
    """One field as an expression over the aliases of its view."""

    sql: str
    is_nullable: bool = True
    needs_trace: bool = False
    """Whether it reads the joined trace `t`."""


_WORST_LEVEL: Final = (
    "CASE WHEN t.error_count > 0 THEN 'ERROR' WHEN t.warning_count > 0 THEN 'WARNING' "
    "WHEN t.default_count > 0 THEN 'DEFAULT' WHEN t.debug_count > 0 THEN 'DEBUG' END COLLATE \"binary\""
)
_LINK: Final = "(SELECT x.{} FROM observation_experiment x WHERE x.key = o.key)"
_DETAIL_LENGTH: Final = "panope_detail_length(o.detail, '{}')"
_TOKENS_PER_SECOND: Final = (
    "CASE WHEN o.end_us > o.start_us THEN o.total_tokens * 1000000.0 / (o.end_us - o.start_us) END"
)


def _columns(alias: str, names: str, *, nullable: bool, needs_trace: bool = False) -> dict[str, Column]:
    return {name: Column(f"{alias}.{name}", nullable, needs_trace) for name in names.split()}


_SUMS: Final = (
    "observation_count input_tokens output_tokens total_tokens input_cost output_cost total_cost error_count "
    "warning_count default_count debug_count"
)
"""Totals of a trace that a session adds up, in numbers that do not overflow."""
_HAS_SCORE: Final = "CASE WHEN EXISTS (SELECT 1 FROM score s WHERE {}) THEN 1 ELSE 0 END"

_TRACES: Final = {
    **_columns("t", "id environment public bookmarked observation_count", nullable=False),
    **_columns("t", "input_tokens output_tokens total_tokens input_cost output_cost total_cost", nullable=False),
    **_columns("t", "error_count warning_count default_count debug_count", nullable=False),
    **_columns("t", "unpriced_count open_count", nullable=False),
    **_columns("t", "name user_id session_id release version", nullable=True),
    "timestamp": Column("t.timestamp_us", is_nullable=False),
    "updated_at": Column("t.updated_us", is_nullable=False),
    "end_time": Column("t.last_end_us"),
    "tags": Column("t.tags"),
    "has_score": Column(_HAS_SCORE.format("s.project = t.project AND s.trace_id = t.id"), is_nullable=False),
    "level": Column(_WORST_LEVEL),
    "latency": Column("coalesce(t.last_end_us - t.first_start_us, 0)", is_nullable=False),
    "incomplete": Column("CASE WHEN t.observation_count > 0 AND t.root_count = 0 THEN 1 ELSE 0 END", is_nullable=False),
}

_OBSERVATIONS: Final = {
    **_columns("o", "id type trace_id environment level input_tokens output_tokens total_tokens", nullable=False),
    **_columns("o", "name parent_id status_message version model model_id prompt_name prompt_version", nullable=True),
    **_columns("o", "input_cost output_cost total_cost", nullable=True),
    **_columns("o", "agent tool graph_node thread_id finish_reason error_type", nullable=True),
    "tools_available": Column("panope_detail_part(o.detail, 'tools_available')"),
    "tools_called": Column("panope_detail_part(o.detail, 'tools_called')"),
    "tool_definition_count": Column(_DETAIL_LENGTH.format("tools_available"), is_nullable=False),
    "tool_call_count": Column(_DETAIL_LENGTH.format("tools_called"), is_nullable=False),
    "start_time": Column("o.start_us", is_nullable=False),
    "end_time": Column("o.end_us"),
    "updated_at": Column("o.updated_us", is_nullable=False),
    "has_score": Column(_HAS_SCORE.format("s.project = o.project AND s.observation_id = o.id"), is_nullable=False),
    "latency": Column("o.end_us - o.start_us"),
    "time_to_first_token": Column("o.completion_start_us - o.start_us"),
    "tokens_per_second": Column(_TOKENS_PER_SECOND),
    "is_root": Column("CASE WHEN o.parent_id IS NULL OR o.is_app_root = 1 THEN 1 ELSE 0 END", is_nullable=False),
    "experiment_id": Column(_LINK.format("experiment_id")),
    "experiment_name": Column(_LINK.format("experiment_name")),
    "experiment_dataset_id": Column(_LINK.format("dataset_id")),
    "is_experiment_item_root": Column(f"coalesce({_LINK.format('is_item_root')}, 0)", is_nullable=False),
    "has_parent": Column("CASE WHEN o.parent_id IS NULL THEN 0 ELSE 1 END", is_nullable=False),
    **_columns("t", "user_id session_id release tags", nullable=True, needs_trace=True),
    "trace_name": Column("t.name", needs_trace=True),
    "trace_environment": Column("t.environment", needs_trace=True),
}

_SCORES: Final = {
    **_columns("s", "id environment name value source data_type", nullable=False),
    **_columns("s", "trace_id observation_id session_id dataset_run_id string_value comment", nullable=True),
    **_columns("s", "config_id queue_id author_user_id metadata", nullable=True),
    "timestamp": Column("s.timestamp_us", is_nullable=False),
    "updated_at": Column("s.updated_us", is_nullable=False),
    "boolean_value": Column("CASE WHEN s.data_type = 'BOOLEAN' THEN CASE WHEN s.value <> 0 THEN 1 ELSE 0 END END"),
    "trace_name": Column("t.name", needs_trace=True),
    "user_id": Column("t.user_id", needs_trace=True),
    "trace_tags": Column("t.tags", needs_trace=True),
    "trace_environment": Column("t.environment", needs_trace=True),
    "trace_session_id": Column("t.session_id", needs_trace=True),
    "evaluator_id": Column("CAST(NULL AS text)"),
}

_OF_SESSION: Final = "(SELECT {} FROM trace t WHERE t.project = n.project AND t.session_id = n.id)"

_SESSIONS: Final = {
    **_columns("n", "id environment trace_count", nullable=False),
    "created_at": Column("n.created_us", is_nullable=False),
    "timestamp": Column("n.first_timestamp_us", is_nullable=False),
    "end_time": Column(_OF_SESSION.format("max(t.last_end_us)")),
    "last_activity": Column(_OF_SESSION.format("max(coalesce(t.last_end_us, t.timestamp_us))"), is_nullable=False),
    "latency": Column(
        _OF_SESSION.format(
            "max(coalesce(t.last_end_us, t.timestamp_us)) - min(coalesce(t.first_start_us, t.timestamp_us))"
        ),
        is_nullable=False,
    ),
    **{
        name: Column(_OF_SESSION.format(f"coalesce(sum(t.{name} * 1.0), 0)"), is_nullable=False)
        for name in _SUMS.split()
    },
    "has_score": Column(_HAS_SCORE.format("s.project = n.project AND s.session_id = n.id"), is_nullable=False),
}

COLUMNS: Final[dict[View, dict[str, Column]]] = {
    View.TRACES: _TRACES,
    View.OBSERVATIONS: _OBSERVATIONS,
    View.SCORES: _SCORES,
    View.SESSIONS: _SESSIONS,
}
"""Metadata, input and output of traces and observations and the score maps are not here: they lie in other tables.

The functions named `panope_…` are there on both engines; they read the detail of an observation.
"""

_AMOUNT: Final = "panope_detail_number(o.detail, '{}', ?)"
_AMOUNT_OF_PARTS: Final = "(SELECT sum(panope_detail_number(o.detail, '{}', ?) * 1.0) FROM {})"
AMOUNTS: Final = {
    View.TRACES: {
        name: _AMOUNT_OF_PARTS.format(name, "observation o WHERE o.project = t.project AND o.trace_id = t.id")
        for name in ("usage", "cost")
    },
    View.OBSERVATIONS: {name: _AMOUNT.format(name) for name in ("usage", "cost")},
    View.SESSIONS: {
        name: _AMOUNT_OF_PARTS.format(
            name,
            "trace t JOIN observation o ON o.project = t.project AND o.trace_id = t.id "
            "WHERE t.project = n.project AND t.session_id = n.id",
        )
        for name in ("usage", "cost")
    },
    View.SCORES: dict[str, str](),
}
"""Units and cost of one type of usage, whose name is the parameter; of a whole those of all parts that have it."""

ALIASES: Final = {View.TRACES: "t", View.OBSERVATIONS: "o", View.SCORES: "s", View.SESSIONS: "n"}

SELECTIVE: Final[dict[View, tuple[str, ...]]] = {
    View.TRACES: ("id", "session_id", "user_id", "tags", "name", "environment"),
    View.OBSERVATIONS: ("id", "trace_id", "session_id", "user_id"),
    View.SCORES: (
        "id",
        "observation_id",
        "trace_id",
        "session_id",
        "dataset_run_id",
        "trace_session_id",
        "user_id",
        "name",
    ),
    View.SESSIONS: ("id",),
}
"""Fields whose equality an index answers, the one that leaves the fewest rows first."""
