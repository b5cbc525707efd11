"""Lists of the web app: pages by keyset, with what a row shows beside what it holds."""

from collections.abc import Sequence
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import Struct, field

from panope.domain.ids import ProjectId
from panope.domain.scores import ScoreDataType, ScoreRow
from panope.domain.tracing import ObservationRow, TraceRow
from panope.features.explore.asking import Asking
from panope.kit.clock import Clock
from panope.ports.telemetry import Observed, TelemetryReader
from panope.query.ast import And, Condition, Keyset, ListQuery, Op, Sort
from panope.query.question import Question

Row = TypeVar("Row")

_MAX_SCORES: Final = 5_000
"""Of the rows of one page, the newest."""
_OF_ROW: Final = {
    "timestamp": "timestamp_us",
    "start_time": "start_us",
    "end_time": "end_us",
    "created_at": "created_us",
}


class Listed(Struct, Generic[Row], frozen=True):
    """One page."""

    rows: list[Row]
    next: Keyset | None
    """Where the next page starts; None after the last."""
    as_of_us: int
    """When it was read: what was acknowledged before is in it."""


class ListedTrace(Struct, frozen=True):
    """A trace with its scores and those of its observations, corrections left out."""

    row: TraceRow
    scores: list[ScoreRow] = field(default_factory=list)


class ListedObservation(Struct, frozen=True):
    """An observation, previews filled in, with its own scores, corrections left out."""

    observed: Observed
    scores: list[ScoreRow] = field(default_factory=list)


class Lists:
    """Pages of one engine."""

    def __init__(self, reader: TelemetryReader, asking: Asking, clock: Clock) -> None:
        self._reader = reader
        self._asking = asking
        self._clock = clock

    async def list_traces(self, project_id: ProjectId, question: Question) -> Listed[ListedTrace]:
        """One page of traces."""
        as_of_us = self._clock()
        query = await self._asking.query(project_id, question)
        rows = [traced.row for traced in (await self._reader.list_traces(project_id, query)).rows]
        shown, following = cut(rows, question)
        scores = await self.scores_of(project_id, "trace_id", [row.id for row in shown])
        return Listed([ListedTrace(row, scores.get(row.id, [])) for row in shown], following, as_of_us)

    async def list_observations(self, project_id: ProjectId, question: Question) -> Listed[ListedObservation]:
        """One page of observations."""
        as_of_us = self._clock()
        query = msgspec.structs.replace(await self._asking.query(project_id, question), with_previews=True)
        found = (await self._reader.list_observations(project_id, query)).rows
        _, following = cut([observed.row for observed in found], question)
        shown = found[: question.limit]
        scores = await self.scores_of(project_id, "observation_id", [observed.row.id for observed in shown])
        return Listed(
            [ListedObservation(observed, scores.get(observed.row.id, [])) for observed in shown], following, as_of_us
        )

    async def scores_of(self, project_id: ProjectId, owner: str, ids: Sequence[str]) -> dict[str, list[ScoreRow]]:
        """Scores of the owners with these ids, corrections left out; `owner` is the field that names them."""
        if not ids:
            return {}
        query = ListQuery(
            where=And(
                (
                    Condition(owner, Op.ANY_OF, tuple(ids)),
                    Condition("data_type", Op.NE, str(ScoreDataType.CORRECTION)),
                )
            ),
            sort=Sort("timestamp"),
            limit=_MAX_SCORES,
        )
        scores: dict[str, list[ScoreRow]] = {}
        for scored in (await self._reader.list_scores(project_id, query)).rows:
            scores.setdefault(getattr(scored.row, owner), []).append(scored.row)
        return scores


def cut(rows: list[Row], question: Question) -> tuple[list[Row], Keyset | None]:
    """The rows of the page, and where the next one starts when there is a row beyond it."""
    shown = rows[: question.limit]
    return shown, place_of(shown[-1], question.sort) if shown and len(rows) > question.limit else None


def place_of(row: Any, sort: Sort) -> Keyset:
    """Where a row stands in the order of a sort."""
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
