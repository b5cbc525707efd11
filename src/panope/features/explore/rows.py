"""Rows of any view, and where each stands in the order of a list."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from panope.domain.ids import ProjectId
from panope.domain.tracing import ObservationRow, TraceRow
from panope.ports.telemetry import Page, TelemetryReader
from panope.query.ast import Keyset, ListQuery, Sort
from panope.query.fields import View

_OF_ROW: Final = {
    "timestamp": "timestamp_us",
    "start_time": "start_us",
    "end_time": "end_us",
    "created_at": "created_us",
}


async def list_rows(reader: TelemetryReader, project_id: ProjectId, view: View, query: ListQuery) -> list[Any]:
    """One page of a view, as the reader lists it."""
    lists: dict[View, Callable[[ProjectId, ListQuery], Awaitable[Page[Any]]]] = {
        View.TRACES: reader.list_traces,
        View.OBSERVATIONS: reader.list_observations,
        View.SCORES: reader.list_scores,
        View.SESSIONS: reader.list_sessions,
    }
    return (await lists[view](project_id, query)).rows


def place_of(found: Any, sort: Sort) -> Keyset:
    """Where a row stands in the order of a sort."""
    row = getattr(found, "row", found)
    return Keyset(_sort_value(row, sort.field), row.id)


def _sort_value(row: Any, name: str) -> Any:
    if name == "latency":
        return _latency(row)
    if name == "time_to_first_token":
        return None if row.completion_start_us is None else row.completion_start_us - row.start_us
    name = _OF_ROW.get(name, name)
    return getattr(row if hasattr(row, name) else row.totals, name)


def _latency(row: TraceRow | ObservationRow) -> int | None:
    if isinstance(row, TraceRow):
        return row.latency_us
    return None if row.end_us is None else row.end_us - row.start_us
