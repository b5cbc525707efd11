"""Rows of any view, and where each stands in the order of a list."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from panope.domain.ids import ProjectId
from panope.domain.tracing import ObservationRow, SessionRow, TraceRow
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
    """The rows of one page of a view, as the reader lists it."""
    return (await _list_page(reader, project_id, view, query)).rows


async def list_places(reader: TelemetryReader, project_id: ProjectId, view: View, query: ListQuery) -> list[Keyset]:
    """Where the rows of one page stand in its order."""
    return places_of(await _list_page(reader, project_id, view, query), query.sort)


async def _list_page(reader: TelemetryReader, project_id: ProjectId, view: View, query: ListQuery) -> Page[Any]:
    lists: dict[View, Callable[[ProjectId, ListQuery], Awaitable[Page[Any]]]] = {
        View.TRACES: reader.list_traces,
        View.OBSERVATIONS: reader.list_observations,
        View.SCORES: reader.list_scores,
        View.SESSIONS: reader.list_sessions,
    }
    return await lists[view](project_id, query)


def places_of(page: Page[Any], sort: Sort) -> list[Keyset]:
    """Where the rows of a page stand: by what the page was put in order by, which later statements may find changed."""
    if page.sorted_by is None:
        return [place_of(found, sort) for found in page.rows]
    return [Keyset(value, row.id) for value, row in zip(page.sorted_by, page.rows, strict=True)]


def place_of(found: Any, sort: Sort) -> Keyset:
    """Where a row stands in the order of a sort by a field of its own."""
    row = getattr(found, "row", found)
    return Keyset(_sort_value(row, sort.field), row.id)


def _sort_value(row: Any, name: str) -> Any:
    if name == "latency":
        return _latency(row)
    if name == "time_to_first_token":
        return None if row.completion_start_us is None else row.completion_start_us - row.start_us
    if isinstance(row, SessionRow) and name == "timestamp":
        return row.first_timestamp_us
    name = _OF_ROW.get(name, name)
    return getattr(row if hasattr(row, name) else row.totals, name)


def _latency(row: TraceRow | ObservationRow) -> int | None:
    if isinstance(row, TraceRow):
        return row.latency_us
    return None if row.end_us is None else row.end_us - row.start_us
