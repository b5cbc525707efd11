"""Reading observations."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from panope.adapters.relational.pages import find_with_total, open_page, page_keys
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Record, Sql
from panope.adapters.relational.tables import OBSERVATIONS, read_observation, read_tags
from panope.domain.merge.codec import StateParts
from panope.domain.previews import keeps_previews, preview_input, preview_output
from panope.domain.rollups import DAY_US
from panope.domain.tracing import TraceRow
from panope.ports.telemetry import DailyUsage, Observed, Page
from panope.query.ast import ListQuery
from panope.query.fields import View

_OF_TRACE: Final = "t.name, t.user_id, t.session_id, t.tags, t.release, t.public, t.bookmarked"
_WIDTH: Final = len(OBSERVATIONS.columns)
_COLUMNS: Final = f"o.key, {OBSERVATIONS.select()}, {_OF_TRACE}"
_PAYLOAD_AT: Final = 1 + _WIDTH + _OF_TRACE.count("t.")
_FROM: Final = "FROM observation o LEFT JOIN trace t ON t.project = o.project AND t.id = o.trace_id"
_WITHOUT_PREVIEWS: Final = "CASE WHEN o.input_preview IS NULL AND o.output_preview IS NULL THEN o.key END"
"""See `keeps_previews`."""

_SUMS: Final = ("count", "unpriced_count", "input_tokens", "output_tokens", "total_tokens", "total_cost")
_TRUNCATED: Final = f"b.hour_us / {DAY_US} * {DAY_US}"
# Division rounds towards zero: an hour before 1970 belongs to the day below.
_DAY: Final = f"{_TRUNCATED} - CASE WHEN b.hour_us < {_TRUNCATED} THEN {DAY_US} ELSE 0 END"


def get_observation(reading: Reading, observation_id: str) -> Observed | None:
    """One observation with its payload."""
    sql = (
        f"SELECT {_COLUMNS}, {reading.payload_select()} {_FROM} "
        "LEFT JOIN observation_payload p ON p.key = o.key WHERE o.project = ? AND o.id = ?"
    )
    (found,) = reading.session.execute_all([Sql(sql, (reading.project, observation_id), is_lookup=True)])
    if not found:
        return None
    _, observed = _observed(found[0])
    [observed.payload] = reading.payloads([reading.dialect.unpack(found[0][_PAYLOAD_AT:])])
    return observed


def list_observations(reading: Reading, query: ListQuery) -> Page[Observed]:
    """One page of observations."""
    compiler = open_page(reading, View.OBSERVATIONS, query.where)
    keys = page_keys(reading, compiler, query)
    sql = f"SELECT {_COLUMNS} {_FROM} WHERE "
    has_joined = query.with_previews and not query.with_payload
    if has_joined:
        sql = (
            f"SELECT {_COLUMNS}, {reading.payload_select()} {_FROM} "
            f"LEFT JOIN observation_payload p ON p.key = {_WITHOUT_PREVIEWS} WHERE "
        )
    (records, stored), total = find_with_total(
        reading,
        compiler,
        query,
        reading.among(sql, "o.key", keys),
        reading.stored_payloads("observation", keys if query.with_payload else ()),
    )
    rows = dict(map(_observed, records))
    listed = [rows[key] for key in keys]
    if has_joined:
        stored = [(record[0], *record[_PAYLOAD_AT:]) for record in records]
    parts = {record[0]: reading.dialect.unpack(record[1:]) for record in stored}
    if query.with_payload:
        for observed, payload in zip(listed, reading.payloads(map(parts.get, keys)), strict=True):
            observed.payload = payload
    if query.with_previews:
        _add_previews(rows, parts)
    return Page(rows=listed, total=total)


def select_observations(reading: Reading, trace_id: str) -> Sql:
    """All observations of a trace with their payloads, by (start, id), for `read_observations`."""
    sql = (
        f"SELECT {OBSERVATIONS.select()}, {reading.payload_select()} FROM observation o "  # noqa: S608
        "LEFT JOIN observation_payload p ON p.key = o.key WHERE o.project = ? AND o.trace_id = ? "
        "ORDER BY o.start_us, o.id"
    )
    return Sql(sql, (reading.project, trace_id), is_lookup=True)


def read_observations(reading: Reading, trace: TraceRow, records: Sequence[Record]) -> list[Observed]:
    """What `select_observations` found."""
    payloads = reading.payloads(reading.dialect.unpack(record[_WIDTH:]) for record in records)
    return [
        Observed(row=read_observation(record), payload=payload, **_facts(trace))
        for record, payload in zip(records, payloads, strict=True)
    ]


def sum_usage_by_day(reading: Reading, since_us: int, until_us: int) -> list[DailyUsage]:
    """Usage by day and model, from the time buckets."""
    sums = ", ".join(f"sum(b.{name})" for name in _SUMS)
    sql = (
        f"SELECT {_DAY} AS day_us, b.model, {sums} FROM bucket b "  # noqa: S608
        "WHERE b.project = ? AND b.kind = 'observation' AND b.hour_us >= ? AND b.hour_us < ? GROUP BY 1, 2"
    )
    found = [
        DailyUsage(day_us=day, model=model, **dict(zip(_SUMS, map(int, totals), strict=True)))
        for day, model, *totals in reading.session.execute(sql, (reading.project, since_us, until_us))
    ]
    return sorted((usage for usage in found if usage.count), key=lambda usage: (usage.day_us, usage.model))


def _observed(record: Record) -> tuple[int, Observed]:
    name, user_id, session_id, tags, release, public, bookmarked = record[1 + _WIDTH : _PAYLOAD_AT]
    row = read_observation(record[1 : 1 + _WIDTH])
    observed = Observed(
        row=row,
        trace_name=name,
        user_id=user_id,
        session_id=session_id,
        tags=read_tags(tags),
        release=release,
        public=bool(public),
        bookmarked=bool(bookmarked),
    )
    return record[0], observed


def _facts(trace: TraceRow) -> dict[str, Any]:
    return {
        "trace_name": trace.name,
        "user_id": trace.user_id,
        "session_id": trace.session_id,
        "tags": trace.tags,
        "release": trace.release,
        "public": trace.public,
        "bookmarked": trace.bookmarked,
    }


def _add_previews(rows: Mapping[int, Observed], parts: Mapping[int, StateParts | None]) -> None:
    """Previews of the rows that keep none, whose payloads are small or absent."""
    for key, stored in parts.items():
        row = rows[key].row
        if stored is not None and not keeps_previews(row):
            row.input_preview, row.output_preview = preview_input(stored.input), preview_output(stored.output)
