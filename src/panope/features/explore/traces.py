"""Opening one trace: its header, its skeleton, its observations and their texts, each read when it is asked for."""

from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from panope.domain.errors import NotFoundError
from panope.domain.explanation import CostExplanation, without_prices
from panope.domain.ids import ProjectId, is_possible_id
from panope.domain.review.comments import CommentObjectType
from panope.domain.scores import ScoreRow, ScoreSource
from panope.domain.tracing import Payload, TraceRow
from panope.features.explore.lists import Lists
from panope.features.pricing.explaining import CostExplaining
from panope.features.tracing.reading import TraceReading
from panope.kit.clock import Clock
from panope.ports.comments import CommentStore
from panope.ports.exploration import Steps
from panope.ports.telemetry import Observed, TelemetryReader, Traced
from panope.query.ast import And, Condition, ListQuery, Op, Sort

PAGE_STEPS: Final = 20_000
"""Observations on one page of a skeleton."""
_MAX_UNPRICED: Final = 500
"""Observations that are looked at for the names of models without a price."""
_BY_START: Final = Sort("start_time", descending=False)


class Side(StrEnum):
    """One of the two texts of a trace or an observation."""

    INPUT = "input"
    OUTPUT = "output"

    def of(self, payload: Payload) -> str | None:
        """The text."""
        return payload.input if self is Side.INPUT else payload.output


class OpenedTrace(Struct, frozen=True, kw_only=True):
    """A trace without its observations."""

    row: TraceRow
    payload: Payload
    scores: list[ScoreRow]
    """Of the trace and its observations, by time; the newest of them."""
    has_more_scores: bool
    unpriced_models: list[str]
    comment_count: int
    """On the trace itself."""
    as_of_us: int


def for_visitors(opened: OpenedTrace) -> OpenedTrace:
    """A trace as somebody may see it who is no member: nothing that people said about it, and nobody who judged it."""
    return replace(opened, scores=_without_people(opened.scores), comment_count=0)


def _without_people(scores: list[ScoreRow]) -> list[ScoreRow]:
    return [
        replace(score, author_user_id=None, comment=None if score.source == ScoreSource.ANNOTATION else score.comment)
        for score in scores
    ]


class Skeleton(Struct, frozen=True, kw_only=True):
    """One page of the observations of a trace, without their payloads."""

    count: int
    """Of the whole trace."""
    updated_us: int
    """Of the trace, when its observations were read or before."""
    page: int
    steps: Steps
    comment_counts: list[int]


class OpenedObservation(Struct, frozen=True, kw_only=True):
    """An observation, with what explains its cost."""

    observed: Observed
    scores: list[ScoreRow]
    """By time; the newest of them."""
    has_more_scores: bool
    explanation: CostExplanation


def observation_for_visitors(opened: OpenedObservation) -> OpenedObservation:
    """Likewise, an observation; of its cost what is stored, and nothing of the price model behind it."""
    observed = replace(opened.observed, row=replace(opened.observed.row, model_id=None))
    scores, explanation = _without_people(opened.scores), without_prices(opened.explanation)
    return replace(opened, observed=observed, scores=scores, explanation=explanation)


class StoredText(Struct, frozen=True):
    """A text as it is stored."""

    text: str
    updated_us: int
    """When what holds it was last written."""


class TraceOpening:
    """Opens what a list leads to. Raises `NotFoundError` for what is not in the project."""

    def __init__(
        self,
        reader: TelemetryReader,
        reading: TraceReading,
        lists: Lists,
        explaining: CostExplaining,
        comments: CommentStore,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._reading = reading
        self._lists = lists
        self._explaining = explaining
        self._comments = comments
        self._clock = clock

    async def open_trace(self, project_id: ProjectId, trace_id: str) -> OpenedTrace:
        """The header of a trace."""
        as_of_us = self._clock()
        traced = await self.find(project_id, trace_id)
        scores = await self._lists.scores_of(project_id, "trace_id", [trace_id])
        comments = await self._comments.count_by_object(project_id, CommentObjectType.TRACE, [trace_id])
        return OpenedTrace(
            row=traced.row,
            payload=traced.payload or Payload(),
            scores=scores.of(trace_id)[::-1],
            has_more_scores=scores.is_cut,
            unpriced_models=await self._unpriced_models(project_id, traced.row),
            comment_count=comments.get(trace_id, 0),
            as_of_us=as_of_us,
        )

    async def read_skeleton(self, project_id: ProjectId, trace_id: str, page: int) -> Skeleton:
        """One page of the skeleton, the first is 0."""
        traced = await self.find(project_id, trace_id, with_payload=False)
        steps = await self._reader.list_steps(project_id, trace_id, offset=page * PAGE_STEPS, limit=PAGE_STEPS)
        comments = await self._comments.count_by_object(project_id, CommentObjectType.OBSERVATION, steps.id)
        return Skeleton(
            count=traced.row.totals.observation_count,
            updated_us=traced.row.updated_us,
            page=page,
            steps=steps,
            comment_counts=[comments.get(step_id, 0) for step_id in steps.id],
        )

    async def open_observation(self, project_id: ProjectId, observation_id: str) -> OpenedObservation:
        """All of an observation but its texts."""
        observed = await self._observed(project_id, observation_id)
        scores = await self._lists.scores_of(project_id, "observation_id", [observation_id])
        return OpenedObservation(
            observed=observed,
            scores=scores.of(observation_id)[::-1],
            has_more_scores=scores.is_cut,
            explanation=await self._explaining.explain(project_id, observed),
        )

    async def read_trace_text(self, project_id: ProjectId, trace_id: str, side: Side) -> StoredText:
        """Input or output of a trace; a missing one reads as no text."""
        traced = await self.find(project_id, trace_id)
        return StoredText(side.of(traced.payload or Payload()) or "", traced.row.updated_us)

    async def read_observation_text(self, project_id: ProjectId, observation_id: str, side: Side) -> StoredText:
        """Likewise, of an observation."""
        observed = await self._observed(project_id, observation_id)
        return StoredText(side.of(observed.payload or Payload()) or "", observed.row.updated_us)

    async def _observed(self, project_id: ProjectId, observation_id: str) -> Observed:
        return await self._reading.get_observation(
            project_id, [observation_id] if is_possible_id(observation_id) else []
        )

    async def find(self, project_id: ProjectId, trace_id: str, *, with_payload: bool = True) -> Traced:
        """A trace without its observations; raises `NotFoundError`."""
        query = ListQuery(
            where=Condition("id", Op.EQ, trace_id),
            sort=Sort("timestamp"),
            limit=1,
            with_payload=with_payload,
            with_ids=False,
        )
        found = (await self._reader.list_traces(project_id, query)).rows if is_possible_id(trace_id) else []
        if not found:
            raise NotFoundError("Trace not found: it may not have arrived yet, or it was deleted")
        return found[0]

    async def _unpriced_models(self, project_id: ProjectId, row: TraceRow) -> list[str]:
        """Names of models whose use in the trace has no price, in the order of their first use."""
        if not row.totals.unpriced_count:
            return []
        query = ListQuery(
            where=And(
                (
                    Condition("trace_id", Op.EQ, row.id),
                    Condition("total_cost", Op.IS_NULL),
                    Condition("model", Op.IS_NOT_NULL),
                    Condition("total_tokens", Op.GT, 0),
                )
            ),
            sort=_BY_START,
            limit=_MAX_UNPRICED,
        )
        found = (await self._reader.list_observations(project_id, query)).rows
        return list(dict.fromkeys(observed.row.model for observed in found if observed.row.model))
