"""Erasing what deleted projects held: telemetry first, then its records and media, and the rows of the catalog last.

Every step may be done again, so that a process that dies in the middle costs nothing but time: the project stays on the
list of deleted ones until everything is gone.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from panope.domain.accounts import DeletedProject
from panope.domain.ids import ProjectId
from panope.domain.media.media import MediaId, blob_key
from panope.domain.projection.deletion import first_at_once
from panope.kit.clock import Clock
from panope.ports.blobs import BlobStore
from panope.ports.catalog import Catalog
from panope.ports.telemetry import TelemetryReader, TelemetryWriter
from panope.query.ast import ListQuery, Sort

GRACE_US: Final = 300 * 1_000_000
"""For so long after its deletion, requests that were let in before may still write to a project."""
_PAGE: Final = 100
_RECORDS: Final = 1_000
_Step = Callable[[ProjectId], Awaitable[int]]


class ProjectErasure:
    """Erases the deleted projects of all organisations."""

    def __init__(
        self,
        catalog: Catalog,
        reader: TelemetryReader,
        writer: TelemetryWriter,
        blobs: BlobStore | None,
        clock: Clock,
    ) -> None:
        self._catalog = catalog
        self._reader = reader
        self._writer = writer
        self._blobs = blobs
        self._clock = clock

    async def list_due(self) -> list[DeletedProject]:
        """Projects that are deleted and not erased, the longest deleted first."""
        return list(await self._catalog.projects.list_deleted())

    async def empty(self, project: DeletedProject) -> int:
        """Delete one page of telemetry; return how many rows went, 0 when there is nothing left.

        Once nothing can arrive any more, that is also what is kept about telemetry.
        """
        steps: tuple[_Step, ...] = (self._delete_traces, self._delete_observations, self._delete_scores)
        for step in steps:
            count = await step(project.id)
            if count:
                return count
        return await self._writer.erase_records(project.id, _RECORDS) if self._is_settled(project) else 0

    async def finish(self, project: DeletedProject) -> bool:
        """Erase what is left once nothing can arrive any more; False as long as something can."""
        if not self._is_settled(project) or await self.empty(project):
            return False
        await self._delete_media(project.id)
        return await self._catalog.projects.erase(project.id)

    def _is_settled(self, project: DeletedProject) -> bool:
        return self._clock() >= project.deleted_us + GRACE_US

    async def _delete_traces(self, project_id: ProjectId) -> int:
        query = ListQuery(sort=Sort("timestamp", descending=False), limit=_PAGE, with_ids=False)
        page = await self._reader.list_traces(project_id, query)
        return await self._delete(project_id, [row.id for row in first_at_once([found.row for found in page.rows])])

    async def _delete_observations(self, project_id: ProjectId) -> int:
        """Those whose trace is not there."""
        query = ListQuery(sort=Sort("start_time", descending=False), limit=_PAGE)
        page = await self._reader.list_observations(project_id, query)
        return await self._delete(project_id, [found.row.trace_id for found in page.rows])

    async def _delete(self, project_id: ProjectId, trace_ids: list[str]) -> int:
        if trace_ids:
            await self._writer.delete_traces(project_id, list(dict.fromkeys(trace_ids)), at_us=self._clock())
        return len(trace_ids)

    async def _delete_scores(self, project_id: ProjectId) -> int:
        """Those of sessions and runs, which no trace took with it."""
        query = ListQuery(sort=Sort("timestamp", descending=False), limit=_PAGE)
        page = await self._reader.list_scores(project_id, query)
        score_ids = [found.row.id for found in page.rows]
        if score_ids:
            await self._writer.delete_scores(project_id, score_ids, at_us=self._clock())
        return len(score_ids)

    async def _delete_media(self, project_id: ProjectId) -> None:
        """Only the bytes: the rows go with the project."""
        if self._blobs is None:
            return
        after = MediaId("")
        while page := await self._catalog.media.list(project_id, after, _PAGE):
            for media in page:
                await self._blobs.delete(blob_key(project_id, media))
            after = page[-1].id
