"""What the traces of a user or a session add up to."""

from typing import Final

from panope.adapters.relational.pages import open_list
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Record
from panope.ports.exploration import TraceGroup
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


def _read(record: Record) -> TraceGroup:
    name, user_id, *numbers = record
    return TraceGroup(id=name, user_id=user_id, **dict(zip(_COLUMNS, map(int, numbers), strict=True)))
