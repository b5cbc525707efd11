"""What the traces of a user or a session add up to, and the last of them."""

from collections.abc import Sequence
from typing import Final

from panope.adapters.relational.pages import open_list
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Record
from panope.adapters.relational.tables import TRACES, read_trace
from panope.domain.tracing import TraceRow
from panope.ports.exploration import TraceGroup, TraceParts
from panope.query.ast import And, Condition, Keyset, Node, Op, Sort
from panope.query.fields import View

_SUMS: Final = {
    name: f"sum(t.{name})"
    for name in (
        "observation_count open_count unpriced_count input_tokens output_tokens total_tokens total_cost".split()
    )
}
_COLUMNS: Final = {
    "first_us": "min(t.timestamp_us)",
    "last_us": "max(coalesce(t.last_end_us, t.timestamp_us))",
    "span_us": "max(coalesce(t.last_end_us, t.timestamp_us)) - min(coalesce(t.first_start_us, t.timestamp_us))",
    "active_us": "sum(coalesce(t.last_end_us - t.first_start_us, 0))",
    "trace_count": "count(*)",
    "error_count": "sum(CASE WHEN t.error_count > 0 THEN 1 ELSE 0 END)",
    "session_count": "count(DISTINCT nullif(t.session_id, ''))",
    "user_count": "count(DISTINCT nullif(t.user_id, ''))",
    **_SUMS,
}


def group_traces(
    reading: Reading, where: Node, by: str, sort: Sort, after: Keyset | None, limit: int
) -> list[TraceGroup]:
    """Groups in the order of the sort."""
    compiler = open_list(reading, View.TRACES, where)
    matching = compiler.matching(reading.project, And((where, Condition(by, Op.NE, ""))))
    name = f"t.{by}"
    value, direction = _COLUMNS.get(sort.field, name), "DESC" if sort.descending else "ASC"
    having = ""
    params: tuple[object, ...] = ()
    if after is not None:
        sign = "<" if sort.descending else ">"
        having = f" HAVING {value} {sign} ? OR ({value} = ? AND {name} {sign} ?)"
        params = (after.value, after.value, after.id)
    text = (
        f"SELECT {name}, min(nullif(t.user_id, '')), {', '.join(_COLUMNS.values())} {matching.text} "
        f"GROUP BY {name}{having} ORDER BY {value} {direction}, {name} {direction} LIMIT ?"
    )
    return [_read(record) for record in reading.session.execute(text, (*matching.params, *params, limit))]


def list_last_traces(reading: Reading, session_ids: Sequence[str]) -> list[TraceRow]:
    """One trace of each session, led to by the index of sessions."""
    named = reading.dialect.is_in("n.id", tuple(session_ids))
    text = (
        f"SELECT {TRACES.select()} FROM trace t WHERE t.key IN (SELECT (SELECT u.key FROM trace u "  # noqa: S608
        "WHERE u.project = n.project AND u.session_id = n.id ORDER BY u.timestamp_us DESC, u.id DESC LIMIT 1) "
        f"FROM session n WHERE n.project = ? AND {named.text})"
    )
    found = reading.session.execute(text, (reading.project, *named.params))
    return [read_trace(record) for record in found]


def list_parts(reading: Reading, trace_ids: Sequence[str]) -> dict[str, TraceParts]:
    """By the index of the observations of one trace."""
    named = reading.dialect.is_in("o.trace_id", tuple(trace_ids))
    text = (
        "SELECT DISTINCT o.trace_id, o.model, o.tool FROM observation o "  # noqa: S608
        f"WHERE o.project = ? AND {named.text} AND (o.model IS NOT NULL OR o.tool IS NOT NULL)"
    )
    found: dict[str, tuple[set[str], set[str]]] = {}
    for trace_id, *names in reading.session.execute(text, (reading.project, *named.params)):
        for name, known in zip(names, found.setdefault(trace_id, (set(), set())), strict=True):
            if name:
                known.add(name)
    return {
        trace_id: TraceParts(sorted(models), sorted(tools))
        for trace_id, (models, tools) in found.items()
        if models or tools
    }


def _read(record: Record) -> TraceGroup:
    name, user_id, *numbers = record
    return TraceGroup(id=name, user_id=user_id, **dict(zip(_COLUMNS, map(int, numbers), strict=True)))
