"""What the web app asks, for the plans of each engine: the reading, and the indexes that have to lead to it."""

from collections.abc import Callable
from typing import Final

from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.reports import changed, exploration, trace_groups, values
from panope.ports.exploration import Asked
from panope.query.ast import And, Condition, Node, Not, Op, Sort
from panope.query.fields import View

_T, _O = View.TRACES, View.OBSERVATIONS
_VISIBLE: Final = Not(Condition("environment", Op.STARTS_WITH, "langfuse-"))


def _within(time: str) -> Node:
    """What every question of the app says: a window of time, and environments that people look at."""
    return And((_VISIBLE, Condition(time, Op.GE, 9_000_000_000), Condition(time, Op.LT, 9_100_000_000)))


_TRACES: Final = _within("timestamp")
_OBSERVATIONS: Final = _within("start_time")

CASES: Final[dict[str, tuple[Callable[[Reading], object], set[str]]]] = {
    "count of traces": (lambda r: exploration.count_rows(r, _T, _TRACES, 100), {"trace_by_timestamp"}),
    "count of observations": (lambda r: exploration.count_rows(r, _O, _OBSERVATIONS, 100), {"observation_by_start"}),
    "facet of a column": (
        lambda r: values.count_values(r, _T, _TRACES, Asked("user_id"), newest=100, limit=10),
        {"trace_by_timestamp"},
    ),
    "facet of a column of parts": (
        lambda r: values.count_values(r, _T, _TRACES, Asked("model", of_parts=True), newest=100, limit=10),
        {"trace_by_timestamp", "observation_by_trace"},
    ),
    "facet of labels": (
        lambda r: values.count_values(r, _T, _TRACES, Asked("score_categories", "tone"), newest=100, limit=10),
        {"trace_by_timestamp"},
    ),
    "facet of means": (
        lambda r: values.count_values(r, _T, _TRACES, Asked("scores_avg", "quality"), newest=100, limit=10),
        {"trace_by_timestamp"},
    ),
    "facet of observations by a column of their trace": (
        lambda r: values.count_values(r, _O, _OBSERVATIONS, Asked("trace_name"), newest=100, limit=10),
        {"observation_by_start"},
    ),
    "steps": (lambda r: exploration.list_steps(r, "trace-8", 0, 100), {"observation_by_trace", "score_by_trace"}),
    "traces of sessions": (
        lambda r: trace_groups.group_traces(
            r, Condition("session_id", Op.ANY_OF, ("session 8", "session 10")), "session_id", Sort("id"), None, 9
        ),
        {"trace_by_session"},
    ),
    "last traces of sessions": (
        lambda r: trace_groups.list_last_traces(r, ("session 8", "session 10")),
        {"trace_by_session"},
    ),
    "recent changes": (
        lambda r: changed.read_changes(r, "1", 9_999_000_000, (), 100),
        {"trace_by_timestamp", "score_by_timestamp"},
    ),
    "changes of what is watched": (
        lambda r: changed.read_changes(r, "1", 9_999_000_000, ("trace-8",), 100),
        {"observation_by_trace", "score_by_trace"},
    ),
}
