"""Lists of the web app: pages by keyset, with what a row shows beside what it holds."""

from collections.abc import Sequence
from typing import Final, Generic, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from panope.domain.ids import ProjectId
from panope.domain.scores import ScoreDataType, ScoreRow
from panope.domain.tracing import Payload, SessionRow, TraceRow
from panope.features.explore.asking import Asking
from panope.features.explore.rows import place_of, places_of
from panope.kit.clock import Clock
from panope.ports.exploration import TraceGroup, TraceParts
from panope.ports.telemetry import Observed, Scored, TelemetryReader
from panope.query.ast import And, Condition, Keyset, ListQuery, Op, Sort
from panope.query.fields import View
from panope.query.question import Question
from panope.query.validate import validate_query

Row = TypeVar("Row")

_MAX_SCORES: Final = 5_000
"""Of the rows of one page together."""
_MAX_PARTS: Final = 50_000
"""So many observations one page is looked through for what they name."""


class Scores(Struct, frozen=True):
    """Scores of several owners, the newest first."""

    by_owner: dict[str, list[ScoreRow]]
    is_cut: bool = False
    """Whether there are more; those that are here are the newest of all."""

    def of(self, owner_id: str) -> list[ScoreRow]:
        """Those of one owner."""
        return self.by_owner.get(owner_id, [])


class More(Struct, frozen=True):
    """What rows carry beyond what they always do."""

    payload: bool = False
    """Of traces and observations: input, output and metadata."""
    parts: bool = False
    """Of traces: the models and the tools that their observations name."""


NO_MORE: Final = More()


class Listed(Struct, Generic[Row], frozen=True):
    """One page."""

    rows: list[Row]
    next: Keyset | None
    """Where the next page starts; None after the last."""
    as_of_us: int
    """When it was read: what was acknowledged before is in it."""
    has_more_scores: bool = False
    """Than the rows carry."""


class ListedTrace(Struct, frozen=True):
    """A trace with its scores and those of its observations, corrections left out."""

    row: TraceRow
    scores: list[ScoreRow] = field(default_factory=list)
    payload: Payload | None = None
    """When asked for."""
    parts: TraceParts | None = None
    """When asked for, unless the traces of the page have too many observations to look through."""


class ListedObservation(Struct, frozen=True):
    """An observation, previews filled in, with its own scores, corrections left out."""

    observed: Observed
    scores: list[ScoreRow] = field(default_factory=list)


class ListedSession(Struct, frozen=True):
    """A session with what its traces add up to, and its own scores."""

    row: SessionRow
    traces: TraceGroup | None
    """None when its traces are gone since it was listed; so is the next."""
    last: TraceRow | None = None
    """The last of its traces."""
    scores: list[ScoreRow] = field(default_factory=list)


