"""Traces that anybody may read who has their address, because a member of the project made them public."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from panope.domain.errors import NotFoundError
from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.ids import ProjectId, is_possible_id
from panope.domain.ledger import SHARING, Receipt
from panope.domain.media.media import MediaId, MediaPlace
from panope.features.ingest.service import PriceBooks
from panope.kit.clock import Clock
from panope.ports.catalog import ProjectStore
from panope.ports.media import MediaStore
from panope.ports.telemetry import IngestBatch, TelemetryReader, TelemetryWriter, Traced
from panope.query.ast import Condition, ListQuery, Op, Sort

DAY_US: Final = 86_400_000_000
"""Telemetry may be dated as far ahead, where a client's clock is."""
_AT_ONCE: Final = 8
"""Projects that are looked through at the same time."""


class TraceSharing:
    """Makes traces public and private again, and says which are public.

    Nothing is remembered: each question is asked of the stores, so that what was made private is so at once.
    """

    def __init__(
        self,
        reader: TelemetryReader,
        writer: TelemetryWriter,
        prices: PriceBooks,
        projects: ProjectStore,
        media: MediaStore,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._prices = prices
        self._projects = projects
        self._media = media
        self._clock = clock
        self._new_id = new_id

    async def share(self, project_id: ProjectId, trace_id: str, *, is_public: bool) -> None:
        """Make a trace public or private; it is when this returns. Raises `NotFoundError`."""
        found = await self._find(project_id, trace_id)
        if found is None:
            raise NotFoundError("Trace not found: it may not have arrived yet, or it was deleted")
        at_us = max(self._clock(), found.row.updated_us + 1)
        for moment_us in (at_us, at_us + DAY_US):  # the second beats what a client said whose clock is ahead
            await self._write(project_id, trace_id, is_public, moment_us)
            found = await self._find(project_id, trace_id)
            if found is None or found.row.public == is_public:
                return

    async def is_trace_public(self, project_id: str, trace_id: str) -> bool:
        """Whether anybody may read this trace."""
        if not is_possible_id(project_id) or await self._projects.get(ProjectId(project_id)) is None:
            return False
        found = await self._find(ProjectId(project_id), trace_id)
        return found is not None and found.row.public

    async def is_observation_public(self, project_id: str, observation_id: str) -> bool:
        """Likewise, of the trace that an observation belongs to."""
        if not is_possible_id(project_id) or not is_possible_id(observation_id):
            return False
        query = _one(observation_id, "start_time")
        rows = (await self._reader.list_observations(ProjectId(project_id), query)).rows
        return bool(rows) and await self.is_trace_public(project_id, rows[0].row.trace_id)

    async def is_media_public(self, project_id: str, media_id: str, trace_id: str) -> bool:
        """Likewise, of a trace that refers to a media."""
        if not await self.is_trace_public(project_id, trace_id):
            return False
        links = await self._media.list_links(ProjectId(project_id), MediaPlace(trace_id=trace_id))
        return any(link.media_id == MediaId(media_id) for link in links)

    async def find_public(self, trace_id: str) -> Sequence[ProjectId]:
        """The projects whose trace of this id is public, in the order in which they were made."""
        if not is_possible_id(trace_id):
            return []
        projects = [project.id for project in await self._projects.list()]
        found: list[ProjectId] = []
        for start in range(0, len(projects), _AT_ONCE):
            some = projects[start : start + _AT_ONCE]
            traces = await asyncio.gather(*(self._find(project_id, trace_id) for project_id in some))
            found += [one for one, trace in zip(some, traces, strict=True) if trace is not None and trace.row.public]
        return found

    async def _find(self, project_id: ProjectId, trace_id: str) -> Traced | None:
        if not is_possible_id(trace_id):
            return None
        return next(iter((await self._reader.list_traces(project_id, _one(trace_id, "timestamp"))).rows), None)

    async def _write(self, project_id: ProjectId, trace_id: str, is_public: bool, at_us: int) -> None:  # noqa: FBT001
        event_id = self._new_id()
        event = TelemetryEvent(
            kind=EntityKind.TRACE,
            entity_id=trace_id,
            event_id=event_id,
            at_us=at_us,
            is_update=True,
            values={"public": is_public},
        )
        receipt = Receipt(request_id=event_id, received_us=self._clock(), protocol=SHARING, accepted=1, status=200)
        prices = await self._prices.get_book(project_id)
        await self._writer.apply(IngestBatch(project_id=project_id, events=[event], receipt=receipt, prices=prices))


def _one(object_id: str, sort: str) -> ListQuery:
    return ListQuery(where=Condition("id", Op.EQ, object_id), sort=Sort(sort), limit=1, with_ids=False)
