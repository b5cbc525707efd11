"""Media that items refer to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from panope.domain.datasets.items import DatasetItem
from panope.domain.ids import DatasetItemId, ProjectId
from panope.features.media.reading import MediaReading
from panope.wire.langfuse.media.references import REFERENCE_START, MediaReferenceBody

ReferencesByItem = Mapping[DatasetItemId, Sequence[MediaReferenceBody]]


class ItemMedia:
    """Finds the media of items."""

    def __init__(self, media: MediaReading) -> None:
        self._media = media

    async def find(self, project_id: ProjectId, items: Sequence[DatasetItem], content_url: str) -> ReferencesByItem:
        """The references in these items, each with an address from which the file can be read for a while.

        Items that refer to nothing are left out.
        """
        values = {item.id: dict(_with_references(item)) for item in items}
        referring = [item_id for item_id, fields in values.items() if fields]
        if not referring:
            return {}
        described = await self._media.describe_many(project_id, [values[item_id] for item_id in referring], content_url)
        return dict(zip(referring, described, strict=True))


def _with_references(item: DatasetItem) -> Iterator[tuple[str, Any]]:
    """The fields that may refer to something, as values."""
    texts = (("input", item.input), ("expectedOutput", item.expected_output), ("metadata", item.metadata))
    for field, text in texts:
        if text is not None and REFERENCE_START in text:
            yield field, msgspec.json.decode(text)
