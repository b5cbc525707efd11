"""Reading traces."""

from typing import Final

from panope.adapters.relational.observations import observations_of_trace
from panope.adapters.relational.pages import count, open_list, page_keys
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.tables import SCORES, TRACES, read_score, read_trace
from panope.domain.tracing import Payload
from panope.ports.telemetry import Page, Traced, TraceDetail
from panope.query.ast import ListQuery
from panope.query.fields import View

_CORRECTION: Final = "CORRECTION"


def get_trace(reading: Reading, trace_id: str) -> TraceDetail | None:
    """One trace with everything that belongs to it."""
    found = reading.session.execute(
        f"SELECT t.key, {TRACES.select()} FROM trace t WHERE t.project = ? AND t.id = ?",  # noqa: S608
        (reading.project, trace_id),
    )
    if not found:
        return None
    row = read_trace(found[0][1:])
    observations = observations_of_trace(reading, row)
    records = reading.session.execute(
        f"SELECT {SCORES.select()} FROM score s WHERE s.project = ? AND s.trace_id = ? ORDER BY s.timestamp_us, s.id",  # noqa: S608
        (reading.project, trace_id),
    )
    scores = [read_score(record) for record in records]
    traced = Traced(
        row=row,
        payload=_payload(reading, found[0][0]),
        observation_ids=[observed.row.id for observed in observations],
        score_ids=[score.id for score in scores if score.data_type != _CORRECTION],
    )
    return TraceDetail(trace=traced, observations=observations, scores=scores)


def list_traces(reading: Reading, query: ListQuery) -> Page[Traced]:
    """One page of traces."""
    compiler = open_list(reading, View.TRACES, query.where)
    keys = page_keys(reading, compiler, query)
    sql = f"SELECT t.key, {TRACES.select()} FROM trace t WHERE "  # noqa: S608
    rows = {record[0]: read_trace(record[1:]) for record in reading.records(sql, "t.key", keys)}
    ids = [row.id for row in rows.values()]
    observation_ids = _observation_ids(reading, ids) if query.with_ids else {}
    score_ids = _score_ids(reading, ids) if query.with_ids else {}
    parts = reading.parts_by_key("trace", keys) if query.with_payload else {}
    traced = []
    for key in keys:
        row = rows[key]
        payload = reading.payload(parts.get(key)) if query.with_payload else None
        traced.append(
            Traced(
                row=row,
                payload=payload,
                observation_ids=observation_ids.get(row.id, []),
                score_ids=score_ids.get(row.id, []),
            )
        )
    return Page(rows=traced, total=count(reading, compiler, query.where) if query.with_total else None)


def _payload(reading: Reading, key: int) -> Payload:
    return reading.payload(reading.parts_by_key("trace", [key]).get(key))


def _observation_ids(reading: Reading, trace_ids: list[str]) -> dict[str, list[str]]:
    sql = "SELECT o.trace_id, o.id FROM observation o WHERE o.project = ? AND "
    tail = " ORDER BY o.trace_id, o.start_us, o.id"
    return _grouped(reading, sql, "o.trace_id", trace_ids, tail)


def _score_ids(reading: Reading, trace_ids: list[str]) -> dict[str, list[str]]:
    sql = f"SELECT s.trace_id, s.id FROM score s WHERE s.project = ? AND s.data_type <> '{_CORRECTION}' AND "  # noqa: S608
    tail = " ORDER BY s.trace_id, s.timestamp_us, s.id"
    return _grouped(reading, sql, "s.trace_id", trace_ids, tail)


def _grouped(reading: Reading, sql: str, column: str, trace_ids: list[str], tail: str) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for trace_id, entity_id in reading.records(sql, column, trace_ids, scope=(reading.project,), tail=tail):
        grouped.setdefault(trace_id, []).append(entity_id)
    return grouped
