"""What the catalog knows of media: what was announced, whether its bytes are there, and who refers to it.

The bytes themselves are in a `BlobStore`. Ids of another project are unknown everywhere. Nothing here moves a version,
as nobody caches media.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from panope.domain.ids import ProjectId
from panope.domain.media.media import Media, MediaId, MediaLink, MediaPlace, OwnedMedia, UploadReport


class MediaStore(Protocol):
    """Media of all projects, one per project and id."""

    async def announce(self, project_id: ProjectId, media: Media, link: MediaLink) -> Media:
        """Add a media and its link, or meet what is there by that id; return what is kept now.

        Idempotent by id and link. A media that is there keeps everything but its content type, which becomes the new
        one, and its length, which becomes the new one until the bytes are stored. Raises `ConflictError` when the bytes
        are stored and have another length or hash, and `NotFoundError` when the project does not exist.
        """

    async def get(self, project_id: ProjectId, media_ids: Sequence[MediaId]) -> Mapping[MediaId, Media]:
        """Those of the ids that the project has."""

    async def mark_stored(self, project_id: ProjectId, media: Media, at_us: int) -> bool:
        """Note that the bytes of exactly this announcement are there; False when it is gone. The first time stays."""

    async def report_upload(self, project_id: ProjectId, media_id: MediaId, report: UploadReport) -> bool:
        """Keep what a client says of its upload, in place of what it said before; False for an unknown id."""

    async def add_links(self, project_id: ProjectId, links: Sequence[MediaLink]) -> int:
        """Add links; return how many are new. Those to unknown media are left out."""

    async def list_links(self, project_id: ProjectId, place: MediaPlace) -> Sequence[MediaLink]:
        """Links of one place, by all their fields in their order."""

    async def unlink(self, project_id: ProjectId, places: Sequence[MediaPlace]) -> Sequence[Media]:
        """Remove the links of places, and in the same unit every media that nothing refers to any more; return those.

        Ordered by id. Afterwards their bytes may be deleted: whoever announces one again gets another name for them.
        """

    async def list(self, project_id: ProjectId, after: MediaId, limit: int) -> Sequence[Media]:
        """Media of a project by id, those after this one; "" is before all."""

    async def list_unfinished(self, before_us: int, limit: int) -> Sequence[OwnedMedia]:
        """Media of all projects announced before then whose bytes never came, by (announcement, project, id)."""

    async def remove_unfinished(self, project_id: ProjectId, media: Media) -> bool:
        """Remove exactly this announcement with its links; False and nothing done when its bytes came or it is gone."""
