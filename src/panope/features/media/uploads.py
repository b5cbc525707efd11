"""The use cases by which media come in."""

import base64
import hashlib
from collections.abc import AsyncIterable, AsyncIterator

from msgspec import Struct
from msgspec.structs import replace

from panope.domain.errors import InvalidError, NotFoundError
from panope.domain.ids import ProjectId, is_possible_id
from panope.domain.media.media import Media, MediaId, MediaLink, UploadReport, blob_key
from panope.features.media.access import Address, MediaAccess
from panope.kit.clock import Clock
from panope.ports.media import MediaStore

_SUCCESS = frozenset({200, 201})


class UploadHeaders(Struct, frozen=True, kw_only=True):
    """What the headers of an upload say of it; None where they say nothing."""

    content_type: str | None = None
    content_length: int | None = None
    sha256: str | None = None


class MediaUploads:
    """Announce, receive, report: the three steps of an upload."""

    def __init__(self, store: MediaStore, access: MediaAccess, clock: Clock) -> None:
        self._store = store
        self._access = access
        self._clock = clock

    @property
    def max_bytes(self) -> int:
        """Largest media that may be announced."""
        return self._access.options.max_bytes

    async def announce(
        self, project_id: ProjectId, media: Media, link: MediaLink, content_url: str
    ) -> tuple[Media, Address | None]:
        """Note what is to come and where it stands; say where to put it, or None when it is there as announced.

        Raises `ConflictError` when the bytes of this id are there and are others.
        """
        blobs = self._access.blobs
        before = (await self._store.get(project_id, [media.id])).get(media.id)
        kept = await self._store.announce(project_id, replace(media, created_us=self._clock()), link)
        is_known = before is not None and before.content_type == media.content_type
        if is_known and kept.stored_us is not None and await blobs.size(blob_key(project_id, kept)) is not None:
            return kept, None
        return kept, await self._access.upload_address(project_id, kept, content_url)

    async def receive(self, token: str, headers: UploadHeaders, chunks: AsyncIterable[bytes]) -> None:
        """Keep the bytes of an announced media; nothing is kept unless they are what was announced.

        Raises `ForbiddenError` for a link that is not good, `NotFoundError` when the media was deleted meanwhile, and
        `InvalidError` for another type, length or hash.
        """
        grant = await self._access.signer.read(token, "upload")
        media = (await self._store.get(grant.project_id, [grant.media_id])).get(grant.media_id)
        if media is None or media.created_us != grant.created_us:
            raise _announcement_gone()
        announced = replace(media, content_type=grant.content_type, content_length=grant.content_length)
        _check_headers(headers, announced)
        key, blobs = blob_key(grant.project_id, media), self._access.blobs
        await blobs.put(key, verified(chunks, announced), content_type=grant.content_type, length=grant.content_length)
        if not await self._store.mark_stored(grant.project_id, media, self._clock()):
            await blobs.delete(key)
            raise _announcement_gone()

    async def report(self, project_id: ProjectId, media_id: MediaId, report: UploadReport) -> None:
        """Keep what a client says of its upload. Raises `NotFoundError` for an unknown id.

        That an upload into a bucket succeeded is believed when the bucket holds as many bytes as were announced; it
        has compared the hash itself.
        """
        if not is_possible_id(media_id) or not await self._store.report_upload(project_id, media_id, report):
            raise NotFoundError("Media not found: the project has none of this id", code="media_not_found")
        media = (await self._store.get(project_id, [media_id])).get(media_id)
        if media is None or media.stored_us is not None or report.status not in _SUCCESS:
            return
        if await self._access.blobs.size(blob_key(project_id, media)) == media.content_length:
            await self._store.mark_stored(project_id, media, self._clock())


async def verified(chunks: AsyncIterable[bytes], media: Media) -> AsyncIterator[bytes]:
    """The same chunks; raises `InvalidError` as soon as they are more than announced, or when all are and differ."""
    digest = hashlib.sha256()
    length = 0
    async for chunk in chunks:
        length += len(chunk)
        if length > media.content_length:
            raise _differs("length", "is longer than the contentLength")
        digest.update(chunk)
        yield chunk
    if length < media.content_length:
        raise _differs("length", "is shorter than the contentLength")
    if base64.b64encode(digest.digest()).decode() != media.sha256:
        raise _differs("hash", "does not have the sha256Hash")


def _check_headers(headers: UploadHeaders, media: Media) -> None:
    if (headers.content_type or "").partition(";")[0].strip().lower() != media.content_type:
        raise _differs("type", "does not come with the Content-Type")
    if headers.content_length not in {None, media.content_length}:
        raise _differs("length", "does not have the contentLength")
    if headers.sha256 not in {None, media.sha256}:
        raise _differs("hash", "does not come with the sha256Hash")


def _differs(what: str, how: str) -> InvalidError:
    text = f"The content {how} that was announced, so nothing was kept: announce it as it is, then send it again"
    return InvalidError(text, code=f"media_{what}_differs")


def _announcement_gone() -> NotFoundError:
    text = "The media was deleted since this link was made: announce it again"
    return NotFoundError(text, code="media_not_found")
