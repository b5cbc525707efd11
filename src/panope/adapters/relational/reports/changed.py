"""Which traces were written since a place in the change sequence.

No index leads along the sequence: it would be written with every row. So only recent rows are looked at, and those of
the traces that somebody watches.
"""

from collections.abc import Iterator, Sequence

from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Sql
from panope.ports.exploration import Changes, read_place


def read_changes(reading: Reading, after: str | None, since_us: int, watched: Sequence[str], limit: int) -> Changes:
    """The traces, recent ones from the newest."""
    [(place,)] = reading.session.execute(f"SELECT {reading.dialect.change_place}")
    start = read_place(after)
    if after is None or start is None or start >= int(place):
        return Changes(place)
    asked = [*_recent(reading, after, place, since_us, limit), *_watched(reading, after, place, watched)]
    [found] = reading.find(asked)
    return Changes(place, list(dict.fromkeys(trace_id for (trace_id,) in found)))


def _recent(reading: Reading, after: str, place: str, since_us: int, limit: int) -> Iterator[Sql]:
    for table, alias, column in (("trace", "t", "id"), ("score", "s", "trace_id")):
        sql = (
            f"SELECT {alias}.{column} FROM {table} {alias} "  # noqa: S608
            f"WHERE {reading.dialect.walked_project.format(alias)} = ? AND {alias}.timestamp_us >= ? "
            f"AND {reading.dialect.is_changed.format(alias)} AND {alias}.{column} IS NOT NULL "
            f"ORDER BY {alias}.timestamp_us DESC, {alias}.id DESC LIMIT ?"
        )
        yield Sql(sql, (reading.project, since_us, after, place, limit))


def _watched(reading: Reading, after: str, place: str, watched: Sequence[str]) -> Iterator[Sql]:
    if not watched:
        return
    for table, alias, column in (("trace", "t", "id"), ("observation", "o", "trace_id"), ("score", "s", "trace_id")):
        named = reading.dialect.is_in(f"{alias}.{column}", watched)
        sql = (
            f"SELECT DISTINCT {alias}.{column} FROM {table} {alias} "  # noqa: S608
            f"WHERE {alias}.project = ? AND {named.text} AND {reading.dialect.is_changed.format(alias)}"
        )
        yield Sql(sql, (reading.project, *named.params, after, place))