class Lists:
    """Pages of one engine."""

    def __init__(self, reader: TelemetryReader, asking: Asking, clock: Clock) -> None:
        self._reader = reader
        self._asking = asking
        self._clock = clock

    async def list_traces(self, project_id: ProjectId, question: Question, more: More = NO_MORE) -> Listed[ListedTrace]:
        """One page of traces."""
        as_of_us = self._clock()
        query = replace(await self._asking.query(project_id, question), with_payload=more.payload)
        shown, following = cut((await self._reader.list_traces(project_id, query)).rows, question.limit, question.sort)
        scores = await self.scores_of(project_id, "trace_id", [traced.row.id for traced in shown])
        parts = await self._parts_of(project_id, [traced.row for traced in shown]) if more.parts else {}
        rows = [
            ListedTrace(traced.row, scores.of(traced.row.id), traced.payload, parts.get(traced.row.id))
            for traced in shown
        ]
        return Listed(rows, following, as_of_us, scores.is_cut)

    async def list_observations(
        self, project_id: ProjectId, question: Question, more: More = NO_MORE
    ) -> Listed[ListedObservation]:
        """One page of observations."""
        as_of_us = self._clock()
        query = await self._asking.query(project_id, question)
        query = replace(query, with_previews=True, with_payload=more.payload)
        shown, following = cut(
            (await self._reader.list_observations(project_id, query)).rows, question.limit, question.sort
        )
        scores = await self.scores_of(project_id, "observation_id", [observed.row.id for observed in shown])
        rows = [ListedObservation(observed, scores.of(observed.row.id)) for observed in shown]
        return Listed(rows, following, as_of_us, scores.is_cut)

    async def list_scores(self, project_id: ProjectId, question: Question) -> Listed[Scored]:
        """One page of scores."""
        as_of_us = self._clock()
        query = await self._asking.query(project_id, question)
        rows, following = cut((await self._reader.list_scores(project_id, query)).rows, question.limit, question.sort)
        return Listed(rows, following, as_of_us)

    async def list_sessions(self, project_id: ProjectId, question: Question) -> Listed[ListedSession]:
        """One page of sessions; what each adds up to is that of all its traces."""
        as_of_us = self._clock()
        query = await self._asking.query(project_id, question)
        page = await self._reader.list_sessions(project_id, query)
        rows, is_cut = await self.sessions(project_id, page.rows[: question.limit])
        places = places_of(page, question.sort)
        following = places[question.limit - 1] if len(places) > question.limit else None
        return Listed(rows, following, as_of_us, is_cut)

    async def sessions(self, project_id: ProjectId, rows: Sequence[SessionRow]) -> tuple[list[ListedSession], bool]:
        """Sessions with what is shown beside each, and whether they have more scores than they carry."""
        if not rows:
            return [], False
        ids = tuple(row.id for row in rows)
        where, sort = Condition("session_id", Op.ANY_OF, ids), Sort("id")
        found = await self._reader.group_traces(project_id, where, "session_id", sort=sort, limit=len(ids))
        groups = {group.id: group for group in found}
        last = {trace.session_id: trace for trace in await self._reader.list_last_traces(project_id, ids)}
        scores = await self.scores_of(project_id, "session_id", ids)
        listed = [ListedSession(row, groups.get(row.id), last.get(row.id), scores.of(row.id)) for row in rows]
        return listed, scores.is_cut

    async def list_users(self, project_id: ProjectId, question: Question) -> Listed[TraceGroup]:
        """One page of the users that the traces name which match the question."""
        as_of_us = self._clock()
        where, after = await self._asking.where(project_id, question), question.after
        # Groups are sorted by their id or by a number, as traces are by theirs.
        alike = Sort("id" if question.sort.field == "id" else "timestamp")
        validate_query(View.TRACES, ListQuery(sort=alike, after=after))
        found = await self._reader.group_traces(
            project_id, where, "user_id", sort=question.sort, after=after, limit=question.limit + 1
        )
        rows, following = cut(found, question.limit, question.sort)
        return Listed(rows, following, as_of_us)

    async def _parts_of(self, project_id: ProjectId, rows: Sequence[TraceRow]) -> dict[str, TraceParts]:
        """Of the smallest traces first, as many as may be looked through."""
        budget, looked_at = _MAX_PARTS, []
        for row in sorted(rows, key=lambda row: row.totals.observation_count):
            budget -= row.totals.observation_count
            if budget < 0:
                break
            looked_at.append(row.id)
        found = await self._reader.list_parts(project_id, looked_at) if looked_at else {}
        return {trace_id: found.get(trace_id, TraceParts()) for trace_id in looked_at}

    async def scores_of(self, project_id: ProjectId, owner: str, ids: Sequence[str]) -> Scores:
        """The newest 5,000 scores of the owners with these ids; `owner` is the field that names them.

        Corrections are left out.
        """
        if not ids:
            return Scores({})
        query = ListQuery(
            where=And(
                (
                    Condition(owner, Op.ANY_OF, tuple(ids)),
                    Condition("data_type", Op.NE, str(ScoreDataType.CORRECTION)),
                )
            ),
            sort=Sort("timestamp"),
            limit=_MAX_SCORES + 1,
        )
        found = (await self._reader.list_scores(project_id, query)).rows
        scores: dict[str, list[ScoreRow]] = {}
        for scored in found[:_MAX_SCORES]:
            scores.setdefault(getattr(scored.row, owner), []).append(scored.row)
        return Scores(scores, len(found) > _MAX_SCORES)


def cut(rows: list[Row], limit: int, sort: Sort) -> tuple[list[Row], Keyset | None]:
    """The rows of the page, and where the next one starts when there is a row beyond it."""
    shown = rows[:limit]
    return shown, place_of(shown[-1], sort) if shown and len(rows) > limit else None
