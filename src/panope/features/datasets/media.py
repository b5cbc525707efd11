"""Media that items refer to: what is to be found out about them, and the answer of a server that keeps none."""

from collections.abc import Sequence
from typing import Protocol

from panope.domain.datasets.items import DatasetItem
from panope.domain.datasets.media import MediaByItem
from panope.domain.ids import ProjectId


class ItemMedia(Protocol):
    """Finds the media of items."""

    async def find(self, project_id: ProjectId, items: Sequence[DatasetItem]) -> MediaByItem:
        """The references in these items, each with an address from which the file can be read for a while."""


class NoMedia:
    """Implements `ItemMedia` where no files are kept."""

    async def find(self, project_id: ProjectId, items: Sequence[DatasetItem]) -> MediaByItem:  # noqa: ARG002 - no matter
        """See `ItemMedia.find`."""
        return {}
