"""Items keep the media that they refer to, also those that came with a trace."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from panope.domain.datasets.items import DatasetItem, Existing, ItemDraft
from panope.domain.ids import DatasetId, DatasetItemId, ProjectId
from panope.domain.media.media import MediaLink
from panope.features.media.upkeep import MediaUpkeep
from panope.ports.datasets import DatasetItemStore, ItemPage, ItemQuery, ItemsWritten
from panope.wire.langfuse.media.references import REFERENCE_START, find_references

_FIELDS: Final = {"input": "input", "expected_output": "expectedOutput", "metadata": "metadata"}
"""What may refer to media, and what links call it."""


class LinkedItems:
    """Implements `DatasetItemStore` over another one: what is written is linked with its media, at once afterwards.

    A reference that an item loses keeps its media, as the versions of before still show it; the item's end does not.
    """

    def __init__(self, items: DatasetItemStore, upkeep: MediaUpkeep) -> None:
        self._items = items
        self._upkeep = upkeep

    async def write(
        self,
        project_id: ProjectId,
        dataset_id: DatasetId,
        drafts: Iterable[ItemDraft],
        *,
        at_us: int,
        existing: Existing = Existing.CHANGE,
        is_dry_run: bool = False,
        on_written: Callable[[int], None] | None = None,
    ) -> ItemsWritten:
        """See `DatasetItemStore.write`."""
        links: dict[MediaLink, None] = {}

        def watched() -> Iterator[ItemDraft]:
            for draft in drafts:
                links.update(dict.fromkeys(_links(dataset_id, draft)))
                yield draft

        written = await self._items.write(
            project_id,
            dataset_id,
            watched(),
            at_us=at_us,
            existing=existing,
            is_dry_run=is_dry_run,
            on_written=on_written,
        )
        if links and not is_dry_run:
            await self._upkeep.link_items(project_id, list(links))
        return written

    async def get(self, project_id: ProjectId, item_id: DatasetItemId) -> DatasetItem | None:
        """See `DatasetItemStore.get`."""
        return await self._items.get(project_id, item_id)

    async def list(self, project_id: ProjectId, query: ItemQuery) -> ItemPage:
        """See `DatasetItemStore.list`."""
        return await self._items.list(project_id, query)

    async def delete(self, project_id: ProjectId, item_id: DatasetItemId, *, at_us: int) -> bool:
        """See `DatasetItemStore.delete`."""
        is_deleted = await self._items.delete(project_id, item_id, at_us=at_us)
        if is_deleted:
            await self._upkeep.forget_items(project_id, [item_id])
        return is_deleted


def _links(dataset_id: DatasetId, draft: ItemDraft) -> Iterator[MediaLink]:
    for name, field in _FIELDS.items():
        text: str | None = getattr(draft, name)
        if text is None or REFERENCE_START not in text:
            continue
        for found in find_references(msgspec.json.decode(text)):
            yield MediaLink(media_id=found.media_id, field=field, dataset_id=dataset_id, dataset_item_id=draft.id)
