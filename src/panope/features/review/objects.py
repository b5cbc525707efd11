"""What is reviewed, as far as reviewing needs to know it."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from panope.domain.ids import ProjectId, PromptId, is_possible_id
from panope.domain.review.comments import CommentObjectType
from panope.domain.review.queues import ItemObjectType, ScoreTarget
from panope.domain.tracing import Payload
from panope.ports.prompts import PromptIndex
from panope.ports.telemetry import Observed, TelemetryReader, Traced
from panope.query.ast import Condition, ListQuery, Op, Sort


class ObjectFinder(Protocol):
    """Knows whether objects of one type exist."""

    async def exists(self, project_id: ProjectId, object_id: str) -> bool:
        """Whether the project has an object of this id now."""


class ReviewedPayload(Struct, frozen=True, kw_only=True):
    """What an annotated object took in and gave."""

    trace_id: str
    observation_id: str | None
    payload: Payload


class TelemetryObjects:
    """Looks traces, observations and sessions up, without reading what belongs to them."""

    def __init__(self, reader: TelemetryReader) -> None:
        self._reader = reader

    def finders(self) -> Mapping[CommentObjectType, ObjectFinder]:
        """One finder for each type of object that telemetry has."""
        return {CommentObjectType(kind.value): _Finder(self, kind) for kind in ItemObjectType}

    async def find(self, project_id: ProjectId, object_type: ItemObjectType, object_id: str) -> ScoreTarget | None:
        """What scores on this object have to name; None when it does not exist."""
        if not is_possible_id(object_id):
            return None
        if object_type is ItemObjectType.SESSION:
            session = await self._reader.get_session(project_id, object_id)
            return None if session is None else ScoreTarget(session_id=session.id, environment=session.environment)
        if object_type is ItemObjectType.TRACE:
            trace = await self._find_trace(project_id, object_id)
            return None if trace is None else ScoreTarget(trace_id=trace.row.id, environment=trace.row.environment)
        observed = await self._find_observation(project_id, object_id)
        if observed is None:
            return None
        row = observed.row
        return ScoreTarget(trace_id=row.trace_id, observation_id=row.id, environment=row.environment)

    async def read(self, project_id: ProjectId, object_type: ItemObjectType, object_id: str) -> ReviewedPayload | None:
        """Input and output of a trace or an observation; None for what does not exist or has neither."""
        if object_type is ItemObjectType.TRACE:
            trace = await self._find_trace(project_id, object_id, with_payload=True)
            if trace is None or trace.payload is None:
                return None
            return ReviewedPayload(trace_id=trace.row.id, observation_id=None, payload=trace.payload)
        if object_type is ItemObjectType.OBSERVATION:
            observed = await self._find_observation(project_id, object_id, with_payload=True)
            if observed is None or observed.payload is None:
                return None
            row = observed.row
            return ReviewedPayload(trace_id=row.trace_id, observation_id=row.id, payload=observed.payload)
        return None

    async def _find_trace(self, project_id: ProjectId, trace_id: str, *, with_payload: bool = False) -> Traced | None:
        query = _one(trace_id, "timestamp", with_payload=with_payload)
        return next(iter((await self._reader.list_traces(project_id, query)).rows), None)

    async def _find_observation(
        self, project_id: ProjectId, observation_id: str, *, with_payload: bool = False
    ) -> Observed | None:
        query = _one(observation_id, "start_time", with_payload=with_payload)
        return next(iter((await self._reader.list_observations(project_id, query)).rows), None)


class PromptVersions:
    """Implements `ObjectFinder` for versions of prompts."""

    def __init__(self, index: PromptIndex) -> None:
        self._index = index

    async def exists(self, project_id: ProjectId, object_id: str) -> bool:
        """See `ObjectFinder.exists`."""
        return await self._index.find_link(project_id, PromptId(object_id)) is not None


class _Finder:
    def __init__(self, objects: TelemetryObjects, object_type: ItemObjectType) -> None:
        self._objects = objects
        self._type = object_type

    async def exists(self, project_id: ProjectId, object_id: str) -> bool:
        return await self._objects.find(project_id, self._type, object_id) is not None


def _one(object_id: str, sort: str, *, with_payload: bool) -> ListQuery:
    where = Condition("id", Op.EQ, object_id)
    return ListQuery(where=where, sort=Sort(sort), limit=1, with_payload=with_payload, with_ids=False)
