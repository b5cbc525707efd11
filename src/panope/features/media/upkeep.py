"""Links that others ask for, deletion with what refers to a media, and cleaning up after uploads that never ended."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from panope.domain.errors import PanopeError
from panope.domain.ids import ProjectId
from panope.domain.media.media import Media, MediaLink, MediaPlace, blob_key
from panope.kit.clock import Clock
from panope.ports.blobs import BlobStore
from panope.ports.media import MediaStore

UNFINISHED_S: Final = 24 * 3_600
"""Age at which an upload that never ended is given up; a link to upload is good for an hour."""
_SWEEP_S: Final = 3_600.0
_PER_SWEEP: Final = 1_000
_SECOND_US: Final = 1_000_000
_log = structlog.get_logger("panope.media")


class MediaUpkeep:
    """Keeps media and what refers to them together."""

    def __init__(self, store: MediaStore, blobs: BlobStore, clock: Clock) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock

    async def link_items(self, project_id: ProjectId, links: Sequence[MediaLink]) -> None:
        """Dataset items refer to media, which may have come with a trace: keep these as long as the items."""
        await self._store.add_links(project_id, links)

    async def forget_traces(self, project_id: ProjectId, trace_ids: Sequence[str]) -> None:
        """Traces were deleted: so are the media that nothing else refers to. Idempotent."""
        await self._forget(project_id, [MediaPlace(trace_id=trace_id) for trace_id in trace_ids if trace_id])

    async def forget_items(self, project_id: ProjectId, item_ids: Sequence[str]) -> None:
        """Dataset items were deleted: likewise."""
        await self._forget(project_id, [MediaPlace(dataset_item_id=item_id) for item_id in item_ids if item_id])

    async def sweep(self) -> int:
        """Give up uploads that never ended; return how many media were forgotten.

        Bytes that are there in full, because a client died before it said so, are kept.
        """
        await self._blobs.sweep(UNFINISHED_S)
        before_us = self._clock() - UNFINISHED_S * _SECOND_US
        forgotten = 0
        for owned in await self._store.list_unfinished(before_us, _PER_SWEEP):
            key = blob_key(owned.project_id, owned.media)
            if await self._blobs.size(key) == owned.media.content_length:
                await self._store.mark_stored(owned.project_id, owned.media, self._clock())
            elif await self._store.remove_unfinished(owned.project_id, owned.media):
                await self._blobs.delete(key)
                forgotten += 1
        return forgotten

    async def _forget(self, project_id: ProjectId, places: Sequence[MediaPlace]) -> None:
        for media in await self._store.unlink(project_id, places):
            await self._delete_bytes(project_id, media)

    async def _delete_bytes(self, project_id: ProjectId, media: Media) -> None:
        try:
            await self._blobs.delete(blob_key(project_id, media))
        except PanopeError as error:  # nothing refers to them any more, and nobody can reach them
            _log.warning("bytes of a deleted media stay behind", project=project_id, media=media.id, code=error.code)


@asynccontextmanager
async def kept_clean(upkeep: MediaUpkeep) -> AsyncIterator[None]:
    """Sweep at the start of the block, and every hour of it."""

    async def sweep_for_ever() -> None:
        while True:
            try:
                forgotten = await upkeep.sweep()
            except Exception as error:  # noqa: BLE001 - a server serves without this as well, and tries again
                reason = error.code if isinstance(error, PanopeError) else type(error).__name__
                _log.warning("unfinished uploads not cleaned up", reason=reason)
            else:
                _log.debug("unfinished uploads cleaned up", forgotten=forgotten)
            await asyncio.sleep(_SWEEP_S)

    task = asyncio.create_task(sweep_for_ever(), name="media")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
