"""Rows of any view, and where each stands in the order of a list."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from panope.domain.ids import ProjectId
from panope.domain.tracing import ObservationRow, SessionRow, TraceRow
from panope.ports.exploration import TraceGroup
from panope.ports.telemetry import Page, TelemetryReader
from panope.query.ast import Condition, Keyset, ListQuery, Op, Sort
from panope.query.fields import View

_OF_ROW: Final = {
    "timestamp": "timestamp_us",
    "start_time": "start_us",
    "end_time": "end_us",
    "created_at": "created_us",
}


OF_GROUP: Final = {
    "last_activity": "last_us",
    "latency": "span_us",
    "total_tokens": "total_tokens",
    "total_cost": "total_cost",
}
"""Fields that sessions are sorted by and that their traces hold."""


async def list_rows(reader: TelemetryReader, project_id: ProjectId, view: View, query: ListQuery) -> list[Any]:
    """One page of a view, as the reader lists it."""
    lists: dict[View, Callable[[ProjectId, ListQuery], Awaitable[Page[Any]]]] = {
        View.TRACES: reader.list_traces,
        View.OBSERVATIONS: reader.list_observations,
        View.SCORES: reader.list_scores,
        View.SESSIONS: reader.list_sessions,
    }
    return (await lists[view](project_id, query)).rows


async def find_place(reader: TelemetryReader, project_id: ProjectId, found: Any, sort: Sort) -> Keyset:
    """Where a row stands in the order of a sort, which for a session may be one by what its traces add up to."""
    if not isinstance(found, SessionRow) or sort.field not in OF_GROUP:
        return place_of(found, sort)
    groups = await reader.group_traces(
        project_id, Condition("session_id", Op.EQ, found.id), "session_id", sort=Sort("id"), limit=1
    )
    return session_place(found, groups[0] if groups else None, sort)


def session_place(row: SessionRow, traces: TraceGroup | None, sort: Sort) -> Keyset:
    """Where a session stands, whose traces add up to this; without any it stands with the zeros."""
    if sort.field not in OF_GROUP:
        return place_of(row, sort)
    return Keyset(0 if traces is None else getattr(traces, OF_GROUP[sort.field]), row.id)


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
