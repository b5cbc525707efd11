"""What each dimension and measure of each view is in SQL."""

from typing import Final, NamedTuple

from panope.adapters.relational.columns import COLUMNS, Column
from panope.query.fields import View
from panope.query.metrics.ast import MetricsView


class Expression(NamedTuple):
    """A value of a row, and what must be joined for it."""

    sql: str
    joins: str = ""
    """Aliases of the joined tables that it reads: `t` the trace, `o` the observation of a score, `x` the link of an
    observation to its experiment, `g` each tag of the trace."""
    params: tuple[object, ...] = ()


class Shape(NamedTuple):
    """One view in SQL."""

    view: View
    """Of the lists, for conditions on metadata and tags."""
    table: str
    alias: str
    time: str
    dimensions: dict[str, Expression]
    measures: dict[str, Expression]
    indexed: frozenset[str]
    """Dimensions of which an index leads from a value to its rows, which are few."""
    scope: str = ""
    """What only rows of the view satisfy."""


def _columns(alias: str, names: str, joins: str = "") -> dict[str, Expression]:
    """Read `column` and `name=column` words."""
    pairs = [word.partition("=") for word in names.split()]
    return {name: Expression(f"{alias}.{column or name}", joins) for name, _, column in pairs}


_COUNT: Final = {"count": Expression("1")}
_STREAMING: Final = "(o.end_us - o.completion_start_us)"


def _per_second(units: str, span_us: str) -> str:
    """In floating point on both engines; null of no time."""
    return f"(CASE WHEN {span_us} > 0 THEN CAST({units} AS DOUBLE PRECISION) * 1000000 / {span_us} END)"


_TRACES: Final = Shape(
    View.TRACES,
    "trace",
    "t",
    "t.timestamp_us",
    dimensions=_columns("t", "id name tags user_id session_id release version environment"),
    measures={
        **_COUNT,
        **_columns("t", "observations_count=observation_count total_tokens total_cost"),
        **_columns("t", "unique_user_ids=user_id unique_session_ids=session_id"),
        "latency": Expression(f"({COLUMNS[View.TRACES]['latency'].sql})"),
        "errors": Expression("(CASE WHEN t.error_count > 0 THEN 1 ELSE 0 END)"),
        "scores_count": Expression("(SELECT count(*) FROM score c WHERE c.project = t.project AND c.trace_id = t.id)"),
    },
    indexed=frozenset({"id", "user_id", "session_id"}),
)
_OF_TRACE: Final = "trace_name=name tags user_id session_id trace_release=release trace_version=version"
_OBSERVATIONS: Final = Shape(
    View.OBSERVATIONS,
    "observation",
    "o",
    "o.start_us",
    dimensions={
        **_columns("o", "id trace_id environment parent_observation_id=parent_id type name level version"),
        **_columns("o", "provided_model_name=model prompt_name prompt_version"),
        **_columns("o", "agent tool graph_node thread_id finish_reason error_type"),
        **_columns("t", f"{_OF_TRACE} release", "t"),
        **_columns("x", "experiment_id experiment_name experiment_dataset_id=dataset_id", "x"),
        "is_root_observation": Expression(f"({COLUMNS[View.OBSERVATIONS]['is_root'].sql})"),
    },
    measures={
        **_COUNT,
        **_columns("o", "input_tokens output_tokens total_tokens input_cost output_cost total_cost trace_id"),
        **_columns("t", "unique_user_ids=user_id unique_session_ids=session_id", "t"),
        "start_time": Expression("o.start_us"),
        "latency": Expression("(o.end_us - o.start_us)"),
        "streaming_latency": Expression(_STREAMING),
        "time_to_first_token": Expression("(o.completion_start_us - o.start_us)"),
        "tokens_per_second": Expression(_per_second("o.total_tokens", "(o.end_us - o.start_us)")),
        "output_tokens_per_second": Expression(_per_second("o.output_tokens", _STREAMING)),
        "errors": Expression("(CASE WHEN o.level = 'ERROR' THEN 1 ELSE 0 END)"),
        "count_scores": Expression(
            "(SELECT count(*) FROM score c WHERE c.project = o.project AND c.observation_id = o.id)"
        ),
    },
    indexed=frozenset({"id", "trace_id", "user_id", "session_id", "experiment_id"}),
)
_BOOLEAN: Final = "(CASE WHEN s.value <> 0 THEN 1 ELSE 0 END)"


def _scores(kinds: str, dimensions: dict[str, Expression], measures: dict[str, Expression]) -> Shape:
    return Shape(
        View.SCORES,
        "score",
        "s",
        "s.timestamp_us",
        dimensions={
            **_columns("s", "id name environment source data_type config_id trace_id observation_id"),
            **_columns("t", _OF_TRACE, "t"),
            "session_id": Expression("coalesce(nullif(s.session_id, ''), t.session_id)", "t"),
            **_columns("o", "observation_name=name observation_model_name=model", "o"),
            **_columns("o", "observation_prompt_name=prompt_name observation_prompt_version=prompt_version", "o"),
            **dimensions,
        },
        measures={**_COUNT, **measures},
        indexed=frozenset({"id", "trace_id", "observation_id"}),
        scope=f"s.data_type IN ({kinds})",
    )


_VALUE: Final = {"value": Expression("s.value")}
SHAPES: Final[dict[MetricsView, Shape]] = {
    MetricsView.TRACES: _TRACES,
    MetricsView.OBSERVATIONS: _OBSERVATIONS,
    MetricsView.SCORES_NUMERIC: _scores("'NUMERIC', 'BOOLEAN'", _VALUE, _VALUE),
    MetricsView.SCORES_BOOLEAN: _scores("'BOOLEAN'", {"boolean_value": Expression(_BOOLEAN)}, _VALUE),
    MetricsView.SCORES_CATEGORICAL: _scores("'CATEGORICAL'", {"string_value": Expression("s.string_value")}, {}),
}


def filter_columns(shape: Shape, time: str) -> dict[str, Column]:
    """What the fields of conditions are; metadata of traces and observations lies in another table."""
    columns = {name: Column(found.sql, needs_trace="t" in found.joins) for name, found in shape.dimensions.items()}
    columns[time] = Column(shape.time, is_nullable=False)
    if shape.view is View.SCORES:
        columns["metadata"] = Column("s.metadata")
    return columns
