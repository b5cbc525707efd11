"""Reading traces."""

from typing import Final

from panope.adapters.relational.observations import read_observations, select_observations
from panope.adapters.relational.pages import count, open_list, page_keys
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Sql
from panope.adapters.relational.tables import SCORES, TRACES, read_score, read_trace
from panope.ports.telemetry import Page, Traced, TraceDetail
from panope.query.ast import ListQuery
from panope.query.fields import View

_CORRECTION: Final = "CORRECTION"
_WIDTH: Final = len(TRACES.columns)


def get_trace(reading: Reading, trace_id: str) -> TraceDetail | None:
    """One trace with everything that belongs to it."""
    named = (reading.project, trace_id)
    of_trace = (
        f"SELECT {TRACES.select()}, {reading.payload_select()} FROM trace t "  # noqa: S608
        "LEFT JOIN trace_payload p ON p.key = t.key WHERE t.project = ? AND t.id = ?"
    )
    of_scores = (
        f"SELECT {SCORES.select()} FROM score s WHERE s.project = ? AND s.trace_id = ? ORDER BY s.timestamp_us, s.id"  # noqa: S608
    )
    found, observed, scored = reading.session.execute_all(
        [Sql(of_trace, named), select_observations(reading, trace_id), Sql(of_scores, named)]
    )
    if not found:
        return None
    row = read_trace(found[0])
    observations = read_observations(reading, row, observed)
    scores = [read_score(record) for record in scored]
    traced = Traced(
        row=row,
        payload=reading.payload(reading.dialect.unpack(found[0][_WIDTH:])),
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
