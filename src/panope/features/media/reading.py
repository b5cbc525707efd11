"""The use cases that show media."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from panope.domain.errors import NotFoundError
from panope.domain.ids import ProjectId, is_possible_id
from panope.domain.media.media import BlobKey, Media, MediaId, MediaLink, MediaPlace, blob_key
from panope.features.media.access import Address, MediaAccess
from panope.ports.media import MediaStore
from panope.wire.langfuse.media.references import (
    FoundReference,
    MediaReferenceBody,
    ReferencedMediaBody,
    find_references,
)
from panope.wire.langfuse.times import format_time


class PlacedMedia(Struct, frozen=True):
    """A media with one place that refers to it."""

    link: MediaLink
    media: Media


class Content(Struct, frozen=True, kw_only=True):
    """Bytes that may be read."""

    media: Media
    size: int
    key: BlobKey


class MediaReading:
    """Shows media by id, by place, by reference; and their bytes to whoever has a link."""

    def __init__(self, store: MediaStore, access: MediaAccess) -> None:
        self._store = store
        self._access = access

    async def get(self, project_id: ProjectId, media_id: MediaId, content_url: str) -> tuple[Media, Address]:
        """A media whose bytes are there, and where to get them. Raises `NotFoundError`."""
        media = await self.show(project_id, media_id)
        return media, await self._access.download_address(project_id, media, content_url)

    async def list_at(self, project_id: ProjectId, place: MediaPlace) -> Sequence[PlacedMedia]:
        """What one trace or one dataset item refers to, uploaded or not, by media, field and observation."""
        links = await self._store.list_links(project_id, place)
        known = await self._store.get(project_id, list({link.media_id for link in links}))
        return [PlacedMedia(link, known[link.media_id]) for link in links if link.media_id in known]

    async def describe_references(
        self, project_id: ProjectId, values: Mapping[str, Any], content_url: str
    ) -> list[MediaReferenceBody]:
        """What the references in the fields of something stand for, by field, in the order in which they stand.

        `values` are JSON values by field: for a dataset item its `input`, `expectedOutput` and `metadata`. References
        to what the project does not have, or has no content of, are left out.
        """
        (described,) = await self.describe_many(project_id, [values], content_url)
        return described

    async def describe_many(
        self, project_id: ProjectId, many: Sequence[Mapping[str, Any]], content_url: str
    ) -> list[list[MediaReferenceBody]]:
        """The same for many at once, such as a page of dataset items: one look into the catalog for all."""
        found = [[(field, each) for field in values for each in find_references(values[field])] for values in many]
        ids = {each.media_id for references in found for _, each in references}
        known = await self._store.get(project_id, sorted(ids)) if ids else {}
        addressed = {
            media_id: (media, await self._access.download_address(project_id, media, content_url))
            for media_id, media in known.items()
            if media.stored_us is not None
        }
        return [
            [
                _describe(field, each, *addressed[each.media_id])
                for field, each in references
                if each.media_id in addressed
            ]
            for references in found
        ]

    async def show(self, project_id: ProjectId, media_id: MediaId) -> Media:
        """A media whose bytes are there. Raises `NotFoundError`."""
        known = await self._store.get(project_id, [media_id]) if is_possible_id(media_id) else {}
        media = known.get(media_id)
        if media is None or media.stored_us is None:
            text = "Media not found: the project has none of this id whose content was uploaded"
            raise NotFoundError(text, code="media_not_found")
        return media

    async def open_stored(self, project_id: ProjectId, media_id: MediaId) -> Content:
        """The bytes of a media, for somebody who may read its project. Raises `NotFoundError`."""
        return await self._content(project_id, await self.show(project_id, media_id))

    async def open(self, token: str) -> Content:
        """The bytes that a link leads to. Raises `ForbiddenError` for a bad link and `NotFoundError` without bytes."""
        grant = await self._access.signer.read(token, "download")
        media = (await self._store.get(grant.project_id, [grant.media_id])).get(grant.media_id)
        if media is None or media.created_us != grant.created_us:
            raise _no_content()
        return await self._content(grant.project_id, media)

    async def _content(self, project_id: ProjectId, media: Media) -> Content:
        key = blob_key(project_id, media)
        size = await self._access.blobs.size(key)
        if size is None:
            raise _no_content()
        return Content(media=media, size=size, key=key)

    def read(self, content: Content, start: int, end: int) -> AsyncIterator[bytes]:
        """Some of the bytes, by chunks."""
        return self._access.blobs.read(content.key, start, end)


def _describe(field: str, found: FoundReference, media: Media, address: Address) -> MediaReferenceBody:
    return MediaReferenceBody(
        field=field,
        reference_string=found.text,
        json_path=found.json_path,
        media=ReferencedMediaBody(
            media_id=media.id,
            content_type=media.content_type,
            content_length=media.content_length,
            url=address.url,
            url_expiry=format_time(address.expires_us),
        ),
    )


def _no_content() -> NotFoundError:
    return NotFoundError("Media not found: it was deleted since this link was made", code="media_not_found")
