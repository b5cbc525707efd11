"""Media in dictionaries."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from panope.adapters.memory.catalog.tables import CatalogStore, require_project
from panope.domain.errors import ConflictError
from panope.domain.ids import ProjectId
from panope.domain.media.media import Media, MediaId, MediaLink, MediaPlace, OwnedMedia, UploadReport


class MemoryMediaStore(CatalogStore):
    """Implements `MediaStore`. Media are frozen and need no copying."""

    async def announce(self, project_id: ProjectId, media: Media, link: MediaLink) -> Media:
        """See `MediaStore.announce`."""
        require_project(self._tables, project_id)
        stored = self._tables.media.get((project_id, media.id))
        kept = media
        if stored is not None:
            is_same = (stored.sha256, stored.content_length) == (media.sha256, media.content_length)
            if stored.stored_us is not None and not is_same:
                raise ConflictError("The media is stored already, with another length or hash", code="media_differs")
            kept = replace(stored, content_type=media.content_type, content_length=media.content_length)
            if stored.sha256 != media.sha256:
                kept = media
        self._tables.media[project_id, media.id] = kept
        self._tables.media_links.add((project_id, link))
        return kept

    async def get(self, project_id: ProjectId, media_ids: Sequence[MediaId]) -> Mapping[MediaId, Media]:
        """See `MediaStore.get`."""
        found = ((media_id, self._tables.media.get((project_id, media_id))) for media_id in media_ids)
        return {media_id: media for media_id, media in found if media is not None}

    async def mark_stored(self, project_id: ProjectId, media: Media, at_us: int) -> bool:
        """See `MediaStore.mark_stored`."""
        stored = self._same(project_id, media)
        if stored is None:
            return False
        if stored.stored_us is None:
            self._tables.media[project_id, media.id] = replace(stored, stored_us=at_us)
        return True

    async def report_upload(self, project_id: ProjectId, media_id: MediaId, report: UploadReport) -> bool:
        """See `MediaStore.report_upload`."""
        stored = self._tables.media.get((project_id, media_id))
        if stored is None:
            return False
        self._tables.media[project_id, media_id] = replace(
            stored, uploaded_us=report.uploaded_us, upload_status=report.status, upload_error=report.error
        )
        return True

    async def add_links(self, project_id: ProjectId, links: Sequence[MediaLink]) -> int:
        """See `MediaStore.add_links`."""
        known = {(project_id, link) for link in links if (project_id, link.media_id) in self._tables.media}
        new = known - self._tables.media_links
        self._tables.media_links |= new
        return len(new)

    async def list_links(self, project_id: ProjectId, place: MediaPlace) -> Sequence[MediaLink]:
        """See `MediaStore.list_links`."""
        return sorted(link for owner, link in self._tables.media_links if owner == project_id and _is_in(link, place))

    async def unlink(self, project_id: ProjectId, places: Sequence[MediaPlace]) -> Sequence[Media]:
        """See `MediaStore.unlink`."""
        links = [link for owner, link in self._tables.media_links if owner == project_id]
        gone = {link for link in links if any(_is_in(link, place) for place in places)}
        self._tables.media_links -= {(project_id, link) for link in gone}
        still = {link.media_id for link in links if link not in gone}
        removed = sorted({link.media_id for link in gone} - still)
        return [self._tables.media.pop((project_id, media_id)) for media_id in removed]

    async def list(self, project_id: ProjectId, after: MediaId, limit: int) -> Sequence[Media]:
        """See `MediaStore.list`."""
        found = [media for (owner, _), media in self._tables.media.items() if owner == project_id and media.id > after]
        return sorted(found, key=lambda media: media.id)[:limit]

    async def list_unfinished(self, before_us: int, limit: int) -> Sequence[OwnedMedia]:
        """See `MediaStore.list_unfinished`."""
        found = [
            OwnedMedia(owner, media)
            for (owner, _), media in self._tables.media.items()
            if media.stored_us is None and media.created_us < before_us
        ]
        return sorted(found, key=lambda row: (row.media.created_us, row.project_id, row.media.id))[:limit]

    async def remove_unfinished(self, project_id: ProjectId, media: Media) -> bool:
        """See `MediaStore.remove_unfinished`."""
        stored = self._same(project_id, media)
        if stored is None or stored.stored_us is not None:
            return False
        del self._tables.media[project_id, media.id]
        self._tables.media_links = {
            (owner, link)
            for owner, link in self._tables.media_links
            if (owner, link.media_id) != (project_id, media.id)
        }
        return True

    def _same(self, project_id: ProjectId, media: Media) -> Media | None:
        stored = self._tables.media.get((project_id, media.id))
        is_same = stored is not None and stored.created_us == media.created_us
        return stored if is_same else None


def _is_in(link: MediaLink, place: MediaPlace) -> bool:
    if place.trace_id:
        return link.trace_id == place.trace_id
    return bool(place.dataset_item_id) and link.dataset_item_id == place.dataset_item_id
