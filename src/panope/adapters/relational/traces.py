"""Reading traces."""

from collections.abc import Iterable
from itertools import repeat
from typing import Final

from panope.adapters.relational.observations import read_observations, select_observations
from panope.adapters.relational.pages import find_with_total, open_page, page_places
from panope.adapters.relational.payloads import Reading
from panope.adapters.relational.session import Record, Sql
from panope.adapters.relational.tables import SCORES, TRACES, read_score, read_trace
from panope.ports.telemetry import Page, Traced, TraceDetail
from panope.query.ast import ListQuery
from panope.query.fields import View

_CORRECTION: Final = "CORRECTION"
_OBSERVATION_IDS: Final = "SELECT o.trace_id, o.id FROM observation o WHERE o.project = ? AND "
_SCORE_IDS: Final = f"SELECT s.trace_id, s.id FROM score s WHERE s.project = ? AND s.data_type <> '{_CORRECTION}' AND "  # noqa: S608
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
        [
            Sql(of_trace, named, is_lookup=True),
            select_observations(reading, trace_id),
            Sql(of_scores, named, is_lookup=True),
        ]
    )
    if not found:
        return None
    row = read_trace(found[0])
    observations = read_observations(reading, row, observed)
    scores = [read_score(record) for record in scored]
    [payload] = reading.payloads([reading.dialect.unpack(found[0][_WIDTH:])])
    traced = Traced(
        row=row,
        payload=payload,
        observation_ids=[observed.row.id for observed in observations],
        score_ids=[score.id for score in scores if score.data_type != _CORRECTION],
    )
    return TraceDetail(trace=traced, observations=observations, scores=scores)


def list_traces(reading: Reading, query: ListQuery) -> Page[Traced]:
    """One page of traces."""
    compiler = open_page(reading, View.TRACES, query.where)
    places = page_places(reading, compiler, query, with_ids=query.with_ids)
    keys = [place[0] for place in places]
    ids = [place[1] for place in places] if query.with_ids else []
    scope = (reading.project,)
    (records, stored, observed, scored), total = find_with_total(
        reading,
        compiler,
        query,
        reading.among(f"SELECT t.key, {TRACES.select()} FROM trace t WHERE ", "t.key", keys),  # noqa: S608
        reading.stored_payloads("trace", keys if query.with_payload else ()),
        reading.among(_OBSERVATION_IDS, "o.trace_id", ids, scope=scope, tail=" ORDER BY o.trace_id, o.start_us, o.id"),
        reading.among(_SCORE_IDS, "s.trace_id", ids, scope=scope, tail=" ORDER BY s.trace_id, s.timestamp_us, s.id"),
    )
    observation_ids, score_ids = _grouped(observed), _grouped(scored)
    rows = {record[0]: read_trace(record[1:]) for record in records}
    parts = {record[0]: reading.dialect.unpack(record[1:]) for record in stored}
    payloads = reading.payloads(map(parts.get, keys)) if query.with_payload else repeat(None)
    traced = [
        Traced(
            row=row,
            payload=payload,
            observation_ids=observation_ids.get(row.id, []),
            score_ids=score_ids.get(row.id, []),
        )
        for row, payload in zip(map(rows.__getitem__, keys), payloads, strict=False)
    ]
    return Page(rows=traced, total=total)


def _grouped(records: Iterable[Record]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for trace_id, entity_id in records:
        grouped.setdefault(trace_id, []).append(entity_id)
    return grouped
